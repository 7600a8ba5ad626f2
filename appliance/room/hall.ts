import type { Logger } from 'pino'
import type { Devices } from '../devices/client.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { MeetingCore, Result } from '../protocol/messages.ts'
import type { SeatView } from '../protocol/room-state.ts'
import { failed, refused } from './result.ts'
import type { Snapshot } from './snapshot.ts'

export interface HallOptions {
	seats: readonly { id: string; name: string }[]
	/** The hall's microphone system; it says itself whether it is there and takes commands. */
	microphones: Devices['microphones']
	/** Asks the hub. Rejects with a Refusal; 'hub-away' while there is none. */
	request: (command: MeetingCommand) => Promise<unknown>
	snapshot: Snapshot
	log: Logger
}

/** The seats of the hall in the meeting: their buttons ask for the floor, and the floor opens their microphones. */
export class Hall {
	readonly #options: HallOptions
	readonly #stop: () => void
	#takesCommands = false
	/** What was ordered last, so that each order is given once. */
	#held: string | null = null

	constructor(options: HallOptions) {
		this.#options = options
		this.#stop = options.microphones.watch((event) => {
			if (event.type === 'status') {
				const before = this.#takesCommands
				this.#takesCommands = event.status === 'ready' ? event.takesCommands : before
				// A system that was found only now changes what a revoke can claim.
				if (before !== this.#takesCommands) void this.declare()
			}
			// What we ordered ourselves is nobody's wish.
			if (event.type === 'seat' && !event.own) {
				void this.mic(event.seat, event.state === 'withdraw' ? 'off' : event.state)
			}
			if (event.type === 'unconfirmed' && event.seats.length > 0) {
				options.log.warn({ seats: event.seats }, 'seats whose microphones may be open or not')
			}
		})
	}

	/** The room has joined: the meeting learns which seats there are. */
	async declare() {
		const { seats, request, snapshot, log } = this.#options
		if (snapshot.state.call.phase === 'idle') return
		try {
			const declared = seats.map(({ id, name }) => ({ id, name }))
			await request({ type: 'hall.declare', seats: declared, gated: this.#takesCommands })
		} catch (error) {
			log.warn({ code: (error as { code?: string }).code }, 'the meeting did not take the seats')
		}
	}

	/** A seat's button or microphone, from its own system or over HTTP. Never rejects. */
	async mic(seat: string, state: SeatView['mic']): Promise<Result> {
		const { seats, snapshot, request, log } = this.#options
		if (!seats.some(({ id }) => id === seat)) return refused('no-seat', `there is no seat ${seat}`)
		snapshot.apply({ type: 'seat', seat, mic: state })
		if (snapshot.state.call.meeting === null) return { ok: true }
		try {
			return { ok: true, data: await request({ type: 'hall.mic', seat, state }) }
		} catch (error) {
			return failed(error, log)
		}
	}

	/** The floor as the hub tells it; null: the room is in no meeting. A ruled floor opens its speakers' seats alone. */
	follow(core: MeetingCore | null) {
		const ruled = core !== null && core.floor.mode !== 'open'
		const open = ruled ? core.floor.speaking.flatMap(({ seat }) => (seat === null ? [] : [seat])) : null
		const text = open === null ? null : open.join()
		if (text === this.#held) return
		// The meeting is over: nothing that it opened stays open, and then the seats are nobody's.
		if (core === null && this.#held !== null) this.#options.microphones.hold([])
		this.#held = text
		this.#options.microphones.hold(open)
	}

	close() {
		this.#stop()
	}
}
