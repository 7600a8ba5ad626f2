import { type AxisName, mechanics } from './head.ts'
import { invalid, ns } from './onvif-soap.ts'
import { childOf, type XmlElement } from './onvif-xml.ts'

/**
 * The coordinate spaces that a virtual ONVIF camera advertises, and what a number in them means to its head (ONVIF PTZ
 * specification, chapter on spaces): the range of a space is the whole travel, or full speed both ways.
 */

export interface SpaceFaults {
	/**
	 * 'generic': -1..1, zoom 0..1. 'degrees': absolute places also as SphericalPositionSpaceDegrees, which is the default then.
	 * 'hundreds': -100..100 under the generic names, as some firmware has it.
	 */
	spaces?: 'generic' | 'degrees' | 'hundreds'
	/** It can be driven and not be sent anywhere: no absolute space, no position. */
	noAbsolute?: boolean
	/** Their ranges are 0..0: the camera has no such axis. */
	zeroRanges?: readonly ('panTilt' | 'zoom')[]
}

interface Range {
	low: number
	high: number
}

interface Space {
	uri: string
	x: Range
	/** Of pan and tilt. */
	y?: Range
}

type Purpose = 'position' | 'translation' | 'velocity' | 'speed'
export type Spaces = Record<'panTilt' | 'zoom', Record<Purpose, Space[]>>

const base = 'http://www.onvif.org/ver10/tptz/'
const names: Record<Purpose, [panTilt: string, zoom: string]> = {
	position: ['PositionGenericSpace', 'PositionGenericSpace'],
	translation: ['TranslationGenericSpace', 'TranslationGenericSpace'],
	velocity: ['VelocityGenericSpace', 'VelocityGenericSpace'],
	speed: ['GenericSpeedSpace', 'ZoomGenericSpeedSpace'],
}
const nothing = { low: 0, high: 0 }

export function spacesOf({ spaces = 'generic', noAbsolute, zeroRanges = [] }: SpaceFaults): Spaces {
	const unit = spaces === 'hundreds' ? 100 : 1
	const both = { low: -unit, high: unit }
	const up = { low: 0, high: unit }
	const range = (kind: 'panTilt' | 'zoom', wanted: Range) => (zeroRanges.includes(kind) ? nothing : wanted)
	const panTilt = (purpose: Purpose, x: Range): Space => ({
		uri: `${base}PanTiltSpaces/${names[purpose][0]}`,
		x: range('panTilt', x),
		y: range('panTilt', x),
	})
	// One number for both axes.
	const speed: Space = { uri: `${base}PanTiltSpaces/${names.speed[0]}`, x: range('panTilt', up) }
	const zoom = (purpose: Purpose, x: Range): Space => ({
		uri: `${base}ZoomSpaces/${names[purpose][1]}`,
		x: range('zoom', x),
	})
	const degrees: Space = {
		uri: `${base}PanTiltSpaces/SphericalPositionSpaceDegrees`,
		x: range('panTilt', mechanics.pan),
		y: range('panTilt', mechanics.tilt),
	}
	const places = spaces === 'degrees' ? [degrees, panTilt('position', both)] : [panTilt('position', both)]
	return {
		panTilt: {
			position: noAbsolute ? [] : places,
			translation: [panTilt('translation', both)],
			velocity: [panTilt('velocity', both)],
			speed: [speed],
		},
		zoom: {
			position: noAbsolute ? [] : [zoom('position', up)],
			translation: [zoom('translation', both)],
			velocity: [zoom('velocity', both)],
			speed: [zoom('speed', up)],
		},
	}
}

/** A number for each axis that the vector names, as read from `<tt:PanTilt x y space/><tt:Zoom x space/>`. */
export type Vector = Partial<Record<AxisName, { value: number; range: Range }>>

