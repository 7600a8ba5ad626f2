import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meanMs } from '../../../control-panel/lib/meeting/arrivals.ts'
import { cut, type OnAir } from '../../../control-panel/programme/cut.ts'
import { nextDue } from '../../../control-panel/programme/frame-clock.ts'
import { nextWaits } from '../../../control-panel/programme/in-step.ts'
import { newPace, nextPace, type Pace, rates, type Second } from '../../../control-panel/programme/pace.ts'
import { boxOf, containIn, coverOf, evenPlaces, pagePlaces } from '../../../control-panel/programme/places.ts'
import { firstScene, type Scene } from '../../../control-panel/programme/scene.ts'
import { feed, hall, person, programme, speech } from './moments.ts'

describe('a cut', () => {
	const show = programme({ people: [hall(feed('정면')), person('a')] })
	const wide = show.see(1)
	const speaker = show.see(2, { speaking: [speech('a', 2000)] })
	const shown: OnAir = { scene: wide, waitingSince: null }
	const has =
		(...sources: string[]) =>
		(one: Scene['pictures'][number]) =>
			sources.includes(one.source ?? '')

	it('is made at once where the picture is there', () => {
		expect(cut(shown, speaker, has('face-a'), 100)).toEqual({ scene: speaker, waitingSince: null })
	})

	it('waits a moment for a picture that is on its way, and no longer', () => {
		const waiting = cut(shown, speaker, has(), 100)
		expect(waiting).toEqual({ scene: wide, waitingSince: 100 })
		expect(cut(waiting, speaker, has(), 399).scene).toBe(wide)
		expect(cut(waiting, speaker, has('face-a'), 200).scene).toBe(speaker)
		expect(cut(waiting, speaker, has(), 400)).toEqual({ scene: speaker, waitingSince: null })
	})

	it('to a slate is made at once', () => {
		const slate = { ...firstScene, slate: { kind: 'closed', since: null } } as const
		expect(cut(shown, slate, has(), 100).scene).toBe(slate)
	})

	it('that changes words alone waits for no picture', () => {
		const named = { ...wide, strip: { name: 'A', title: '', bureau: '', kind: null } }
		expect(cut(shown, named, has(), 100).scene).toBe(named)
	})
})

describe('the pace', () => {
	const full = { drawn: 25, sent: 25, busy: 0.3 }
	function run(pace: Pace, seconds: number, drawn: (pace: Pace) => Second, wanted = 25): Pace {
		for (let second = 0; second < seconds; second++) pace = nextPace(pace, drawn(pace), wanted)
		return pace
	}

	it('stays where it keeps up', () => {
		expect(run(newPace(25), 100, () => full).fps).toBe(25)
	})

	it('is not lowered by a hiccup', () => {
		let pace = newPace(25)
		for (let second = 0; second < 60; second++)
			pace = nextPace(pace, second % 3 === 2 ? full : { drawn: 12, sent: null, busy: 0.9 }, 25)
		expect(pace.fps).toBe(25)
	})

	it('is lowered step by step after some seconds, to ten at the least', () => {
		const slow = (pace: Pace) => ({ drawn: pace.fps * 0.8, sent: null, busy: 1 })
		expect(run(newPace(25), 2, slow).fps).toBe(25)
		expect(run(newPace(25), 3, slow).fps).toBe(20)
		expect(run(newPace(25), 6, slow).fps).toBe(15)
		expect(run(newPace(25), 60, slow).fps).toBe(10)
	})

	it('is raised only where there is room for more', () => {
		const slowed = { ...newPace(25), fps: 15 }
		expect(run(slowed, 100, () => ({ drawn: 15, sent: 15, busy: 0.45 })).fps).toBe(15)
		expect(run(slowed, 14, () => ({ drawn: 15, sent: 15, busy: 0.2 })).fps).toBe(15)
		expect(run(slowed, 15, () => ({ drawn: 15, sent: 15, busy: 0.2 })).fps).toBe(20)
	})

	it('is tried more and more seldom where it was raised in vain', () => {
		// The drawing is light, and yet the encoder never takes twenty a second.
		const capped = (pace: Pace) => ({ drawn: pace.fps, sent: Math.min(pace.fps, 16), busy: 0.1 })
		let pace: Pace = { ...newPace(25), fps: 15 }
		const raises: number[] = []
		for (let second = 1; second <= 300; second++) {
			const next = nextPace(pace, capped(pace), 25)
			if (next.fps > pace.fps) raises.push(second)
			pace = next
		}
		const pauses = raises.map((at, index) => at - (raises[index - 1] ?? 0))
		expect(pauses).toEqual([15, 33, 63, 123])
	})

	it('never goes beyond what is wanted, and is always one that there is', () => {
		const seconds = fc.array(
			fc.record({
				drawn: fc.integer({ min: 0, max: 30 }),
				sent: fc.option(fc.integer({ min: 0, max: 30 })),
				busy: fc.double({ min: 0, max: 1, noNaN: true }),
			}),
		)
		fc.assert(
			fc.property(seconds, fc.constantFrom(...rates), (all, wanted) => {
				let pace = newPace(wanted)
				for (const second of all) {
					pace = nextPace(pace, second, wanted)
					expect(rates).toContain(pace.fps)
					expect(pace.fps).toBeLessThanOrEqual(wanted)
				}
			}),
		)
	})
})

