import { expect, it } from 'vitest'
import { RecordingBeginning } from '../../../control-panel/lib/meeting/recording-beginning.ts'

/** What each word of the hub says, one after the other. */
const told = (...words: (string | null | undefined)[]) => {
	const beginning = new RecordingBeginning()
	return words.map((word) => beginning.isOne(word))
}

it('a recording that begins is told once', () => {
	expect(told(null, 'r1', 'r1', undefined, 'r1', null, 'r2')).toEqual([false, true, false, false, false, false, true])
})

it('one that goes on already when somebody comes in has begun before', () => {
	expect(told(undefined, 'r1', 'r1')).toEqual([false, false, false])
})

it('one that began while the line was away is told when it is back', () => {
	expect(told(null, undefined, 'r1')).toEqual([false, false, true])
	expect(told('r1', undefined, 'r2')).toEqual([false, false, true])
})
