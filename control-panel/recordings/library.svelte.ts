import { type ErrorCode, errorCodes } from '../../appliance/protocol/errors.ts'
import type { RecordingEntry, RecordingIndex, RecordingView } from '../../appliance/protocol/relay.ts'
import type { RecordingsLink } from './link.ts'

/** The recordings of one meeting as the service tells them, and which of them is looked at. */

/** 'lost': no answer, or none that can be read. */
export type Fault = ErrorCode | 'lost'
type Answer<T> = { value: T; fault: null } | { value: null; fault: Fault }

/** While something is recorded or put together the list is read again so often. */
const againMs = 5_000

export class Library {
	readonly link: RecordingsLink
	title = $state('')
	/** The latest first; null: not told yet. */
	recordings = $state.raw<readonly RecordingView[] | null>(null)
	fault = $state<Fault | null>(null)
	#chosen = $state<string | null>(null)
	#index = $state.raw<RecordingIndex | null>(null)
	indexFault = $state<Fault | null>(null)
	#timer: ReturnType<typeof setTimeout> | undefined
	#closed = false

	constructor(link: RecordingsLink) {
		this.link = link
	}

	/** What was chosen, else the latest that can be played, else the latest. */
	readonly current: RecordingView | null = $derived.by(() => {
		const all = this.recordings ?? []
		return all.find(({ id }) => id === this.#chosen) ?? all.find(({ state }) => state === 'ready') ?? all[0] ?? null
	})

	/** Null: not told yet. */
	get entries(): readonly RecordingEntry[] | null {
		return this.#index?.recording.id === this.current?.id ? (this.#index?.entries ?? null) : null
	}

	choose(id: string) {
		this.#chosen = id
	}

	/** Reads the list, and again for as long as it is going to change. */
	async look() {
		clearTimeout(this.#timer)
		const { value, fault } = await this.#ask<{ title: string; recordings: RecordingView[] }>('recordings')
		if (this.#closed) return
		this.fault = fault
		if (value) {
			this.title = value.title
			this.recordings = value.recordings.toReversed()
		}
		const changes = this.recordings?.some(({ state }) => state === 'recording' || state === 'finishing')
		if (changes || fault === 'lost') this.#timer = setTimeout(() => void this.look(), againMs)
	}

	/** Reads what is where in a recording that is ready. */
	async lookInto(id: string) {
		this.indexFault = null
		const { value, fault } = await this.#ask<RecordingIndex>(`recordings/${encodeURIComponent(id)}/index`)
		if (this.#closed || this.current?.id !== id) return
		this.indexFault = fault
		if (value) this.#index = value
	}

	/** Its file goes for good. Null: it is gone. */
	async remove(id: string): Promise<Fault | null> {
		const { fault } = await this.#ask(`recordings/${encodeURIComponent(id)}`, 'DELETE')
		if (fault === null) await this.look()
		return fault
	}

	/** Players of films know no headers, so the address carries the token. */
	file(id: string, download = false): string {
		const { token } = this.link
		const query = new URLSearchParams({ ...(token === null ? {} : { token }), ...(download ? { download: '1' } : {}) })
		return `${this.#path(`recordings/${encodeURIComponent(id)}/recording.mp4`)}?${query}`
	}

	close() {
		this.#closed = true
		clearTimeout(this.#timer)
	}

	#path(rest: string): string {
		return `/api/v1/meetings/${encodeURIComponent(this.link.meeting)}/${rest}`
	}

	async #ask<T>(rest: string, method = 'GET'): Promise<Answer<T>> {
		try {
			const { token } = this.link
			const headers = token === null ? {} : { authorization: `Bearer ${token}` }
			const response = await fetch(this.#path(rest), { method, headers })
			const body: unknown = await response.json()
			return response.ok ? { value: body as T, fault: null } : { value: null, fault: codeOf(body) }
		} catch {
			return { value: null, fault: 'lost' }
		}
	}
}

function codeOf(body: unknown): Fault {
	const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : null
	return errorCodes.find((one) => one === code) ?? 'lost'
}
