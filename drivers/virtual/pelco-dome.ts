import { type AxisName, advance, aim, drive, type Head, restingHead } from './head.ts'

/**
 * What a Pelco-D dome does about a frame: the manual's side of the protocol, written without the driver's codec, so that a
 * mistake shared by both cannot go unseen. Commands, units and responses as in the Pelco D Protocol Manual (TF-0002).
 */

export interface DomeFaults {
	/** Answers nothing, does nothing: its power is cut. */
	silent?: boolean
	/** Gives the general response to each command, as four-wire receivers do. */
	acknowledges?: boolean
	/** Knows no question at all, as most domes. */
	noPosition?: boolean
	/** Does not know the question for its zoom. */
	noZoomPosition?: boolean
	/** So many frames are not heard. */
	loseFrames?: number
	/** So many replies are not sent. */
	loseReplies?: number
	/** Its replies carry a checksum that is wrong. */
	wrongChecksum?: boolean
	/** So many replies carry a checksum that is wrong. */
	wrongChecksums?: number
	/** Its replies carry another address. */
	wrongAddress?: boolean
	/** Before each reply come bytes that mean nothing. */
	noise?: boolean
	/** So many stops are not obeyed. */
	ignoreStops?: number
	/** Drives and journeys are not obeyed. */
	ignoreDrives?: boolean
	/** Pan goes the other way. */
	reversed?: boolean
	/** A movement that is not told again ends by itself after so long; some domes do so after 15 s. */
	runsForMs?: number
	/** It falls off the line now, stands, and is back after so long. Taken out of the script when it has begun. */
	rebootMs?: number
}

export interface DomeOptions {
	address: number
	/** May be changed while it runs. */
	faults?: DomeFaults
	/** Degrees right of the head's middle where it counts pan from. */
	zero?: number
}

export interface Dome {
	readonly address: number
	readonly faults: DomeFaults
	/** The head now. */
	head(): Head
	/** What the lens is told. */
	readonly lens: 'near' | 'far' | null
	readonly autofocus: boolean
	/** Presets that are kept, by their number. */
	readonly presets: ReadonlySet<number>
	/** The five bytes between sync and checksum. Answers what it sends back, if anything. */
	hear(frame: readonly number[]): number[] | null
	/** Told when a frame that moves it has been heard. */
	onDrive(listener: () => void): void
}

const all = ['pan', 'tilt', 'zoom'] as const
const questions: Readonly<Record<number, AxisName>> = { 81: 'pan', 83: 'tilt', 85: 'zoom' }
const journeys: Readonly<Record<number, AxisName>> = { 75: 'pan', 77: 'tilt', 79: 'zoom' }
/** Speed 00 is "very slow motion, not cessation of motion". */
const creep = 0.005

export function createDome({ address, faults = {}, zero = 0 }: DomeOptions, now: () => number): Dome {
	let head = restingHead(now())
	let toldAt = now()
	let deafUntil = 0
	let zoomSpeed = 3
	let lens: Dome['lens'] = null
	let autofocus = true
	const presets = new Map<number, Record<AxisName, number>>()
	const listeners: (() => void)[] = []

	function look(): Head {
		const { runsForMs = Number.POSITIVE_INFINITY, rebootMs } = faults
		const driven = all.some((axis) => head[axis].drive !== 0)
		if (driven && now() - toldAt > runsForMs) halt(toldAt + runsForMs)
		if (rebootMs !== undefined) {
			halt(now())
			deafUntil = now() + rebootMs
			zoomSpeed = 3
			delete faults.rebootMs
		}
		head = advance(head, now())
		return head
	}

	function halt(at: number) {
		head = advance(head, at)
		for (const axis of all) head = drive(head, axis, 0)
		lens = null
	}

	/** Bits of both command bytes, and both speeds. */
	function move(first: number, second: number, panSpeed: number, tiltSpeed: number) {
		const stop = (second & 0xfe) === 0 && (first & 0x01) === 0
		if (stop && faults.ignoreStops) {
			faults.ignoreStops -= 1
			return
		}
		if (!stop && faults.ignoreDrives) return
		const fraction = (speed: number) => Math.max(creep, Math.min(0x3f, speed) / 0x3f)
		const pan = second & 0x02 ? fraction(panSpeed) : second & 0x04 ? -fraction(panSpeed) : 0
		const tilt = second & 0x08 ? fraction(tiltSpeed) : second & 0x10 ? -fraction(tiltSpeed) : 0
		const zoom = second & 0x20 ? 1 : second & 0x40 ? -1 : 0
		head = drive(head, 'pan', faults.reversed ? -pan : pan)
		head = drive(head, 'tilt', tilt)
		head = drive(head, 'zoom', (zoom * (zoomSpeed + 1)) / 4)
		lens = second & 0x80 ? 'far' : first & 0x01 ? 'near' : null
		toldAt = now()
	}

	function go(axis: AxisName, to: number) {
		if (!faults.ignoreDrives) head = aim(head, axis, to, 1)
	}

	function recall(preset: number) {
		// "Go to zero pan" is where it counts from.
		if (preset === 0x22) return go('pan', zero)
		const kept = presets.get(preset)
		if (kept) for (const axis of all) go(axis, kept[axis])
	}

	function extended(opcode: number, high: number, low: number) {
		const axis = journeys[opcode]
		const value = (high << 8) | low
		if (axis === 'zoom') return go('zoom', value / 0xffff)
		if (axis) return go(axis, axis === 'pan' ? signed(value + zero * 100) : -signed(value))
		switch (opcode) {
			case 0x03:
				presets.set(low, { pan: head.pan.position, tilt: head.tilt.position, zoom: head.zoom.position })
				return
			case 0x05:
				presets.delete(low)
				return
			case 0x07:
				return recall(low)
			case 0x25:
				if (low <= 3) zoomSpeed = low
				return
			case 0x2b:
				autofocus = low !== 2
				return
		}
	}

	/** Hundredths of a degree, 0 to 35999: pan to the right, tilt downwards from the horizon. Zoom as part of FFFF. */
	function positionOf(axis: AxisName): number {
		const { position } = head[axis]
		if (axis === 'zoom') return Math.round(position * 0xffff)
		const hundredths = Math.round((axis === 'pan' ? position - zero : -position) * 100)
		return (hundredths + 72_000) % 36_000
	}

	return {
		address,
		faults,
		head: look,
		get lens() {
			return lens
		},
		get autofocus() {
			return autofocus
		},
		get presets() {
			return new Set(presets.keys())
		},
		onDrive: (listener) => void listeners.push(listener),

		hear([to = 0, first = 0, second = 0, high = 0, low = 0]) {
			look()
			if (to !== address || faults.silent || now() < deafUntil) return null
			const axis = (second & 1) === 1 ? questions[second] : undefined
			if (axis) {
				if (faults.noPosition || (faults.noZoomPosition && axis === 'zoom')) return null
				const value = positionOf(axis)
				return [to, 0, second + 8, value >> 8, value & 0xff]
			}
			if ((second & 1) === 1) extended(second, high, low)
			else {
				move(first, second, high, low)
				if ((second & 0x1e) !== 0) for (const listener of listeners) listener()
			}
			if (!faults.acknowledges) return null
			// No alarm; the checksum is that of the command and the alarms.
			return [to, 0, (to + first + second + high + low) & 0xff]
		},
	}
}

/** Hundredths of a degree to degrees, -180 to 180. */
function signed(hundredths: number): number {
	const turned = ((hundredths % 36_000) + 36_000) % 36_000
	return (turned > 18_000 ? turned - 36_000 : turned) / 100
}
