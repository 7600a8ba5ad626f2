import type { Position } from '../camera.ts'

/**
 * Proof of motion: what a camera's own positions say about what it was told. Pure: fed with each position, it answers
 * with a verdict.
 *
 * Thresholds: heads need up to half a second to get going and a third to stop; the slowest speed of common heads is a third
 * of a degree a second. So after 0.8 s without a step there is no movement.
 */

export type MotionFault = 'no-motion' | 'wrong-direction' | 'still-moving-after-stop'

export type Verdict =
	/** Nothing can be said yet. */
	| 'open'
	/** It does what it was told. */
	| 'proven'
	/** It stands. */
	| 'still'
	/** A journey's end. */
	| 'arrived'
	/** It stands, and not where it was sent. */
	| 'elsewhere'
	| MotionFault

export type Aim =
	/** Signs of what was asked: -1, 0, 1. */
	| { kind: 'drive'; signs: { pan: number; tilt: number; zoom: number } }
	| { kind: 'stop' }
	/** To a place that is known, or to one that only the camera knows (home, its own memory). */
	| { kind: 'journey'; target: Position | null; completed: boolean }
	/** It moves by another's hand. */
	| { kind: 'foreign' }

export interface Motion {
	aim: Aim
	since: number
	/** Where it was when it was told; null: the first position after that. */
	from: Position | null
	/** For a drive: how far back it has been, since a head that turns round first runs on. */
	back: Position | null
	/** Where it was when it last changed by more than noise, and when. */
	mark: Position | null
	changedAt: number
	/** When the camera said the last one: what moved since then may have done so long ago. */
	saidAt: number
	proven: boolean
}

export interface Limits {
	/** A whole turn or more: there is no end to it. */
	pan: readonly [number, number]
	tilt: readonly [number, number]
}

const graceMs = 800
const brakeMs = 350
/** It may still roll at a look before that. */
const rollMs = 250
const stillMs = 250
const journeyMs = 20_000
/** A head that told no completion stands for so long before it is taken for arrived. */
const restMs = 700
/** Less is noise of the encoder. A fraction of the travel stands for some 170 degrees of pan. */
const noise = { degrees: { pan: 0.08, tilt: 0.08, zoom: 0.002 }, fraction: { pan: 0.0005, tilt: 0.001, zoom: 0.002 } }
const near = { degrees: { pan: 0.5, tilt: 0.5, zoom: 0.02 }, fraction: { pan: 0.003, tilt: 0.008, zoom: 0.02 } }
const axes = ['pan', 'tilt', 'zoom'] as const
type Axis = (typeof axes)[number]

export function beginMotion(aim: Aim, from: Position | null, now: number): Motion {
	return { aim, since: now, from, back: from, mark: from, changedAt: now, saidAt: now, proven: false }
}

/** Whether two positions differ by more than noise. */
export function differ(a: Position, b: Position): boolean {
	return axes.some((axis) => apart(axis, a, b) > noise[b.unit][axis])
}

/** The nearer way round: -179 degrees is next to 180. */
function apart(axis: Axis, a: Position, b: Position): number {
	const distance = Math.abs(a[axis] - b[axis])
	return axis === 'pan' && b.unit === 'degrees' ? Math.min(distance % 360, 360 - (distance % 360)) : distance
}

const isEndless = ({ pan: [left, right] }: Limits, { unit }: Position) => unit === 'degrees' && right - left >= 360

/** Counted on from where it was, so that who turns right past 180 degrees is not taken for one who leapt to the left. */
function unrolled(seen: Position, before: Position | null): Position {
	return before ? { ...seen, pan: seen.pan + 360 * Math.round((before.pan - seen.pan) / 360) } : seen
}

