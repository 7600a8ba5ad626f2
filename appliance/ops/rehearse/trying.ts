import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Origin } from '../../room/leases.ts'
import type { Room } from '../../room/room.ts'

/** What a rehearsal uses of the room: the commands of panels, and little beside. */
export type RehearsedRoom = Pick<
	Room,
	'dispatch' | 'state' | 'watchLevels' | 'position' | 'presetFile' | 'testCamera' | 'released' | 'rehearsal'
>

export interface Trying {
	room: RehearsedRoom
	/** Who drives the cameras: whoever else does passes before it. */
	origin: Origin
	/** Somebody stopped it, or wants the room. */
	signal: AbortSignal
	log: Logger
}

const lookMs = 50

/** True once it is so; false when it was not in time. Rejects when the rehearsal ends. */
export async function within(ms: number, signal: AbortSignal, isSo: () => boolean): Promise<boolean> {
	const end = performance.now() + ms
	for (;;) {
		signal.throwIfAborted()
		if (isSo()) return true
		if (performance.now() >= end) return false
		await sleep(lookMs, undefined, { signal })
	}
}

export const codeOf = (error: unknown) =>
	error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'internal'
