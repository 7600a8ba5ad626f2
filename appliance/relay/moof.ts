import { type Box, boxesIn, Fields } from './boxes.ts'
import type { SampleDefaults, Track } from './moov.ts'

/** What a movie fragment box (ISO/IEC 14496-12 §8.8.4) tells of its samples. */

export interface TrackFragment {
	track: Track
	/** The decode time of its first sample. */
	decodeTicks: number
	durationTicks: number
	/** Of its last sample: where the source was silent, its picture is held. */
	lastTicks: number
	samples: number
	/** Its first sample can be decoded without any before it (§8.8.3.1). */
	beginsWithSync: boolean
	/** Where its data begins and ends, counted from the beginning of the moof. */
	dataFrom: number
	dataTo: number
}

/**
 * Null: it makes no sense, or can't be cut out of its stream. Its times are put off by `offsetS`, whole seconds, in these bytes,
 * too: each run of ffmpeg counts from zero, and players that know of no breaks (ffplay) drop what goes back in time.
 */
export function readMoof(moof: Uint8Array, tracks: readonly Track[], offsetS: number): TrackFragment[] | null {
	const found: TrackFragment[] = []
	for (const box of boxesIn(moof) ?? []) {
		if (box.type !== 'traf') continue
		const one = readTraf(box, tracks, offsetS)
		// A track with two of them is allowed, but nobody writes it.
		if (!one || found.some(({ track }) => track === one.track)) return null
		found.push(one)
	}
	return found.length > 0 ? found : null
}

function readTraf(traf: Box, tracks: readonly Track[], offsetS: number): TrackFragment | null {
	const boxes = boxesIn(traf.body)
	const header = readHeader(boxes?.find(({ type }) => type === 'tfhd')?.body, tracks)
	if (!boxes || !header) return null
	const offsetTicks = offsetS * header.track.timescale
	const decodeTicks = putOffDecodeTime(boxes.find(({ type }) => type === 'tfdt')?.body, offsetTicks)
	if (decodeTicks === null) return null
	const one: TrackFragment = {
		...{ track: header.track, decodeTicks, durationTicks: 0, lastTicks: 0, samples: 0 },
		...{ beginsWithSync: false, dataFrom: Number.POSITIVE_INFINITY, dataTo: 0 },
	}
	let end: number | null = 0
	for (const { type, body } of boxes) {
		if (type === 'trun') end = addRun(one, body, header.defaults, end)
		if (end === null) return null
	}
	return Number.isSafeInteger(one.decodeTicks + one.durationTicks) && Number.isSafeInteger(one.dataTo) ? one : null
}

/** §8.8.7 */
function readHeader(body: Uint8Array | undefined, tracks: readonly Track[]) {
	if (!body) return null
	const fields = new Fields(body)
	const { flags } = fields.version()
	const id = fields.unsigned(4)
	const track = tracks.find((one) => one.id === id)
	// Places counted from the beginning of the file mean nothing in a segment (RFC 8216 §3.3): they must count from the moof.
	if (!track || flags & 0x1 || !(flags & 0x020000)) return null
	const defaults: SampleDefaults = { ...track.defaults }
	if (flags & 0x2) fields.skip(4) // sample description
	if (flags & 0x8) defaults.durationTicks = fields.unsigned(4)
	if (flags & 0x10) defaults.bytes = fields.unsigned(4)
	if (flags & 0x20) defaults.flags = fields.unsigned(4)
	return fields.exhausted ? null : { track, defaults }
}

/** §8.8.12; RFC 8216 §3.3 wants one in each. */
function putOffDecodeTime(body: Uint8Array | undefined, offsetTicks: number): number | null {
	if (!body) return null
	const fields = new Fields(body)
	const size = fields.version().version === 1 ? 8 : 4
	const ticks = fields.unsigned(size) + offsetTicks
	if (fields.exhausted || !Number.isSafeInteger(ticks) || ticks >= 2 ** (size * 8)) return null
	for (let i = 0, rest = ticks; i < size; i++, rest = Math.floor(rest / 256)) body[3 + size - i] = rest % 256
	return ticks
}

/** §8.8.8. Where its data ends, which is where that of the next begins unless it says otherwise; null: it makes no sense. */
function addRun(to: TrackFragment, body: Uint8Array, defaults: SampleDefaults, after: number): number | null {
	const fields = new Fields(body)
	const { flags } = fields.version()
	const count = fields.unsigned(4)
	const from = flags & 0x1 ? fields.signed(4) : after
	const firstFlags = flags & 0x4 ? fields.unsigned(4) : null
	const each = [0x100, 0x200, 0x400, 0x800].filter((bit) => flags & bit).length * 4
	if (fields.exhausted || fields.left < count * each) return null
	if (count === 0) return from
	const first = to.samples === 0
	let end = from
	if (first) to.beginsWithSync = ((firstFlags ?? defaults.flags) & notSync) === 0
	if (each === 0) {
		// By arithmetic: nothing stands behind this count, which may be four thousand million.
		to.durationTicks += count * defaults.durationTicks
		to.lastTicks = defaults.durationTicks
		end += count * defaults.bytes
	}
	for (let i = 0; each > 0 && i < count; i++) {
		to.lastTicks = flags & 0x100 ? fields.unsigned(4) : defaults.durationTicks
		to.durationTicks += to.lastTicks
		end += flags & 0x200 ? fields.unsigned(4) : defaults.bytes
		const own = flags & 0x400 ? fields.unsigned(4) : defaults.flags
		if (first && i === 0 && firstFlags === null) to.beginsWithSync = (own & notSync) === 0
		if (flags & 0x800) fields.skip(4) // shown later than decoded
	}
	to.samples += count
	to.dataFrom = Math.min(to.dataFrom, from)
	to.dataTo = Math.max(to.dataTo, end)
	return end
}

/** sample_is_non_sync_sample */
const notSync = 0x00010000
