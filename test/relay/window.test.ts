import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Segment } from '../../appliance/relay/segments.ts'
import { LiveWindow, playlistCacheControl } from '../../appliance/relay/window.ts'
import { someInit } from './stream.ts'

const segment = (number: number, more: Partial<Segment> = {}): Segment => ({
	...{ number, name: `720p-${number}.m4s`, initName: '720p-init-0.mp4', timeline: 0, startS: number, durationS: 1 },
	...{ startsAtMs: number * 1_000, bytes: Buffer.alloc(100), ...more },
})
const windowWith = (count: number, options = { dvrS: 5, maxBytes: 1_000_000, targetS: 1 }) => {
	const window = new LiveWindow(options)
	window.addInit('720p-init-0.mp4', someInit)
	for (let number = 0; number < count; number++) window.add(segment(number))
	return window
}
const numbers = (window: LiveWindow, seconds?: number) => window.list(seconds).map(({ number }) => number)
const statuses = (window: LiveWindow, ...names: string[]) => names.map((name) => window.answer(name).status)

describe('the live window', () => {
	it('lists as many seconds as a viewer may go back', () => {
		expect(numbers(windowWith(3))).toEqual([0, 1, 2])
		expect(numbers(windowWith(20))).toEqual([15, 16, 17, 18, 19])
		expect(windowWith(20).seconds).toBe(5)
	})

	it('gives shorter lists, but never less than three target durations', () => {
		expect(numbers(windowWith(20), 4)).toEqual([16, 17, 18, 19])
		expect(numbers(windowWith(20), 0)).toEqual([17, 18, 19])
		expect(numbers(windowWith(20), 60)).toEqual([15, 16, 17, 18, 19])
	})

	it('keeps what left the list for as long as somebody may hold a list with it', () => {
		// It left with the sixth after it; a list lasts 5 s, it itself one.
		expect(statuses(windowWith(11), '720p-0.m4s')).toEqual([200])
		expect(statuses(windowWith(12), '720p-0.m4s', '720p-1.m4s')).toEqual([410, 200])
	})

	it('knows what is gone, what is not there yet and what never was', () => {
		const window = windowWith(20)
		const names = [
			'720p-3.m4s',
			'720p-19.m4s',
			'720p-20.m4s',
			'360p-3.m4s',
			'720p-3.mp4',
			'x',
			'',
			'720p--1.m4s',
			'720p-init-7.mp4',
		]
		expect(statuses(window, ...names)).toEqual([410, 200, 404, 404, 404, 404, 404, 404, 404])
		expect(statuses(windowWith(0), '720p-0.m4s', '720p-init-0.mp4')).toEqual([404, 200])
	})

	it('knows sealed names by their numbers as well', () => {
		const window = new LiveWindow({ dvrS: 5, maxBytes: 1_000_000, targetS: 1 })
		const seal = (number: number) => String(number).padStart(32, 'a')
		window.addInit(`720p-init-0-${seal(0)}.mp4`, someInit)
		for (let number = 0; number < 20; number++) {
			const initName = `720p-init-0-${seal(0)}.mp4`
			window.add(segment(number, { name: `720p-${number}-${seal(number)}.m4s`, initName }))
		}
		const names = [3, 19, 20].map((number) => `720p-${number}-${seal(number)}.m4s`)
		expect(statuses(window, ...names, `360p-3-${seal(3)}.m4s`)).toEqual([410, 200, 404, 404])
	})

	it('tells caches that segments stay as they are, and what is not there may come', () => {
		const window = windowWith(20)
		expect(window.answer('720p-19.m4s')).toEqual({
			...{ status: 200, bytes: Buffer.alloc(100), type: 'video/mp4' },
			cacheControl: 'public, max-age=10, immutable',
		})
		expect(window.answer('720p-20.m4s').cacheControl).toBe(playlistCacheControl)
		expect(window.answer('720p-3.m4s').cacheControl).toBe('public, max-age=60')
	})

	it('keeps an init segment for as long as a segment needs it', () => {
		const window = windowWith(3)
		window.addInit('720p-init-1.mp4', someInit)
		const second = { initName: '720p-init-1.mp4', timeline: 1 }
		for (let number = 3; number < 13; number++) window.add(segment(number, second))
		expect(statuses(window, '720p-init-0.mp4', '720p-init-1.mp4')).toEqual([200, 200])
		window.add(segment(13, second))
		expect(statuses(window, '720p-init-0.mp4', '720p-init-1.mp4')).toEqual([410, 200])
		expect(window.init).toBe(someInit)
	})

	it('tells which names are forgotten, each once, and what it has are all others', () => {
		const window = new LiveWindow({ dvrS: 5, maxBytes: 1_000_000, targetS: 1 })
		const [given, forgotten]: [string[], string[]] = [[], []]
		for (let number = 0; number < 40; number++) {
			const initName = `720p-init-${Math.floor(number / 8)}.mp4`
			if (number % 8 === 0) forgotten.push(...window.addInit(initName, someInit))
			const added = segment(number, { initName })
			forgotten.push(...window.add(added))
			given.push(added.name, ...(number % 8 === 0 ? [initName] : []))
			expect([...window.names, ...forgotten].sort()).toEqual([...given].sort())
			expect(statuses(window, ...forgotten).every((status) => status === 410)).toBe(true)
		}
		expect(forgotten.length).toBeGreaterThan(20)
	})

	it('forgets init segments that nothing ever needed', () => {
		const window = windowWith(3)
		for (let i = 1; i < 50; i++) window.addInit(`720p-init-${i}.mp4`, someInit)
		expect(statuses(window, '720p-init-0.mp4', '720p-init-1.mp4', '720p-init-48.mp4', '720p-init-49.mp4')).toEqual([
			200, 410, 410, 200,
		])
	})

	it('has no more bytes than it may, whatever a viewer could go back', () => {
		const window = windowWith(60, { dvrS: 1_000, maxBytes: 2_000, targetS: 1 })
		expect(window.bytes).toBeLessThanOrEqual(2_000)
		expect(window.list().length).toBe(10)
		const tiny = windowWith(60, { dvrS: 1_000, maxBytes: 0, targetS: 1 })
		expect(numbers(tiny)).toEqual([57, 58, 59])
		expect(tiny.bytes).toBe(300)
	})

	it('is bounded and whole whatever comes', () => {
		const sizes = fc.array(fc.tuple(fc.double({ min: 0.1, max: 1.4, noNaN: true }), fc.nat(500)), { maxLength: 100 })
		fc.assert(
			fc.property(sizes, fc.nat(20), fc.nat(9_000), (all, dvrS, maxBytes) => {
				const window = new LiveWindow({ dvrS, maxBytes, targetS: 1 })
				for (const [number, [durationS, length]] of all.entries()) {
					window.add(segment(number, { durationS, bytes: Buffer.alloc(length) }))
					const list = window.list()
					const seconds = list.reduce((sum, one) => sum + one.durationS, 0)
					const first = list[0]?.durationS ?? 0
					expect(seconds).toBeCloseTo(window.seconds)
					expect(seconds - first).toBeLessThan(Math.max(dvrS, 3) + 1e-6)
					const listedBytes = list.reduce((sum, one) => sum + one.bytes.length, 0)
					// More than that only for the three target durations that must be there.
					expect(window.bytes).toBeLessThanOrEqual(Math.max(maxBytes, listedBytes))
					if (seconds - first >= 3 + 1e-6) expect(listedBytes).toBeLessThanOrEqual(maxBytes / 2)
					for (const one of list) expect(window.answer(one.name).status).toBe(200)
					for (let n = 0; n <= number; n++) expect([200, 410]).toContain(window.answer(`720p-${n}.m4s`).status)
				}
			}),
			{ numRuns: 200 },
		)
	})
})
