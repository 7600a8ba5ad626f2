import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Readings } from '../../appliance/ops/vigil.ts'
import { startWatchdog } from '../../appliance/ops/watchdog.ts'

/** What systemd hears while the service is well and while it is not. The clock is ours. */

type Read = Omit<Readings, 'lateMs'>
const well: Read = { workers: { places: 1, running: 1 }, devicesUp: true, stageUp: true, stageTurn: 0 }
let told: string[]
let logged: string[]
let seen: Read
let stop: () => void

beforeEach(() => {
	vi.useFakeTimers()
	told = []
	logged = []
	seen = well
	const log = { error: (_: object, text: string) => logged.push(text), info: (text: string) => logged.push(text) }
	const notify = Object.assign((...lines: readonly string[]) => void told.push(...lines), { watchdogMs: 10_000 })
	stop = startWatchdog({ notify, read: () => seen, log: log as never, now: () => Date.now() })
})
afterEach(() => {
	stop()
	vi.useRealTimers()
})

/** What is told in so many seconds. */
function heard(seconds: number): string[] {
	told = []
	vi.advanceTimersByTime(seconds * 1_000)
	return told
}

it('It is fed several times in the time that it waits, from the start on', () => {
	expect(told).toEqual(['WATCHDOG=1', 'STATUS=running'])
	expect(heard(10).filter((line) => line === 'WATCHDOG=1')).toHaveLength(10)
})

it('It goes hungry while no worker comes back, says so once, and is fed again when one has', () => {
	seen = { ...well, workers: { places: 1, running: 0 } }
	expect(heard(5)).toContain('STATUS=running; not well: workers')
	heard(27)
	expect(heard(60)).toEqual([])
	expect(logged).toHaveLength(1)
	seen = well
	expect(heard(1)).toEqual(['WATCHDOG=1', 'STATUS=running'])
	expect(logged).toHaveLength(2)
})

it('It is not fed any more when the service ends', () => {
	stop()
	expect(heard(60)).toEqual([])
})
