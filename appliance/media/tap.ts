import type { types } from 'mediasoup'
import { mediaRefusal } from './fault.ts'
import { freePorts } from './listen.ts'
import type { MeetingRouter } from './sfu.ts'
import { type SdpStream, writeSdp } from './tap-sdp.ts'

/** What of a producer is taken: one of its layers, or all there is. */
export interface Tapped {
	producer: types.Producer
	/** Of a picture in layers, 0 the smallest. */
	layer: number | null
}

/** Streams of the SFU as RTP to a process on this machine. Nothing is decoded. */
export interface Tap {
	/** What that process is told, by SDP; the streams in the order that was asked for. */
	readonly sdp: string
	/** How many of them are pictures. */
	readonly pictures: number
	/** Begins to send; the process listens. */
	start(): Promise<void>
	/** Pictures begin anew with their next one. */
	askKeyFrames(): void
	/** Why no more comes of it: a producer or its worker is gone, or pictures come in another size than they began with. Once. */
	readonly ended: Promise<'closed' | 'layer'>
	close(): void
}

/** What is copied into files keeps its size. When key frames are late, layers change for a moment. */
const layerGraceMs = 2_000

/** Opens it, silent still. Ports are free ones of the loopback. Rejects with a Refusal when a producer is gone. */
export async function openTap(hold: MeetingRouter, tapped: readonly Tapped[]): Promise<Tap> {
	const { promise: ended, resolve: end } = Promise.withResolvers<'closed' | 'layer'>()
	const transports: types.PlainTransport[] = []
	const consumers: types.Consumer[] = []
	const watches: LayerWatch[] = []
	const close = () => {
		for (const watch of watches) watch.close()
		for (const transport of transports) transport.close()
	}
	try {
		// RTP on even ports, RTCP on the next (RFC 3550 §11): one more is asked for, so that the first may be odd.
		const found = await freePorts(['127.0.0.1'], tapped.length * 2 + 1)
		const first = found + (found % 2)
		const streams: SdpStream[] = []
		for (const [i, { producer, layer }] of tapped.entries()) {
			const transport = await hold.router.createPlainTransport({
				listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
				rtcpMux: false,
			})
			transports.push(transport)
			const port = first + i * 2
			await transport.connect({ ip: '127.0.0.1', port, rtcpPort: port + 1 })
			const consumer = await transport.consume({
				producerId: producer.id,
				rtpCapabilities: plainCapabilities(hold.router.rtpCapabilities),
				paused: true,
				...(layer === null ? {} : { preferredLayers: { spatialLayer: layer } }),
			})
			consumers.push(consumer)
			consumer.observer.once('close', () => end('closed'))
			if (layer !== null) {
				const watch = new LayerWatch(() => end('layer'))
				watches.push(watch)
				consumer.on('layerschange', (layers) => layers && watch.now(layers.spatialLayer))
			}
			streams.push({ port, kind: consumer.kind, rtpParameters: consumer.rtpParameters })
		}
		const askKeyFrames = () => {
			for (const one of consumers) if (one.kind === 'video' && !one.closed) one.requestKeyFrame().catch(() => {})
		}
		return {
			sdp: writeSdp(streams),
			pictures: streams.filter(({ kind }) => kind === 'video').length,
			ended,
			askKeyFrames,
			async start() {
				await Promise.all(consumers.map((consumer) => consumer.resume())).catch(() => end('closed'))
			},
			close,
		}
	} catch (error) {
		close()
		throw mediaRefusal(error)
	}
}

/** Calls back when another layer comes for good than the one that it began with. */
class LayerWatch {
	readonly #onChange: () => void
	#timer: NodeJS.Timeout | undefined
	#first: number | null = null

	constructor(onChange: () => void) {
		this.#onChange = onChange
	}

	now(layer: number) {
		clearTimeout(this.#timer)
		this.#first ??= layer
		if (layer !== this.#first) this.#timer = setTimeout(this.#onChange, layerGraceMs)
	}

	close() {
		clearTimeout(this.#timer)
	}
}

/** No retransmission and no header extensions: nothing is lost on the loopback, and the reader knows none of them. */
function plainCapabilities({ codecs = [] }: types.RtpCapabilities): types.RtpCapabilities {
	const plain = codecs.filter(({ mimeType }) => !mimeType.endsWith('/rtx'))
	return { codecs: plain.map((codec) => ({ ...codec, rtcpFeedback: [] })), headerExtensions: [] }
}
