import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curve, fromDrag, ramp, sum, zoomFactor } from '../../../control-panel/lib/steering.ts'

describe('Steering', () => {
	it.each([
		[0, 0],
		[0.08, 0],
		[0.54, 0.2375],
		[1, 1],
		[3, 1],
	])('answers a deflection of %d with %d', (deflection, speed) => {
		expect(curve(deflection)).toBeCloseTo(speed, 4)
	})

	it('never slows down while the finger goes outwards', () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }), (a, b) => {
				expect(curve(Math.max(a, b))).toBeGreaterThanOrEqual(curve(Math.min(a, b)))
			}),
		)
	})

	it('takes a diagonal as one vector, so that it is no faster than an axis', () => {
		const { pan, tilt } = fromDrag(5, 5)
		expect(Math.hypot(pan, tilt)).toBeCloseTo(1, 2)
		expect(pan).toBeGreaterThan(0)
		expect(tilt).toBeLessThan(0) // down on the screen is down for the head
	})

	it('stays within what the protocol allows, wherever the finger is', () => {
		fc.assert(
			fc.property(
				fc.double({ noNaN: true, noDefaultInfinity: true }),
				fc.double({ noNaN: true, noDefaultInfinity: true }),
				(x, y) => {
					const { pan, tilt } = fromDrag(x, y)
					expect(Math.abs(pan)).toBeLessThanOrEqual(1)
					expect(Math.abs(tilt)).toBeLessThanOrEqual(1)
				},
			),
		)
	})

	it('turns slower where the picture is large, and at full speed where the camera does not tell', () => {
		expect(zoomFactor(0)).toBe(1)
		expect(zoomFactor(1)).toBe(0.25)
		expect(zoomFactor(0.5)).toBeCloseTo(0.625)
		expect(zoomFactor(null)).toBe(1)
	})

	it('begins a held arrow gently and comes to its full speed', () => {
		expect(ramp(0)).toBeCloseTo(0.35)
		expect(ramp(350)).toBeCloseTo(0.675)
		expect(ramp(5000)).toBe(1)
	})

	it('adds fingers and keys, and keeps the sum in bounds without a negative zero', () => {
		const right = { pan: 0.8, tilt: 0, zoom: 0 }
		expect(sum([right, right, { pan: 0, tilt: 0, zoom: -0.5 }])).toEqual({ pan: 1, tilt: 0, zoom: -0.5 })
		expect(Object.is(sum([{ pan: -0, tilt: 0, zoom: 0 }]).pan, 0)).toBe(true)
	})
})
