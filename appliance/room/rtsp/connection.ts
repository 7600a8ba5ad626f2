import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import type { Logger } from 'pino'
import { withoutSecrets } from '../../ffmpeg/process.ts'
import type { H264Media } from './sdp.ts'
import { createRtspSession, type Output } from './session.ts'

/** One connection to an RTSP server, until it breaks off, is closed, or comes to nothing. */
export interface RtspConnection {
	/** Settles once and never rejects; 'lost': it broke off or was closed. */
	readonly ended: Promise<'lost' | 'refused' | 'unsupported' | 'protocol'>
	close(): void
}

export interface RtspListener {
	/** From now on packets come. */
	onPlaying(media: H264Media): void
	onPacket(packet: Buffer): void
}

const farewellMs = 500
const readLength = 64 * 1024

/** Only `rtsp:`; whoever needs TLS takes another way. Nothing is waited for here: who wants it quicker closes it. */
export const isPlainRtsp = (address: string) => /^rtsp:/i.test(address)

/** `address` may carry user and password. */
export function connectRtsp(address: string, { onPlaying, onPacket }: RtspListener, log: Logger): RtspConnection {
	const { hostname, port, username, password } = new URL(address)
	const who = username === '' ? null : { username: decode(username), password: decode(password) }
	const session = createRtspSession(withoutSecrets(address), who, () => randomBytes(8).toString('hex'))
	const socket = connect({
		...{ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 554), noDelay: true },
		onread: {
			// One for all that comes: a new one for each packet keeps the collector busier than everything else.
			buffer: Buffer.allocUnsafe(readLength),
			callback(length, buffer) {
				perform(session.receive(Buffer.from(buffer.buffer, buffer.byteOffset, length)))
				return true
			},
		},
	})
	const { promise: ended, resolve } = Promise.withResolvers<Awaited<RtspConnection['ended']>>()
	let keepAlive: NodeJS.Timeout | undefined

	function perform(outputs: readonly Output[]) {
		for (const output of outputs) {
			switch (output.type) {
				case 'packet':
					onPacket(output.bytes)
					break
				case 'write':
					socket.write(output.text)
					break
				case 'playing':
					keepAlive = setInterval(() => perform(session.keepAlive()), output.keepAliveMs)
					onPlaying(output.media)
					break
				case 'failed':
					log.debug({ reason: output.reason, detail: output.detail }, 'the camera gives no stream')
					resolve(output.reason)
					socket.destroy()
			}
		}
	}

	socket.on('connect', () => perform(session.begin()))
	socket.on('end', () => socket.destroy())
	socket.on('error', (error) => log.debug({ reason: error.message }, 'the connection to the camera'))
	socket.on('close', () => {
		clearInterval(keepAlive)
		resolve('lost')
	})
	return {
		ended,
		close() {
			resolve('lost')
			// The server need not keep for somebody what nobody takes; whether it hears that is its own affair.
			perform(session.end())
			if (socket.connecting) socket.destroy()
			else socket.destroySoon()
			setTimeout(() => socket.destroy(), farewellMs).unref()
		},
	}
}

const decode = (text: string) => {
	try {
		return decodeURIComponent(text)
	} catch {
		return text
	}
}
