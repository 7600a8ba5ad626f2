import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { RelayView } from '../../appliance/protocol/relay.ts'
import type { MeetingClient } from '../lib/meeting/client.svelte.ts'
import type { Link } from '../lib/meeting/link.ts'
import { askRelay, viewOfCore } from './view.ts'

/**
 * How the meeting stands: by the socket where there is one, else asked for every five seconds. What HTTP keeps is told by asking
 * alone, so it is also asked now and then, and soon after a new item begins.
 */

const everyMs = 5000
const seldomMs = 60_000
/** Hundreds hear of a new item at once and need not ask at once. */
const soonMs = 3000

export class Standing {
	refused = $state.raw<ErrorCode | null>(null)
	/** The hub has not answered what was asked last. */
	unanswered = $state(false)
	/** It was recorded at some time while this page looked. */
	recorded = $state(false)
	readonly view: RelayView | null = $derived.by(() => {
		const { core, item } = this.#client.state
		// Of a socket that is gone the last word counts until something newer is known.
		const newest = core && (this.#hears || !this.#told || this.#told.at < core.at)
		return newest ? viewOfCore(core, item, this.#told) : this.#told
	})
	readonly #link: Link
	readonly #client: MeetingClient
	#told = $state.raw<RelayView | null>(null)
	/** The hub's clock minus ours, by the quickest answer. */
	#ahead: { ms: number; tookMs: number } | null = null
	readonly #hears: boolean = $derived.by(() => this.#client.stay.at === 'in' || this.#client.stay.at === 'returning')
	#nextAt = 0
	#asking = false
	#item: string | null = null

	constructor(link: Link, client: MeetingClient) {
		this.#link = link
		this.#client = client
	}

	/** The way to the hub is gone, as far as anybody knows. */
	get away(): boolean {
		return this.#hears ? this.#client.awaySince !== null : this.unanswered
	}

	nowAtHub(now: number): number {
		return this.#hears ? this.#client.state.nowAtHub(now) : now + (this.#ahead?.ms ?? 0)
	}

	/** Asks when it is time to. `connected`: a socket is there or about to be. */
	follow(now: number, connected: boolean) {
		if (this.view?.recording) this.recorded = true
		const { core } = this.#client.state
		const item = `${core?.item?.id} ${core?.broadcast.relay?.since}`
		if (this.#hears && item !== this.#item) {
			this.#item = item
			this.#nextAt = Math.min(this.#nextAt, now + Math.random() * soonMs)
		}
		// Asked seldom while a socket told the same; without one this is all there is.
		if (!this.#hears && this.#nextAt - now > everyMs * 2) this.#nextAt = now
		if (this.refused || this.#asking || now < this.#nextAt) return
		void this.#ask(connected)
	}

	async #ask(connected: boolean): Promise<void> {
		this.#asking = true
		const askedAt = Date.now()
		const answer = await askRelay(this.#link, fetch.bind(globalThis))
		const now = Date.now()
		this.#asking = false
		this.#nextAt = now + (this.#hears && connected ? seldomMs : everyMs) * (0.8 + Math.random() * 0.4)
		this.unanswered = answer === null
		if (!answer) return
		if ('refused' in answer) {
			this.refused = answer.refused
			return
		}
		this.#told = answer.view
		const tookMs = now - askedAt
		if (!this.#ahead || tookMs <= this.#ahead.tookMs)
			this.#ahead = { ms: answer.view.at - askedAt - tookMs / 2, tookMs }
	}
}
