import { describe, expect, it } from 'vitest'
import {
	type Coordinates,
	durationMs,
	placeIn,
	readCoordinates,
	readPosition,
	velocityIn,
} from '../../../drivers/onvif/spaces.ts'
import { parseXml } from '../../../drivers/onvif/xml.ts'

const base = 'http://www.onvif.org/ver10/tptz'
const generic = `${base}/PanTiltSpaces/PositionGenericSpace`
const spherical = `${base}/PanTiltSpaces/SphericalPositionSpaceDegrees`
const range = (name: string, low: number | string, high: number | string) =>
	`<tt:${name}><tt:Min>${low}</tt:Min><tt:Max>${high}</tt:Max></tt:${name}>`
type Ends = [number | string, number | string]
const plane = (tag: string, uri: string, x: Ends, y: Ends = x) =>
	`<tt:${tag}><tt:URI>${uri}</tt:URI>${range('XRange', ...x)}${range('YRange', ...y)}</tt:${tag}>`
const line = (tag: string, uri: string, x: Ends) =>
	`<tt:${tag}><tt:URI>${uri}</tt:URI>${range('XRange', ...x)}</tt:${tag}>`

const options = (spaces: string, timeout = '') =>
	parseXml(`<tptz:PTZConfigurationOptions><tt:Spaces>${spaces}</tt:Spaces>${timeout}</tptz:PTZConfigurationOptions>`)
const configuration = (inside: string) => parseXml(`<tt:PTZConfiguration token="1.10">${inside}</tt:PTZConfiguration>`)
const status = (inside: string) =>
	parseXml(
		`<tptz:PTZStatus><tt:Position>${inside}</tt:Position><tt:UtcTime>2026-11-03T00:00:00Z</tt:UtcTime></tptz:PTZStatus>`,
	)

/** What a camera by the book offers. */
const whole = (unit: number) =>
	plane('AbsolutePanTiltPositionSpace', generic, [-unit, unit]) +
	line('AbsoluteZoomPositionSpace', `${base}/ZoomSpaces/PositionGenericSpace`, [0, unit]) +
	plane('ContinuousPanTiltVelocitySpace', `${base}/PanTiltSpaces/VelocityGenericSpace`, [-unit, unit]) +
	line('ContinuousZoomVelocitySpace', `${base}/ZoomSpaces/VelocityGenericSpace`, [-unit, unit])
const right = { pan: 1, tilt: -0.5, zoom: 0.25 }
const at = (pan: number, tilt: number, zoom: number, unit: 'degrees' | 'fraction') => ({ pan, tilt, zoom, unit, at: 7 })
const numbers = (coordinates: Coordinates, position: ReturnType<typeof at>) => {
	const { panTilt, zoom } = placeIn(coordinates, position)
	return [panTilt?.x, panTilt?.y, zoom]
}

