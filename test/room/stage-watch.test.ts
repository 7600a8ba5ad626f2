import { describe, expect, test } from 'vitest'
import {
	attended,
	beat,
	type CallFacts,
	defaultLimits,
	hungMs,
	newHeart,
	observe,
	overdue,
	tick,
} from '../../appliance/room/stage-watch.ts'

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
	test('is not judged for time in which we did not look', () => {
		const heart = beat(newHeart(0), 1, 500)
		const asleep = tick(tick(heart, 500).heart, 60_000)
		expect(asleep.hung).toBe(false)
		expect(tick(asleep.heart, 60_250).hung).toBe(false)
		expect(tick({ ...asleep.heart, tickAt: 60_000 + hungMs - 250 }, 60_000 + hungMs).hung).toBe(true)
	})
})

describe('unattended limits', () => {
	const well: CallFacts = { inside: true, suspended: false, others: 3, connected: true, missing: false }
	const minute = 60_000

	/** The first reason and when it came, looking once a second. */
	function watch(facts: (at: number) => Partial<CallFacts>, untilMs = 60 * minute) {
		let unattended = attended
		for (let at = 0; at <= untilMs; at += 1000) {
			unattended = observe(unattended, { ...well, ...facts(at) }, at)
			const reason = overdue(unattended, defaultLimits, at)
			if (reason) return [reason, at]
		}
		return null
	}

	test.each([
		['nothing is amiss', () => ({}), null],
		['alone', () => ({ others: 0 }), ['alone', 30 * minute]],
		['without a connection', () => ({ connected: false, missing: true }), ['ice-failed', 30_000]],
		['media are missing', () => ({ missing: true }), ['media-missing', 3 * minute]],
		['all of it in a suspended meeting', () => ({ others: 0, connected: false, missing: true, suspended: true }), null],
		['all of it outside a call', () => ({ others: 0, connected: false, missing: true, inside: false }), null],
	])('%s', (_, facts, expected) => {
		expect(watch(facts)).toEqual(expected)
	})

	test('somebody who looks in for a second starts the half hour anew', () => {
		expect(watch((at) => ({ others: at === 20 * minute ? 1 : 0 }))).toEqual(['alone', 50 * minute + 1000])
	})
	test('a resumed meeting starts it anew too', () => {
		expect(watch((at) => ({ others: 0, suspended: at < 15 * minute }))).toEqual(['alone', 45 * minute])
	})
})
