/**
 * The head of a PTZ camera as physics: where it is at a time, given what it was told. Pure; time is in milliseconds.
 * Like a real one it does not stop by itself: only a stop, an arrival or the end of its travel ends a movement.
 */

interface Axis {
	position: number
	velocity: number
	/** Velocity it is being driven at; used while there is no target. */
	drive: number
	target: number | null
	/** Highest velocity on the way to the target. */
	cruise: number
}

export interface Head {
	pan: Axis
	tilt: Axis
	zoom: Axis
	at: number
}

interface Mechanics {
	low: number
	high: number
	/** Units per second, and per second squared. */
	fastest: number
	acceleration: number
}

/** Degrees, but zoom 0 wide .. 1 tele: from end to end in 1.5 s. */
export const mechanics = {
	pan: { low: -170, high: 170, fastest: 120, acceleration: 600 },
	tilt: { low: -30, high: 90, fastest: 100, acceleration: 500 },
	zoom: { low: 0, high: 1, fastest: 0.7, acceleration: 4 },
} as const satisfies Record<string, Mechanics>

export type AxisName = keyof typeof mechanics
const axisNames = ['pan', 'tilt', 'zoom'] as const

const stepMs = 5
const arrived = 1e-3

export function restingHead(at: number, position = { pan: 0, tilt: 0, zoom: 0 }): Head {
	const rest = (value: number): Axis => ({ position: value, velocity: 0, drive: 0, target: null, cruise: 0 })
	return { pan: rest(position.pan), tilt: rest(position.tilt), zoom: rest(position.zoom), at }
}

/** The head at a later time. */
export function advance(head: Head, now: number): Head {
	let { pan, tilt, zoom } = head
	// A head that nobody asked for minutes is somewhere at rest or at an end: no need to count every step.
	const elapsed = Math.min(now - head.at, 20_000)
	for (let left = elapsed; left > 0; left -= stepMs) {
		const seconds = Math.min(stepMs, left) / 1_000
		pan = stepAxis(pan, mechanics.pan, seconds)
		tilt = stepAxis(tilt, mechanics.tilt, seconds)
		zoom = stepAxis(zoom, mechanics.zoom, seconds)
	}
	return { pan, tilt, zoom, at: now }
}

/** Fractions of full speed, -1..1. */
export function drive(head: Head, axis: AxisName, fraction: number): Head {
	return { ...head, [axis]: { ...head[axis], drive: fraction * mechanics[axis].fastest, target: null } }
}

export function aim(head: Head, axis: AxisName, target: number, fraction: number): Head {
	const { low, high, fastest } = mechanics[axis]
	const within = Math.min(high, Math.max(low, target))
	return { ...head, [axis]: { ...head[axis], drive: 0, target: within, cruise: fraction * fastest } }
}

export function isMoving(head: Head, axes: readonly AxisName[] = axisNames): boolean {
	return axes.some((axis) => head[axis].velocity !== 0 || head[axis].target !== null || head[axis].drive !== 0)
}

function stepAxis(axis: Axis, { low, high, acceleration }: Mechanics, seconds: number): Axis {
	const wanted = wantedVelocity(axis, acceleration)
	const change = acceleration * seconds
	const velocity = axis.velocity + Math.min(change, Math.max(-change, wanted - axis.velocity))
	const position = axis.position + velocity * seconds
	if (axis.target !== null) {
		const passed = (axis.target - axis.position) * (axis.target - position) <= 0
		if (passed || Math.abs(axis.target - position) < arrived)
			return { ...axis, position: axis.target, velocity: 0, target: null }
	}
	if (position <= low || position >= high)
		return { ...axis, position: Math.min(high, Math.max(low, position)), velocity: 0, drive: 0 }
	return { ...axis, position, velocity: Math.abs(velocity) < 1e-6 ? 0 : velocity }
}

function wantedVelocity({ position, drive, target, cruise }: Axis, acceleration: number): number {
	if (target === null) return drive
	const distance = target - position
	// As fast as it can still brake from.
	return Math.sign(distance) * Math.min(cruise, Math.sqrt(2 * acceleration * 0.8 * Math.abs(distance)))
}
