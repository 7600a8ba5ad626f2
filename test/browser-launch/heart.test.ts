import { describe, expect, test } from 'vitest'
import { beat, hungAtRestMs, hungMs, newHeart, tick } from '../../appliance/browser/heart.ts'

describe('the heart of a page', () => {
	/** Ticks four times a second, beats twice, as the functions say; returns when the page was found hung. */
	function live(untilMs: number, beats: (at: number) => boolean, frames: (at: number) => number, from = 0) {
		let heart = newHeart(from)
		for (let at = from; at <= untilMs; at += 250) {
			if (at % 500 === 0 && beats(at)) heart = beat(heart, frames(at), at)
			const seen = tick(heart, at)
			if (seen.hung) return at
			heart = seen.heart
		}
		return null
	}

	test('beats on while frames are drawn', () => {
		expect(
			live(
				600_000,
				() => true,
				(at) => at / 16,
			),
		).toBeNull()
	})
	test('is found hung within three seconds after its last beat', () => {
		expect(
			live(
				600_000,
				(at) => at < 10_000,
				(at) => at / 16,
			),
		).toBeLessThanOrEqual(9500 + 3000)
	})
	test('is found hung when it beats and draws nothing', () => {
		expect(
			live(
				600_000,
				() => true,
				(at) => Math.min(at, 10_000),
			),
		).toBeLessThanOrEqual(13_000)
	})
	test('is granted longer where nobody depends on it', () => {
		const silent = (ms: number, mostMs?: number) => tick({ ...newHeart(0), tickAt: ms - 250 }, ms, mostMs).hung
		expect([silent(hungMs - 250), silent(hungMs)]).toEqual([false, true])
		expect([silent(hungMs, hungAtRestMs), silent(hungAtRestMs, hungAtRestMs)]).toEqual([false, true])
	})
	test('is not judged for time in which we did not look', () => {
		const heart = beat(newHeart(0), 1, 500)
		const asleep = tick(tick(heart, 500).heart, 60_000)
		expect(asleep.hung).toBe(false)
		expect(tick(asleep.heart, 60_250).hung).toBe(false)
		expect(tick({ ...asleep.heart, tickAt: 60_000 + hungMs - 250 }, 60_000 + hungMs).hung).toBe(true)
	})
})
