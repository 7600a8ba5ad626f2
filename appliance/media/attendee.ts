import type { types } from 'mediasoup'
import type { ConsumerOffer, ProducerSpec, TransportOffer, Wanted } from '../protocol/media.ts'
import { audibleOf, choose, layerFor } from './choose.ts'
import { mediaRefusal } from './fault.ts'
import { checkCapabilities, type MeetingRouter } from './sfu.ts'
import type { LiveSource } from './source.ts'
import { Starved } from './starved.ts'
import { iceServerOf, type Turn } from './turn.ts'

/** Key frames are dear, and everyone's layer switches ask for them: one a second for each source (design.md §5). */
export const keyFrameRequestDelay = 1000
/** Enough for a picture in the first second; the SFU measures from there. */
const initialAvailableOutgoingBitrate = 1_000_000
/** bit/s that a line is believed to carry whatever was measured: sound, and one small picture. */
const floorBitrate = 300_000
/**
 * Pictures in layers are given their room first (mediasoup: 1..255, by default 1). One without layers comes whole
 * whether there is room or not, and would leave the others none.
 */
const layeredPriority = 2

export interface MediaChange {
	offers: ConsumerOffer[]
	closed: string[]
}

export interface AttendeeOptions {
	hold: MeetingRouter
	person: string
	/** Whether this role may send anything. */
	publishes: boolean
	sources: ReadonlyMap<string, LiveSource>
	/** Those of them that somebody hears, where that is known already. */
	audible?: () => readonly LiveSource[]
	/** Whether this one and that one are in one group of a class, or both in none. Default: they are. */
	together?: (person: string, other: string) => boolean
	/** What clients in closed networks come by; null: they come directly. */
	turn: Turn | null
	/** Consumers that began (paused) and ended after `watch` has answered. */
	onChange: (change: MediaChange) => void
}

interface Watched {
	consumer: types.Consumer
	layer: number | null
}

/** The media of one connection: two transports, what goes up, and what comes down by the rules of `choose`. */
export class Attendee {
	readonly person: string
	readonly #options: AttendeeOptions
	readonly #send: types.WebRtcTransport | null
	readonly #receive: types.WebRtcTransport
	readonly #connected = new Set<types.WebRtcTransport>()
	readonly #watched = new Map<LiveSource, Watched>()
	readonly #starved = new Starved()
	#capabilities: types.RtpCapabilities | null = null
	#wanted: Wanted = { audio: false, video: [] }
	#settling: Promise<MediaChange> | null = null
	#stale = false

	private constructor(options: AttendeeOptions, send: types.WebRtcTransport | null, receive: types.WebRtcTransport) {
		this.#options = options
		this.person = options.person
		this.#send = send
		this.#receive = receive
	}

	/** Both transports at once, so that a client needs no further round trip for them. Rejects with a Refusal. */
	static async open(options: AttendeeOptions): Promise<Attendee> {
		const { router, webRtcServer } = options.hold
		const open = () => router.createWebRtcTransport({ webRtcServer, preferUdp: true, initialAvailableOutgoingBitrate })
		try {
			const [receive, send] = await Promise.all([open(), options.publishes ? open() : null])
			await receive.setMinOutgoingBitrate(floorBitrate)
			return new Attendee(options, send, receive)
		} catch (error) {
			throw mediaRefusal(error)
		}
	}

