import type { SeatEvent } from '../../drivers/microphones.ts'
import type { DownMessage, MicrophonesReport } from './messages.ts'

/** The room's end of the hall's microphones: what it wants, and what it was told last. */

export type MicrophonesEvent =
	/** 'off': no system is configured. 'lost': not open yet, or not any more; `reason` is a device error code. */
	| { type: 'status'; status: 'ready' | 'lost' | 'off'; reason: string | null; takesCommands: boolean }
	| ({ type: 'seat' } & SeatEvent)
	/** All seats whose last command the system has not confirmed: their microphones may be open or not. */
	| { type: 'unconfirmed'; seats: readonly string[] }

/** The hall's microphone system, one microphone for each seat. */
export interface SeatMicrophones {
	/**
	 * Resolves when the system has confirmed it, where it does such a thing, or a newer call for the seat took its place.
	 * Rejects with a DeviceError: 'unsupported' (takes no commands, has no such seat), 'timeout', 'lost'. What is wanted
	 * stays wanted, and is commanded when the system or the process is back.
	 */
	set(seat: string, open: boolean): Promise<void>
	/** Exactly these seats are to be open, now and after every reconnect; null: the seats are nobody's, and left alone. */
	hold(open: readonly string[] | null): void
	/** Told at once how the system is and which seats are open, then of each change. Returns the way to stop that. */
	watch(listener: (event: MicrophonesEvent) => void): () => void
}

export interface SeatsOptions {
	configured: boolean
	send(message: DownMessage): void
	/** Sends it, and settles with its result. */
	order(seat: string, open: boolean): Promise<void>
}

export interface Seats extends SeatMicrophones {
	/** For a new process; null: the seats are nobody's. */
	wanted(): readonly string[] | null
	hear(report: MicrophonesReport): void
	/** Nothing that was told holds any more. */
	lost(): void
}

export function createSeats({ configured, send, order }: SeatsOptions): Seats {
	const listeners = new Set<(event: MicrophonesEvent) => void>()
	const open = new Set<string>()
	let wanted: readonly string[] | null = null
	let unconfirmed: readonly string[] = []
	let status: MicrophonesEvent & { type: 'status' } = {
		type: 'status',
		status: configured ? 'lost' : 'off',
		reason: null,
		takesCommands: false,
	}

	function hear(event: MicrophonesReport): void {
		if (event.type === 'status') {
			status = event
			// The next connection tells what is open then.
			if (event.status === 'lost') open.clear()
		} else if (event.type === 'unconfirmed') {
			if (event.seats.length === 0 && unconfirmed.length === 0) return
			unconfirmed = event.seats
		} else if (event.state === 'on') open.add(event.seat)
		else if (event.state === 'off') open.delete(event.seat)
		for (const listener of listeners) listener(event)
	}

	return {
		hear,
		wanted: () => wanted,
		lost() {
			if (!configured || status.status === 'lost') return
			hear({ type: 'unconfirmed', seats: [] })
			hear({ ...status, status: 'lost', reason: 'lost', takesCommands: false })
		},
		set(seat, isOpen) {
			const others = (wanted ?? []).filter((other) => other !== seat)
			wanted = isOpen ? [...others, seat] : others
			return order(seat, isOpen)
		},
		hold(seats) {
			wanted = seats === null ? null : [...seats]
			if (configured) send({ type: 'microphones.hold', open: wanted })
		},
		watch(listener) {
			listeners.add(listener)
			listener(status)
			for (const seat of open) listener({ type: 'seat', seat, state: 'on', own: false })
			if (unconfirmed.length > 0) listener({ type: 'unconfirmed', seats: unconfirmed })
			return () => listeners.delete(listener)
		},
	}
}
