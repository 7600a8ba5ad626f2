import { once } from 'node:events'
import { createWorker, type types } from 'mediasoup'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workerPath } from '../../appliance/setup/worker-path.mjs'

/**
 * The worker that set-up has put in place: it starts, and its SRTP (compat/srtp.h where it was built here) carries
 * packets unharmed in every suite, from one transport to the other.
 */

const PACKETS = 200
const SSRC = 1111
const OPUS = { mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 } as const
const loopback = { protocol: 'udp', ip: '127.0.0.1' } as const

let worker: types.Worker
let router: types.Router

beforeAll(async () => {
	worker = await createWorker({ workerBin: workerPath(), logLevel: 'warn', logTags: ['srtp', 'rtp'] })
	router = await worker.createRouter({ mediaCodecs: [{ kind: 'audio', ...OPUS, preferredPayloadType: 100 }] })
})

afterAll(() => worker.close())

test.each(['AEAD_AES_256_GCM', 'AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const)(
	'the SFU worker encrypts and decrypts %s',
	async (srtpCryptoSuite) => {
		const secured = { listenInfo: loopback, enableSrtp: true, srtpCryptoSuite, rtcpMux: true }
		const source = await router.createDirectTransport()
		const sender = await router.createPlainTransport(secured)
		const receiver = await router.createPlainTransport({ ...secured, comedia: true })
		const sink = await router.createDirectTransport()
		if (!sender.srtpParameters || !receiver.srtpParameters) throw new Error('the transports are not encrypted')
		await sender.connect({ ip: loopback.ip, port: receiver.tuple.localPort, srtpParameters: receiver.srtpParameters })
		await receiver.connect({ srtpParameters: sender.srtpParameters })

		const encodings = [{ ssrc: SSRC }]
		const spoken = await source.produce({ kind: 'audio', rtpParameters: { codecs: [OPUS], encodings } })
		const sent = await sender.consume({ producerId: spoken.id, rtpCapabilities: router.rtpCapabilities })
		const arrived = await receiver.produce({ kind: 'audio', rtpParameters: sent.rtpParameters })
		const heard = await sink.consume({ producerId: arrived.id, rtpCapabilities: router.rtpCapabilities })

		for (let sequence = 0; sequence < PACKETS; sequence++) {
			const next = once(heard, 'rtp')
			spoken.send(rtpPacket(sequence))
			const [packet] = (await next) as [Buffer]
			expect(packet.subarray(-payload(sequence).length)).toEqual(payload(sequence))
		}
		for (const transport of [source, sender, receiver, sink]) transport.close()
	},
)

/** RFC 3550, 5.1. */
function rtpPacket(sequence: number) {
	const header = Buffer.alloc(12)
	header[0] = 0x80
	header[1] = OPUS.payloadType
	header.writeUInt16BE(sequence, 2)
	header.writeUInt32BE(sequence * 960, 4)
	header.writeUInt32BE(SSRC, 8)
	return Buffer.concat([header, payload(sequence)])
}

/** Of a length and content of its own for each packet. */
const payload = (sequence: number) => Buffer.alloc(20 + sequence * 5, sequence)
