import { BitReader } from './bits.ts'

/**
 * H.264 (ITU-T H.264) as far as a browser minds: the size of its pictures, whether they are shown in another order than
 * they are sent, and of which kind they are. What makes no sense is null or left out, never an exception.
 */

export interface Sps {
	/** profile_idc: 66 baseline, 77 main, 100 high. */
	profile: number
	width: number
	height: number
	/** 2: pictures are shown as they are sent (§8.2.1). */
	orderType: number
	/** How many pictures may go before one that is shown before them (§E.2.1); null: it doesn't say. */
	reorder: number | null
}

export type NalKind = 'slice' | 'idr' | 'sps' | 'pps' | 'other'

/** The NAL units of a byte stream, Annex B: start codes taken away, emulation prevention left in. */
export function nalUnits(bytes: Uint8Array): Uint8Array[] {
	const units: Uint8Array[] = []
	for (let begin = afterStartCode(bytes, 0); begin < bytes.length; ) {
		const next = afterStartCode(bytes, begin)
		let end = next < 0 ? bytes.length : next - 3
		if (begin < 0) break
		while (end > begin && bytes[end - 1] === 0) end -= 1 // trailing zeros, or the first of a start code of four bytes
		if (end > begin) units.push(bytes.subarray(begin, end))
		if (next < 0) break
		begin = next
	}
	return units
}

/** Behind the next 00 00 01; -1: there is none. */
function afterStartCode(bytes: Uint8Array, from: number): number {
	for (let at = bytes.indexOf(1, from + 2); at >= 0; at = bytes.indexOf(1, at + 1)) {
		if (bytes[at - 1] === 0 && bytes[at - 2] === 0) return at + 1
	}
	return -1
}

/** Table 7-1. */
export function kindOf(unit: Uint8Array): NalKind {
	switch ((unit[0] ?? 0) & 0x1f) {
		case 1:
		case 2: // the first partition of a slice carries its header
			return 'slice'
		case 5:
			return 'idr'
		case 7:
			return 'sps'
		case 8:
			return 'pps'
		default:
			return 'other'
	}
}

/** Whether this slice predicts from two directions (§7.4.3, Table 7-6). */
export function isB(slice: Uint8Array): boolean {
	const reader = new BitReader(payload(slice.subarray(0, 16)))
	reader.unsigned() // first_mb_in_slice
	const type = reader.unsigned()
	return !reader.exhausted && type <= 9 && type % 5 === 1
}

/** Whether this slice begins a picture: the first macroblock is in it. */
export function beginsPicture(slice: Uint8Array): boolean {
	return slice.length > 1 && ((slice[1] ?? 0) & 0x80) !== 0
}

/** §7.3.2.1.1. Null: it ends before it has told the size, or tells one that no picture has. */
export function readSps(unit: Uint8Array): Sps | null {
	const reader = new BitReader(payload(unit))
	const profile = reader.bits(8)
	reader.bits(16) // constraint flags, level
	reader.unsigned()
	const chroma = profiled.has(profile) ? readChroma(reader) : { format: 1, planes: false }
	reader.unsigned() // log2_max_frame_num
	const orderType = readOrder(reader)
	reader.unsigned() // max_num_ref_frames
	reader.flag()
	const columns = reader.unsigned() + 1
	const rows = reader.unsigned() + 1
	const fields = reader.flag() ? 1 : 2
	if (fields === 2) reader.flag()
	reader.flag()
	const crop = reader.flag()
		? { left: reader.unsigned(), right: reader.unsigned(), top: reader.unsigned(), bottom: reader.unsigned() }
		: { left: 0, right: 0, top: 0, bottom: 0 }
	if (reader.exhausted) return null
	// Table 6-1: cropping is counted in samples of chroma.
	const { format, planes } = chroma
	const acrossEach = !planes && (format === 1 || format === 2) ? 2 : 1
	const downEach = (!planes && format === 1 ? 2 : 1) * fields
	const width = columns * 16 - (crop.left + crop.right) * acrossEach
	const height = rows * 16 * fields - (crop.top + crop.bottom) * downEach
	if (width < 1 || height < 1 || width > 16_384 || height > 16_384) return null
	const reorder = reader.flag() ? readReorder(reader) : null
	return { profile, width, height, orderType, reorder }
}

/** Profiles that tell of their chroma. */
const profiled = new Set([44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244])

function readChroma(reader: BitReader): { format: number; planes: boolean } {
	const format = reader.unsigned()
	const planes = format === 3 && reader.flag()
	reader.unsigned() // depth of luma
	reader.unsigned() // depth of chroma
	reader.flag()
	if (reader.flag()) {
		for (let i = 0; i < (format === 3 ? 12 : 8); i++) if (reader.flag()) skipScalingList(reader, i < 6 ? 16 : 64)
	}
	return { format, planes }
}

/** §7.3.2.1.1.1 */
function skipScalingList(reader: BitReader, size: number) {
	let last = 8
	let next = 8
	for (let i = 0; i < size && !reader.exhausted; i++) {
		if (next !== 0) next = (last + reader.signed() + 256) % 256
		last = next === 0 ? last : next
	}
}

function readOrder(reader: BitReader): number {
	const type = reader.unsigned()
	if (type === 0) reader.unsigned()
	if (type !== 1) return type
	reader.flag()
	reader.signed()
	reader.signed()
	const cycle = reader.unsigned()
	for (let i = 0; i < cycle && !reader.exhausted; i++) reader.signed()
	return type
}

/** The end of the video usability information, §E.1.1. Null: not told. */
function readReorder(reader: BitReader): number | null {
	if (reader.flag() && reader.bits(8) === 255) reader.bits(32) // aspect ratio
	if (reader.flag()) reader.flag() // overscan
	if (reader.flag()) {
		reader.bits(4)
		if (reader.flag()) reader.bits(24) // colours
	}
	if (reader.flag()) {
		reader.unsigned()
		reader.unsigned()
	}
	if (reader.flag()) {
		reader.bits(32)
		reader.bits(32)
		reader.flag()
	}
	const nal = reader.flag()
	if (nal) skipHrd(reader)
	const vcl = reader.flag()
	if (vcl) skipHrd(reader)
	if (nal || vcl) reader.flag()
	reader.flag()
	if (!reader.flag()) return null
	reader.flag()
	for (let i = 0; i < 4; i++) reader.unsigned()
	const reorder = reader.unsigned()
	return reader.exhausted || reorder > 16 ? null : reorder
}

/** §E.1.2 */
function skipHrd(reader: BitReader) {
	const count = reader.unsigned() + 1
	reader.bits(8)
	for (let i = 0; i < count && i < 32; i++) {
		reader.unsigned()
		reader.unsigned()
		reader.flag()
	}
	reader.bits(20)
}

/** What follows the header byte, without emulation prevention (§7.4.1). */
function payload(unit: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(unit.length)
	let length = 0
	let zeros = 0
	for (let i = 1; i < unit.length; i++) {
		const byte = unit[i] ?? 0
		if (zeros >= 2 && byte === 3) {
			zeros = 0
			continue
		}
		zeros = byte === 0 ? zeros + 1 : 0
		bytes[length++] = byte
	}
	return bytes.subarray(0, length)
}
