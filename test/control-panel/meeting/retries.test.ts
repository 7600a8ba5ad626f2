import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { failureMs, Retries } from '../../../control-panel/lib/meeting/retries.ts'

describe('After a failed attempt', () => {
	it('waits twice as long each time, from a quarter of a second to four', () => {
		expect([1, 2, 3, 4, 5, 6, 60].map((tries) => failureMs('internal', tries))).toEqual([
			250, 500, 1000, 2000, 4000, 4000, 4000,
		])
	})

	it('asks evenly where it is known what is waited for', () => {
		expect([1, 9].map((tries) => failureMs('meeting-not-open', tries))).toEqual([3000, 3000])
		expect([1, 9].map((tries) => failureMs('busy', tries))).toEqual([400, 400])
	})

	it('expects a new SFU for some seconds, and then as little as anything else', () => {
		expect([1, 11, 12].map((tries) => failureMs('media-unavailable', tries))).toEqual([500, 500, 4000])
	})
})

describe('After a loss', () => {
	let times = 0
	let retries: Retries

	beforeEach(() => {
		vi.useFakeTimers()
		vi.spyOn(Math, 'random').mockReturnValue(0.5)
		times = 0
		retries = new Retries(() => times++)
	})
	afterEach(() => {
		vi.useRealTimers()
		vi.restoreAllMocks()
	})

	it('comes back at once', () => {
		retries.lost(60_000)
		vi.advanceTimersByTime(1)
		expect(times).toBe(1)
	})

	it('pauses where it falls out again and again, until it was in for a while', () => {
		retries.lost(60_000)
		vi.advanceTimersByTime(1)
		retries.lost(100)
		vi.advanceTimersByTime(499)
		expect(times).toBe(1)
		vi.advanceTimersByTime(1)
		expect(times).toBe(2)

		retries.lost(2001)
		vi.advanceTimersByTime(1)
		expect(times).toBe(3)
	})

	it('comes once, however much was lost meanwhile, and not at all once it is stopped', () => {
		retries.lost(60_000)
		retries.lost(null)
		vi.runAllTimers()
		expect(times).toBe(1)
		retries.failed('busy')
		retries.stop()
		vi.runAllTimers()
		expect(times).toBe(1)
	})
})
