import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Repacker } from '../../../appliance/room/rtsp/repack.ts'
import { reportOf } from '../../../appliance/room/rtsp/report.ts'

const ours = { ssrc: 0x11223344, payloadType: 102, sequence: 65_535 }
const [sps, pps] = [Buffer.from('6742001e', 'hex'), Buffer.from('68ce3880', 'hex')]
const unit = (first: number, length: number) => Buffer.alloc(length, 0xa5).fill(first, 0, 1)
const idr = (length = 100) => unit(0x65, length)
const slice = (length = 100) => unit(0x41, length)

/** RTP as a camera sends it (RFC 3550 §5.1). */
function rtp(sequence: number, timestamp: number, payload: Buffer, { marker = false, head = 0x80, type = 96 } = {}) {
	const bytes = Buffer.alloc(12 + payload.length)
	bytes[0] = head
	bytes[1] = (marker ? 0x80 : 0) | type
	bytes.writeUInt16BE(sequence & 0xffff, 2)
	bytes.writeUInt32BE(timestamp, 4)
	bytes.writeUInt32BE(0xcafe, 8)
	payload.copy(bytes, 12)
	return bytes
}

/** RFC 6184 §5.8. */
function fragments(bytes: Buffer, room: number): Buffer[] {
	const [first = 0] = bytes
	const pieces: Buffer[] = []
	for (let at = 1; at < bytes.length; at += room) {
		const flags = (at === 1 ? 0x80 : 0) | (at + room >= bytes.length ? 0x40 : 0)
		const head = Buffer.of((first & 0xe0) | 28, flags | (first & 0x1f))
		pieces.push(Buffer.concat([head, bytes.subarray(at, at + room)]))
	}
	return pieces
}

/** §5.7.1 */
function aggregate(...units: Buffer[]): Buffer {
	const parts = units.flatMap((one) => [Buffer.of(one.length >> 8, one.length & 0xff), one])
	return Buffer.concat([Buffer.of(0x78), ...parts])
}

/** What a receiver makes of it, written from RFC 6184 §5 and without the code that is tested. */
function unitsOf(packets: Buffer[]): string[] {
	const units: string[] = []
	for (const packet of packets) {
		const payload = packet.subarray(12)
		const type = (payload[0] ?? 0) & 31
		if (type === 24) {
			for (let at = 1; at < payload.length; at += 2 + payload.readUInt16BE(at)) {
				units.push(payload.subarray(at + 2, at + 2 + payload.readUInt16BE(at)).toString('hex'))
			}
		} else if (type === 28) {
			const fu = payload[1] ?? 0
			const piece = payload.subarray(2).toString('hex')
			const first = (((payload[0] ?? 0) & 0xe0) | (fu & 31)).toString(16).padStart(2, '0')
			if (fu & 0x80) units.push(first + piece)
			else units.push((units.pop() ?? '') + piece)
		} else units.push(payload.toString('hex'))
	}
	return units
}

const begin = (sets: Buffer[] = [sps, pps]) => new Repacker(ours, sets)
const pushed = (repacker: Repacker, packet: Buffer) => repacker.push(packet, 96)
const packetsOf = (repacker: Repacker, packets: Buffer[]) =>
	packets.flatMap((packet) => pushed(repacker, packet)?.packets ?? [])

test('packets carry our numbers and the camera’s clock, also past the end of the numbers', () => {
	const out = packetsOf(begin(), [rtp(7, 90_000, slice()), rtp(8, 90_000, slice(), { marker: true })])
	expect(out.map((packet) => packet.subarray(0, 12).toString('hex'))).toEqual([
		'8066ffff00015f9011223344',
		'80e6000000015f9011223344',
	])
})

test('parameter sets stand before a key frame that comes without them, once', () => {
	const repacker = begin()
	const bare = rtp(1, 1, idr(), { marker: true })
	expect(pushed(repacker, bare)).toMatchObject({ isKey: true, endsPicture: true })
	const [key, ...more] = fragments(idr(3000), 1400).map((piece, i) => rtp(2 + i, 2, piece))
	const out = packetsOf(repacker, [key ?? bare, ...more])
	expect(unitsOf(out)).toEqual([sps, pps, idr(3000)].map((one) => one.toString('hex')))
	expect(pushed(repacker, rtp(9, 3, slice()))).toMatchObject({ isKey: false })
})

test('parameter sets that come by themselves are not told twice, and the newest are the ones that count', () => {
	const repacker = begin([])
	const newer = Buffer.from('6742001f', 'hex')
	const out = packetsOf(repacker, [rtp(1, 1, newer), rtp(2, 1, pps), rtp(3, 1, idr())])
	expect(unitsOf(out)).toEqual([newer, pps, idr()].map((one) => one.toString('hex')))
	expect(unitsOf(packetsOf(repacker, [rtp(4, 2, aggregate(sps, pps, idr()))]))).toHaveLength(3)
	expect(unitsOf(packetsOf(repacker, [rtp(5, 3, idr())]))[0]).toBe(sps.toString('hex'))
})

