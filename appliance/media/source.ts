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
	muted: boolean
	opened: boolean
	live = false
	readonly #producer: types.Producer
	readonly #onChange: () => void
	#packets = 0
	#lookedAt = 0

	constructor(
		producer: types.Producer,
		whose: { person: string; use: SourceUse; label: string },
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
		this.muted = producer.paused
		this.opened = !producer.paused
		producer.on('score', (scores) => {
			if (scores.some(({ score }) => score > 0)) this.#setLive(true)
		})
	}

	get view(): Source {
		const { id, kind, use, label, muted, live } = this
		return { id, kind, use, label, muted, live }
	}

	/** Muted here, in the SFU: nothing of it is forwarded to anybody, whatever its sender does. */
	async setMuted(muted: boolean): Promise<void> {
		if (muted === this.#producer.paused) return
		try {
			await (muted ? this.#producer.pause() : this.#producer.resume())
		} catch (error) {
			throw mediaRefusal(error)
		}
		this.muted = this.#producer.paused
		this.opened ||= !this.muted
		this.#onChange()
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
