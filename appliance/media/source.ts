import type { types } from 'mediasoup'
import type { Source, SourceUse } from '../protocol/media.ts'
import { mediaRefusal } from './fault.ts'

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
	/** Simulcast layers. */
	readonly layers: number
	/** Its sender's own mute. */
	muted: boolean
	/** The floor's gate. Only sound that somebody speaks has one; for all else it is open. */
	open: boolean
	/** Whether it was ever to be heard: from then on its consumers stay, paused while it is not. */
	opened: boolean
	/** Its sender may be heard any moment: its consumers are made beforehand. */
	prepared = false
	live = false
	readonly #producer: types.Producer
	readonly #onChange: () => void
	/** What the worker was told last: whether it lets this through. Its channel keeps the order, so the last word counts. */
	#forwarded: boolean
	#packets = 0
	#lookedAt = 0

	constructor(
		producer: types.Producer,
		whose: { person: string; use: SourceUse; label: string; muted: boolean; open: boolean },
		onChange: () => void,
	) {
		this.#producer = producer
		this.#onChange = onChange
		this.id = producer.id
		this.kind = producer.kind
		this.person = whose.person
		this.use = whose.use
		this.label = whose.label
		this.layers = producer.rtpParameters.encodings?.length ?? 1
		this.muted = whose.muted
		this.open = whose.open
		this.#forwarded = !producer.paused
		this.opened = this.#forwarded
		producer.on('score', (scores) => {
			if (scores.some(({ score }) => score > 0)) this.#setLive(true)
		})
	}

	get view(): Source {
		const { id, kind, use, label, muted, open, live } = this
		return { id, kind, use, label, muted, open, live }
	}

	/** Whether the floor rules it: a screen's sound is no way around the floor. */
	get isGated(): boolean {
		return isGated(this)
	}

	/**
	 * Muted here, in the SFU: nothing of it is forwarded to anybody, whatever its sender does. Resolves when the worker has
	 * confirmed it.
	 */
	async setMuted(muted: boolean): Promise<void> {
		if (muted === this.muted) return
		const before = this.muted
		this.muted = muted
		try {
			await this.#apply()
		} catch (error) {
			// Shut stays shut; what could not be opened is not said to be.
			this.muted ||= before
			throw mediaRefusal(error)
		}
	}

	/** The floor's gate over this source. Resolves when the worker has confirmed it. */
	async setOpen(open: boolean): Promise<void> {
		if (open === this.open) return
		this.open = open
		await this.#apply()
	}

	/** Not waiting for what was ordered before: an opening that is still on its way is overtaken by the closing. */
	async #apply(): Promise<void> {
		const forwarded = this.open && !this.muted
		if (forwarded !== this.#forwarded && !this.#producer.closed) {
			this.#forwarded = forwarded
			this.opened ||= forwarded
			const confirmed = forwarded ? this.#producer.resume() : this.#producer.pause()
			this.#onChange()
			await confirmed
		} else {
			this.#onChange()
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

/** Sound that somebody speaks, or that comes with a screen. */
export function isGated({ kind }: { kind: 'audio' | 'video' }): boolean {
	return kind === 'audio'
}
