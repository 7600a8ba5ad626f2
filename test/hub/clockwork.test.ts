import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Clockwork } from '../../appliance/hub/clockwork.ts'

/** What a meeting does without being asked, on a clock that the test turns. */

let due: number | null
let ticks: number[]
let tick: () => void
const errors: object[] = []
let works: Clockwork

beforeEach(() => {
	vi.useFakeTimers({ now: 1_000_000 })
	due = null
	ticks = []
	tick = () => void ticks.push(Date.now() - 1_000_000)
	errors.length = 0
	const log = { error: (about: object) => void errors.push(about) }
	works = new Clockwork({ due: () => due, tick: () => tick(), now: Date.now, log })
})
afterEach(() => vi.useRealTimers())

/** As SQLite says that there is no room. */
const full = () => Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })

describe('What is due', () => {
	it('is done at its time, and what was due already at once', () => {
		due = 1_000_000 + 300
		works.wait()
		vi.advanceTimersByTime(299)
		expect(ticks).toEqual([])
		vi.advanceTimersByTime(1)
		expect(ticks).toEqual([300])
		works.wait()
		vi.advanceTimersByTime(0)
		expect(ticks).toEqual([300, 300])
	})

	it('is looked at again every five seconds, because somebody may set the clock', () => {
		due = 1_000_000 + 3_600_000
		tick = () => {
			ticks.push(Date.now() - 1_000_000)
			works.wait()
		}
		works.wait()
		vi.advanceTimersByTime(10_000)
		expect(ticks).toEqual([5_000, 10_000])
	})

	it('is what is due first now, not what was when it was waited for', () => {
		due = 1_000_000 + 100
		works.wait()
		due = 1_000_000 + 700
		works.wait()
		vi.advanceTimersByTime(1_000)
		expect(ticks).toEqual([700])
		due = null
		works.wait()
		vi.advanceTimersByTime(10_000)
		expect(ticks).toEqual([700])
	})
})

describe('What nobody asked for', () => {
	it('is tried again every second while the disk takes nothing, and then is done once', () => {
		let room = false
		const done: string[] = []
		works.byItself(() => {
			if (!room) throw full()
			done.push('left')
		})
		vi.advanceTimersByTime(2_500)
		expect(errors).toHaveLength(3)
		room = true
		vi.advanceTimersByTime(10_000)
		expect(done).toEqual(['left'])
		expect(errors).toHaveLength(3)
	})

	it('is tried again also where the clock brought it about', () => {
		due = 1_000_000
		let tries = 0
		tick = () => {
			tries += 1
			if (tries < 3) throw full()
		}
		works.wait()
		vi.advanceTimersByTime(1_999)
		expect(tries).toBe(2)
		vi.advanceTimersByTime(60_000)
		expect(tries).toBe(3)
	})

	it('is a fault of ours where it fails of anything but the disk', () => {
		const fault = () => {
			throw new Error('nobody knows')
		}
		expect(() => works.byItself(fault)).toThrow('nobody knows')
		expect(errors).toEqual([])
	})

	it('is not done any more once the meeting is over', () => {
		due = 1_000_000 + 100
		let tries = 0
		works.wait()
		works.byItself(() => {
			tries += 1
			throw full()
		})
		works.close()
		works.wait()
		vi.advanceTimersByTime(60_000)
		expect([tries, ticks]).toEqual([1, []])
	})
})
