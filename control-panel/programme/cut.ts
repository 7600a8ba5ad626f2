import type { Scene } from './scene.ts'
import type { Picture } from './shots.ts'

/** From one scene to the next, without a black hole between them. */

export interface OnAir {
	scene: Scene
	/** Since when another scene waits for its pictures; null: none does. */
	waitingSince: number | null
}

/** design.md §1 promises 0.4 s from the grant; after this a name stands where a picture should. */
const patienceMs = 300

/**
 * The scene to show now. One whose pictures have not arrived waits a moment, and the one before stays. A slate never waits:
 * what is behind it is not for viewers.
 */
export function cut(onAir: OnAir, next: Scene, isReady: (picture: Picture) => boolean, now: number): OnAir {
	const waitingSince = onAir.waitingSince ?? now
	const ready = next.slate !== null || next.pictures.every((picture) => picture.source === null || isReady(picture))
	if (ready || now - waitingSince >= patienceMs) return { scene: next, waitingSince: null }
	// The same pictures in other places, or one of them frozen: nothing is to be waited for.
	const shown = new Set(onAir.scene.pictures.map(({ source }) => source))
	const isNew = next.pictures.some(
		(picture) => picture.source !== null && !shown.has(picture.source) && !isReady(picture),
	)
	return isNew ? { scene: onAir.scene, waitingSince } : { scene: next, waitingSince: null }
}