describe('the frame clock', () => {
	it('keeps its grid, however late a beat was', () => {
		expect(nextDue(1000, 1003, 40)).toBe(1040)
		expect(nextDue(1000, 1039.9, 40)).toBe(1040)
		expect(nextDue(1000, 1090, 40)).toBe(1120)
	})

	it('never falls behind now', () => {
		const ms = fc.integer({ min: 0, max: 1e6 })
		fc.assert(
			fc.property(ms, ms, fc.constantFrom(40, 50, 100), (due, late, interval) => {
				const next = nextDue(due, due + late, interval)
				expect(next).toBeGreaterThanOrEqual(due + late)
				expect((next - due) % interval).toBe(0)
			}),
		)
	})
})

describe('sound in step with pictures', () => {
	const spans = { fps: 25, encodeMs: 35, picturesMs: null, soundsMs: null }
	const nothing = { soundMs: 0, pictureMs: 0 }
	/** After so many seconds of the same; a picture that is held comes later by that. */
	const settled = (difference: Partial<Parameters<typeof nextWaits>[1]>, seconds: number, waits = nothing) => {
		const { picturesMs = null } = difference
		for (let i = 0; i < seconds; i++) {
			const later = picturesMs === null ? null : picturesMs + waits.pictureMs
			waits = nextWaits(waits, { ...spans, ...difference, picturesMs: later })
		}
		return waits
	}

	it.each([
		{ encodeMs: 5, soundMs: 0, why: 'pictures are no later' },
		{ encodeMs: 70, soundMs: 30, why: 'half a frame until it is drawn, and the encoder, less what sound takes' },
		{ encodeMs: 70, picturesMs: 70, soundsMs: 50, soundMs: 50, why: 'pictures come later, too' },
		{ encodeMs: 70, picturesMs: 70, soundMs: 30, why: 'nobody is seen and heard' },
		{ fps: 10, encodeMs: 80, soundMs: 70, why: 'the machine is slow' },
		{ fps: 10, encodeMs: 2_000, soundMs: 250, why: 'a machine that stands is not waited for' },
	])('waits $soundMs ms where $why', ({ soundMs, why: _, ...difference }) => {
		expect(settled(difference, 60)).toEqual({ soundMs, pictureMs: 0 })
	})

	it.each([
		{ picturesMs: 30, soundsMs: 60, pictureMs: 0, why: 'so little that nobody minds' },
		{ picturesMs: 40, soundsMs: 140, pictureMs: 65, why: 'and a picture is held back for what is more' },
	])('is later by itself: $why', ({ pictureMs, why: _, ...difference }) => {
		expect(settled(difference, 60)).toEqual({ soundMs: 0, pictureMs })
	})

	it('gets there so slowly that no tone is bent, and back', () => {
		expect(settled({ encodeMs: 150 }, 1)).toEqual({ soundMs: 10, pictureMs: 0 })
		expect(settled({ encodeMs: 5 }, 1, { soundMs: 100, pictureMs: 0 }).soundMs).toBe(90)
		expect(settled({ encodeMs: 100, picturesMs: 50, soundsMs: 50 }, 60, { soundMs: 0, pictureMs: 80 }).pictureMs).toBe(
			0,
		)
	})

	it('stays where it is while nothing is sent', () => {
		expect(settled({ encodeMs: null }, 1, { soundMs: 40, pictureMs: 5 })).toEqual({ soundMs: 40, pictureMs: 5 })
	})

	it('goes by what one and the same stream has spent', () => {
		expect(meanMs({ count: 100, seconds: 2 }, { count: 125, seconds: 2.5 })).toBe(20)
		expect(meanMs({ count: 100, seconds: 2 }, { count: 100, seconds: 2 })).toBe(null)
		expect(meanMs({ count: 100, seconds: 2 }, { count: 101, seconds: 0.5 })).toBe(null)
	})
})

describe('places', () => {
	const frame = { width: 1280, height: 720 }

	it.each([1, 2, 3, 4])('of %i equal pictures lie in the frame and not over each other', (count) => {
		const boxes = evenPlaces(count).map((place) => boxOf(place, frame))
		expect(boxes).toHaveLength(count)
		expectApart(boxes)
	})

	it.each([0, 1, 2])('of a page and %i faces lie in the frame and not over each other', (count) => {
		const { page, faces } = pagePlaces(count)
		expect(faces).toHaveLength(count)
		const boxes = [page, ...faces].map((place) => boxOf(place, frame))
		expectApart(boxes)
		expect((boxes[0]?.width ?? 0) / (boxes[0]?.height ?? 1)).toBeCloseTo(16 / 9, 1)
	})

	function expectApart(boxes: ReturnType<typeof boxOf>[]) {
		for (const [index, one] of boxes.entries()) {
			expect(one.x).toBeGreaterThanOrEqual(0)
			expect(one.y).toBeGreaterThanOrEqual(0)
			expect(one.x + one.width).toBeLessThanOrEqual(frame.width)
			expect(one.y + one.height).toBeLessThanOrEqual(frame.height)
			for (const other of boxes.slice(index + 1)) {
				const apart = one.x + one.width <= other.x || other.x + other.width <= one.x
				expect(apart || one.y + one.height <= other.y || other.y + other.height <= one.y).toBe(true)
			}
		}
	}

	it('a face fills its box, and what is cut off is cut off evenly at the sides and more at the bottom', () => {
		expect(coverOf({ width: 640, height: 360 }, { width: 320, height: 360 })).toEqual({
			x: 160,
			y: 0,
			width: 320,
			height: 360,
		})
		expect(coverOf({ width: 640, height: 480 }, { width: 1280, height: 720 })).toEqual({
			x: 0,
			y: 48,
			width: 640,
			height: 360,
		})
	})

	it('a page stands whole in the middle of its box', () => {
		expect(containIn({ width: 400, height: 300 }, { x: 100, y: 0, width: 1600, height: 900 })).toEqual({
			...{ x: 300, y: 0, width: 1200, height: 900 },
		})
	})
})
