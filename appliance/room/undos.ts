import type { StoredPreset } from './presets.ts'
import type { Snapshot } from './snapshot.ts'

/** How long panels offer to bring a view back. */
const offeredMs = 30_000

export interface Undos {
	/** This view was overwritten or removed just now. */
	keep(camera: string, preset: StoredPreset): void
	/** The view to bring back, once; null: there is none. */
	take(camera: string): StoredPreset | null
	forget(camera: string): void
	close(): void
}

/** The view of each camera that was overwritten or removed last, picture and all. In memory: half a minute is short. */
export function createUndos(snapshot: Snapshot, now: () => number): Undos {
	const kept = new Map<string, { preset: StoredPreset; timer: NodeJS.Timeout }>()

	function take(camera: string): StoredPreset | null {
		const found = kept.get(camera)
		if (!found) return null
		clearTimeout(found.timer)
		kept.delete(camera)
		snapshot.apply({ type: 'undo', camera, undo: null })
		return found.preset
	}

	return {
		keep(camera, preset) {
			take(camera)
			kept.set(camera, { preset, timer: setTimeout(() => take(camera), offeredMs) })
			const { slot, name } = preset
			snapshot.apply({ type: 'undo', camera, undo: { slot, name, until: now() + offeredMs } })
		},
		take,
		forget: (camera) => void take(camera),
		close() {
			for (const { timer } of kept.values()) clearTimeout(timer)
		},
	}
}
