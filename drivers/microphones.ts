import type { Device } from './device.ts'

/** What a seat's microphone tells. `priority`: the chair's button that silences the others. */
export type SeatState = 'on' | 'off' | 'request' | 'withdraw' | 'priority'

export interface SeatEvent {
	/** Our id of the seat. */
	seat: string
	state: SeatState
	/** It answers a command of ours, or one is on its way that undoes it: nothing that anybody asked for. */
	own: boolean
}

export interface MicrophonesState {
	/** Seats whose last command the system has not confirmed: their microphones may be open or not. */
	unconfirmed: readonly string[]
}

/** The conference-microphone system of a hall: one microphone for each seat. */
export interface Microphones extends Device<MicrophonesState> {
	/** False: it only tells; seats open and close by its own rules. */
	readonly takesCommands: boolean
	/**
	 * 'on' and 'off' are told when they change, the others each time. The first listener hears what came before it.
	 * Returns the way to stop that.
	 */
	onSeat(listener: (event: SeatEvent) => void): () => void
	/**
	 * The newest call for a seat wins. Resolves when the system has confirmed it, where it does such a thing, else when it
	 * was sent; also when a newer call took its place. Rejects with 'unsupported' or 'timeout'.
	 */
	set(seat: string, open: boolean): Promise<void>
	/** Exactly these seats are to be open: all others are closed first. */
	hold(open: readonly string[]): void
}
