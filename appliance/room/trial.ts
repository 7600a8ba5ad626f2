import { setTimeout as sleep } from 'node:timers/promises'
import type { Position, Velocity } from '../../drivers/camera.ts'
import type { MotionTest } from '../protocol/facilities.ts'
import { panBetween, standsAt } from './presets.ts'

/** "Move a little left and back: did it?" Asked of the camera itself while it moves. */

const speed = 0.3
const driveMs = 500
/** A head has come to rest by then, or never will. */
const restMs = 2_000
const lookMs = 40
/** Less is noise of the encoder. */
const noise = { degrees: 0.16, fraction: 0.001 } as const

export interface TrialCamera {
	move(velocity: Velocity, forMs: number): Promise<void>
	stop(): Promise<void>
	/** Null: it cannot tell. */
	position(): Promise<Position | null>
	moveTo(position: Position): Promise<void>
	/** It hangs from the ceiling: what a hand calls left is right to the camera itself. */
	mirrored: boolean
}

export interface Seen {
	position: Position
	/** Milliseconds after the order. */
	at: number
}

/** Rejects with what the camera refuses; what it does wrong is an answer. */
export async function tryMotion(camera: TrialCamera): Promise<MotionTest> {
	const before = await camera.position()
	if (before === null) return tryBlind(camera)
	const seen = await seeMotion(camera)
	const verdict = judge(before, seen, camera.mirrored)
	try {
		await camera.moveTo(before)
	} catch (error) {
		if (verdict.outcome !== 'moved') return { ...verdict, restored: null }
		return { ...verdict, outcome: 'did-not-return', reason: codeOf(error), restored: null }
	}
	return returned(verdict, before, await camera.position())
}

async function seeMotion(camera: TrialCamera): Promise<Seen[]> {
	const seen: Seen[] = []
	const orderedAt = performance.now()
	const since = () => performance.now() - orderedAt
	const look = async () => {
		const position = await camera.position()
		if (position) seen.push({ position, at: since() })
		await sleep(lookMs)
	}
	await camera.move({ pan: -speed, tilt: 0, zoom: 0 }, driveMs)
	while (since() < driveMs) await look()
	await camera.stop()
	const stoppedAt = since()
	do await look()
	while (!stands(seen) && since() - stoppedAt < restMs)
	return seen
}

/** Nothing can be seen of it but that it takes orders. */
async function tryBlind(camera: TrialCamera): Promise<MotionTest> {
	for (const pan of [-speed, speed]) {
		await camera.move({ pan, tilt: 0, zoom: 0 }, driveMs)
		await sleep(driveMs)
		await camera.stop()
	}
	return { outcome: 'cannot-tell', reason: null, startedMs: null, moved: null, restored: null }
}

function stands(seen: readonly Seen[]): boolean {
	const [last, before] = [seen.at(-1), seen.at(-4)]
	if (!last || !before) return false
	return Math.abs(last.position.pan - before.position.pan) <= noise[last.position.unit] / 2
}

/** What the positions after an order to go left say. */
export function judge(before: Position, seen: readonly Seen[], mirrored: boolean): MotionTest {
	const left = (position: Position) => panBetween(before, position) * (mirrored ? 1 : -1)
	const least = noise[before.unit]
	const first = seen.find(({ position }) => Math.abs(left(position)) > least)
	const last = seen.at(-1)
	const moved = last ? left(last.position) : 0
	const outcome = moved > least ? 'moved' : moved < -least ? 'wrong-direction' : 'no-motion'
	return {
		outcome,
		reason: null,
		startedMs: first ? Math.round(first.at) : null,
		moved: round(moved),
		restored: null,
	}
}

/** The same, when it has been sent back. */
export function returned(verdict: MotionTest, before: Position, end: Position | null): MotionTest {
	if (end === null) return verdict
	const restored = round(Math.max(Math.abs(panBetween(before, end)), Math.abs(end.tilt - before.tilt)))
	const astray = verdict.outcome === 'moved' && !standsAt(before, end)
	return { ...verdict, outcome: astray ? 'did-not-return' : verdict.outcome, restored }
}

const round = (value: number) => Math.round(value * 1_000) / 1_000
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'internal')
