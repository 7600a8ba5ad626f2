import { describe, expect, it } from 'vitest'
import { advance, aim, drive, type Head, isMoving, mechanics, restingHead } from '../../../drivers/virtual/head.ts'
import { cropOf } from '../../../drivers/virtual/picture.ts'

/** The head each 20 ms for so long. */
function film(head: Head, forMs: number): Head[] {
	const frames = [head]
	for (let at = head.at + 20; at <= head.at + forMs; at += 20) frames.push(advance(frames.at(-1) ?? head, at))
	return frames
}

const last = (frames: Head[]) => frames.at(-1) as Head

describe('a head', () => {
	it('goes on until it is stopped', () => {
		const head = last(film(drive(restingHead(0), 'pan', 0.1), 5_000))
		expect(head.pan.position).toBeGreaterThan(50)
		expect(isMoving(head)).toBe(true)
		expect(isMoving(last(film(drive(head, 'pan', 0), 1_000)))).toBe(false)
	})

	it('gains and loses speed gradually, and turns at most 120 degrees a second', () => {
		const frames = film(drive(restingHead(0), 'pan', 1), 1_000)
		const speeds = frames.slice(1).map((frame, i) => (frame.pan.position - (frames[i]?.pan.position ?? 0)) / 0.02)
		expect(Math.max(...speeds)).toBeLessThanOrEqual(120.001)
		for (const [i, speed] of speeds.slice(1).entries()) {
			expect(Math.abs(speed - (speeds[i] ?? 0))).toBeLessThan(mechanics.pan.acceleration * 0.021)
		}
	})

	it('arrives exactly, without passing its target', () => {
		const frames = film(aim(restingHead(0), 'pan', 90, 1), 3_000)
		expect(Math.max(...frames.map(({ pan }) => pan.position))).toBeLessThanOrEqual(90)
		expect(last(frames).pan).toMatchObject({ position: 90, velocity: 0 })
		expect(isMoving(last(frames))).toBe(false)
	})

	it('ends at the ends of its travel, however it gets there', () => {
		expect(last(film(drive(restingHead(0), 'pan', -1), 5_000)).pan.position).toBe(-170)
		expect(last(film(aim(restingHead(0), 'tilt', 200, 1), 5_000)).tilt.position).toBe(90)
		expect(last(film(drive(restingHead(0), 'tilt', -1), 5_000)).tilt.position).toBe(-30)
	})

	it('zooms from end to end in one to three seconds', () => {
		const frames = film(aim(restingHead(0), 'zoom', 1, 1), 5_000)
		const arrival = frames.find(({ zoom }) => zoom.position === 1)?.at ?? Number.POSITIVE_INFINITY
		expect(arrival).toBeGreaterThan(1_000)
		expect(arrival).toBeLessThan(3_000)
	})

	it('is where it is whether it is asked often or once', () => {
		const start = aim(drive(restingHead(0), 'tilt', 0.3), 'pan', 40, 0.5)
		const often = last(film(start, 1_500))
		const once = advance(start, 1_500)
		expect(once.pan.position).toBeCloseTo(often.pan.position, 6)
		expect(once.tilt.position).toBeCloseTo(often.tilt.position, 6)
	})
})

describe('what it sees', () => {
	it('keeps its size while only pan and tilt change, and its shape always', () => {
		const wide = cropOf({ pan: 0, tilt: 0, zoom: 0 })
		const turned = cropOf({ pan: 20, tilt: -5, zoom: 0 })
		expect(turned.slice(2)).toEqual(wide.slice(2))
		for (const zoom of [0, 0.2, 0.5, 0.9, 1]) {
			const [left, top, width, height] = cropOf({ pan: 0, tilt: 0, zoom })
			expect(width / height).toBeCloseTo(16 / 9, 1)
			for (const side of [left, top, width, height]) expect(side % 2).toBe(0)
		}
	})

	it('goes right with pan and up with tilt, and never leaves the scene', () => {
		const [left, top] = cropOf({ pan: 0, tilt: 0, zoom: 0.5 })
		const [further, higher] = cropOf({ pan: 10, tilt: 5, zoom: 0.5 })
		expect(further).toBeGreaterThan(left)
		expect(higher).toBeLessThan(top)
		for (const pan of [-170, 170]) {
			for (const tilt of [-30, 90]) {
				const [x, y, width, height] = cropOf({ pan, tilt, zoom: 0 })
				expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
				expect(x + width).toBeLessThanOrEqual(3840)
				expect(y + height).toBeLessThanOrEqual(2160)
			}
		}
	})
})
