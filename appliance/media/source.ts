import type { types } from 'mediasoup'
import type { Source, SourceUse } from '../protocol/media.ts'
import { browserLayers } from './choose.ts'
import { mediaRefusal } from './fault.ts'
import { count, type Received } from './received.ts'
import type { MeetingRouter } from './sfu.ts'

/** A live source is looked at so often; one without packets for so long is not live. Opus DTX sends every 400 ms. */
const livePollMs = 2000
const silentPollMs = 450

/**
 * One thing that a person sends, and its producer. `live` is what the SFU sees, never what a client says: the first
 * packet makes it live, two seconds without any end that. mediasoup's own inactivity check covers only simulcast that is
 * not paused, so packets are counted here.
 */
export class LiveSource {
	readonly id: string
	readonly person: string
	readonly kind: 'audio' | 'video'
	readonly use: SourceUse
	readonly label: string
	/** Lines of its simulcast layers, the smallest first. */
	readonly layers: readonly number[]
	/** Of a feed: how much later than the sound of its room it comes. */
	readonly delayMs: number
	/** Of a feed: its camera can be moved. */
	readonly movable: boolean
	/** Its sender's own mute. */
	muted: boolean
	/** The floor's gate. Sound has one; for pictures it is open. */
	open: boolean
	/** When it was let through last, of a clock that only goes forward; 0: never. */
	openedAt = 0
	/** Whether it is among those that everybody is connected to; see loudest.ts. */
	heard = true
	/** Its sender may be heard any moment: its consumers are made beforehand. */
	prepared = false
	live = false
	/** The router that takes it. */
	readonly home: MeetingRouter
	readonly #producer: types.Producer
	readonly #onChange: () => void
	/** What the worker was told last: whether it lets this through. Null: that failed, and it is to be told again. */
	#ordered: boolean | null
	/** The last order, until the worker has confirmed it. */
	#underWay: Promise<void> | null = null
	#packets = 0
	#lookedAt = 0

	/** A producer that is not as `open` and `muted` want it is told so before anything else is asked of the worker. */
	constructor(
		producer: types.Producer,
		whose: {
			home: MeetingRouter
			person: string
			use: SourceUse
			label: string
			muted: boolean
			open: boolean
			/** Default: as browsers send them. */
			layers?: readonly number[]
			delayMs?: number
			movable?: boolean
		},
		onChange: () => void,
	) {
		this.#producer = producer
		this.#onChange = onChange
		this.id = producer.id
		this.kind = producer.kind
		this.home = whose.home
		this.person = whose.person
		this.use = whose.use
		this.label = whose.label
		this.layers = whose.layers ?? browserLayers.slice(0, producer.rtpParameters.encodings?.length ?? 1)
		this.delayMs = whose.delayMs ?? 0
		this.movable = whose.movable ?? false
		this.muted = whose.muted
		this.open = whose.open
		if (this.open && !this.muted) this.openedAt = performance.now()
		this.#ordered = !producer.paused
		this.#order()?.catch(() => {})
		producer.on('score', (scores) => {
			if (scores.some(({ score }) => score > 0)) this.#setLive(true)
		})
	}

	/** Whether it was ever to be heard: from then on its consumers stay, paused while it is not. */
	get opened(): boolean {
		return this.openedAt > 0
	}

	get view(): Source {
		const { id, kind, use, label, muted, open, live, delayMs, movable } = this
		const ofFeed = { ...(delayMs > 0 ? { delayMs } : {}), ...(movable ? { movable } : {}) }
		return { id, kind, use, label, muted, open, live, ...ofFeed }
	}

	/**
	 * Muted here, in the SFU: nothing of it is forwarded to anybody, whatever its sender does. Resolves when the worker has
	 * confirmed it.
	 */
	async setMuted(muted: boolean): Promise<void> {
		const before = this.muted
		this.muted = muted
		const confirmed = this.#order()
		if (muted !== before) this.#onChange()
		try {
			await confirmed
		} catch (error) {
			// What could not be opened is not said to be, and shut stays shut.
			if (before && !this.muted) await this.setMuted(true).catch(() => {})
			throw mediaRefusal(error)
		}
	}

	/** The floor's gate. Resolves when the worker has confirmed it; null: nothing is to be told it, nor under way. */
	setOpen(open: boolean): Promise<void> | null {
		const changed = open !== this.open
		this.open = open
		const confirmed = this.#order()
		if (changed) this.#onChange()
		return confirmed
	}

	/**
	 * Tells the worker what it does not know yet. It does not wait for earlier orders: the worker takes them in the order they
	 * were sent, so an opening on its way is overtaken by the closing, and the last word counts.
	 */
	#order(): Promise<void> | null {
		const forwarded = this.open && !this.muted
		if (forwarded === this.#ordered || this.#producer.closed) return this.#underWay
		this.#ordered = forwarded
		if (forwarded) this.openedAt = performance.now()
		const order = this.#tell(forwarded).finally(() => {
			if (this.#underWay === order) this.#underWay = null
		})
		this.#underWay = order
		return order
	}

	async #tell(forwarded: boolean): Promise<void> {
		try {
			await (forwarded ? this.#producer.resume() : this.#producer.pause())
		} catch (error) {
			if (this.#ordered === forwarded) this.#ordered = null
			// What cannot be shut is ended.
			if (!forwarded && !(this.open && !this.muted)) this.#producer.close()
			throw error
		}
	}

	/** Counts packets, when it is time to. `now` in milliseconds, of a clock that only goes forward. */
	async look(now: number): Promise<void> {
		if (now - this.#lookedAt < (this.live ? livePollMs : silentPollMs)) return
		this.#lookedAt = now
		try {
			const stats = await this.#producer.getStats()
			const packets = stats.reduce((sum, { packetCount }) => sum + packetCount, 0)
			const before = this.#packets
			this.#packets = packets
			this.#setLive(packets > before)
		} catch {} // closed meanwhile
	}

	/** What of it reaches the SFU until `until` settles. Rejects where its worker is gone. */
	received(until: Promise<unknown>): Promise<Received> {
		const { use, label, kind, home } = this
		return count(home.router, this.#producer, until).then((counts) => ({ use, label, kind, ...counts }))
	}

	/** Takes it to another router, where somebody watches it. Rejects where one of both is gone. */
	async reach(hold: MeetingRouter): Promise<void> {
		if (hold !== this.home) await this.home.carry(this.#producer, hold.router)
	}

	close() {
		this.#producer.close()
	}

	#setLive(live: boolean) {
		if (live === this.live || this.#producer.closed) return
		this.live = live
		// It begins: the next look is a whole interval away, or it would be compared with a count of just now.
		if (live) this.#lookedAt = performance.now()
		this.#onChange()
	}
}
