import { connect, type Socket } from 'node:net'
import type { ConnectionTransport } from 'puppeteer-core'

/**
 * A Chromium that systemd starts for us, as another user in a unit of its own (systemd/maru-browser.socket): we may not
 * become that user, and could not kill its processes. The connection is the browser's life. Its far end, which also ends a
 * Chromium that hangs, is systemd/browser-host.
 */
export interface HostedChromium {
	readonly pid: number
	/** Settles when its processes have ended. */
	readonly gone: Promise<void>
	/** What its debugging protocol goes through. */
	readonly transport: ConnectionTransport
	kill(): void
}

/** The far end has killed everything sooner, unless it hangs itself: systemd knows no more than we then. */
const killMs = 3_000

/** Asks at the socket for one with these arguments. Rejects when nobody is there, or no word comes within `limitMs`. */
export async function hostedChromium(path: string, args: readonly string[], limitMs: number): Promise<HostedChromium> {
	const socket = connect({ path })
	const gone = new Promise<void>((resolve) => void socket.once('close', () => resolve()))
	socket.write(`${args.join('\0')}\n`)
	try {
		const pid = Number(await firstLine(socket, limitMs))
		return { pid, gone, transport: transportOf(socket), kill: () => end(socket) }
	} catch (error) {
		socket.destroy()
		throw error
	}
}

function end(socket: Socket) {
	if (socket.destroyed) return
	socket.end()
	setTimeout(() => socket.destroy(), killMs).unref()
}

/** Nothing but this line comes before we have said something to Chromium. */
async function firstLine(socket: Socket, limitMs: number): Promise<string> {
	const { promise, resolve, reject } = Promise.withResolvers<string>()
	const late = setTimeout(() => reject(new Error(`systemd gave no browser in ${limitMs} ms`)), limitMs)
	const over = () => reject(new Error('systemd gave no browser: journalctl tells why'))
	let line = ''
	const hear = (chunk: Buffer) => {
		line += chunk
		if (line.endsWith('\n')) resolve(line.trim())
	}
	socket.on('data', hear).once('error', reject).once('close', over)
	try {
		return await promise
	} finally {
		clearTimeout(late)
		socket.off('data', hear).off('error', reject).off('close', over).pause()
	}
}

/** Chromium's debugging pipe: messages that a NUL ends. */
function transportOf(socket: Socket): ConnectionTransport {
	const transport: ConnectionTransport = {
		send: (message) => void socket.write(`${message}\0`),
		close: () => void socket.end(),
	}
	let parts: Buffer[] = []
	socket.on('data', (chunk) => {
		let start = 0
		for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
			const message = Buffer.concat([...parts, chunk.subarray(start, end)]).toString()
			parts = []
			start = end + 1
			// Each in a turn of its own: what waited for one is done before the next is read.
			setImmediate(() => transport.onmessage?.(message))
		}
		if (start < chunk.length) parts.push(chunk.subarray(start))
	})
	// A connection that breaks is a browser that is gone: 'close' tells.
	socket.on('error', () => {})
	socket.once('close', () => transport.onclose?.())
	socket.resume()
	return transport
}
