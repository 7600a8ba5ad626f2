import { type AxisName, advance, aim, drive, type Head, isMoving, restingHead } from './head.ts'
import { createLens } from './visca-lens.ts'

/**
 * What a VISCA camera does about a packet: the manual's side of the protocol, written without the driver's codec, so that a
 * mistake shared by both cannot go unseen. Steps per degree, ranges and replies as in the PTZOptics VISCA list rev 1.2.
 */

export interface BodyFaults {
	/** So many stops are acknowledged and not obeyed. */
	ignoreStops?: number
	/** Drives and journeys are acknowledged and not obeyed: green but dead. */
	ignoreDrives?: boolean
	/** Pan goes the other way. */
	reversed?: boolean
	standby?: boolean
	/** After being switched on it is deaf for so long. */
	bootMs?: number
	/** Switched on a moment ago: it refuses all but power and version, as 'not executable'. */
	initialising?: boolean
	/** It does not tell where it is: 60 02. */
	noPosition?: boolean
	/** Speed 00 in a drive is answered 60 02, as a BRC-300 does. */
	refuseSpeedZero?: boolean
}

/** What came of a command: done at once; under way until these axes stand; or refused. */
type Outcome = { done: true } | { axes: readonly AxisName[] } | { refused: 'syntax' | 'not-executable' }

export interface Body {
	head(): Head
	/** Not to be talked to until then; 0: it listens. */
	readonly deafUntil: number
	/** The reply to an inquiry, without its address and terminator. */
	inquire(packet: Buffer): number[]
	obey(packet: Buffer): Outcome
	/** Lets go of these axes. */
	halt(axes: readonly AxisName[]): void
	/** Without power the head stands where it is. */
	powerCut(): void
}

const stepsPerDegree = 14.4
const zoomTele = 0x4000
const home = { pan: 0, tilt: 0 }
const done = { done: true } as const
const syntax = { refused: 'syntax' } as const
const notExecutable = { refused: 'not-executable' } as const
const all = ['pan', 'tilt', 'zoom'] as const

