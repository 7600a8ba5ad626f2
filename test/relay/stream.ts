import type { Init } from '../../appliance/relay/fmp4.ts'

/** Fragmented MP4 made by hand, ISO/IEC 14496-12. One track of pictures (id 1, 1000 ticks a second), with sound (id 2, 48 000). */

export const box = (type: string, ...bodies: readonly Uint8Array[]): Buffer => {
	const body = Buffer.concat(bodies)
	return Buffer.concat([u32(8 + body.length), Buffer.from(type, 'latin1'), body])
}
/** The notation of the manuals: hex digits, spaces as one likes. */
export const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
export const u32 = (...values: readonly number[]) => {
	const bytes = Buffer.alloc(4 * values.length)
	for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * i)
	return bytes
}

const ftyp = box('ftyp', Buffer.from('iso6\0\0\0\0iso6', 'latin1'))
const avc1 = box('avc1', Buffer.alloc(24), hex('0500 02d0'), Buffer.alloc(50), box('avcC', hex('01 64001f ff e0 00')))
/** ISO/IEC 14496-1: ES 3 of 0x80808022 bytes, config 4 with object type 0x40, own 5 with 12 10 (AAC-LC, 44.1 kHz, stereo). */
const esds = box(
	'esds',
	hex('00000000 03 80808022 0002 00 04 80808014 40 15 000000 0001f400 0001f400 05 80808002 1210 06 80808001 02'),
)
const mp4a = box('mp4a', Buffer.alloc(28), esds)

const trak = (id: number, timescale: number, handler: string, entry: Uint8Array) =>
	box(
		'trak',
		box('tkhd', u32(7, 0, 0, id), Buffer.alloc(68)),
		box(
			'mdia',
			box('mdhd', u32(0, 0, 0, timescale, 0, 0)),
			box('hdlr', u32(0, 0), Buffer.from(handler), Buffer.alloc(13)),
			box('minf', box('stbl', box('stsd', u32(0, 1), entry))),
		),
	)
const trex = (id: number) => box('trex', u32(0, id, 1, 40, 4, 0x00010000))

export const video = trak(1, 1_000, 'vide', avc1)
export const sound = trak(2, 48_000, 'soun', mp4a)
export const moov = (...tracks: readonly Uint8Array[]) =>
	box('moov', box('mvhd', Buffer.alloc(100)), ...tracks, box('mvex', trex(1), trex(2)))
export const initBytes = Buffer.concat([ftyp, moov(video, sound)])
export { ftyp }

export interface Picture {
	atMs: number
	/** Of each picture. */
	durationsMs: readonly number[]
	sync: boolean
	/** What stands in its mdat. */
	fill?: number
}

/** A fragment of pictures of 4 bytes each. */
export function fragment({ atMs, durationsMs, sync, fill = 0xaa }: Picture): Buffer {
	const flags = 0x1 | 0x4 | 0x100
	const head = (offset: number) =>
		box(
			'moof',
			box('mfhd', u32(0, 1)),
			box(
				'traf',
				box('tfhd', u32(0x020000, 1)),
				box('tfdt', u32(0x01000000, Math.floor(atMs / 2 ** 32), atMs % 2 ** 32)),
				box('trun', u32(flags, durationsMs.length, offset, sync ? 0x02000000 : 0x01010000, ...durationsMs)),
			),
		)
	const offset = head(0).length + 8
	return Buffer.concat([head(offset), box('mdat', Buffer.alloc(4 * durationsMs.length, fill))])
}

/** What a reader says of `initBytes`, as far as a relay minds. */
export const someInit: Init = {
	bytes: initBytes,
	tracks: [
		{
			...{ id: 1, kind: 'video', timescale: 1_000, codec: 'avc1.64001f', width: 1280, height: 720 },
			defaults: { durationTicks: 40, bytes: 4, flags: 0x00010000 },
		},
		{
			...{ id: 2, kind: 'audio', timescale: 48_000, codec: 'mp4a.40.2', width: 0, height: 0 },
			defaults: { durationTicks: 40, bytes: 4, flags: 0x00010000 },
		},
	],
}
