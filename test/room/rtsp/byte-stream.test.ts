import { expect, test } from 'vitest'
import { ByteStream } from '../../../appliance/room/rtsp/byte-stream.ts'

const parameterSets = [Buffer.from('6742001e', 'hex'), Buffer.from('68ce3880', 'hex')]

/** RTP with a payload; the marker ends a picture. */
function rtp(timestamp: number, payload: string, marker = false) {
	const head = Buffer.from('806000010000000000001234', 'hex')
	head[1] = marker ? 0xe0 : 0x60
	head.writeUInt32BE(timestamp, 4)
	return Buffer.concat([head, Buffer.from(payload, 'hex')])
}

test('what decoders read begins with a key frame and its parameter sets, and each picture with a delimiter ends', () => {
	const stream = new ByteStream(parameterSets)
	const read = (timestamp: number, payload: string, marker = false) =>
		stream.push(rtp(timestamp, payload, marker), 96)?.bytes.toString('hex')
	expect(read(1, '41aa', true)).toBe('')
	// RFC 6184 §5.8: a unit of kind 5 in three fragments.
	expect(read(2, '7c85bb')).toBe(['00000001', '6742001e', '00000001', '68ce3880', '00000001', '65bb'].join(''))
	expect(read(2, '7c05cc')).toBe('cc')
	expect(read(2, '7c45dd', true)).toBe(['dd', '00000001', '09f0'].join(''))
	// §5.7.1: two units in one packet.
	expect(read(3, '78000241aa000206ee', true)).toBe(
		['00000001', '41aa', '00000001', '06ee', '00000001', '09f0'].join(''),
	)
})

test('where a key frame stands is told, and what is no RTP of this stream is nothing', () => {
	const stream = new ByteStream([])
	expect(stream.push(rtp(1, '6742001e'), 96)).toMatchObject({ isKey: true, endsPicture: false })
	expect(stream.push(rtp(1, '65aa', true), 96)).toMatchObject({ isKey: false, endsPicture: true })
	expect(stream.push(rtp(2, '41aa'), 97)).toBeNull()
	expect(stream.push(Buffer.alloc(5), 96)).toBeNull()
})