/** `saidAt`: when the camera said so, where that was a while ago. */
export function seePosition(
	before: Motion,
	told: Position,
	limits: Limits,
	now: number,
	saidAt = now,
): { motion: Motion; verdict: Verdict } {
	const { aim, since } = before
	const seen = isEndless(limits, told) ? unrolled(told, before.mark) : told
	const from = before.from ?? seen
	const moved = before.mark !== null && differ(seen, before.mark)
	const motion: Motion = {
		...before,
		from,
		mark: moved ? seen : (before.mark ?? seen),
		changedAt: moved ? now : before.changedAt,
		saidAt,
	}
	const restedMs = now - motion.changedAt
	switch (aim.kind) {
		case 'stop':
			// Where looks are rare, the first one after the stop shows what was before it.
			if (moved && now - since > brakeMs && before.saidAt - since >= rollMs)
				return { motion, verdict: 'still-moving-after-stop' }
			return { motion, verdict: restedMs >= stillMs ? 'still' : 'open' }
		case 'foreign':
			return { motion, verdict: restedMs >= stillMs ? 'still' : 'open' }
		case 'drive':
			return judgeDrive(motion, aim.signs, seen, limits, now)
		case 'journey': {
			motion.proven ||= moved
			const there = aim.target !== null && axes.every((axis) => isNear(axis, seen, aim.target))
			if (there && (aim.completed || restedMs >= stillMs)) return { motion, verdict: 'arrived' }
			if (aim.target === null && aim.completed && restedMs >= stillMs) return { motion, verdict: 'arrived' }
			if (now - since > journeyMs) return { motion, verdict: 'elsewhere' }
			if (restedMs < restMs || now - since < graceMs) return { motion, verdict: motion.proven ? 'proven' : 'open' }
			if (motion.proven) return { motion, verdict: aim.target === null ? 'arrived' : 'elsewhere' }
			return { motion, verdict: 'no-motion' }
		}
	}
}

function judgeDrive(
	motion: Motion,
	signs: Record<Axis, number>,
	seen: Position,
	limits: Limits,
	now: number,
): { motion: Motion; verdict: Verdict } {
	const asked = axes.filter((axis) => signs[axis] !== 0)
	const back = furthestBack(motion.back ?? seen, seen, signs)
	const next = { ...motion, back }
	const from = motion.from ?? seen
	// Away from where it began, and not turned round: on any axis, for the other one may be right.
	const forth = (axis: Axis, start: Position) => (seen[axis] - start[axis]) * signs[axis]
	const astray = asked.some(
		(axis) => forth(axis, from) < -noise[seen.unit][axis] && forth(axis, back) <= noise[seen.unit][axis],
	)
	if (astray && now - motion.since >= graceMs) return { motion: next, verdict: 'wrong-direction' }
	if (asked.some((axis) => forth(axis, back) > noise[seen.unit][axis])) {
		return { motion: { ...next, proven: true }, verdict: 'proven' }
	}
	if (motion.proven || now - motion.since < graceMs) return { motion: next, verdict: 'open' }
	const blocked = asked.every((axis) => atLimit(axis, seen, signs[axis], limits))
	return { motion: next, verdict: blocked ? 'open' : 'no-motion' }
}

function furthestBack(back: Position, seen: Position, signs: Record<Axis, number>): Position {
	const least = (axis: Axis) => (signs[axis] < 0 ? Math.max(back[axis], seen[axis]) : Math.min(back[axis], seen[axis]))
	return { ...seen, pan: least('pan'), tilt: least('tilt'), zoom: least('zoom') }
}

const isNear = (axis: Axis, seen: Position, target: Position | null) =>
	target !== null && apart(axis, seen, target) <= near[seen.unit][axis]

function atLimit(axis: Axis, seen: Position, direction: number, limits: Limits): boolean {
	if (axis === 'pan' && isEndless(limits, seen)) return false
	const [low, high] = axis === 'zoom' ? [0, 1] : limits[axis]
	const margin = axis === 'zoom' ? 0.01 : near[seen.unit][axis]
	return direction < 0 ? seen[axis] <= low + margin : seen[axis] >= high - margin
}
