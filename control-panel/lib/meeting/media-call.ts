import type { types } from 'mediasoup-client'
import type { ConsumerOffer, ProducerSpec, TransportOffer } from '../../../appliance/protocol/media.ts'

/**
 * The media of one stay in a meeting: two transports, what is sent and what is received. It never asks the hub
 * anything itself: it answers what to tell it. That is why joining costs two round trips only: mediasoup-client asks
 * to connect and to produce one thing at a time, and is answered here at once; what it asked is kept and goes up together.
 * It does not come back from a loss; a new join makes a new one.
 */

/** Something of one's own to send. The track stays with whoever made it: closing the call does not stop it. */
export interface Outgoing {
	track: MediaStreamTrack
	use: 'microphone' | 'camera' | 'screen'
	label: string
	muted: boolean
	/** Absent: as people send. */
	coding?: Coding
}

/** How something is sent. */
export type Coding = Pick<types.ProducerOptions, 'encodings' | 'codecOptions' | 'onRtpSender'> & { mimeType: string }

export interface Incoming {
	/** The consumer's id. */
	id: string
	source: string
	person: string
	kind: 'audio' | 'video'
	track: MediaStreamTrack
	receiver: RTCRtpReceiver | undefined
}

export type IceState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed'

/** Both transports as one: the worse of the two, as a person would judge the call. */
export function worseOf(states: readonly string[]): IceState {
	for (const state of ['failed', 'disconnected', 'connecting', 'connected'] as const)
		if (states.includes(state)) return state
	return 'new'
}

/** ¼, ½ and full size. L1T3: three temporal layers let the hub thin a picture without asking for a key frame. */
const simulcast: types.RtpEncodingParameters[] = [
	{ scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: 'L1T3' },
	{ scaleResolutionDownBy: 2, maxBitrate: 500_000, scalabilityMode: 'L1T3' },
	{ scaleResolutionDownBy: 1, maxBitrate: 1_500_000, scalabilityMode: 'L1T3' },
]

const asPicture: Coding = {
	mimeType: 'video/VP8',
	encodings: simulcast,
	codecOptions: { videoGoogleStartBitrate: 1000 },
}
const asVoice: Coding = { mimeType: 'audio/opus', codecOptions: { opusDtx: true, opusFec: true } }

/** Of these, the largest that is sent where data is spared: what is written on a screen must still be read. */
const sparedLayer = { microphone: 0, camera: 0, screen: 1 }

export class MediaCall {
	readonly #device: types.Device
	readonly #send: types.Transport | null
	readonly #receive: types.Transport
	readonly #producers = new Map<string, { producer: types.Producer; use: Outgoing['use'] }>()
	readonly #consumers = new Map<string, types.Consumer>()
	readonly #incoming = new Map<string, Incoming>()
	#sendDtls: object | null = null
	#receiveDtls: object | null = null
	#specs: ProducerSpec[] = []
	#spares = false

