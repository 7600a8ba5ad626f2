import { expect, it } from 'vitest'
import { Silence } from '../../../control-panel/lib/meeting/silence.ts'

const looks = (marks: readonly number[]) => {
	const silence = new Silence(1_500)
	return marks.flatMap((mark, at) => (silence.look(at * 500, mark) ? [at * 500] : []))
}

it.each<[string, number[], number[]]>([
	['nothing ever came', [0, 0, 0, 0, 0, 0], []],
	['it goes on', [1, 2, 3, 4, 5, 6, 7], []],
	['it pauses for a second', [1, 2, 2, 2, 3, 4], []],
	['it stops: once, after a second and a half', [1, 2, 2, 2, 2, 2, 2, 2, 2], [2_000]],
	['it stops a second time', [1, 1, 1, 1, 2, 2, 2, 2, 2], [1_500, 3_500]],
])('Silence is noticed when %s', (_, marks, noticed) => {
	expect(looks(marks)).toEqual(noticed)
})
