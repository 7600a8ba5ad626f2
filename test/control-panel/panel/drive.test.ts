import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Drive } from '../../../control-panel/lib/drive.ts'
import type { Velocity } from '../../../control-panel/lib/steering.ts'

/** What the camera was told, with the time since the test began. */
let told: { at: number; what: Velocity | 'stop' }[]
let drive: Drive

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
	told = []
	const start = performance.now()
	const tell = (what: Velocity | 'stop') => told.push({ at: performance.now() - start, what })
	drive = new Drive({ move: tell, stop: () => tell('stop') })
})
afterEach(() => vi.useRealTimers())

const right = { pan: 0.5, tilt: 0, zoom: 0 }

describe('A camera in hand', () => {
	it('moves at once and is renewed every 150 ms while held', () => {
		drive.hold('finger', { pan: 0.5 })
		vi.advanceTimersByTime(460)
		expect(told).toEqual([0, 150, 300, 450].map((at) => ({ at, what: right })))
	})

	it('stops at once when let go, and says nothing more', () => {
		drive.hold('finger', { pan: 0.5 })
		vi.advanceTimersByTime(100)
		drive.release('finger')
		vi.advanceTimersByTime(2000)
		expect(told).toEqual([
			{ at: 0, what: right },
			{ at: 100, what: 'stop' },
		])
	})

	it('says at most twenty new things a second, and the newest wins', () => {
		for (let step = 1; step <= 100; step += 1) {
			drive.hold('finger', { pan: step / 100 })
			vi.advanceTimersByTime(10)
		}
		expect(told.length).toBeGreaterThanOrEqual(19)
		expect(told.length).toBeLessThanOrEqual(21)
		vi.advanceTimersByTime(50)
		expect(told.at(-1)?.what).toEqual({ pan: 1, tilt: 0, zoom: 0 })
	})

	it('sums a finger on the pad and one on the zoom, and stops only with the last', () => {
		drive.hold('pad', { pan: 0.5 })
		drive.hold('zoom', { zoom: 1 })
		expect(told.at(-1)?.what).toEqual({ pan: 0.5, tilt: 0, zoom: 1 })
		drive.release('pad')
		expect(told.at(-1)?.what).toEqual({ pan: 0, tilt: 0, zoom: 1 })
		drive.release('zoom')
		expect(told.at(-1)?.what).toBe('stop')
	})

	it('asks for nothing while a finger rests in the dead zone, and still stops when it leaves', () => {
		drive.hold('centre', { pan: 0, tilt: 0 })
		vi.advanceTimersByTime(1000)
		expect(told).toEqual([])
		drive.release('centre')
		expect(told.map(({ what }) => what)).toEqual(['stop'])
	})

	it('comes to the speed of a held arrow slowly', () => {
		drive.hold('arrow', { pan: 1 }, 'ramped')
		vi.advanceTimersByTime(1000)
		const speeds = told.map(({ what }) => (what === 'stop' ? 0 : what.pan))
		expect(speeds[0]).toBeCloseTo(0.35)
		expect(speeds.at(-1)).toBe(1)
		expect([...speeds].sort((a, b) => a - b)).toEqual(speeds)
	})

	it('lets everything go at once, and once only', () => {
		drive.hold('pad', { pan: 1 })
		drive.hold('key', { tilt: 1 })
		drive.releaseAll()
		drive.releaseAll()
		drive.release('pad')
		expect(told.filter(({ what }) => what === 'stop')).toHaveLength(1)
		expect(drive.active).toBe(false)
	})
})
