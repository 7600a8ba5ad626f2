/** Cuts a stream of JPEG pictures, one behind the other, into pictures. Holds at most one that is incomplete. */
export class JpegSplitter {
	#rest: Buffer = Buffer.alloc(0)

	/** The pictures that these bytes complete. Bytes outside a picture are dropped. */
	push(chunk: Buffer): Buffer[] {
		this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
		const pictures: Buffer[] = []
		for (;;) {
			const start = this.#rest.indexOf(startOfImage)
			if (start < 0) {
				this.#rest = this.#rest.subarray(-1) // it may be the first half of a marker
				return pictures
			}
			const end = endOfPicture(this.#rest, start)
			if (end === null && this.#rest.length - start > maxPicture) {
				this.#rest = Buffer.alloc(0)
				return pictures
			}
			if (end === null) {
				this.#rest = this.#rest.subarray(start)
				return pictures
			}
			pictures.push(this.#rest.subarray(start, end))
			this.#rest = this.#rest.subarray(end)
		}
	}
}

const startOfImage = Buffer.of(0xff, 0xd8)
const maxPicture = 8 * 1024 * 1024

/**
 * Where the picture that begins at `start` ends, null while it is incomplete. ITU-T T.81, B.1: segments before the scan
 * carry their length, and may hold any bytes; in the scan 0xff is followed by 0 or a restart marker, until EOI.
 */
function endOfPicture(bytes: Buffer, start: number): number | null {
	let at = start + 2
	while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
		if (bytes[at + 1] === 0xd9) return at + 2
		at += 2 + bytes.readUInt16BE(at + 2)
	}
	if (at + 4 > bytes.length) return null
	const end = bytes.indexOf(endOfImage, at)
	return end < 0 ? null : end + 2
}

const endOfImage = Buffer.of(0xff, 0xd9)
