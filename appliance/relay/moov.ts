import { type Box, boxesIn, Fields, findBox } from './boxes.ts'
import { codecOf, pictureSize } from './codecs.ts'

/** What a movie box (ISO/IEC 14496-12 §8.2.1) tells of the fragments that will follow it. */

export interface Track {
	id: number
	kind: 'video' | 'audio' | 'other'
	/** Ticks in a second. */
	timescale: number
	/** As in CODECS; null: not one of ours. */
	codec: string | null
	/** Of the pictures; 0 for sound. */
	width: number
	height: number
	defaults: SampleDefaults
}

/** What holds for samples that say nothing of themselves. */
export interface SampleDefaults {
	durationTicks: number
	bytes: number
	flags: number
}

/** Null: it makes no sense, or no fragments can follow it. */
export function readMoov(moov: Uint8Array): Track[] | null {
	const boxes = boxesIn(moov)
	const extended = boxes?.find((box) => box.type === 'mvex')
	if (!boxes || !extended) return null
	const defaults = readDefaults(extended)
	const tracks = boxes.filter((box) => box.type === 'trak').map((box) => readTrack(box, defaults))
	if (tracks.length === 0 || tracks.includes(null)) return null
	const whole = tracks.filter((track) => track !== null)
	return new Set(whole.map((track) => track.id)).size === whole.length ? whole : null
}

/** §8.8.3, by the track's id. */
function readDefaults(mvex: Box): ReadonlyMap<number, SampleDefaults> {
	const defaults = new Map<number, SampleDefaults>()
	for (const { type, body } of boxesIn(mvex.body) ?? []) {
		if (type !== 'trex') continue
		const fields = new Fields(body).skip(4)
		const id = fields.unsigned(4)
		fields.skip(4) // sample description
		const one = { durationTicks: fields.unsigned(4), bytes: fields.unsigned(4), flags: fields.unsigned(4) }
		if (!fields.exhausted) defaults.set(id, one)
	}
	return defaults
}

function readTrack(trak: Box, allDefaults: ReadonlyMap<number, SampleDefaults>): Track | null {
	const id = afterTimes(findBox(trak.body, 'tkhd')) // §8.3.2
	const timescale = afterTimes(findBox(trak.body, 'mdia', 'mdhd')) // §8.4.2
	const hdlr = findBox(trak.body, 'mdia', 'hdlr')
	const stsd = findBox(trak.body, 'mdia', 'minf', 'stbl', 'stsd')
	const defaults = allDefaults.get(id)
	if (!id || !timescale || !hdlr || !stsd || !defaults) return null
	const entry = boxesIn(stsd.subarray(8))?.[0] // §8.5.2: version, flags, count
	if (!entry) return null
	const handler = new Fields(hdlr).skip(8).unsigned(4) // §8.4.3
	const kind = handler === vide ? 'video' : handler === soun ? 'audio' : 'other'
	const size = kind === 'video' ? pictureSize(entry.body) : { width: 0, height: 0 }
	return { id, kind, timescale, codec: codecOf(entry.type, entry.body), ...size, defaults }
}

const vide = 0x76696465
const soun = 0x736f756e

/** The number behind the two times of a header box, which take 32 or 64 bits. 0: there is none. */
function afterTimes(body: Uint8Array | null): number {
	if (!body) return 0
	const fields = new Fields(body)
	fields.skip(fields.version().version === 1 ? 16 : 8)
	const value = fields.unsigned(4)
	return fields.exhausted ? 0 : value
}
