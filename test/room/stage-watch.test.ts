import { describe, expect, test } from 'vitest'
import { attended, type CallFacts, defaultLimits, observe, overdue } from '../../appliance/room/stage-watch.ts'

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
