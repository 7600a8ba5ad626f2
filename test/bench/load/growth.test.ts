import { describe, expect, it } from 'vitest'
import { randomOf } from '../../chaos/plan.ts'
import { judge, leastOfEach, type Point, slopeOf } from './growth.ts'

/** What a heap looks like: it rises until it is collected, every eleventh sample, from a floor that may rise as well. */
function heap(hours: number, perHour: number, seed = 1): Point[] {
	const random = randomOf(seed)
	return Array.from({ length: hours * 60 }, (_, i) => ({
		x: i / 60,
		y: 60 + (i / 60) * perHour + (i % 11) * 3 + random() * 2,
	}))
}

const verdictOf = (points: readonly Point[]) => {
	const slope = slopeOf(leastOfEach(points, 0.25))
	return slope && judge(slope, 1)
}

describe('Whether something grows', () => {
	it.each([1, 2, 3, 4, 5])(
		'what is collected again and again is flat, however much it goes up and down (seed %i)',
		(seed) => {
			expect(verdictOf(heap(9, 0, seed))).toBe('flat')
		},
	)

	it.each([1, 2, 3, 4, 5])('two megabytes an hour are found below thirty that come and go (seed %i)', (seed) => {
		expect(verdictOf(heap(9, 2, seed))).toBe('GROWS')
	})

	it('what grows by less than is allowed is told as it is, and allowed', () => {
		const slope = slopeOf(leastOfEach(heap(9, 0.5), 0.25))
		expect(slope?.per).toBeCloseTo(0.5, 0)
		expect(slope && judge(slope, 1)).toBe('flat')
	})

	it('one step of an allocator is no slope', () => {
		const stepped = heap(9, 0).map(({ x, y }) => ({ x, y: x > 4 ? y + 6 : y }))
		expect(verdictOf(stepped)).not.toBe('GROWS')
	})

	it('a few points far away change nothing', () => {
		const odd = heap(9, 0).map(({ x, y }, i) => ({ x, y: i % 97 === 0 ? y + 400 : y }))
		expect(verdictOf(odd)).toBe('flat')
	})

	it('of a moment nothing is told, and of a short while only that it is in doubt', () => {
		expect(slopeOf([])).toBeNull()
		expect(slopeOf(leastOfEach(heap(1, 2), 0.25))).toBeNull()
		const random = randomOf(1)
		const noise = Array.from({ length: 6 }, (_, i) => ({ x: i / 6, y: 60 + random() * 5 }))
		expect(verdictOf(noise.map(({ x, y }) => ({ x: x * 1.5, y })))).toBe('in doubt')
	})
})
