import { DeviceError } from '../device.ts'

/** One HTTP/1 reply as a camera's little server writes it: bounded, and read as far as it makes sense. Pure. */

export interface HttpReply {
	readonly status: number
	/** Names in lower case, in the order in which they came; some come several times. */
	readonly headers: readonly (readonly [name: string, value: string])[]
	readonly body: Uint8Array
	/** The connection may serve another request. */
	readonly reusable: boolean
}

export interface ReplyReader {
	/** The reply once it is whole; null: more is to come. Throws 'protocol' for what is no reply, or too long. */
	read(bytes: Uint8Array): HttpReply | null
	/** The connection was closed: what there is, where its status at least is known. */
	end(): HttpReply | null
}

const longestHead = 32 * 1024
const longestBody = 1024 * 1024
/** Of the length of a chunk, and of what may follow the last one. */
const longestLine = 4 * 1024

type Part = 'head' | 'length' | 'until-close' | 'chunk' | 'chunk-size' | 'chunk-end' | 'trailer'

interface Head {
	readonly status: number
	readonly headers: readonly (readonly [string, string])[]
	readonly keepsOpen: boolean
}

export function createReplyReader(): ReplyReader {
	let part: Part = 'head'
	let head: Head | null = null
	/** Not understood yet: never more than a head or a line. */
	let rest: Buffer = Buffer.alloc(0)
	const body: Buffer[] = []
	let size = 0
	/** Bytes of the body, or of the chunk, that are still to come. */
	let due = 0

	const whole = (reusable: boolean): HttpReply | null =>
		head && {
			status: head.status,
			headers: head.headers,
			body: Buffer.concat(body),
			reusable: reusable && head.keepsOpen,
		}

	function keep(bytes: Buffer): void {
		size += bytes.length
		if (size > longestBody) throw strange('it is too long')
		body.push(bytes)
	}

	/** The bytes of the body at hand, no more than are due. */
	function keepDue(): void {
		const taken = rest.subarray(0, due)
		rest = rest.subarray(taken.length)
		due -= taken.length
		keep(taken)
	}

	/** A line without its end; null: it is not whole yet. */
	function line(): string | null {
		const end = rest.indexOf(0x0a)
		if (end < 0 && rest.length > longestLine) throw strange('a line is too long')
		if (end < 0) return null
		const text = rest.toString('latin1', 0, end).trim()
		rest = rest.subarray(end + 1)
		return text
	}

	/** False: it waits for more bytes. True: another part has begun. A reply: that is all. */
	function step(): boolean | HttpReply | null {
		switch (part) {
			case 'head': {
				const found = takeHead(rest)
				if (!found && rest.length > longestHead) throw strange('its head is too long')
				if (!found) return false
				rest = found.rest
				head = found.head
				const { status } = head
				if (status >= 100 && status < 200) return true // "Continue": the reply proper follows
				if (status === 204 || status === 304) return whole(rest.length === 0)
				;[part, due] = bodyOf(head.headers)
				if (part === 'length' && due > longestBody) throw strange('it is too long')
				return true
			}
			case 'length':
				keepDue()
				return due === 0 && whole(rest.length === 0)
			case 'until-close':
				keep(rest)
				rest = Buffer.alloc(0)
				return false
			case 'chunk-size': {
				const text = line()
				if (text === null) return false
				const digits = /^[0-9a-f]{1,6}(?=$|[\s;])/i.exec(text)
				if (!digits) throw strange('a chunk has no length')
				due = Number.parseInt(digits[0], 16)
				part = due === 0 ? 'trailer' : 'chunk'
				return true
			}
			case 'chunk':
				keepDue()
				if (due > 0) return false
				part = 'chunk-end'
				return true
			case 'chunk-end':
				if (line() === null) return false
				part = 'chunk-size'
				return true
			case 'trailer': {
				const text = line()
				return text === '' ? whole(rest.length === 0) : text !== null
			}
		}
	}

	return {
		read(bytes) {
			rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes])
			for (;;) {
				const next = step()
				if (next === false) return null
				if (next !== true) return next
			}
		},
		end: () => whole(false),
	}
}

/** Up to the empty line; null: not whole yet. Throws where it is no HTTP. */
function takeHead(bytes: Buffer): { head: Head; rest: Buffer } | null {
	const begin = /[^\r\n]/.exec(bytes.toString('latin1', 0, 16))?.index ?? bytes.length
	const text = bytes.toString('latin1', begin, longestHead)
	if (text.length >= 5 && !text.startsWith('HTTP/')) throw strange('it is no HTTP')
	const end = /\r?\n\r?\n/.exec(text)
	if (!end) return null
	const [first = '', ...lines] = text.slice(0, end.index).split(/\r?\n/)
	const match = /^HTTP\/(\d)(?:\.(\d))?\s+(\d{3})/.exec(first)
	if (!match) throw strange('it has no status')
	const headers = lines.flatMap((one): [string, string][] => {
		const colon = one.indexOf(':')
		return colon > 0 ? [[one.slice(0, colon).trim().toLowerCase(), one.slice(colon + 1).trim()]] : []
	})
	const connection = headersOf(headers, 'connection').join(',').toLowerCase()
	const modern = Number(match[1]) > 1 || match[2] !== '0'
	const keepsOpen = modern ? !connection.includes('close') : connection.includes('keep-alive')
	return {
		head: { status: Number(match[3]), headers, keepsOpen },
		rest: bytes.subarray(begin + end.index + end[0].length),
	}
}

/** How the body is told from what follows it (RFC 9112, 6.3), and how many bytes it has. */
function bodyOf(headers: Head['headers']): [part: Part, length: number] {
	const encodings = headersOf(headers, 'transfer-encoding').join(',').toLowerCase()
	if (encodings.includes('chunked')) return ['chunk-size', 0]
	const lengths = new Set(headersOf(headers, 'content-length'))
	const [length = ''] = lengths
	return lengths.size === 1 && /^\d{1,9}$/.test(length) ? ['length', Number(length)] : ['until-close', 0]
}

export function headersOf(headers: HttpReply['headers'], name: string): string[] {
	return headers.flatMap(([one, value]) => (one === name ? [value] : []))
}

const strange = (why: string) => new DeviceError('protocol', `the reply cannot be read: ${why}`)
