import { type AxisName, advance, aim, drive, type Head, isMoving, restingHead } from './head.ts'

/** The head of a virtual ONVIF camera with what the protocol adds to it: movements that end by themselves, and memories. */

export interface BodyFaults {
	/** So many orders to stand are acknowledged and not obeyed, whichever way they are given. */
	ignoreStops?: number
	/** Drives and journeys are acknowledged and not obeyed: green but dead. */
	ignoreDrives?: boolean
	/** Pan goes the other way when it is driven, not when it is sent to a place. */
	reversedPan?: boolean
	/** Only ContinuousMove with zeros stops it (Cohu); Stop is acknowledged. */
	stopOnlyByZeroVelocity?: boolean
	/** Stop is obeyed only where it names just the axes that move. */
	stopMustMatch?: boolean
	/** A Timeout is accepted and means nothing: it goes on. */
	ignoreTimeout?: boolean
}

export interface Place {
	pan: number
	tilt: number
	zoom: number
}

export interface PtzBody {
	head(): Head
	/** Fractions of full speed. The axes that are not named go on as they were. */
	drive(fractions: Partial<Record<AxisName, number>>, timeoutMs: number | null): void
	stop(axes: readonly AxisName[]): void
	go(to: Partial<Place>, fraction: Partial<Record<AxisName, number>>): void
	place(): Place
	moving(axes?: readonly AxisName[]): boolean
	/** As when its processor starts anew: no timeout holds any more; where it `stands`, no movement either. */
	restart(stands: boolean): void
}

const all = ['pan', 'tilt', 'zoom'] as const

export function createPtzBody(faults: BodyFaults, now: () => number): PtzBody {
	let head = restingHead(now())
	let stopAt: number | null = null

	/** The timeout belongs to the camera's own clockwork: it is kept also while nobody asks. */
	function look(): Head {
		const time = now()
		if (stopAt !== null && time >= stopAt) {
			head = advance(head, Math.max(head.at, stopAt))
			stopAt = null
			stand(all.filter((axis) => head[axis].target === null))
		}
		head = advance(head, time)
		return head
	}

	function stand(axes: readonly AxisName[]) {
		for (const axis of axes) head = drive(head, axis, 0)
	}

	/** Whether an order to stand is lost; it is counted. */
	function stopLost(): boolean {
		const left = faults.ignoreStops ?? 0
		if (left > 0) faults.ignoreStops = left - 1
		return left > 0
	}

	return {
		head: look,

		drive(fractions, timeoutMs) {
			look()
			const axes = all.filter((axis) => fractions[axis] !== undefined)
			if (axes.every((axis) => fractions[axis] === 0)) {
				if (stopLost()) return
			} else if (faults.ignoreDrives) return
			for (const axis of axes) {
				const fraction = fractions[axis] ?? 0
				head = drive(head, axis, axis === 'pan' && faults.reversedPan ? -fraction : fraction)
			}
			stopAt = timeoutMs === null || faults.ignoreTimeout ? null : now() + timeoutMs
		},

		stop(axes) {
			look()
			const moving = all.filter((axis) => isMoving(head, [axis]))
			const named = moving.every((axis) => axes.includes(axis))
			const matches = named && panTiltAndZoom(axes) === panTiltAndZoom(moving)
			if (faults.stopOnlyByZeroVelocity || (faults.stopMustMatch && moving.length > 0 && !matches) || stopLost()) return
			stand(axes)
			if (axes.length === all.length) stopAt = null
		},

		go(to, fraction) {
			look()
			if (faults.ignoreDrives) return
			stopAt = null
			for (const axis of all) {
				const target = to[axis]
				if (target !== undefined) head = aim(head, axis, target, fraction[axis] ?? 1)
			}
		},

		place() {
			const { pan, tilt, zoom } = look()
			return { pan: pan.position, tilt: tilt.position, zoom: zoom.position }
		},

		moving: (axes = all) => isMoving(look(), axes),

		restart(stands) {
			look()
			stopAt = null
			if (stands) stand(all)
		},
	}
}

/** Which of the two that Stop can name. */
const panTiltAndZoom = (axes: readonly AxisName[]) =>
	`${axes.includes('pan') || axes.includes('tilt')} ${axes.includes('zoom')}`
