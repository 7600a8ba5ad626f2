import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beyondPatience, ill, newVigil, observe, type Readings } from '../../appliance/ops/vigil.ts'

/** When systemd is to restart the whole service, and when that would mend nothing. */

const well: Readings = {
	lateMs: 3,
	workers: { places: 2, running: 2 },
	devicesUp: true,
	stageUp: true,
	stageTurn: 1,
}
const noWorkers = { workers: { places: 2, running: 0 } }
const away = { stageUp: false }

/** Looks once a second at each of these in turn, each for so many seconds; what is beyond patience after each of them. */
function played(...spans: [seconds: number, differs: Partial<Readings> | ((second: number) => Partial<Readings>)][]) {
	let now = 1_000_000
	let vigil = newVigil(now)
	return spans.map(([seconds, differs]) => {
		for (let second = 0; second < seconds; second++) {
			now += 1_000
			vigil = observe(vigil, { ...well, ...(typeof differs === 'function' ? differs(second) : differs) }, now)
		}
		return beyondPatience(vigil, now)
	})
}

describe('The watchdog is fed', () => {
	it.each<[string, number, Partial<Readings> | ((second: number) => Partial<Readings>)]>([
		['while all is well', 1_000, {}],
		[
			'while one worker of two is gone, which only its own meetings feel',
			1_000,
			{ workers: { places: 2, running: 1 } },
		],
		['where there is no SFU at all', 1_000, { workers: { places: 0, running: 0 } }],
		['while workers are replaced', 20, noWorkers],
		['while the devices process starts anew', 20, { devicesUp: false }],
		['while the event loop is held up now and then', 1_000, (second) => ({ lateMs: second % 5 === 0 ? 30 : 4_000 })],
		['while the stage starts and fails, again and again', 1_000, (second) => ({ ...away, stageTurn: second >> 4 })],
	])('%s', (_, seconds, differs) => {
		expect(played([1, {}], [seconds, differs])).toEqual([[], []])
	})

	it.each<[string, Partial<Readings>]>([
		['workers', noWorkers],
		['devices', { devicesUp: false }],
		['the stage', away],
		['the event loop', { lateMs: 3_000 }],
	])('while %s have not been well since the start: the restart that it was has not helped', (_, differs) => {
		expect(played([1_000, differs])).toEqual([[]])
	})
})

describe('The watchdog is not fed', () => {
	it.each<[string, number, Partial<Readings>]>([
		['event loop', 22, { lateMs: 3_000 }],
		['workers', 32, noWorkers],
		['devices', 32, { devicesUp: false }],
		['stage', 62, away],
	])('when the %s has been ill for %i seconds on end, and is again when it is well', (part, seconds, differs) => {
		expect(played([5, {}], [seconds - 5, differs], [5, differs], [1, {}])).toEqual([[], [], [part], []])
	})

	it('when several are ill, for each of them', () => {
		expect(played([5, {}], [70, { ...noWorkers, ...away }])[1]).toEqual(['workers', 'stage'])
	})

	it('when the restarter of the stage does nothing any more, however often it had tried before', () => {
		const trying = (second: number) => ({ ...away, stageTurn: second })
		expect(played([5, {}], [300, trying], [62, { ...away, stageTurn: 299 }])).toEqual([[], [], ['stage']])
	})
})

describe('Time in which we did not run', () => {
	it('is not held against devices, workers and stage', () => {
		const sick = { ...well, ...noWorkers, ...away, devicesUp: false }
		let vigil = observe(newVigil(0), well, 1_000)
		vigil = observe(vigil, sick, 2_000)
		vigil = observe(vigil, sick, 3_600_000)
		expect(ill(vigil)).toEqual(['workers', 'devices', 'stage'])
		expect(beyondPatience(vigil, 3_600_000)).toEqual([])
	})

	it('is the illness itself where it is the event loop that does not run', () => {
		let vigil = observe(newVigil(0), well, 1_000)
		for (let now = 8_000; now <= 36_000; now += 7_000) vigil = observe(vigil, { ...well, lateMs: 6_000 }, now)
		expect(beyondPatience(vigil, 36_000)).toEqual(['event loop'])
	})
})

it('Whatever happens, one look at which all is well ends every complaint', () => {
	const readings = fc.record({
		lateMs: fc.integer({ min: 0, max: 10_000 }),
		workers: fc.record({ places: fc.constant(2), running: fc.integer({ min: 0, max: 2 }) }),
		devicesUp: fc.boolean(),
		stageUp: fc.boolean(),
		stageTurn: fc.integer({ min: 0, max: 3 }),
	})
	fc.assert(
		fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 90_000 }), readings), { maxLength: 40 }), (looks) => {
			let now = 0
			let vigil = newVigil(now)
			for (const [ms, seen] of looks) {
				now += ms
				vigil = observe(vigil, seen, now)
				expect(ill(vigil)).toEqual(expect.arrayContaining(beyondPatience(vigil, now)))
			}
			expect(beyondPatience(observe(vigil, well, now + 1_000), now + 1_000)).toEqual([])
		}),
	)
})
