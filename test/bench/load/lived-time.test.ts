import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LivedTime } from './lived-time.ts'

let now = 0
let time: LivedTime
beforeEach(() => {
	now = 0
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
	vi.spyOn(performance, 'now').mockImplementation(() => now)
	time = new LivedTime()
})
afterEach(() => {
	time.close()
	vi.restoreAllMocks()
	vi.useRealTimers()
})

/** It is let run after so long. */
function run(ms: number) {
	now += ms
	vi.advanceTimersByTime(100)
}

it('time that passes is lived', () => {
	for (let i = 0; i < 50; i++) run(100)
	expect(time.ms).toBe(5_000)
	expect(time.stands).toEqual([])
})

it('a stand is hardly lived, and told of', () => {
	run(100)
	run(60_000)
	run(100)
	expect(time.ms).toBe(1_200)
	expect(time.stands).toEqual([{ atMs: 60_100, ms: 60_000 }])
})

it('what happens soon after a long stand may be its doing; later, or after a short one, it is not', () => {
	run(2_000)
	expect(time.stood(4_000, 20_000)).toBe(false)
	run(6_000)
	run(100)
	expect(time.stood(4_000, 20_000)).toBe(true)
	expect(time.stood(4_000, 20_000, 7_000)).toBe(false)
	expect(time.stood(4_000, 20_000, 28_001)).toBe(false)
})

it('a stand that has just ended is known before any timer says so', () => {
	now += 6_000
	expect(time.stood(4_000, 20_000)).toBe(true)
})
