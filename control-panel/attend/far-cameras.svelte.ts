import { SvelteMap } from 'svelte/reactivity'
import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { MeetingMessage, Result } from '../../appliance/protocol/messages.ts'
import { presides } from '../../appliance/protocol/roles.ts'
import type { MeetingClient } from '../lib/meeting/client.svelte.ts'
import type { CameraMessage } from '../lib/meeting/stay.ts'
import type { Tile } from '../lib/meeting/tiles.ts'

/** Somebody who presides may be busy; then asking again is offered. */
const answerMs = 60_000

export type CameraNews = 'let' | 'notNow' | 'taken'
export interface CameraAsk {
	person: string
	name: string
	camera: string
}

/** The room's cameras that can be moved from this page: whether one may, who asks, and the one in hand. */
export class FarCameras {
	/** The tile whose camera is in hand; null: none. */
	#taken = $state<string | null>(null)
	/** Asked, and not answered yet. */
	waiting = $state(false)
	/** What the room did not do last. */
	refused = $state.raw<{ feed: string; code: ErrorCode } | null>(null)
	readonly #asks = new SvelteMap<string, string>()
	readonly #client: MeetingClient
	readonly #tiles: () => readonly Tile[]
	readonly #onNews: (news: CameraNews) => void
	#patience: ReturnType<typeof setTimeout> | undefined

	/** May move a camera, may ask, or neither. */
	readonly standing: 'may' | 'asks' | 'none' = $derived.by(() => {
		const { core, role, me } = this.#client
		if (presides(role)) return 'may'
		const rule = core?.rules.cameras ?? 'nobody'
		if (role !== 'member' || rule === 'nobody') return 'none'
		return rule === 'everyone' || core?.drivers.includes(me ?? '') ? 'may' : 'asks'
	})
	/** The one in hand, for as long as one may and it is there. */
	readonly inHand: Tile | null = $derived.by(() => {
		const tile = this.#tiles().find(({ key }) => key === this.#taken)
		return tile && this.standing === 'may' && this.isMovable(tile) ? tile : null
	})
	/** Those who ask, the first first. Only those who preside are told. */
	readonly asks: CameraAsk[] = $derived.by(() =>
		[...this.#asks].flatMap(([person, feed]) => {
			const name = this.#client.people.byId.get(person)?.name
			const camera = this.#tiles().find(({ source }) => source === feed)?.title
			return name !== undefined && camera !== undefined ? [{ person, name, camera }] : []
		}),
	)

	constructor(options: { client: MeetingClient; tiles: () => readonly Tile[]; onNews: (news: CameraNews) => void }) {
		this.#client = options.client
		this.#tiles = options.tiles
		this.#onNews = options.onNews
	}

	isMovable({ person, source, here }: Tile): boolean {
		const sources = this.#client.people.byId.get(person)?.sources
		return here && sources?.find(({ id }) => id === source)?.movable === true
	}

	take(tile: Tile) {
		this.refused = null
		this.#taken = tile.key
	}

	putDown() {
		this.#taken = null
	}

	/** Asks those who preside. */
	async ask(feed: string): Promise<Result> {
		const result = await this.#client.ask({ type: 'feed.ask', feed })
		if (result.ok) {
			this.waiting = true
			clearTimeout(this.#patience)
			this.#patience = setTimeout(() => {
				this.waiting = false
			}, answerMs)
		}
		return result
	}

	/** Answers somebody who asked, or takes back what was let. */
	answer(who: string, on: boolean): Promise<Result> {
		this.#asks.delete(who)
		return this.#client.ask({ type: 'feed.let', who, on })
	}

	hear(message: CameraMessage) {
		switch (message.type) {
			case 'feed.asks': {
				if (message.feed === null) this.#asks.delete(message.person)
				else this.#asks.set(message.person, message.feed)
				return
			}
			case 'feed.let': {
				const news = this.#newsOf(message)
				this.waiting = false
				clearTimeout(this.#patience)
				this.#onNews(news)
				return
			}
			case 'feed.refused':
				this.refused = { feed: message.feed, code: message.code }
		}
	}

	#newsOf({ on }: Extract<MeetingMessage, { type: 'feed.let' }>): CameraNews {
		if (on) return 'let'
		return this.waiting ? 'notNow' : 'taken'
	}
}
