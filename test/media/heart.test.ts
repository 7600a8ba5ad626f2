import { describe, expect, it } from 'vitest'
import { Heart } from '../../appliance/media/heart.ts'

/** Beats until it is given up; null: not within a hundred. */
function givenUpAfter(runnable: (beat: number) => boolean, answers: (beat: number) => boolean = () => false) {
	const heart = new Heart()
	for (let beat = 1; beat <= 100; beat++) {
		if (heart.beat(runnable(beat))) return beat
		if (answers(beat)) heart.answered()
	}
	return null
}

const always = () => true
const never = () => false
const nowAndThen = (beat: number) => beat % 15 === 0

describe('A worker', () => {
	it.each([
		['that answers is never given up, though it does nothing', never, always, null],
		['that neither answers nor wants to run is given up at the fifth beat', never, never, 5],
		['that worked until it was stopped is given up as soon', (beat: number) => beat < 4, never, 5],
		['that works without answering has ten seconds, and no more', always, never, 21],
		['that is only slow is kept', always, nowAndThen, null],
		['that pauses while it works is kept', (beat: number) => beat % 2 === 0, nowAndThen, null],
	])('%s', (_, runnable, answers, expected) => {
		expect(givenUpAfter(runnable, answers)).toBe(expected)
	})
})
