/**
 * What comes over an RTSP connection (RFC 2326): answers, questions of the server, and between them packets of RTP and
 * RTCP (§10.12). Bytes in, values out; what makes no sense is passed over, never an exception.
 */

/** `values`: names in small letters, in the order of the message, because several challenges may be told. */
interface Headers {
	values: readonly (readonly [name: string, value: string])[]
}

export type Arrival =
	| { kind: 'packet'; channel: number; bytes: Buffer }
	| ({ kind: 'answer'; status: number; body: string } & Headers)
	| ({ kind: 'question'; method: string } & Headers)

const dollar = 0x24
const packetHead = 4
const mostHead = 16 * 1024
const mostBody = 256 * 1024

export class RtspReader {
	/** More was said than anybody has to say; nothing is read any more. */
	broken = false
	#pieces: Buffer[] = []
	#size = 0
	/** Nothing can be made of fewer bytes than these. */
	#need = 1

	/** What arrives lies in `chunk`, and is no longer good when that is used again. */
	push(chunk: Buffer): Arrival[] {
		if (this.broken) return []
		this.#size += chunk.length
		if (this.#pieces.length === 0 && this.#size >= this.#need) return this.#read(chunk)
		this.#pieces.push(Buffer.from(chunk))
		if (this.#size < this.#need) return []
		const bytes = Buffer.concat(this.#pieces, this.#size)
		this.#pieces = []
		return this.#read(bytes)
	}

	#read(bytes: Buffer): Arrival[] {
		const arrivals: Arrival[] = []
		let at = 0
		this.#need = 1
		while (at < bytes.length) {
			const first = bytes[at] ?? 0
			// Neither a packet nor a word: an empty line that some servers send behind a body, or noise.
			if (first !== dollar && !isCapital(first)) {
				at += 1
				continue
			}
			const length: number = first === dollar ? packetAt(bytes, at, arrivals) : this.#messageAt(bytes, at, arrivals)
			if (length > bytes.length - at) {
				this.#need = length
				break
			}
			at += length
		}
		this.#pieces = at < bytes.length && !this.broken ? [Buffer.from(bytes.subarray(at))] : []
		this.#size = this.broken ? 0 : bytes.length - at
		return arrivals
	}

	/** Its length, or how much there must be at least to tell. */
	#messageAt(bytes: Buffer, at: number, arrivals: Arrival[]): number {
		const there = bytes.length - at
		const headLength = bytes.indexOf('\r\n\r\n', at) + 4 - at
		if (headLength < 4 || headLength > mostHead) {
			if (headLength > mostHead || there > mostHead) this.broken = true
			return there + 1
		}
		const [start = '', ...lines] = bytes.toString('latin1', at, at + headLength - 4).split('\r\n')
		const values = lines.flatMap((line) => readHeader(line))
		const told = Number(headerOf({ values }, 'content-length') ?? 0)
		const length = headLength + (Number.isInteger(told) && told > 0 ? told : 0)
		if (length > headLength + mostBody) {
			this.broken = true
			return there + 1
		}
		if (length > there) return length
		const body = bytes.toString('utf8', at + headLength, at + length)
		const status = /^RTSP\/\d\.\d (\d{3})/.exec(start)?.[1]
		const method = /^([A-Z_]{1,32}) \S+ RTSP\//.exec(start)?.[1]
		if (status !== undefined) arrivals.push({ kind: 'answer', status: Number(status), body, values })
		else if (method !== undefined) arrivals.push({ kind: 'question', method, values })
		return length
	}
}

function packetAt(bytes: Buffer, at: number, arrivals: Arrival[]): number {
	if (bytes.length - at < packetHead) return packetHead
	const length = packetHead + bytes.readUInt16BE(at + 2)
	if (length > bytes.length - at) return length
	arrivals.push({ kind: 'packet', channel: bytes[at + 1] ?? 0, bytes: bytes.subarray(at + packetHead, at + length) })
	return length
}

export const headerOf = ({ values }: Headers, name: string): string | undefined =>
	values.find(([known]) => known === name)?.[1]

export const headersOf = ({ values }: Headers, name: string): string[] =>
	values.flatMap(([known, value]) => (known === name ? [value] : []))

function readHeader(line: string): [string, string][] {
	const colon = line.indexOf(':')
	return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]]
}

const isCapital = (byte: number) => byte >= 0x41 && byte <= 0x5a
