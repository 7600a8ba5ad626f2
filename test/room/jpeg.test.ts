import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JpegSplitter } from '../../appliance/room/jpeg.ts'
import { mutated, survives } from '../drivers/fuzz.ts'

/** SOI, APP0 that holds an end marker (T.81 B.1.1.4: it carries its length), SOS, a scan with a stuffed FF, EOI. */
const picture = Buffer.from('ffd8 ffe0 0006 ffd9 0000 ffda 0004 0102 11ff0022 ffd9'.replaceAll(' ', ''), 'hex')

const cut = (bytes: Uint8Array, sizes: readonly number[]): Buffer[] => {
	const pieces: Buffer[] = []
	let at = 0
	for (let i = 0; at < bytes.length; i++) {
		const size = sizes[i % Math.max(1, sizes.length)] ?? bytes.length
		pieces.push(Buffer.from(bytes.subarray(at, at + size)))
		at += size
	}
	return pieces
}
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 })

describe('a stream of JPEG pictures', () => {
	it('gives the same pictures in whatever pieces it comes', () => {
		survives(fc.tuple(fc.integer({ min: 1, max: 4 }), sizes), ([count, pieces]) => {
			const splitter = new JpegSplitter()
			const stream = Buffer.concat(Array.from({ length: count }, () => [Buffer.of(0x00), picture]).flat())
			const found = cut(stream, pieces).flatMap((piece) => splitter.push(piece))
			expect(found.map((one) => one.toString('hex'))).toEqual(
				Array.from({ length: count }, () => picture.toString('hex')),
			)
		})
	})

	it('that is damaged is read without an exception', () => {
		const stream = Buffer.concat([picture, picture])
		survives(fc.tuple(fc.oneof(mutated([stream]), fc.uint8Array({ maxLength: 80 })), sizes), ([bytes, pieces]) => {
			const splitter = new JpegSplitter()
			for (const piece of cut(bytes, pieces)) splitter.push(piece)
		})
	})
})