	/** `device` is loaded. `send` null: this role has no way to publish. `onIce` is told each change of either transport. */
	constructor(
		device: types.Device,
		offers: { send: TransportOffer | null; receive: TransportOffer },
		onIce: (transport: 'send' | 'receive', state: string) => void,
	) {
		this.#device = device
		this.#send = offers.send ? device.createSendTransport(options(offers.send)) : null
		this.#receive = device.createRecvTransport(options(offers.receive))
		this.#send?.on('connect', ({ dtlsParameters }, done) => {
			this.#sendDtls = dtlsParameters
			done()
		})
		this.#receive.on('connect', ({ dtlsParameters }, done) => {
			this.#receiveDtls = dtlsParameters
			done()
		})
		this.#send?.on('produce', ({ kind, rtpParameters, appData }, done) => {
			const { use, label, muted } = appData as unknown as Outgoing
			const id = crypto.randomUUID()
			this.#specs.push({ id, kind, use, label, muted, rtpParameters: { ...rtpParameters } })
			done({ id })
		})
		this.#send?.on('connectionstatechange', (state) => onIce('send', state))
		this.#receive.on('connectionstatechange', (state) => onIce('receive', state))
	}

	get rtpCapabilities(): Record<string, unknown> {
		return { ...this.#device.recvRtpCapabilities }
	}

	get ice(): IceState {
		return worseOf([this.#send?.connectionState ?? 'new', this.#receive.connectionState])
	}

	/** When something was received last, on the browser's clock; 0: nothing yet. It costs no statistics. */
	get lastPacket(): number {
		const stamps = this.receiving.flatMap(({ receiver }) => {
			return receiver?.getSynchronizationSources().map(({ timestamp }) => timestamp) ?? []
		})
		return Math.max(0, ...stamps)
	}

	/** Ids of what is sent, by use. */
	sources(use: Outgoing['use']): string[] {
		return [...this.#producers].filter(([, entry]) => entry.use === use).map(([id]) => id)
	}

	/** Whether this track goes out. */
	sends(track: MediaStreamTrack): boolean {
		return [...this.#producers.values()].some(({ producer }) => producer.track === track)
	}

	/** Resolves as soon as the first picture comes (a track is muted until then: W3C webrtc §5.2); never where none does. */
	firstPicture(): Promise<unknown> {
		return Promise.race(
			this.receiving.map(({ kind, track }) => {
				if (kind !== 'video') return new Promise(() => {})
				if (!track.muted) return null
				return new Promise((resolve) => track.addEventListener('unmute', resolve, { once: true }))
			}),
		)
	}

	get receiving(): Incoming[] {
		return [...this.#incoming.values()]
	}

	/**
	 * Prepares to send; answers what to tell the hub. `send` is null once it has been told. A track that ended
	 * meanwhile is left out: a camera pulled out at the wrong moment must not cost the meeting.
	 */
	async produce(outgoing: readonly Outgoing[]): Promise<{ send: object | null; producers: ProducerSpec[] }> {
		const transport = this.#send
		if (transport) {
			for (const one of outgoing) {
				if (one.track.readyState === 'ended') continue
				const producer = await transport.produce({
					track: one.track,
					stopTracks: false,
					appData: { ...one },
					...this.#options(one.coding ?? (one.track.kind === 'video' ? asPicture : asVoice)),
				})
				if (one.muted) producer.pause()
				else producer.resume()
				if (this.#spares) await limit(producer, one.use, true)
				this.#producers.set(producer.id, { producer, use: one.use })
			}
		}
		const told = { send: this.#sendDtls, producers: this.#specs }
		this.#sendDtls = null
		this.#specs = []
		return told
	}

	/**
	 * Builds what the hub offers; answers what to tell it. Offers that this browser cannot play are left out.
	 * The browser keeps sound and picture in step where `clockOf` answers the same.
	 */
	async consume(
		offers: readonly ConsumerOffer[],
		clockOf: (offer: ConsumerOffer) => string,
	): Promise<{ receive: object | null; consumers: string[] }> {
		const built = await Promise.allSettled(
			offers.map(async (offer) => {
				const consumer = await this.#receive.consume({
					id: offer.id,
					producerId: offer.source,
					kind: offer.kind,
					rtpParameters: offer.rtpParameters as types.RtpParameters,
					streamId: clockOf(offer),
				})
				this.#consumers.set(offer.id, consumer)
				const { track, rtpReceiver } = consumer
				this.#incoming.set(offer.id, { ...offer, track, receiver: rtpReceiver })
				return offer.id
			}),
		)
		const told = {
			receive: this.#receiveDtls,
			consumers: built.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
		}
		this.#receiveDtls = null
		return told
	}

	/** These consumers ended at the hub. */
	drop(ids: readonly string[]) {
		for (const id of ids) {
			this.#consumers.get(id)?.close()
			this.#consumers.delete(id)
			this.#incoming.delete(id)
		}
	}

	/** Silences or opens everything of one use, at once and here: the track is off at its source, whatever the hub does. */
	setMuted(use: Outgoing['use'], muted: boolean) {
		for (const { producer, use: own } of this.#producers.values()) {
			if (own !== use) continue
			if (muted) producer.pause()
			else producer.resume()
		}
	}

	/** Sends the small layers of pictures only, or all of them; what follows likewise. */
	async spare(on: boolean): Promise<void> {
		if (on === this.#spares) return
		this.#spares = on
		for (const { producer, use } of this.#producers.values()) await limit(producer, use, on)
	}

	/** Another device for what is already sent; nobody sees a gap. */
	async replace(use: Outgoing['use'], track: MediaStreamTrack): Promise<void> {
		for (const { producer, use: own } of this.#producers.values()) {
			if (own === use) await producer.replaceTrack({ track })
		}
	}

	/** Ends what is sent of one use; answers the ids to tell the hub. */
	end(use: Outgoing['use']): string[] {
		const ids = this.sources(use)
		for (const id of ids) {
			this.#producers.get(id)?.producer.close()
			this.#producers.delete(id)
		}
		return ids
	}

	/** The same for one track; null: it is not sent. */
	endTrack(track: MediaStreamTrack): string | null {
		for (const [id, { producer }] of this.#producers) {
			if (producer.track !== track) continue
			producer.close()
			this.#producers.delete(id)
			return id
		}
		return null
	}

	async restartIce(transport: 'send' | 'receive', iceParameters: object): Promise<void> {
		const chosen = transport === 'send' ? this.#send : this.#receive
		await chosen?.restartIce({ iceParameters: iceParameters as types.IceParameters })
	}

	/** What is received, as WebRTC counts it. */
	getStats(): Promise<RTCStatsReport> {
		return this.#receive.getStats()
	}

	/** The same for what is sent; null: nothing can be. */
	async getSendStats(): Promise<RTCStatsReport | null> {
		return (await this.#send?.getStats()) ?? null
	}

	close() {
		this.#send?.close()
		this.#receive.close()
		this.#producers.clear()
		this.#consumers.clear()
		this.#incoming.clear()
	}

	#options({ mimeType, ...coding }: Coding) {
		const codec = this.#device.sendRtpCapabilities.codecs?.find(
			(one) => one.mimeType.toLowerCase() === mimeType.toLowerCase(),
		)
		return codec ? { ...coding, codec } : coding
	}
}

async function limit(producer: types.Producer, use: Outgoing['use'], spares: boolean): Promise<void> {
	if (producer.kind === 'video') await producer.setMaxSpatialLayer(spares ? sparedLayer[use] : simulcast.length - 1)
}

/** The hub passes mediasoup's own values through; the protocol does not describe them a second time. */
function options(offer: TransportOffer): types.TransportOptions {
	return {
		id: offer.id,
		iceParameters: offer.iceParameters as types.IceParameters,
		iceCandidates: offer.iceCandidates as types.IceCandidate[],
		dtlsParameters: offer.dtlsParameters as types.DtlsParameters,
		...(offer.iceServers ? { iceServers: offer.iceServers } : {}),
		...(offer.iceTransportPolicy ? { iceTransportPolicy: offer.iceTransportPolicy } : {}),
	}
}
