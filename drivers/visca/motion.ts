import type { Position } from '../camera.ts'

/**
 * Proof of motion: what a camera's own positions say about a movement that it was told. Pure. Fed with each position,
 * it answers with what is wrong, or null.
 *
 * Thresholds: a head needs up to half a second to get going, and the slowest speed of common heads is about half a
 * degree a second; so a second without half a step of movement is no movement.
 */

export type MotionFault = 'no-motion' | 'wrong-direction' | 'still-moving-after-stop'

export interface Motion {
	/** Signs of what was asked: -1, 0, 1. All 0 is a stop. */
	readonly wanted: { pan: number; tilt: number; zoom: number }
	readonly since: number
	/** Where the camera was when asked; null: the first position after that. */
	readonly from: Position | null
	readonly last: Position | null
	/** When the position last changed. */
	readonly changedAt: number
	readonly proven: boolean
}

const graceMs = 1_000
const stillMs = 250
/** Degrees, or fractions of zoom: less is noise of the encoder. */
const epsilon = { pan: 0.07, tilt: 0.07, zoom: 0.002 }
const axes = ['pan', 'tilt', 'zoom'] as const

export function beginMotion(wanted: Motion['wanted'], from: Position | null, now: number): Motion {
	const signs = { pan: Math.sign(wanted.pan), tilt: Math.sign(wanted.tilt), zoom: Math.sign(wanted.zoom) }
	return { wanted: signs, since: now, from, last: from, changedAt: now, proven: false }
}

export interface Limits {
	pan: readonly [number, number]
	tilt: readonly [number, number]
}

export function seePosition(
	motion: Motion,
	seen: Position,
	limits: Limits,
	now: number,
): { motion: Motion; fault: MotionFault | null } {
	const from = motion.from ?? seen
	const moved =
		motion.last !== null && axes.some((axis) => Math.abs(seen[axis] - (motion.last?.[axis] ?? 0)) > epsilon[axis])
	const next: Motion = { ...motion, from, last: seen, changedAt: moved ? now : motion.changedAt }
	if (isStop(motion)) {
		const fault = moved && now - motion.since > graceMs ? 'still-moving-after-stop' : null
		return { motion: { ...next, proven: now - next.changedAt >= stillMs }, fault }
	}
	const asked = axes.filter((axis) => motion.wanted[axis] !== 0)
	const gone = (axis: (typeof axes)[number]) => (seen[axis] - from[axis]) * motion.wanted[axis]
	if (asked.some((axis) => gone(axis) > epsilon[axis])) return { motion: { ...next, proven: true }, fault: null }
	if (motion.proven || now - motion.since < graceMs) return { motion: next, fault: null }
	if (asked.some((axis) => gone(axis) < -epsilon[axis])) return { motion: next, fault: 'wrong-direction' }
	return {
		motion: next,
		fault: asked.every((axis) => atLimit(axis, seen, motion.wanted[axis], limits)) ? null : 'no-motion',
	}
}

export const isStop = ({ wanted }: Motion) => axes.every((axis) => wanted[axis] === 0)

function atLimit(axis: (typeof axes)[number], seen: Position, direction: number, limits: Limits): boolean {
	const [low, high] = axis === 'zoom' ? [0, 1] : limits[axis]
	const margin = axis === 'zoom' ? 0.01 : 0.5
	return direction < 0 ? seen[axis] <= low + margin : seen[axis] >= high - margin
}