describe('Coordinates of a camera', () => {
	it('by the book are fractions of its travel', () => {
		const coordinates = readCoordinates(configuration(''), options(whole(1)), null)
		expect(velocityIn(coordinates, right)).toEqual(right)
		expect(numbers(coordinates, at(-1, 0.5, 1, 'fraction'))).toEqual([-1, 0.5, 1])
		expect(coordinates.limits).toEqual({ pan: [-1, 1], tilt: [-1, 1] })
		const seen = readPosition(coordinates, status(`<tt:PanTilt x="0.5" y="-1"/><tt:Zoom x="0.3"/>`), 7)
		expect(seen).toEqual(at(0.5, -1, 0.3, 'fraction'))
	})

	it('are scaled to what it advertises, -100..100 as well', () => {
		const coordinates = readCoordinates(configuration(''), options(whole(100)), null)
		expect(velocityIn(coordinates, right)).toEqual({ pan: 100, tilt: -50, zoom: 25 })
		expect(numbers(coordinates, at(0.5, -0.5, 0.5, 'fraction'))).toEqual([50, -50, 50])
		const seen = readPosition(coordinates, status(`<tt:PanTilt x="-100" y="50"/><tt:Zoom x="75"/>`), 7)
		expect(seen).toEqual(at(-1, 0.5, 0.75, 'fraction'))
	})

	it('are degrees where its travel is told', () => {
		const travel = { pan: [-170, 170], tilt: [-30, 90] } as const
		const coordinates = readCoordinates(configuration(''), options(whole(1)), travel)
		expect(coordinates.unit).toBe('degrees')
		expect(numbers(coordinates, at(85, 30, 0, 'degrees'))).toEqual([0.5, 0, 0])
		expect(readPosition(coordinates, status(`<tt:PanTilt x="-1" y="1"/><tt:Zoom x="1"/>`), 7)).toEqual(
			at(-170, 90, 1, 'degrees'),
		)
		expect(coordinates.limits).toEqual({ pan: [-170, 170], tilt: [-30, 90] })
	})

	it('are turned round where its travel is told so', () => {
		const travel = { pan: [170, -170], tilt: [-30, 90] } as const
		const coordinates = readCoordinates(configuration(''), options(whole(1)), travel)
		expect(readPosition(coordinates, status(`<tt:PanTilt x="-0.5" y="0"/><tt:Zoom x="0"/>`), 7)?.pan).toBe(85)
		expect(numbers(coordinates, at(85, 30, 0, 'degrees'))).toEqual([-0.5, 0, 0])
		expect(coordinates.limits.pan).toEqual([-170, 170])
	})

	it('are degrees where it offers them, named when that is not the default', () => {
		const both = plane('AbsolutePanTiltPositionSpace', spherical, [-180, 180], [-20, 90]) + whole(1)
		const byDefault = configuration(
			`<tt:DefaultAbsolutePantTiltPositionSpace>${generic}</tt:DefaultAbsolutePantTiltPositionSpace>`,
		)
		const coordinates = readCoordinates(byDefault, options(both), null)
		expect(coordinates.unit).toBe('degrees')
		expect(placeIn(coordinates, at(90, -20, 0, 'degrees')).panTilt).toEqual({ x: 90, y: -20, space: spherical })
		// It tells its default, or names the other.
		expect(readPosition(coordinates, status('<tt:PanTilt x="0.5" y="-1"/><tt:Zoom x="0"/>'), 7)).toEqual(
			at(90, -20, 0, 'degrees'),
		)
		const named = status(`<tt:PanTilt x="-45" y="35" space="${spherical}"/><tt:Zoom x="0"/>`)
		expect(readPosition(coordinates, named, 7)).toEqual(at(-45, 35, 0, 'degrees'))
	})

	it('have no axis where the range is 0..0', () => {
		const spaces =
			plane('AbsolutePanTiltPositionSpace', generic, [-1, 1], [0, 0]) +
			plane('ContinuousPanTiltVelocitySpace', 'v', [-1, 1], [0, 0]) +
			line('ContinuousZoomVelocitySpace', 'z', [0, 0])
		const coordinates = readCoordinates(configuration(''), options(spaces), null)
		expect(coordinates.velocity).toEqual({ pan: { low: -1, high: 1 }, tilt: null, zoom: null })
		expect(velocityIn(coordinates, right)).toEqual({ pan: 1, tilt: 0, zoom: 0 })
		expect(readPosition(coordinates, status('<tt:PanTilt x="0.5" y="0"/>'), 7)).toMatchObject({ pan: 0.5, zoom: 0 })
	})

	it('are what the profile names, whatever else is offered', () => {
		const spaces =
			plane('ContinuousPanTiltVelocitySpace', 'other', [-9, 9]) +
			plane('ContinuousPanTiltVelocitySpace', 'mine', [-1, 1]) +
			line('ContinuousZoomVelocitySpace', 'z', [-1, 1])
		const mine = configuration(
			'<tt:DefaultContinuousPanTiltVelocitySpace>mine</tt:DefaultContinuousPanTiltVelocitySpace>',
		)
		expect(readCoordinates(mine, options(spaces), null).velocity.pan).toEqual({ low: -1, high: 1 })
		expect(readCoordinates(mine, options(spaces), null).place).toBeNull()
	})

	it('are those of the book where the camera describes none', () => {
		const named = configuration(
			`<tt:DefaultContinuousPanTiltVelocitySpace>v</tt:DefaultContinuousPanTiltVelocitySpace><tt:DefaultAbsolutePantTiltPositionSpace>${generic}</tt:DefaultAbsolutePantTiltPositionSpace>`,
		)
		const coordinates = readCoordinates(named, undefined, null)
		expect(velocityIn(coordinates, right)).toEqual(right)
		expect(readPosition(coordinates, status('<tt:PanTilt x="0.5" y="0"/>'), 7)).toMatchObject({ pan: 0.5 })
	})

	it('have ends where the camera says that its travel has them', () => {
		const limits = `<tt:PanTiltLimits><tt:Range><tt:URI>${generic}</tt:URI>${range('XRange', -0.5, 0.25)}${range('YRange', -1, 0)}</tt:Range></tt:PanTiltLimits>`
		const travel = { pan: [-100, 100], tilt: [-50, 50] } as const
		expect(readCoordinates(configuration(limits), options(whole(1)), travel).limits).toEqual({
			...{ pan: [-50, 25], tilt: [-50, 0] },
		})
	})

	it('do not trust ranges that are none', () => {
		const strange =
			plane('ContinuousPanTiltVelocitySpace', 'v', ['-INF', 'INF'], [1, -1]) +
			line('ContinuousZoomVelocitySpace', 'z', [0, 8])
		const coordinates = readCoordinates(configuration(''), options(strange), null)
		expect(velocityIn(coordinates, { pan: -1, tilt: 0.5, zoom: -0.5 })).toEqual({ pan: -1, tilt: 0.5, zoom: -4 })
	})

	it('tell nothing where the camera tells nothing', () => {
		const coordinates = readCoordinates(configuration(''), options(whole(1)), null)
		for (const inside of ['', '<tt:PanTilt x="" y="0"/>', '<tt:Zoom x="1"/>', '<tt:PanTilt x="a" y="b"/>'])
			expect(readPosition(coordinates, status(inside), 7)).toBeNull()
		expect(readPosition(coordinates, undefined, 7)).toBeNull()
		expect(readPosition(coordinates, parseXml('<PTZStatus/>'), 7)).toBeNull()
	})

	it('say how long a movement may last', () => {
		const timeout = '<tt:PTZTimeout><tt:Min>PT5S</tt:Min><tt:Max>PT1M0.5S</tt:Max></tt:PTZTimeout>'
		expect(readCoordinates(configuration(''), options('', timeout), null).timeoutMs).toEqual({
			low: 5_000,
			high: 60_500,
		})
	})

	it.each([
		['PT0.5S', 500],
		['P1DT2H3M4S', 93_784_000],
		['PT', null],
		['P', null],
		['5', null],
		['-PT1S', null],
	])('read the duration %s', (text, ms) => {
		expect(durationMs(text)).toBe(ms)
	})
})
