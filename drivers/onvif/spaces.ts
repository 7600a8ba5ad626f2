import type { Position, Velocity } from '../camera.ts'
import { childOf, childrenOf, textAt, type XmlElement } from './xml.ts'

/**
 * The coordinates of one camera (PTZ Service Specification, 'PT spaces'): which numbers it takes and tells, and what they are in
 * ours. The profile's own default spaces count, not whatever the node could do (frigate#9635). Makers advertise -100..100
 * where the specification has -1..1: everything is scaled to what is advertised. A range of 0..0 means: no such axis.
 */

export interface Range {
	readonly low: number
	readonly high: number
}

interface Space {
	readonly uri: string
	readonly x: Range
	/** Of pan and tilt; the zoom has none. */
	readonly y: Range
}

/** For a camera that tells no degrees: what the ends of its range are, left and down first. */
export interface Travel {
	readonly pan: readonly [number, number]
	readonly tilt: readonly [number, number]
}

export interface Coordinates {
	readonly unit: Position['unit']
	/** Null: there is no such axis. */
	readonly velocity: { readonly pan: Range | null; readonly tilt: Range | null; readonly zoom: Range | null }
	/** Null: it can't be sent to a place. */
	readonly place: Place | null
	/** Null: speeds of journeys can't be told. */
	readonly speed: { readonly panTilt: Range | null; readonly zoom: Range | null }
	/** In our unit, the smaller number first. */
	readonly limits: { readonly pan: readonly [number, number]; readonly tilt: readonly [number, number] }
	/** How long a movement may be told to last, in milliseconds; null: it doesn't say. */
	readonly timeoutMs: Range | null
}

interface Place {
	/** What we write in; `space`: to be named, because it is not the default. */
	readonly panTilt: { readonly space: string | null; readonly pan: Axis; readonly tilt: Axis } | null
	readonly zoom: Axis | null
	/** What it may tell positions in, by their names; '' is the default. */
	readonly told: ReadonlyMap<string, { readonly pan: Axis; readonly tilt: Axis }>
}

/** The same way in the camera's numbers and in ours. */
interface Axis {
	readonly theirs: Range
	readonly ours: Range
}

const fullTurn: Range = { low: -1, high: 1 }
const fraction: Range = { low: 0, high: 1 }
const degrees = 'SphericalPositionSpaceDegrees'

/**
 * `options`: the answer to GetConfigurationOptions, undefined where it gave none; `configuration`: that of the profile.
 * Without options the generic spaces that the profile names are taken for what the specification says of them.
 */
export function readCoordinates(
	configuration: XmlElement | undefined,
	options: XmlElement | undefined,
	travel: Travel | null,
): Coordinates {
	const spaces = childOf(options, 'Spaces')
	const offered = (name: string) => childrenOf(spaces, name).map(readSpace).filter(isReal)
	const named = (...names: string[]) => names.map((name) => textAt(configuration, name)).find((uri) => uri)
	/** What the profile names, else the first that is offered; what it names and nobody describes is as in the books. */
	const chosen = (list: Space[], uri: string | undefined, usual: Range): Space | null =>
		list.find((space) => space.uri === uri) ?? list[0] ?? (uri === undefined ? null : { uri, x: usual, y: usual })
	const velocity = (name: string): Space | null =>
		// Where nothing is described at all, it may still move.
		chosen(offered(name), named(`Default${name}`) ?? (options ? undefined : ''), fullTurn)
	const turning = velocity('ContinuousPanTiltVelocitySpace')
	const zooming = velocity('ContinuousZoomVelocitySpace')
	const planes = offered('AbsolutePanTiltPositionSpace')
	const plane = chosen(
		planes,
		// sic, in the schema
		named('DefaultAbsolutePantTiltPositionSpace', 'DefaultAbsolutePanTiltPositionSpace'),
		fullTurn,
	)
	const depth = chosen(offered('AbsoluteZoomPositionSpace'), named('DefaultAbsoluteZoomPositionSpace'), fraction)
	const spherical = planes.find(({ uri }) => uri.endsWith(degrees)) ?? null
	const written = travel ? plane : (spherical ?? plane)
	const ours = travel
		? { pan: rangeOf(travel.pan), tilt: rangeOf(travel.tilt) }
		: { pan: spherical?.x ?? fullTurn, tilt: spherical?.y ?? fullTurn }
	const axes = ({ x, y }: Space) => ({ pan: { theirs: x, ours: ours.pan }, tilt: { theirs: y, ours: ours.tilt } })
	const told = new Map(planes.map((space) => [space.uri, axes(space)]))
	if (plane) told.set(plane.uri, axes(plane)).set('', axes(plane))
	const lens = depth && { theirs: depth.x, ours: fraction }
	return {
		unit: travel || spherical ? 'degrees' : 'fraction',
		velocity: {
			pan: turning && !isNothing(turning.x) ? turning.x : null,
			tilt: turning && !isNothing(turning.y) ? turning.y : null,
			zoom: zooming?.x ?? null,
		},
		place:
			written || lens
				? {
						panTilt: written && { space: written === plane ? null : written.uri, ...axes(written) },
						zoom: lens,
						told,
					}
				: null,
		speed: { panTilt: offered('PanTiltSpeedSpace')[0]?.x ?? null, zoom: offered('ZoomSpeedSpace')[0]?.x ?? null },
		limits: limitsOf(configuration, told, ours),
		timeoutMs: readTimeout(options),
	}
}

