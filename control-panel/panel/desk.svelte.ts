import type { DeskConnection, DeskPort } from '../lib/desk/port.svelte.ts'

/**
 * The desk of the meeting that this room is in. Its screens are loaded apart, so that a panel starts without them, and
 * before anybody asks for them, so that they are there when the connection is not.
 */

type Loaded = { Desk: typeof import('../lib/desk/Desk.svelte').default; open(meeting: string): DeskPort }

const againMs = 3000

export class PanelDesk {
	/** Null until it is loaded. */
	loaded = $state.raw<Loaded | null>(null)
	/** Null while this room is in no meeting. */
	port = $state.raw<DeskPort | null>(null)
	#meeting: string | null = null
	readonly #connection: Omit<DeskConnection, 'meeting'>

	constructor(connection: Omit<DeskConnection, 'meeting'>) {
		this.#connection = connection
	}

	/** The meeting that the room is in now; null: in none. */
	follow(meeting: string | null) {
		if (meeting === this.#meeting) return
		this.#meeting = meeting
		this.port?.close()
		this.port = null
		if (meeting !== null) void this.#open(meeting)
	}

	async #open(meeting: string) {
		try {
			this.loaded ??= await this.#load()
			if (meeting === this.#meeting) this.port = this.loaded.open(meeting)
		} catch {
			setTimeout(() => meeting === this.#meeting && this.#open(meeting), againMs) // the room is away
		}
	}

	async #load(): Promise<Loaded> {
		const [page, port] = await Promise.all([import('../lib/desk/Desk.svelte'), import('../lib/desk/port.svelte.ts')])
		return { Desk: page.default, open: (meeting) => port.openDesk({ ...this.#connection, meeting }) }
	}
}
