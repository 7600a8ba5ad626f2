import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteStream } from '../../../appliance/room/rtsp/byte-stream.ts'
import { chooseChallenge } from '../../../appliance/room/rtsp/login.ts'
import { Repacker } from '../../../appliance/room/rtsp/repack.ts'
import { readSdp } from '../../../appliance/room/rtsp/sdp.ts'
import { createRtspSession } from '../../../appliance/room/rtsp/session.ts'
import { mutated, mutatedText, survives } from '../../drivers/fuzz.ts'

const lines = (...text: string[]) => text.join('\r\n')
const sdp = lines(
	...['v=0', 'a=control:*', 'm=audio 0 RTP/AVP 8', 'm=video 0 RTP/AVP 96', 'a=control:trackID=1'],
	...[
		'a=rtpmap:96 H264/90000',
		'a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z00AKY2NQDwBE/LCAAAOEAACvyAI,aO44gA==',
		'',
	],
)
const digest =
	'Digest realm="r", qop="auth", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv", opaque="FQhe/qaU", stale=false'
const unauthorized = lines('RTSP/1.0 401 Unauthorized', 'CSeq: 1', `WWW-Authenticate: ${digest}`, '', '')
const options = lines('RTSP/1.0 200 OK', 'CSeq: 1', 'Public: DESCRIBE, SETUP, PLAY, GET_PARAMETER', '', '')
const described = lines(
	'RTSP/1.0 200 OK',
	'Content-Base: rtsp://192.0.2.6/live/',
	`Content-Length: ${sdp.length}`,
	'',
	sdp,
)
const setUp = lines(
	'RTSP/1.0 200 OK',
	'Transport: RTP/AVP/TCP;unicast;interleaved=0-1',
	'Session: 1;timeout=20',
	'',
	'',
)
const playing = lines('RTSP/1.0 200 OK', 'CSeq: 4', '', '')

/** RFC 6184: a key frame in one packet, in several, and with its parameter sets. */
const rtp = [
	'8060000100000001deadbeef65888400',
	'80e0000200000001deadbeef7c85888400',
	'8060000300000002deadbeef7800046742001e000468ce3880000265aa',
	'b2e0000400000002deadbeef0000000000000000abac0001ffffffff41aabb000003',
].map((hex) => Buffer.from(hex, 'hex'))
const packets = Buffer.concat(rtp.flatMap((one) => [Buffer.of(0x24, 0, 0, one.length), one]))
const conversation = Buffer.concat([
	...[unauthorized, options, described, setUp, playing].map((text) => Buffer.from(text)),
	packets,
])

test('whatever a server says, the conversation goes on or ends', () => {
	const pieces = fc.array(fc.nat(2_000), { maxLength: 6 })
	const said = fc.oneof(mutated([conversation, packets]), fc.uint8Array({ maxLength: 400 }))
	survives(fc.tuple(said, pieces), ([bytes, cuts]) => {
		const session = createRtspSession('rtsp://192.0.2.6/live', { username: 'a', password: 'b' }, () => 'c')
		session.begin()
		const places = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
		let from = 0
		for (const place of places) {
			for (const output of session.receive(Buffer.from(bytes.subarray(from, place)))) {
				if (output.type === 'playing') expect(output.keepAliveMs).toBeGreaterThan(0)
			}
			from = place
		}
		session.keepAlive()
		session.end()
	})
})

test('whatever describes itself is a picture of ours or none', () => {
	survives(fc.oneof(mutatedText([sdp]), fc.string({ maxLength: 400 })), (text) => {
		expect(readSdp(text).video?.parameterSets.length ?? 0).toBeLessThanOrEqual(8)
	})
})

test('whatever a server wants to know of us, it is met or not', () => {
	survives(fc.array(mutatedText([digest, 'Basic realm="r"']), { maxLength: 3 }), chooseChallenge)
})

test('whatever comes as RTP, what goes on is RTP in its order', () => {
	survives(fc.array(fc.oneof(mutated(rtp), fc.uint8Array({ maxLength: 3_000 })), { maxLength: 6 }), (arrived) => {
		const repacker = new Repacker({ ssrc: 1, payloadType: 102, sequence: 0 }, [])
		const decoded = new ByteStream([])
		let last = -1
		for (const bytes of arrived) {
			decoded.push(Buffer.from(bytes), 96)
			for (const packet of repacker.push(Buffer.from(bytes), 96)?.packets ?? []) {
				expect(packet.length).toBeLessThanOrEqual(1200)
				expect(packet.length).toBeGreaterThan(12)
				expect((packet.readUInt16BE(2) - last) & 0xffff).toBeLessThanOrEqual(1001)
				last = packet.readUInt16BE(2)
			}
		}
	})
})

test('what could take long does not', () => {
	const long = 250_000
	const slow = ['m=video 1', 'm=video ', 'a=rtpmap:', 'a=fmtp:96 '].map((start) => `v=0\r\n${start}${'1'.repeat(long)}`)
	survives(fc.constantFrom(...slow, `m=video 0 RTP/AVP ${'96 '.repeat(long / 3)}`), readSdp, 50)
	const blank = ['Digest ', 'Digest a', 'Digest a="'].map((start) => `${start}${' '.repeat(16_000)}`)
	survives(fc.constantFrom(...blank, `Digest ${'a'.repeat(16_000)}`), (value) => chooseChallenge([value]), 50)
})
