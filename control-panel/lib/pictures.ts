/**
 * Live pictures as `multipart/x-mixed-replace` (RFC 2046 §5.1, one JPEG a part), read here and not by an `<img>`: only so
 * a page knows when the last one came, and never shows an old picture as if it were live.
 */

const blank = Uint8Array.of(13, 10, 13, 10)
const largestPart = 8 * 1024 * 1024

/** Cuts the stream into the bodies of its parts. */
export class PartSplitter {
	#rest = new Uint8Array(0)
	readonly #delimiter: Uint8Array

	constructor(boundary: string) {
		this.#delimiter = new TextEncoder().encode(`\r\n--${boundary}`)
	}

	/** The bodies that these bytes complete. */
	push(chunk: Uint8Array): Uint8Array<ArrayBuffer>[] {
		const bytes = new Uint8Array(this.#rest.length + chunk.length)
		bytes.set(this.#rest)
		bytes.set(chunk, this.#rest.length)
		const bodies: Uint8Array<ArrayBuffer>[] = []
		let from = 0
		for (;;) {
			const head = find(bytes, blank, from)
			if (head < 0) break
			const start = head + blank.length
			const end = this.#end(bytes, from, start)
			if (end === null) break
			bodies.push(bytes.slice(start, end))
			from = end
		}
		this.#rest = bytes.slice(from)
		if (this.#rest.length > largestPart) throw new Error('a part of the stream is too large')
		return bodies
	}

	/** Where the body that begins at `start` ends: told by its length, else by the next delimiter. */
	#end(bytes: Uint8Array, from: number, start: number): number | null {
		const header = new TextDecoder('latin1').decode(bytes.subarray(from, start))
		const length = /content-length:\s*(\d+)/i.exec(header)?.[1]
		if (length !== undefined) return start + Number(length) <= bytes.length ? start + Number(length) : null
		const end = find(bytes, this.#delimiter, start)
		return end < 0 ? null : end
	}
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
	const [first = 0] = wanted
	for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
		if (wanted.every((value, index) => bytes[at + index] === value)) return at
	}
	return -1
}

/** Hands over each picture until the stream ends. Rejects when it can't be opened or is cut, also by `signal`. */
export async function readPictures(url: string, signal: AbortSignal, onPicture: (jpeg: Blob) => void): Promise<void> {
	const response = await fetch(url, { signal, cache: 'no-store' })
	const boundary = /boundary="?([^";]+)/i.exec(response.headers.get('content-type') ?? '')?.[1]
	if (!response.ok || !response.body || boundary === undefined) throw new Error(`no pictures: ${response.status}`)
	const splitter = new PartSplitter(boundary)
	const reader = response.body.getReader()
	for (;;) {
		const { done, value } = await reader.read()
		if (done) return
		for (const body of splitter.push(value)) onPicture(new Blob([body], { type: 'image/jpeg' }))
	}
}
