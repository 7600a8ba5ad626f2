import { expect, test } from 'vitest'
import { type Arrival, headerOf, headersOf, RtspReader } from '../../../appliance/room/rtsp/framing.ts'

/** RFC 2326 §10.12: a dollar sign, the channel, the length in two bytes. */
const packet = (channel: number, hex: string) => {
	const bytes = Buffer.from(hex, 'hex')
	return Buffer.concat([Buffer.of(0x24, channel, bytes.length >> 8, bytes.length & 0xff), bytes])
}
const text = (...lines: string[]) => Buffer.from(lines.join('\r\n'))
const answer = text('RTSP/1.0 200 OK', 'CSeq: 2', 'Content-Length: 5', '', 'v=0\r\n')

const plain = (arrivals: Arrival[]) =>
	arrivals.map((one) => (one.kind === 'packet' ? `${one.channel} ${one.bytes.toString('hex')}` : one))

/** Everything at once, then byte by byte. */
function read(bytes: Buffer): unknown[] {
	const whole = plain(new RtspReader().push(bytes))
	const reader = new RtspReader()
	const single = [...bytes].flatMap((byte) => plain(reader.push(Buffer.of(byte))))
	expect(single).toEqual(whole)
	return whole
}

test('answers and packets lie between each other as the server sends them, in whatever pieces they come', () => {
	const bytes = Buffer.concat([packet(0, '8060'), answer, packet(1, '80c8'), packet(0, ''), answer])
	const said = { kind: 'answer', status: 200, body: 'v=0\r\n' }
	expect(read(bytes)).toMatchObject(['0 8060', said, '1 80c8', '0 ', said])
})

test('headers are found by name however it is written, several of one name in their order', () => {
	const head = ['RTSP/1.0 401 Unauthorized', 'WWW-Authenticate: Basic realm="a"', 'www-authenticate:Digest b', '', '']
	const [arrival] = new RtspReader().push(text(...head))
	if (arrival?.kind !== 'answer') throw new Error('no answer')
	expect(arrival.status).toBe(401)
	expect(headersOf(arrival, 'www-authenticate')).toEqual(['Basic realm="a"', 'Digest b'])
	expect(headerOf(arrival, 'session')).toBeUndefined()
})

test('a server may ask something, and may leave lines empty', () => {
	const asks = text('', '', 'OPTIONS rtsp://192.0.2.6/1 RTSP/1.0', 'CSeq: 9', '', '')
	expect(read(asks)).toMatchObject([{ kind: 'question', method: 'OPTIONS' }])
})

test('noise is passed over, and what is no RTSP is nothing', () => {
	const noise = Buffer.from('0001ff0d0a', 'hex')
	expect(read(Buffer.concat([noise, packet(0, '80'), text('HTTP/1.1 200 OK', '', ''), packet(0, '81')]))).toEqual([
		'0 80',
		'0 81',
	])
})

test.each([
	['a head without an end', Buffer.from(`RTSP/1.0 200 OK\r\nX: ${'x'.repeat(20_000)}`)],
	['a body of megabytes', text('RTSP/1.0 200 OK', 'Content-Length: 9000000', '', '')],
])('%s is the end', (_, bytes) => {
	const reader = new RtspReader()
	expect(reader.push(bytes)).toEqual([])
	expect(reader.broken).toBe(true)
	expect(reader.push(packet(0, '80'))).toEqual([])
})

test('nothing is kept of the bytes that were lent', () => {
	const reader = new RtspReader()
	const lent = Buffer.concat([packet(0, 'aabb'), packet(1, 'ccdd').subarray(0, 5)])
	expect(plain(reader.push(lent))).toEqual(['0 aabb'])
	lent.fill(0)
	expect(plain(reader.push(Buffer.of(0xdd)))).toEqual(['1 ccdd'])
})
