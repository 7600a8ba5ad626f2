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

export interface FeedRequest {
	ssrc: number
	payloadType: number
	/** The sender's key, if it brings one. */
	srtp: FeedSrtp
}

export interface Feed {
	opened: FeedOpened
	producer: types.Producer
	close(): void
}

/**
 * `onKeyFrame`: somebody who watches needs a key frame; at most once a second. Off this machine the stream is encrypted,
 * under a key of ours where the sender brought none. Rejects with a Refusal: 'media-unavailable' when there is no port left.
 */
export async function openFeed(
	hold: MeetingRouter,
	listen: FeedListen,
	request: FeedRequest,
	onKeyFrame: (feed: string) => void,
): Promise<Feed> {
	const { ssrc, payloadType } = request
	const srtp = request.srtp ?? (listen.srtpRequired ? newKey() : null)
	let transport: types.PlainTransport | null = null
	try {
		// ffmpeg keeps RTP and RTCP on two ports, and says nothing of where it sends from.
		transport = await hold.router.createPlainTransport({
			listenInfo: listen.listenInfo,
			rtcpMux: false,
			comedia: true,
			...(srtp ? { enableSrtp: true, srtpCryptoSuite: srtp.cryptoSuite } : {}),
		})
		if (srtp) await transport.connect({ srtpParameters: srtp })
		const rtpParameters = feedParameters(ssrc, payloadType)
		const id = randomUUID()
		const producer = await transport.produce({ id, kind: 'video', rtpParameters, keyFrameRequestDelay })
		await producer.enableTraceEvent(['pli', 'fir'])
		let askedAt = Number.NEGATIVE_INFINITY
		producer.on('trace', () => {
			const now = performance.now()
			if (now - askedAt < keyFrameRequestDelay) return
			askedAt = now
			onKeyFrame(id)
		})
		const { tuple, rtcpTuple } = transport
		const opened = { feed: id, ip: listen.ip, rtpPort: tuple.localPort, rtcpPort: rtcpTuple?.localPort ?? 0 }
		return { opened: { ...opened, srtp }, producer, close: () => transport?.close() }
	} catch (error) {
		transport?.close()
		throw error instanceof Error && /port/i.test(error.message)
			? new Refusal('media-unavailable', 'there is no port left for a feed')
			: mediaRefusal(error)
	}
}

/** RFC 4568 §6.2: a key of 16 bytes and a salt of 14. */
function newKey(): FeedSrtp {
	return { cryptoSuite: 'AES_CM_128_HMAC_SHA1_80', keyBase64: randomBytes(30).toString('base64') }
}