/** A velocity of ours, -1..1, in the camera's numbers. */
export function velocityIn(coordinates: Coordinates, { pan, tilt, zoom }: Velocity): Velocity {
	const { velocity } = coordinates
	return { pan: scaled(pan, velocity.pan), tilt: scaled(tilt, velocity.tilt), zoom: scaled(zoom, velocity.zoom) }
}

function scaled(share: number, range: Range | null): number {
	if (!range) return 0
	// One that goes only one way, as some write it, is meant both ways.
	const back = range.low < 0 ? range.low : -range.high
	return share < 0 ? -share * back : share * Math.max(range.high, 0)
}

/** A place of ours in the camera's numbers. */
export function placeIn({ place }: Coordinates, { pan, tilt, zoom }: Position) {
	const plane = place?.panTilt
	return {
		panTilt: plane
			? { x: converted(pan, plane.pan, true), y: converted(tilt, plane.tilt, true), space: plane.space }
			: null,
		zoom: place?.zoom ? converted(zoom, place.zoom, true) : null,
	}
}

/** The answer to GetStatus as a position; null: it tells none, or none that we can read. */
export function readPosition(coordinates: Coordinates, status: XmlElement | undefined, at: number): Position | null {
	const { place, unit } = coordinates
	const told = childOf(status, 'Position')
	const [panTilt, zoom] = [childOf(told, 'PanTilt'), childOf(told, 'Zoom')]
	const [x, y, z] = [numberOf(panTilt, 'x'), numberOf(panTilt, 'y'), numberOf(zoom, 'x')]
	const plane = place?.told.get(panTilt?.attributes.get('space') ?? '') ?? place?.told.get('')
	// What is not there can't be missing: a camera without a zoom tells none.
	if (!place || (plane ? x === null || y === null : z === null)) return null
	return {
		pan: plane && x !== null ? converted(x, plane.pan, false) : 0,
		tilt: plane && y !== null ? converted(y, plane.tilt, false) : 0,
		zoom: place.zoom && z !== null ? Math.min(1, Math.max(0, converted(z, place.zoom, false))) : 0,
		unit,
		at,
	}
}

/** From ours to theirs, within the range, or back. */
function converted(value: number, { theirs, ours }: Axis, toTheirs: boolean): number {
	const [from, to] = toTheirs ? [ours, theirs] : [theirs, ours]
	const width = from.high - from.low
	const share = width === 0 ? 0 : (value - from.low) / width
	return to.low + (toTheirs ? Math.min(1, Math.max(0, share)) : share) * (to.high - to.low)
}

function readSpace(element: XmlElement): Space {
	const x = readRange(element, 'XRange') ?? fullTurn
	const y = childOf(element, 'YRange') ? (readRange(element, 'YRange') ?? fullTurn) : x
	return { uri: textAt(element, 'URI') ?? '', x, y }
}

/** Null: there are no numbers that make sense ("-INF"). */
export function readRange(element: XmlElement | undefined, name: string): Range | null {
	const ends = ['Min', 'Max'].map((end) => numberFrom(textAt(element, name, end)) ?? Number.NaN)
	return ends.some(Number.isNaN) ? null : { low: Math.min(...ends), high: Math.max(...ends) }
}

const rangeOf = ([low, high]: readonly [number, number]): Range => ({ low, high })
const isNothing = ({ low, high }: Range) => low === high
const isReal = ({ x, y }: Space) => !isNothing(x) || !isNothing(y)

function numberOf(element: XmlElement | undefined, attribute: string): number | null {
	return numberFrom(element?.attributes.get(attribute))
}

/** A decimal comma is not unheard of. */
function numberFrom(text: string | undefined): number | null {
	const value = Number(text?.trim().replace(',', '.') || Number.NaN)
	return Number.isFinite(value) ? value : null
}

/** Its travel may be set narrower than its coordinates: against such an end it stands, and that is no fault. */
function limitsOf(
	configuration: XmlElement | undefined,
	told: Place['told'],
	ours: { readonly pan: Range; readonly tilt: Range },
): Coordinates['limits'] {
	const set = childOf(childOf(configuration, 'PanTiltLimits'), 'Range')
	const space = set && readSpace(set)
	const axes = space && told.get(space.uri)
	const ends = (axis: 'pan' | 'tilt', range: Range | undefined): readonly [number, number] => {
		const { low, high } = ours[axis]
		const both = axes && range ? [range.low, range.high].map((end) => converted(end, axes[axis], false)) : [low, high]
		return [Math.min(...both), Math.max(...both)]
	}
	return { pan: ends('pan', space?.x), tilt: ends('tilt', space?.y) }
}

function readTimeout(options: XmlElement | undefined): Range | null {
	const [low, high] = ['Min', 'Max'].map((end) => durationMs(textAt(childOf(options, 'PTZTimeout'), end) ?? ''))
	return typeof low === 'number' && typeof high === 'number' ? { low, high } : null
}

/** xs:duration, of days and less; null: it is none. */
export function durationMs(text: string): number | null {
	const match = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?$/.exec(text.trim())
	if (!match || /[PT]$/.test(text.trim())) return null
	const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0))
	return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000
}