/** Refuses numbers beyond the range: to clip them would hide who scales wrongly. */
export function readVector(
	parent: XmlElement | undefined,
	spaces: Spaces,
	purpose: Purpose,
	beyond: 'InvalidPosition' | 'InvalidTranslation' | 'InvalidVelocity' | 'InvalidSpeed',
): Vector {
	const vector: Vector = {}
	const take = (axis: AxisName, text: string | undefined, range: Range) => {
		const value = Number(text)
		if (text === undefined || text.trim() === '' || !Number.isFinite(value))
			throw invalid(beyond, `${text} is no number`)
		if (value < range.low - 1e-6 || value > range.high + 1e-6)
			throw invalid(beyond, `${axis} ${text} is beyond its range`)
		vector[axis] = { value, range }
	}
	const panTilt = childOf(parent, ns.tt, 'PanTilt')
	if (panTilt) {
		const { x, y } = spaceNamed(panTilt, spaces.panTilt[purpose])
		take('pan', panTilt.attributes.x, x)
		take('tilt', panTilt.attributes.y, y ?? x)
	}
	const zoom = childOf(parent, ns.tt, 'Zoom')
	if (zoom) take('zoom', zoom.attributes.x, spaceNamed(zoom, spaces.zoom[purpose]).x)
	return vector
}

/** The space that is named, or the default one. */
function spaceNamed({ attributes }: XmlElement, offered: readonly Space[]): Space {
	const space = attributes.space === undefined ? offered[0] : offered.find(({ uri }) => uri === attributes.space)
	if (!space) throw invalid('SpaceNotSupported', `no space ${attributes.space ?? ''}`)
	return space
}

/** A place in a space as a place of the head. Null: that axis has no range. */
export function toPlace(axis: AxisName, { value, range }: { value: number; range: Range }): number | null {
	const { low, high } = mechanics[axis]
	return range.high === range.low ? null : low + ((value - range.low) / (range.high - range.low)) * (high - low)
}

/** A way in a space as a way of the head. */
export function toDistance(axis: AxisName, { value, range }: { value: number; range: Range }): number {
	const { low, high } = mechanics[axis]
	return range.high === range.low ? 0 : (value / (range.high - range.low)) * (high - low)
}

export const toFraction = ({ value, range }: { value: number; range: Range }) =>
	range.high === 0 ? 0 : value / range.high

export function fromPlace(axis: AxisName, place: number, range: Range): number {
	const { low, high } = mechanics[axis]
	const value = range.low + ((place - low) / (high - low)) * (range.high - range.low)
	return Math.round(value * 10_000) / 10_000
}

const tags: Record<Purpose, [panTilt: string, zoom: string]> = {
	position: ['AbsolutePanTiltPositionSpace', 'AbsoluteZoomPositionSpace'],
	translation: ['RelativePanTiltTranslationSpace', 'RelativeZoomTranslationSpace'],
	velocity: ['ContinuousPanTiltVelocitySpace', 'ContinuousZoomVelocitySpace'],
	speed: ['PanTiltSpeedSpace', 'ZoomSpeedSpace'],
}

/** tt:PTZSpaces, in the order of the schema. */
export function spacesXml(spaces: Spaces): string {
	return (['position', 'translation', 'velocity', 'speed'] as const)
		.flatMap((purpose) => [
			...spaces.panTilt[purpose].map((space) => `<tt:${tags[purpose][0]}>${spaceXml(space)}</tt:${tags[purpose][0]}>`),
			...spaces.zoom[purpose].map((space) => `<tt:${tags[purpose][1]}>${spaceXml(space)}</tt:${tags[purpose][1]}>`),
		])
		.join('')
}

export function spaceXml({ uri, x, y }: Space): string {
	const range = (name: string, { low, high }: Range) =>
		`<tt:${name}><tt:Min>${low}</tt:Min><tt:Max>${high}</tt:Max></tt:${name}>`
	return `<tt:URI>${uri}</tt:URI>${range('XRange', x)}${y ? range('YRange', y) : ''}`
}
