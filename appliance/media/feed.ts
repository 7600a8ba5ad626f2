import { randomBytes, randomUUID } from 'node:crypto'
import type { types } from 'mediasoup'
import { Refusal } from '../protocol/errors.ts'
import type { FeedSrtp } from '../protocol/media.ts'
import type { FeedOpened } from '../protocol/messages.ts'
import { keyFrameRequestDelay } from './attendee.ts'
import { feedParameters } from './codecs.ts'
import { mediaRefusal } from './fault.ts'
import type { FeedListen, MeetingRouter } from './sfu.ts'

/** The picture of an IP camera, as RTP that the room's ffmpeg sends to a port of ours. Nothing is decoded. */

/** Lines of a camera's picture where nothing else is known of it than that it is the larger of two. */
const fullLines = 720

export interface FeedRequest {
	ssrc: number
	payloadType: number
	/** The sender's key, if it brings one. */
	srtp: FeedSrtp
	/** A smaller stream of the same picture, from the same port. */
	low: { ssrc: number; height: number } | null
}

export interface Feed {
	opened: FeedOpened
	producer: types.Producer
	/** Lines of its layers, the smallest first. */
	layers: number[]
	close(): void
}

/**
 * `onKeyFrame`: somebody who watches needs a key frame; at most once a second for each stream. Off this machine they are
 * encrypted, under a key of ours where the sender brought none. Rejects with a Refusal: 'media-unavailable' when there is
 * no port left.
 */
export async function openFeed(
	hold: MeetingRouter,
	listen: FeedListen,
	request: FeedRequest,
	onKeyFrame: (feed: string, low: boolean) => void,
): Promise<Feed> {
	const { ssrc, payloadType } = request
	const srtp = request.srtp ?? (listen.srtpRequired ? newKey() : null)
	// ffmpeg encrypts on ports of its own choosing only, and two streams of one feed come from one port.
	const low = srtp === null ? request.low : null
	let transport: types.PlainTransport | null = null
	try {
		// It says nothing of where it sends from, and keeps RTP and RTCP of a single stream on two ports.
		transport = await hold.router.createPlainTransport({
			listenInfo: listen.listenInfo,
			rtcpMux: low !== null,
			comedia: true,
			...(srtp ? { enableSrtp: true, srtpCryptoSuite: srtp.cryptoSuite } : {}),
		})
		if (srtp) await transport.connect({ srtpParameters: srtp })
		const rtpParameters = feedParameters(low ? [low.ssrc, ssrc] : [ssrc], payloadType)
		const id = randomUUID()
		const producer = await transport.produce({ id, kind: 'video', rtpParameters, keyFrameRequestDelay })
		await tellKeyFrames(producer, low?.ssrc ?? null, (ofLow) => onKeyFrame(id, ofLow))
		const { tuple, rtcpTuple } = transport
		return {
			opened: {
				feed: id,
				ip: listen.ip,
				rtpPort: tuple.localPort,
				rtcpPort: rtcpTuple?.localPort ?? tuple.localPort,
				srtp,
				low: low !== null,
			},
			producer,
			layers: low ? [low.height, Math.max(fullLines, low.height)] : [fullLines],
			close: () => transport?.close(),
		}
	} catch (error) {
		transport?.close()
		throw error instanceof Error && /port/i.test(error.message)
			? new Refusal('media-unavailable', 'there is no port left for a feed')
			: mediaRefusal(error)
	}
}

/** The worker asks by PLI and FIR, which no camera hears; it keeps to one a second, but for the clock's grain. */
async function tellKeyFrames(producer: types.Producer, lowSsrc: number | null, ask: (low: boolean) => void) {
	await producer.enableTraceEvent(['pli', 'fir'])
	const asks = new Map([false, true].map((low) => [low, atMostEvery(keyFrameRequestDelay, () => ask(low))]))
	producer.on('trace', ({ info }) => asks.get(lowSsrc !== null && info.ssrc === lowSsrc)?.())
}

/** Acts at once, and what is asked within `everyMs` once at its end: whoever came just too late waits no longer than that. */
function atMostEvery(everyMs: number, act: () => void): () => void {
	let actedAt = Number.NEGATIVE_INFINITY
	let timer: NodeJS.Timeout | null = null
	function ask() {
		if (timer) return
		const rest = actedAt + everyMs - performance.now()
		if (rest <= 0) {
			act()
			actedAt = performance.now()
			return
		}
		timer = setTimeout(() => {
			timer = null
			ask() // a timer counts in whole milliseconds, and may be one too early
		}, rest)
	}
	return ask
}

/** RFC 4568 §6.2: a key of 16 bytes and a salt of 14. */
function newKey(): FeedSrtp {
	return { cryptoSuite: 'AES_CM_128_HMAC_SHA1_80', keyBase64: randomBytes(30).toString('base64') }
}
