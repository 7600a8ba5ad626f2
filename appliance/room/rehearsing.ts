import type { Position } from '../../drivers/camera.ts'
import type { Result } from '../protocol/messages.ts'
import type { RehearsalReport, RehearsalView } from '../protocol/rehearsal.ts'
import type { RoomCommand } from '../protocol/room-commands.ts'
import type { CallRunner } from './call-runner.ts'
import type { Cameras } from './cameras.ts'
import type { Origin } from './leases.ts'
import { refused } from './result.ts'
import type { Snapshot } from './snapshot.ts'
import type { Sound } from './sound.ts'
import type { RoomPhone } from './speakerphone.ts'

/** Whoever performs the morning check; `ops/rehearse` does. */
export interface Rehearser {
	start(): Result
	/** Resolves when nothing of it goes on: cameras stand, the call is left. */
	stop(): Promise<void>
	latest(): RehearsalReport | null
}

export type Rehearsing = ReturnType<typeof createRehearsing>

export interface RehearsingOptions {
	call: CallRunner
	cameras: Cameras
	phone: RoomPhone
	sound: Sound
	snapshot: Snapshot
}

/** Whoever wants one of these wants the room, now. */
const first: ReadonlySet<RoomCommand['type']> = new Set(['room.start', 'room.join', 'room.answer'])
/** A meeting does not wait longer for a rehearsal that hangs. */
const yieldMs = 5_000

/** The morning check as the room knows it: something outside performs it, panels begin and end it, and it gives way to meetings. */
export function createRehearsing({ call, cameras, phone, sound, snapshot }: RehearsingOptions) {
	let rehearser: Rehearser | null = null
	const none = () => refused('unsupported', 'nothing rehearses this room')

	async function giveWay(): Promise<void> {
		let late: NodeJS.Timeout | undefined
		const patience = new Promise<void>((resolve) => {
			late = setTimeout(resolve, yieldMs)
		})
		await Promise.race([rehearser?.stop(), patience])
		clearTimeout(late)
	}

	return {
		mustYield: ({ type }: RoomCommand) => first.has(type) && snapshot.state.rehearsal?.running != null,
		giveWay,
		start: (): Result => rehearser?.start() ?? none(),
		latest: () => rehearser?.latest() ?? null,
		async stop(): Promise<Result> {
			if (!rehearser) return none()
			await giveWay()
			return { ok: true }
		},

		/** What it uses beside the commands of panels. */
		hooks: {
			performedBy(by: Rehearser) {
				rehearser = by
			},
			tell: (rehearsal: RehearsalView) => snapshot.apply({ type: 'rehearsal', rehearsal }),
			/** Back to where a camera looked. Resolves on arrival. */
			aim: (camera: string, position: Position, origin: Origin): Promise<Result> =>
				cameras.aim(camera, position, origin),
			/** Measures the microphone as it is, muted or not; what is measured goes nowhere. */
			listen(on: boolean): Result {
				if (on) phone.measure(true)
				const result = sound.listen(on, true)
				if (!on || !result.ok) phone.measure(false)
				return result
			},
			/** Into a meeting of its own, which no panel sees. */
			join: (link: string): Result => call.rehearse(link),
			/** How that goes; null: the room is in no such call. */
			standing: () => call.standing,
			leave() {
				if (call.standing) call.leave()
			},
		},
	}
}
