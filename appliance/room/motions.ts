import { dueMs, follow, type Motion, type MotionEvent } from './motion.ts'
import type { Snapshot } from './snapshot.ts'

export interface Motions {
	/** A movement or a journey is being ordered. */
	ordered(camera: string, kind: Motion['kind']): void
	hear(camera: string, event: Exclude<MotionEvent, { type: 'ordered' }>): void
	/** Another camera stands in its place, or none. */
	forget(camera: string): void
	close(): void
}

/** The movements of all cameras, as panels see them. */
export function createMotions(snapshot: Snapshot, now: () => number): Motions {
	const motions = new Map<string, Motion>()
	const timers = new Map<string, NodeJS.Timeout>()

	function hear(camera: string, event: MotionEvent) {
		const before = motions.get(camera) ?? null
		const next = follow(before, event, now())
		if (next === null || next === before) return
		motions.set(camera, next)
		if (next.view !== before?.view) snapshot.apply({ type: 'motion', camera, motion: next.view })
	}

	return {
		hear,
		ordered(camera, kind) {
			const view = snapshot.state.cameras.find(({ id }) => id === camera)
			const fault = view?.status === 'ready' || view?.status === 'moving' ? view.reason : null
			const before = motions.get(camera)?.view
			hear(camera, { type: 'ordered', kind, fault })
			if (motions.get(camera)?.view === before) return // a finger that stays down
			clearTimeout(timers.get(camera))
			timers.set(
				camera,
				setTimeout(() => hear(camera, { type: 'due' }), dueMs),
			)
		},
		forget(camera) {
			motions.delete(camera)
			clearTimeout(timers.get(camera))
			timers.delete(camera)
			snapshot.apply({ type: 'motion', camera, motion: null })
		},
		close() {
			for (const timer of timers.values()) clearTimeout(timer)
		},
	}
}
