/** From a finger to a velocity. Pure, so that the feel is a table in a test. */

export interface Velocity {
	pan: number
	tilt: number
	zoom: number
}

export const still: Velocity = { pan: 0, tilt: 0, zoom: 0 }

/** A resting finger trembles: this part of the way from the centre does nothing. */
const deadZone = 0.08
/** How much of the answer is cubic: fine near the centre, full at the rim. */
const expo = 0.7
/** At full tele the same push turns the head at this part of the speed, so that the picture slides alike. */
const teleFactor = 0.25
/** A tap on an arrow nudges; held, it comes to its speed within this time. */
const rampMs = 700
const rampFrom = 0.35

/** Answer to a deflection of 0..1, 0..1. */
export function curve(deflection: number): number {
	const beyond = Math.min(1, Math.max(0, (deflection - deadZone) / (1 - deadZone)))
	return (1 - expo) * beyond + expo * beyond ** 3
}

/** From the finger's place relative to the centre (screen axes, in radii): a diagonal is one vector, not two axes. */
export function fromDrag(x: number, y: number): { pan: number; tilt: number } {
	const length = Math.hypot(x, y)
	if (length === 0) return { pan: 0, tilt: 0 }
	const speed = curve(length)
	return { pan: tidy((x / length) * speed), tilt: tidy((-y / length) * speed) }
}

/** `zoom` is 0 wide .. 1 tele; null where the camera can't tell. */
export function zoomFactor(zoom: number | null): number {
	if (zoom === null) return 1
	const tele = Math.min(1, Math.max(0, zoom))
	return 1 - (1 - teleFactor) * tele
}

/** The part of its speed that a held arrow has after this time. */
export function ramp(heldMs: number): number {
	return Math.min(1, rampFrom + (1 - rampFrom) * (heldMs / rampMs))
}

/** All fingers and keys together, within -1..1. */
export function sum(velocities: Iterable<Velocity>): Velocity {
	const total = { ...still }
	for (const { pan, tilt, zoom } of velocities) {
		total.pan += pan
		total.tilt += tilt
		total.zoom += zoom
	}
	return { pan: limit(total.pan), tilt: limit(total.tilt), zoom: limit(total.zoom) }
}

function limit(value: number): number {
	return tidy(Math.min(1, Math.max(-1, value)))
}

/** Three digits are more than any camera has speeds. Never -0. */
function tidy(value: number): number {
	return Math.round(value * 1000) / 1000 + 0
}
