import { constants } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { isIP, connect as openSocket, type Socket } from 'node:net'
import { connect as openTls, type TLSSocket } from 'node:tls'
import { DeviceError } from '../device.ts'
import { createReplyReader, type HttpReply, type ReplyReader } from './http-reply.ts'

/**
 * Requests to one device over HTTP/1.1. Node's own client is not used: a reply that trickles keeps its timeout alive for
 * ever, and a reply that is not quite HTTP is none to it. The address is the one that was configured: where a reply
 * points to, nobody goes.
 */
export interface HttpClient {
	/**
	 * On the wire when the call returns, where a connection is open and free. Never waits for another request: what is
	 * busy is not waited for, another connection is opened.
	 *
	 * Rejects with 'timeout' (the deadline, whatever came until then), 'unreachable', 'untrusted', 'protocol' (no reply
	 * that can be read), 'lost' (the connection ended without an answer: the request may have arrived, or not).
	 */
	post(request: HttpRequest): Promise<HttpReply>
	/** What waits is rejected with 'lost'. */
	close(): void
}

export interface HttpRequest {
	readonly path: string
	/**
	 * What is said, made when a connection is open for it, each time: a log-in may serve once, and counts. `headers` are lines
	 * that end in CRLF; the host and the length are added.
	 */
	compose(): { readonly headers: string; readonly body: string }
	/** From now to the last byte of the reply, connecting included. */
	readonly limitMs: number
	/**
	 * Whether it may be said twice, where an open connection turns out to have been closed by the other side before it
	 * answered.
	 */
	readonly repeatable: boolean
}

/**
 * The certificate of one device, which is signed by nobody but itself: whichever it shows first is trusted (on this
 * connection and, where somebody keeps it, on all later ones), and no other.
 */
export interface Pin {
	/** SHA-256, as in 'AB:CD:…'; null: not seen yet. */
	fingerprint: string | null
}

export interface HttpOptions {
	readonly host: string
	readonly port: number
	/** Null: no TLS. Several clients of one device share it. */
	readonly pin: Pin | null
}

/** A server that closes what is idle says so; a device that was unplugged says nothing, and would cost a request. */
const idleMs = 30_000

/** One connection, with at most one request on it. */
interface Wire {
	readonly usable: boolean
	/** Null: it was closed before the reply began. */
	ask(bytes: string, limitMs: number): Promise<HttpReply | null>
	destroy(): void
}

/** The address of a name, so that no request waits for a name server. Rejects with 'unreachable'. */
export async function resolveHost(host: string): Promise<string> {
	if (isIP(host)) return host
	try {
		return (await lookup(host)).address
	} catch (cause) {
		throw new DeviceError('unreachable', `${host} is not known on this network`, { cause })
	}
}

