import type { RoomState } from '../protocol/room-state.ts'
import { type RoomEvent, reduce } from './reduce.ts'

/** Panels are told at most so often: twenty times a second. The first change after a pause is told at once. */
const pauseMs = 50

export type RoomListener = (state: RoomState, revision: number) => void

export interface Snapshot {
	readonly state: RoomState
	readonly revision: number
	apply(event: RoomEvent): void
	/** At once, then on change. */
	watch(listener: RoomListener): () => void
	close(): void
}

/** The room's one value, and those who watch it. */
export function createSnapshot(initial: RoomState): Snapshot {
	const listeners = new Set<RoomListener>()
	let state = initial
	let revision = 1
	let toldAt = 0
	let timer: NodeJS.Timeout | undefined

	function tell() {
		timer = undefined
		toldAt = performance.now()
		for (const listener of [...listeners]) listener(state, revision)
	}

	return {
		get state() {
			return state
		},
		get revision() {
			return revision
		},
		apply(event) {
			const next = reduce(state, event)
			if (next === state) return
			state = next
			revision += 1
			// Never within the caller: the way from a tap to its camera is not for serialising snapshots.
			timer ??= setTimeout(tell, Math.max(0, toldAt + pauseMs - performance.now()))
		},
		watch(listener) {
			listeners.add(listener)
			listener(state, revision)
			return () => void listeners.delete(listener)
		},
		close() {
			clearTimeout(timer)
			listeners.clear()
		},
	}
}
