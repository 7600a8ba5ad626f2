/**
 * The boxes of the ISO base media file format (ISO/IEC 14496-12) as bytes. What makes no sense is null or a word, never an
 * exception: a stream from a process that is being killed may end or go wrong anywhere.
 */

export interface BoxHeader {
	type: string
	/** Of the whole box, in bytes. */
	size: number
	/** Of this header: 8, or 16 where the size takes 64 bits. */
	headerSize: number
}

/**
 * §4.2. 'short': more bytes are needed to tell. A size of 0 ("to the end of the file") is malformed here: what comes through a
 * pipe has no end to wait for.
 */
export function readBoxHeader(bytes: Uint8Array): BoxHeader | 'short' | 'malformed' {
	if (bytes.length < 8) return 'short'
	const fields = new Fields(bytes)
	const size = fields.unsigned(4)
	const type = String.fromCharCode(fields.unsigned(1), fields.unsigned(1), fields.unsigned(1), fields.unsigned(1))
	if (size !== 1) return size < 8 ? 'malformed' : { type, size, headerSize: 8 }
	if (bytes.length < 16) return 'short'
	const large = fields.unsigned(8)
	return large < 16 || !Number.isSafeInteger(large) ? 'malformed' : { type, size: large, headerSize: 16 }
}

export interface Box {
	type: string
	/** What is behind the header. */
	body: Uint8Array
}

/** The boxes that fill these bytes, one behind the other; null: they do not. */
export function boxesIn(bytes: Uint8Array): Box[] | null {
	const boxes: Box[] = []
	for (let at = 0; at < bytes.length; ) {
		const header = readBoxHeader(bytes.subarray(at, at + 16))
		if (typeof header === 'string' || at + header.size > bytes.length) return null
		boxes.push({ type: header.type, body: bytes.subarray(at + header.headerSize, at + header.size) })
		at += header.size
	}
	return boxes
}

/** The body of the first box found by this path; null: there is none, or the boxes on the way are malformed. */
export function findBox(bytes: Uint8Array, ...path: readonly string[]): Uint8Array | null {
	let body: Uint8Array | null = bytes
	for (const type of path) body = (body && boxesIn(body)?.find((box) => box.type === type)?.body) ?? null
	return body
}

/** Reads numbers, big-endian. Behind the end there are only zeros, and `exhausted` says that some were read. */
export class Fields {
	readonly #bytes: Uint8Array
	#at = 0

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes
	}

	get exhausted(): boolean {
		return this.#at > this.#bytes.length
	}

	get left(): number {
		return Math.max(0, this.#bytes.length - this.#at)
	}

	/** Numbers of 8 bytes beyond 2^53 come out rounded, and are no safe integers. */
	unsigned(size: 1 | 2 | 3 | 4 | 8): number {
		let value = 0
		for (let i = 0; i < size; i++) value = value * 256 + (this.#bytes[this.#at + i] ?? 0)
		this.#at += size
		return value
	}

	/** Two's complement. */
	signed(size: 4): number {
		return this.unsigned(size) | 0
	}

	skip(size: number): this {
		this.#at += size
		return this
	}

	rest(): Uint8Array {
		return this.#bytes.subarray(this.#at)
	}

	/** The beginning of a FullBox (§4.2). */
	version(): { version: number; flags: number } {
		return { version: this.unsigned(1), flags: this.unsigned(3) }
	}
}