/** `address`: what `resolveHost` answered. Opens nothing yet. */
export function createHttpClient({ host, port, pin }: HttpOptions, address: string): HttpClient {
	const name = `${host}:${port}`
	const shown = isIP(host) === 6 ? `[${host}]` : host
	const hostLine = `Host: ${port === (pin ? 443 : 80) ? shown : `${shown}:${port}`}\r\n`
	const open = new Set<Wire>()
	let idle: { wire: Wire; since: number } | null = null
	let closed = false

	function takeIdle(): Wire | null {
		const found = idle
		idle = null
		if (!found?.wire.usable) return null
		if (performance.now() - found.since < idleMs) return found.wire
		found.wire.destroy()
		return null
	}

	function putIdle(wire: Wire): void {
		if (closed || idle?.wire.usable || !wire.usable) wire.destroy()
		else idle = { wire, since: performance.now() }
	}

	async function connect(limitMs: number): Promise<Wire> {
		const socket = pin
			? openTls({ ...oldTls, host: address, port, servername: isIP(host) ? '' : host })
			: openSocket({ host: address, port })
		const wire = createWire(socket, name, () => open.delete(wire))
		open.add(wire)
		socket.setNoDelay(true)
		let late = false
		const deadline = setTimeout(() => {
			late = true
			socket.destroy(new Error('no answer in time'))
		}, limitMs)
		try {
			await connected(socket, pin ? 'secureConnect' : 'connect')
		} catch (cause) {
			wire.destroy()
			if (closed) throw new DeviceError('lost', `the connection to ${name} is closed`)
			const why = cause instanceof Error ? cause.message : String(cause)
			throw new DeviceError(late ? 'timeout' : 'unreachable', `${name} cannot be reached: ${why}`, { cause })
		} finally {
			clearTimeout(deadline)
		}
		if (pin && !isTrusted(socket as TLSSocket, pin)) {
			wire.destroy()
			throw new DeviceError('untrusted', `${name} shows another certificate than before`)
		}
		return wire
	}

	return {
		async post({ path, compose, limitMs, repeatable }) {
			if (closed) throw new DeviceError('lost', `the connection to ${name} is closed`)
			const until = performance.now() + limitMs
			const bytes = () => {
				const { headers, body } = compose()
				const length = Buffer.byteLength(body)
				return `POST ${path} HTTP/1.1\r\n${hostLine}${headers}Content-Length: ${length}\r\n\r\n${body}`
			}
			const kept = takeIdle()
			let reply = kept ? await kept.ask(bytes(), limitMs) : null
			let wire = kept
			if (!reply && (!kept || repeatable) && !closed) {
				wire = await connect(until - performance.now())
				reply = await wire.ask(bytes(), until - performance.now())
			}
			if (closed) throw new DeviceError('lost', `the connection to ${name} is closed`)
			if (!reply || !wire) throw new DeviceError('lost', `${name} closed the connection without an answer`)
			if (reply.reusable) putIdle(wire)
			else wire.destroy()
			return reply
		},
		close() {
			closed = true
			for (const wire of open) wire.destroy()
		},
	}
}

function connected(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once(event, resolve)
		socket.once('error', reject)
		socket.once('close', () => reject(new Error('it was closed')))
	})
}

/** What a camera of ten years ago can do, for this connection alone; whom it leads to, the pin says. */
const oldTls = {
	rejectUnauthorized: false,
	minVersion: 'TLSv1',
	ciphers: 'DEFAULT:@SECLEVEL=0',
	secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
} as const

function isTrusted(socket: TLSSocket, pin: Pin): boolean {
	const shown = socket.getPeerX509Certificate()?.fingerprint256
	if (!shown) return false
	pin.fingerprint ??= shown
	return pin.fingerprint === shown
}

function createWire(socket: Socket, name: string, gone: () => void): Wire {
	interface Asked {
		reader: ReplyReader
		resolve(reply: HttpReply | null): void
		reject(error: DeviceError): void
	}
	let asked: Asked | null = null

	/** Whoever asked is told once. */
	function settle(how: (asked: Asked) => void): void {
		const current = asked
		asked = null
		if (current) how(current)
	}
	const ended = () => settle(({ reader, resolve }) => resolve(reader.end()))

	socket.on('data', (bytes) => {
		if (!asked) return void socket.destroy() // what nobody asked for would be taken for the next answer
		try {
			const reply = asked.reader.read(bytes)
			if (reply) settle(({ resolve }) => resolve(reply))
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error
			settle(({ reject }) => reject(error))
			socket.destroy()
		}
	})
	socket.on('error', () => {}) // 'close' follows
	socket.on('end', ended)
	socket.on('close', () => {
		ended()
		gone()
	})

	return {
		get usable() {
			return !socket.destroyed && socket.writable && asked === null
		},
		async ask(bytes, limitMs) {
			const { promise, resolve, reject } = Promise.withResolvers<HttpReply | null>()
			asked = { reader: createReplyReader(), resolve, reject }
			socket.write(bytes)
			const deadline = setTimeout(() => {
				settle(() => reject(new DeviceError('timeout', `${name} does not answer in time`)))
				socket.destroy()
			}, limitMs)
			try {
				return await promise
			} finally {
				clearTimeout(deadline)
			}
		},
		destroy: () => void socket.destroy(),
	}
}