export function createBody(faults: BodyFaults, now: () => number): Body {
	let head = restingHead(now())
	let deafUntil = 0
	const lens = createLens(now)
	const presets = new Map<number, { pan: number; tilt: number; zoom: number }>()

	function look(): Head {
		head = advance(head, now())
		return head
	}

	function panTiltDrive(rest: number[]): Outcome {
		const [panSpeed = 0, tiltSpeed = 0, panWay = 0, tiltWay = 0] = rest
		const ways = [1, 2, 3]
		if (rest.length !== 4 || panSpeed > 0x18 || tiltSpeed > 0x18) return syntax
		if (!ways.includes(panWay) || !ways.includes(tiltWay)) return syntax
		if (faults.refuseSpeedZero && (panSpeed === 0 || tiltSpeed === 0)) return syntax
		const stop = panWay === 3 && tiltWay === 3
		if (stop && faults.ignoreStops) {
			faults.ignoreStops -= 1
			return done
		}
		if (!stop && faults.ignoreDrives) return done
		const pan = panWay === 3 ? 0 : ((panWay === 2 ? 1 : -1) * panSpeed) / 0x18
		const tilt = tiltWay === 3 ? 0 : ((tiltWay === 1 ? 1 : -1) * Math.min(tiltSpeed, 0x14)) / 0x14
		head = drive(drive(head, 'pan', faults.reversed ? -pan : pan), 'tilt', tilt)
		return done
	}

	function go(to: Partial<Record<AxisName, number>>, fraction: Partial<Record<AxisName, number>> = {}): Outcome {
		const axes = all.filter((axis) => to[axis] !== undefined)
		if (faults.ignoreDrives) return done
		for (const axis of axes) head = aim(head, axis, to[axis] ?? 0, fraction[axis] ?? 1)
		return { axes }
	}

	function zoomDrive([what = 0]: number[]): Outcome {
		if (what !== 0 && faults.ignoreDrives) return done
		const variable = ((what & 0x0f) + 1) / 8
		const speeds: Record<number, number> = { 0: what === 2 ? 0.5 : what === 3 ? -0.5 : 0, 2: variable, 3: -variable }
		const speed = speeds[what >> 4]
		if (speed === undefined) return syntax
		head = drive(head, 'zoom', speed)
		return done
	}

	function memory([action = 0, slot = 0]: number[]): Outcome {
		if (action === 0) presets.delete(slot)
		if (action === 1) {
			const { pan, tilt, zoom } = head
			presets.set(slot, { pan: pan.position, tilt: tilt.position, zoom: zoom.position })
		}
		const to = presets.get(slot)
		if (action !== 2) return done
		return to ? go(to) : { refused: 'not-executable' }
	}

	return {
		head: look,
		get deafUntil() {
			return deafUntil
		},

		inquire(packet) {
			const { pan, tilt, zoom } = look()
			if (faults.initialising && packet[2] !== 0x00 && packet[3] !== 0x00) return [0x60, 0x41]
			switch (packet.toString('hex')) {
				case '81090002ff':
					return [0x50, 0x00, 0x01, 0x7f, 0x01, 0x01, 0x02, 0x02]
				case '81090400ff':
					return [0x50, faults.standby ? 0x03 : 0x02]
				case '81090612ff':
					if (faults.noPosition) return [0x60, 0x02]
					return [0x50, ...spread(pan.position * stepsPerDegree), ...spread(tilt.position * stepsPerDegree)]
				case '81090447ff':
					return faults.noPosition ? [0x60, 0x02] : [0x50, ...spread(zoom.position * zoomTele)]
				case '81090448ff':
					return [0x50, ...spread(lens.position())]
				case '81090438ff':
					return [0x50, lens.autofocus ? 0x02 : 0x03]
				default:
					return [0x60, 0x02]
			}
		},

		obey(packet) {
			look()
			const [first = 0, second = 0, ...rest] = packet.subarray(2, -1)
			const word = (first << 8) | second
			if ((faults.standby || faults.initialising) && word !== 0x0400) return { refused: 'not-executable' }
			switch (word) {
				case 0x0601:
					return panTiltDrive(rest)
				case 0x0602: {
					if (rest.length !== 10) return syntax
					const [panSpeed = 1, tiltSpeed = 1] = rest
					return go(
						{ pan: gather(rest.slice(2, 6)) / stepsPerDegree, tilt: gather(rest.slice(6)) / stepsPerDegree },
						{ pan: panSpeed / 0x18, tilt: Math.min(1, tiltSpeed / 0x14) },
					)
				}
				case 0x0604:
					return go(home)
				case 0x0407:
					return rest.length === 1 ? zoomDrive(rest) : syntax
				case 0x0447:
					return rest.length === 4 ? go({ zoom: (gather(rest) & 0xffff) / zoomTele }) : syntax
				case 0x043f:
					return rest.length === 2 ? memory(rest) : syntax
				case 0x0400:
					if (rest[0] === 0x02 && faults.standby) deafUntil = now() + (faults.bootMs ?? 0)
					faults.standby = rest[0] === 0x03
					return done
				case 0x0438:
					lens.setAutofocus(rest[0] === 0x02)
					return done
				case 0x0408:
					return lens.run(rest[0] ?? 0) ? done : notExecutable
				case 0x0448:
					if (rest.length !== 4) return syntax
					return lens.go(gather(rest) & 0xffff) ? done : notExecutable
				default:
					return syntax
			}
		},

		halt(axes) {
			look()
			for (const axis of axes) head = drive(head, axis, 0)
		},

		powerCut() {
			const { pan, tilt, zoom } = look()
			head = restingHead(now(), { pan: pan.position, tilt: tilt.position, zoom: zoom.position })
			lens.setAutofocus(true)
		},
	}
}

/** Whether a journey of these axes has come to its end. */
export const standing = (head: Head, axes: readonly AxisName[]) => !isMoving(head, axes)

/** Four digits of a number, two's complement. */
function spread(value: number): number[] {
	const bits = Math.round(value) & 0xffff
	return [bits >> 12, (bits >> 8) & 15, (bits >> 4) & 15, bits & 15]
}

function gather(digits: number[]): number {
	const value = digits.reduce((sum, digit) => (sum << 4) | (digit & 15), 0)
	return value & 0x8000 ? value - 0x10000 : value
}