	/** What the client builds its ends from. `send` null: this role publishes nothing. */
	get offers(): { send: TransportOffer | null; receive: TransportOffer } {
		const { turn } = this.#options
		const ways = turn && {
			iceServers: [iceServerOf(turn, this.person, Date.now())],
			...(turn.always ? { iceTransportPolicy: 'relay' as const } : {}),
		}
		const offer = (transport: types.WebRtcTransport) => ({ ...offerOf(transport), ...ways })
		return { send: this.#send && offer(this.#send), receive: offer(this.#receive) }
	}

	/** The router that its transports are in. */
	get hold(): MeetingRouter {
		return this.#options.hold
	}

	/** How many consumers it has. */
	get watching(): number {
		return this.#watched.size
	}

	get closed(): boolean {
		return this.#receive.closed
	}

	/** Connects the sending side, once. */
	async connectSend(dtls: object | null): Promise<void> {
		if (this.#send && dtls) await this.#connect(this.#send, dtls)
	}

	/**
	 * A producer under the id that the client made. The caller has checked that it is new. mediasoup believes the kind that
	 * it is told and forwards sound as a picture; here that is refused, because pictures have no gate.
	 */
	async produce(
		{ id, kind, rtpParameters }: ProducerSpec,
		paused: boolean,
		keyFrameMs = keyFrameRequestDelay,
	): Promise<types.Producer> {
		const send = this.#send
		if (!send) throw mediaRefusal(new TypeError('this role sends nothing'))
		try {
			const producer = await send.produce({
				id,
				kind,
				rtpParameters: rtpParameters as unknown as types.RtpParameters,
				paused,
				...(kind === 'video' ? { keyFrameRequestDelay: keyFrameMs } : {}),
			})
			const odd = producer.consumableRtpParameters.codecs.find(({ mimeType }) => !mimeType.startsWith(`${kind}/`))
			if (!odd) return producer
			producer.close()
			throw new TypeError(`${odd.mimeType} is no ${kind}`)
		} catch (error) {
			throw mediaRefusal(error)
		}
	}

	/** Begins to watch: consumers of all that is wanted, paused until `ready`. */
	async watch(capabilities: object, wanted: Wanted): Promise<ConsumerOffer[]> {
		try {
			this.#capabilities = checkCapabilities(capabilities)
		} catch (error) {
			throw mediaRefusal(error)
		}
		this.#wanted = wanted
		await this.#settling
		const { offers } = await this.#settle()
		// What changed meanwhile follows the answer.
		if (this.#stale) setImmediate(() => this.refresh())
		return offers
	}

	show(wanted: Wanted) {
		this.#wanted = wanted
		this.refresh()
	}

	/** Nothing comes any more of those who are in another group now: ordered of the worker before this returns. */
	part() {
		for (const [source, { consumer }] of this.#watched) if (!this.#isTogether(source.person)) consumer.close()
	}

	/** Sources came or went, or another wish: what is forwarded follows. */
	refresh() {
		if (!this.#capabilities || this.closed) return
		this.#stale = true
		if (!this.#settling) void this.#follow()
	}

	/** The client has built these consumers. */
	async ready(dtls: object | null, consumers: readonly string[]): Promise<void> {
		if (dtls) await this.#connect(this.#receive, dtls)
		const ids = new Set(consumers)
		const built = [...this.#watched.values()].filter(({ consumer }) => {
			return ids.has(consumer.id) && consumer.paused && !consumer.closed
		})
		// One that has closed meanwhile needs nothing.
		await Promise.all(built.map(({ consumer }) => consumer.resume().catch(() => {})))
	}

	/** Looks whether pictures stay away that should come, at `now` (ms). Called twice a second. */
	async look(now: number): Promise<void> {
		const layered = [...this.#watched].filter(([, { layer }]) => layer !== null)
		const pictures = layered.map(([source, { consumer }]) => ({
			id: consumer.id,
			due: source.live && !consumer.paused && !consumer.producerPaused,
			flows: consumer.currentLayers !== undefined,
		}))
		if (!this.#starved.look(now, pictures)) return
		try {
			await measureAnew(this.#receive)
		} catch {} // closed meanwhile
	}

	async restartIce(transport: 'send' | 'receive'): Promise<object> {
		const chosen = transport === 'send' ? this.#send : this.#receive
		if (!chosen) throw mediaRefusal(new TypeError('there is no such transport'))
		try {
			return await chosen.restartIce()
		} catch (error) {
			throw mediaRefusal(error)
		}
	}

	/** Its consumers and producers close with it. */
	close() {
		this.#send?.close()
		this.#receive.close()
		this.#watched.clear()
	}

	readonly #isTogether = (other: string) => this.#options.together?.(this.person, other) ?? true

	async #connect(transport: types.WebRtcTransport, dtls: object): Promise<void> {
		if (this.#connected.has(transport)) return
		this.#connected.add(transport)
		try {
			await transport.connect({ dtlsParameters: dtls as types.DtlsParameters })
		} catch (error) {
			this.#connected.delete(transport)
			throw mediaRefusal(error)
		}
	}

	async #follow(): Promise<void> {
		while (this.#stale && !this.closed) {
			this.#stale = false
			const change = await this.#settle()
			if (change.offers.length + change.closed.length > 0 && !this.closed) this.#options.onChange(change)
		}
	}

	/** One pass: what is forwarded becomes what the rules say now. */
	#settle(): Promise<MediaChange> {
		const pass = this.#pass().finally(() => {
			if (this.#settling === pass) this.#settling = null
		})
		this.#settling = pass
		return pass
	}

	async #pass(): Promise<MediaChange> {
		const { sources, audible = () => audibleOf(sources.values()) } = this.#options
		const chosen = choose(sources, audible(), this.#wanted, this.person, this.#isTogether)
		const closed: string[] = []
		for (const [source, { consumer }] of this.#watched) {
			if (chosen.has(source) && !consumer.closed) continue
			consumer.close()
			this.#watched.delete(source)
			closed.push(consumer.id)
		}
		const other = [...chosen].filter(([source, height]) => this.#watched.get(source)?.layer !== layerOf(source, height))
		const offers = await Promise.all(other.map(([source, height]) => this.#forward(source, height)))
		return { offers: offers.filter((offer) => offer !== null), closed }
	}

	/** Null: it is forwarded already, and in another layer now; or it cannot be (gone meanwhile, a codec this client does not know). */
	async #forward(source: LiveSource, height: number | null): Promise<ConsumerOffer | null> {
		const layer = layerOf(source, height)
		const known = this.#watched.get(source)
		try {
			if (known) {
				if (layer !== null && layer !== known.layer) {
					known.layer = layer
					await known.consumer.setPreferredLayers({ spatialLayer: layer })
				}
				return null
			}
			await source.reach(this.hold)
			const rtpCapabilities = this.#capabilities ?? {}
			// Throws where this client knows no such codec. To ask first (canConsume) would cost a fifth more of every join.
			const consumer = await this.#receive.consume({
				producerId: source.id,
				rtpCapabilities,
				paused: true,
				...(layer === null ? {} : { preferredLayers: { spatialLayer: layer } }),
			})
			// Parted while it was made.
			if (!this.#isTogether(source.person)) {
				consumer.close()
				return null
			}
			this.#watched.set(source, { consumer, layer })
			if (layer !== null) await consumer.setPriority(layeredPriority)
			const { id, kind, rtpParameters } = consumer
			return { id, source: source.id, person: source.person, kind, rtpParameters }
		} catch {
			return null
		}
	}
}

/** Null: there is one alone. */
function layerOf(source: LiveSource, height: number | null): number | null {
	return height === null || source.layers.length < 2 ? null : layerFor(height, source.layers)
}

/**
 * The SFU probes a line when a ceiling that was below its estimate is lifted (libwebrtc, ProbeController::SetBitrates): the
 * probe's own packets show what the line carries, also while nothing else is sent.
 */
async function measureAnew(transport: types.WebRtcTransport): Promise<void> {
	const [stats] = await transport.getStats()
	const estimate = stats?.availableOutgoingBitrate ?? initialAvailableOutgoingBitrate
	await transport.setMaxOutgoingBitrate(Math.max(floorBitrate, Math.round(estimate * 0.95)))
	await transport.setMaxOutgoingBitrate(0)
}

function offerOf({ id, iceParameters, iceCandidates, dtlsParameters }: types.WebRtcTransport): TransportOffer {
	return { id, iceParameters, iceCandidates, dtlsParameters }
}