test('a key frame begins with its first packet, whichever that is', () => {
	const repacker = begin()
	const keys = [rtp(1, 1, unit(0x09, 2)), rtp(2, 1, sps), rtp(3, 1, pps), rtp(4, 1, idr()), rtp(5, 2, slice())]
	expect(keys.map((packet) => pushed(repacker, packet)?.isKey)).toEqual([false, true, false, false, false])
})

test('what was lost on the way to us is missing for whoever decodes, too; a camera that counts anew is not', () => {
	const out = packetsOf(begin(), [rtp(10, 1, slice()), rtp(13, 2, slice()), rtp(40_000, 3, slice())])
	expect(out.map((packet) => packet.readUInt16BE(2))).toEqual([65_535, 2, 3])
})

test('contributors, extension and padding are taken away', () => {
	const payload = Buffer.concat([Buffer.from('0000000000010001abac0001ffffffff', 'hex'), slice(20), Buffer.of(0, 0, 3)])
	// Two contributors, an extension of one word, three bytes of padding.
	const [out] = packetsOf(begin(), [rtp(1, 1, Buffer.concat([Buffer.alloc(8), payload.subarray(8)]), { head: 0xb2 })])
	expect(out?.subarray(12).toString('hex')).toBe(slice(20).toString('hex'))
})

test('what is no RTP, or not of this stream, is nothing', () => {
	const repacker = begin()
	for (const bytes of ['', '80', '00'.repeat(20)]) expect(repacker.push(Buffer.from(bytes, 'hex'), 96)).toBeNull()
	expect(pushed(repacker, rtp(1, 1, slice(), { type: 97 }))).toBeNull()
	expect(pushed(repacker, rtp(1, 1, Buffer.of(0x41)))).toBeNull()
})

test('whatever packets a camera makes, the same units arrive in packets of at most 1200 bytes', () => {
	const size = fc.oneof(fc.integer({ min: 2, max: 300 }), fc.integer({ min: 1100, max: 9000 }))
	const picture = fc.array(fc.tuple(fc.constantFrom(0x41, 0x65, 0x06), size), { minLength: 1, maxLength: 4 })
	fc.assert(
		fc.property(
			fc.array(picture, { maxLength: 5 }),
			fc.integer({ min: 1, max: 3000 }),
			fc.boolean(),
			(pictures, room, joined) => {
				const repacker = begin([])
				let sequence = 65_530
				const given: string[] = []
				const packets = pictures.flatMap((units, at) => {
					const bytes = units.map(([first, length]) => unit(first, length))
					given.push(...bytes.map((one) => one.toString('hex')))
					const small = bytes.every(({ length }) => length < 4000)
					const payloads =
						joined && small
							? [aggregate(...bytes)]
							: bytes.flatMap((one) => (one.length <= room ? [one] : fragments(one, room)))
					return payloads.map((payload, i) => rtp(sequence++, at, payload, { marker: i === payloads.length - 1 }))
				})
				const out = packetsOf(repacker, packets)
				expect(unitsOf(out)).toEqual(given)
				expect(Math.max(0, ...out.map(({ length }) => length))).toBeLessThanOrEqual(1200)
				const numbers = out.map((packet) => packet.readUInt16BE(2))
				expect(numbers).toEqual(out.map((_, i) => (ours.sequence + i) & 0xffff))
				expect(out.filter((packet) => (packet[1] ?? 0) & 0x80)).toHaveLength(pictures.length)
				// As few as there need be: fragments are full but for the last of each unit.
				const fewest = given.reduce((sum, hex) => sum + Math.max(1, Math.ceil((hex.length / 2 - 1) / 1186)), 0)
				expect(out.length).toBeLessThanOrEqual(fewest)
			},
		),
		{ numRuns: 300 },
	)
})

test('a fragment whose end was lost is closed with its picture', () => {
	const [first = slice()] = fragments(slice(3000), 1400)
	const out = packetsOf(begin(), [rtp(1, 1, first), rtp(4, 2, slice(), { marker: true })])
	expect(out.map((packet) => packet.readUInt32BE(4))).toEqual([1, 1, 2])
	expect(out.map((packet) => packet.readUInt16BE(2))).toEqual([65_535, 0, 3])
})

test('the time of a stream is told as RFC 3550 §6.4.1 has it', () => {
	const at = Date.UTC(2026, 0, 1) + 250
	const report = reportOf({ ssrc: ours.ssrc, packets: 3, octets: 4000, timestamp: 90_000, at })
	// V=2, SR, six words; seconds since 1900 (1767225600 + 2208988800) and a quarter; the clock, packets, octets.
	expect(report.subarray(0, 28).toString('hex')).toBe(
		['80c80006', '11223344', 'ed003780', '40000000', '00015f90', '00000003', '00000fa0'].join(''),
	)
	// SDES with one CNAME, padded to whole words.
	const cname = Buffer.from('feed-287454020').toString('hex')
	expect(report.subarray(28).toString('hex')).toBe(['81ca0006', '11223344', '010e', cname, '00000000'].join(''))
})
