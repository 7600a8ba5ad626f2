import { Fields, findBox } from './boxes.ts'

/**
 * What a sample entry (ISO/IEC 14496-12 §8.5.2) is called in CODECS (RFC 6381 §3.3), so that a player knows before it has
 * loaded anything whether it can play it. Null: a kind that we do not relay, or one that makes no sense.
 */
export function codecOf(type: string, entry: Uint8Array): string | null {
	switch (type) {
		case 'avc1':
		case 'avc3':
			return avcCodec(type, findBox(entry.subarray(visualEntryBytes), 'avcC'))
		case 'mp4a':
			return aacCodec(findBox(entry.subarray(audioEntryBytes), 'esds'))
		case 'Opus':
			return 'opus'
		default:
			return null
	}
}

/** §12.1.3: where the boxes of a VisualSampleEntry begin. */
const visualEntryBytes = 78
/** §12.2.3: where the boxes of an AudioSampleEntry begin. */
const audioEntryBytes = 28

/** §12.1.3: the size of its pictures. */
export function pictureSize(entry: Uint8Array): { width: number; height: number } {
	const fields = new Fields(entry).skip(24)
	return { width: fields.unsigned(2), height: fields.unsigned(2) }
}

/** ISO/IEC 14496-15 §5.3.3.1: profile, constraints and level follow the version. */
function avcCodec(type: string, avcC: Uint8Array | null): string | null {
	if (!avcC || avcC.length < 4 || avcC[0] !== 1) return null
	return `${type}.${Buffer.from(avcC.subarray(1, 4)).toString('hex')}`
}

/** ISO/IEC 14496-1 §7.2.6: descriptors within descriptors. */
function aacCodec(esds: Uint8Array | null): string | null {
	if (!esds) return null
	const stream = descriptor(esds.subarray(4), 0x03)
	if (!stream) return null
	const fields = new Fields(stream).skip(2)
	const flags = fields.unsigned(1)
	if (flags & 0x80) fields.skip(2) // depends on another stream
	if (flags & 0x40) fields.skip(fields.unsigned(1)) // URL
	if (flags & 0x20) fields.skip(2) // clock reference
	const config = descriptor(fields.rest(), 0x04)
	if (!config || config.length < 13) return null
	const kind = config[0] ?? 0
	const name = `mp4a.${kind.toString(16).padStart(2, '0')}`
	if (kind !== 0x40) return name
	const own = descriptor(config.subarray(13), 0x05)
	if (!own || own.length < 2) return null
	// ISO/IEC 14496-3 §1.6.2.1: five bits, and six more where they are all set.
	const bits = ((own[0] ?? 0) << 8) | (own[1] ?? 0)
	const type = bits >> 11 === 31 ? 32 + ((bits >> 5) & 0x3f) : bits >> 11
	return `${name}.${type}`
}

/** The content of the first descriptor, if it has this tag. Its length comes in up to four times seven bits (§8.3.3). */
function descriptor(bytes: Uint8Array, tag: number): Uint8Array | null {
	if (bytes[0] !== tag) return null
	let length = 0
	for (let i = 1; i <= 4; i++) {
		const byte = bytes[i]
		if (byte === undefined) return null
		length = length * 128 + (byte & 0x7f)
		if (byte < 0x80) return i + 1 + length > bytes.length ? null : bytes.subarray(i + 1, i + 1 + length)
	}
	return null
}
