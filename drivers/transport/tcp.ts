import { once } from 'node:events'
import { connect } from 'node:net'
import { DeviceError } from '../device.ts'
import { type ByteLink, linkOver } from './link.ts'

export interface TcpOptions {
	host: string
	port: number
	/** Default 1,000. */
	writeMs?: number
}

/** A device that was unplugged sends no FIN: the system asks after 2 s of silence, then every second ten times. */
const keepAliveMs = 2_000
const lingerMs = 300

/**
 * Connects. Rejects with 'unreachable'; how long that may take is the signal's to say. Keep-alive finds a device that is
 * gone after some 12 s, but not while bytes of ours wait to be acknowledged: who needs to know sooner asks the device.
 */
export async function openTcp({ host, port, writeMs = 1_000 }: TcpOptions, signal: AbortSignal): Promise<ByteLink> {
	const name = `${host}:${port}`
	const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs })
	socket.on('error', () => {})
	try {
		await once(socket, 'connect', { signal })
	} catch (cause) {
		socket.destroy()
		const why = signal.aborted ? 'no answer in time' : cause instanceof Error ? cause.message : String(cause)
		throw new DeviceError('unreachable', `${name} cannot be reached: ${why}`, { cause })
	}
	return linkOver(socket, {
		name,
		writeMs,
		async end(stuck) {
			if (socket.closed) return
			const closed = once(socket, 'close')
			// What was written last should still arrive: destroying at once may take it back.
			if (stuck) socket.destroy()
			else socket.destroySoon()
			const limit = setTimeout(() => socket.destroy(), lingerMs)
			await closed
			clearTimeout(limit)
		},
	})
}
