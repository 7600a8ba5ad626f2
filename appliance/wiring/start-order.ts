import type { RoomState } from '../protocol/room-state.ts'

/**
 * Who starts when. A browser's start takes two seconds of a processor, and after a power cut all start at once: the panel's
 * listener comes first, then everyone else's and the stage's browser, then the programme's.
 */
export interface StartOrder {
	/** The stage's browser starts, and the room asks its hub, when the panel was answered. */
	readonly listening: Promise<void>
	/** The programme's browser starts when the stage is up, or has kept viewers waiting for too long. */
	readonly stageFirst: Promise<void>
	/** The panel's listener is open. Resolves when the panel had its moment. */
	opened(): Promise<void>
	/** Looks at the room until its stage is up. */
	follow(room: { watch(listener: (state: RoomState) => void): () => void }): void
}

/** The hall has its meeting again before viewers have their relay: the programme's browser waits so long for the stage. */
const stageFirstMs = 8_000

/** A panel asks all the time, and is answered in this; what comes next keeps the process busy for twice as long. */
const panelMs = 300

export function createStartOrder(): StartOrder {
	const panel = Promise.withResolvers<void>()
	const stage = Promise.withResolvers<void>()
	const pass = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref())
	return {
		listening: panel.promise,
		stageFirst: panel.promise.then(() => Promise.race([stage.promise, pass(stageFirstMs)])),
		async opened() {
			await pass(panelMs)
			panel.resolve()
		},
		follow(room) {
			const unwatch = room.watch((state) => {
				if (isUp(state)) stage.resolve()
			})
			void stage.promise.then(unwatch)
		},
	}
}

/** It draws, and the hall is back in the meeting that it was in. */
function isUp({ stage, call }: RoomState): boolean {
	return stage.status === 'ready' && call.phase !== 'starting' && call.phase !== 'joining' && !call.recovering
}
