import type { Duplex } from 'node:stream'
import { DeviceError } from '../device.ts'

/** A stream of bytes to and from one device. It never reconnects. */
export interface ByteLink extends AsyncDisposable {
	/**
	 * Resolves when the operating system has taken the bytes. Rejects with 'lost', or with 'timeout' after the deadline,
	 * which also ends the link.
	 */
	write(bytes: Uint8Array): Promise<void>
	/** One listener; nothing is read, and no end is noticed, before there is one. */
	onBytes(listener: (bytes: Uint8Array) => void): void
	/** Settles once, never rejects: with the reason, or undefined after a disposal. */
	readonly lost: Promise<DeviceError | undefined>
}

interface StreamLinkOptions {
	/** For messages: an address, a path. */
	name: string
	writeMs: number
	/** Closes the stream. `stuck`: it takes no more bytes, so nothing is worth waiting for. */
	end(stuck: boolean): Promise<void>
}

/** A link over an open stream: what a TCP socket and a serial line have in common. */
export function linkOver(stream: Duplex, { name, writeMs, end }: StreamLinkOptions): ByteLink {
	const pending = new Set<(error: DeviceError) => void>()
	const { promise: lost, resolve: lose } = Promise.withResolvers<DeviceError | undefined>()
	let ending: Promise<void> | null = null

	function finish(reason: DeviceError | undefined): Promise<void> {
		if (ending) return ending
		ending = end(reason?.code === 'timeout').catch(() => {})
		lose(reason)
		for (const reject of pending) reject(reason ?? new DeviceError('lost', `${name} was closed`))
		return ending
	}

	// Whatever a stream calls an error, it is not one to write to any more.
	stream.on('error', (cause: Error) => void finish(new DeviceError('lost', `${name}: ${cause.message}`, { cause })))
	stream.once('close', (cause?: unknown) => {
		const why = cause instanceof Error ? `: ${cause.message}` : ''
		void finish(new DeviceError('lost', `${name} was closed by the other side${why}`))
	})

	return {
		lost,
		write(bytes) {
			if (ending) return Promise.reject(new DeviceError('lost', `${name} is closed`))
			const { promise, resolve, reject } = Promise.withResolvers<void>()
			const late = () => void finish(new DeviceError('timeout', `${name} takes no bytes`))
			const deadline = setTimeout(late, writeMs)
			const fail = (error: DeviceError) => {
				clearTimeout(deadline)
				reject(error)
			}
			pending.add(fail)
			stream.write(bytes, (cause) => {
				pending.delete(fail)
				clearTimeout(deadline)
				if (cause) reject(new DeviceError('lost', `${name}: ${cause.message}`, { cause }))
				else resolve()
			})
			return promise
		},
		onBytes(listener) {
			stream.removeAllListeners('data')
			stream.on('data', (bytes: Uint8Array) => ending || listener(bytes))
		},
		[Symbol.asyncDispose]: () => finish(undefined),
	}
}
