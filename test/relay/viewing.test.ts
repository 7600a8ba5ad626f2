import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bridgeMs, sign, type Viewing, type ViewingWay } from '../../appliance/relay/viewing.ts'

const ways: readonly ViewingWay[] = ['webrtc', 'http']
type Sign = readonly [ViewingWay, number]

/** Signs in the order of their times, some seconds or minutes apart. */
const signs = fc
	.array(fc.tuple(fc.constantFrom(...ways), fc.integer({ min: 0, max: 90_000 })), { minLength: 1, maxLength: 60 })
	.map((steps) => {
		let at = 1_000_000
		return steps.map(([way, gap]): Sign => {
			at += gap
			return [way, at]
		})
	})

const watched = (all: readonly Sign[]) =>
	all.reduce<Viewing | null>((before, [way, at]) => sign(before, way, at), null) as Viewing

/** What lies between two signs that are near enough, second by second in a set: slow, and with no arithmetic to get wrong. */
function counted(all: readonly Sign[]): number {
	const moments = new Set<number>()
	for (const [i, [, at]] of all.entries()) {
		const before = all[i - 1]?.[1] ?? at
		if (at - before > bridgeMs) continue
		for (let moment = before; moment < at; moment += 1_000) moments.add(moment)
	}
	return moments.size * 1_000
}

describe('How long one has watched', () => {
	it('is what lies between signs that are no more than half a minute apart', () => {
		const seconds = (...at: number[]) => watched(at.map((one) => ['http', one * 1_000]))
		expect(seconds(0).watchedMs).toBe(0)
		expect(seconds(0, 1, 2, 30)).toMatchObject({ firstAt: 0, lastAt: 30_000, watchedMs: 30_000 })
		expect(seconds(0, 30, 61, 71).watchedMs).toBe(40_000)
	})

	it('is never longer than from the first sign to the last, and never less than before', () => {
		fc.assert(
			fc.property(signs, (all) => {
				let before = 0
				for (let i = 1; i <= all.length; i++) {
					const { firstAt, lastAt, watchedMs } = watched(all.slice(0, i))
					expect(watchedMs).toBeLessThanOrEqual(lastAt - firstAt)
					expect(watchedMs).toBeGreaterThanOrEqual(before)
					before = watchedMs
				}
			}),
		)
	})

	it('counts two windows beside each other once', () => {
		fc.assert(
			fc.property(signs, (all) => {
				const twice = all.flatMap(([way, at]): Sign[] => [
					[way, at],
					[way === 'http' ? 'webrtc' : 'http', at],
				])
				expect(watched(twice).watchedMs).toBe(watched(all).watchedMs)
			}),
		)
	})

	it('agrees with counting every second of it', () => {
		const whole = signs.map((all) => all.map(([way, at]): Sign => [way, Math.floor(at / 1_000) * 1_000]))
		fc.assert(
			fc.property(whole, (all) => {
				expect(watched(all).watchedMs).toBe(counted(all))
			}),
			{ numRuns: 50 },
		)
	})

	it('is not counted twice by a clock that was set back', () => {
		const back = watched([
			['http', 10_000],
			['http', 20_000],
			['http', 12_000],
			['http', 20_000],
			['webrtc', 25_000],
		])
		expect(back).toEqual({ firstAt: 10_000, lastAt: 25_000, watchedMs: 15_000, ways: ['http', 'webrtc'] })
	})
})
