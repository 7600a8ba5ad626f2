import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { reasonOf } from './reading.ts'

/** Whether something answers at an address, and whether an address is ours to listen at. Codes of faults; null: yes. */

const patienceMs = 3_000

export async function tcpFault(host: string, port: number): Promise<string | null> {
	const socket = connect({ host, port })
	const signal = AbortSignal.timeout(patienceMs)
	try {
		await once(socket, 'connect', { signal })
		return null
	} catch (error) {
		return signal.aborted ? 'ETIMEDOUT' : reasonOf(error)
	} finally {
		socket.on('error', () => {}).destroy()
	}
}

/** Sends the same datagram up to three times, and waits for anything that comes back. */
export async function udpFault(host: string, port: number, question: Uint8Array): Promise<string | null> {
	const ending = new AbortController()
	try {
		const { address, family } = await lookup(host)
		const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
		try {
			socket.connect(port, address)
			await once(socket, 'connect', { signal: AbortSignal.timeout(patienceMs) })
			const answer = once(socket, 'message', { signal: ending.signal }).then(() => null)
			answer.catch(() => {})
			for (let i = 0; i < 3; i++) {
				socket.send(question)
				const heard = await Promise.race([answer, sleep(700, 'silence' as const, { signal: ending.signal })])
				if (heard === null) return null
			}
			return 'ETIMEDOUT'
		} finally {
			ending.abort()
			socket.close()
		}
	} catch (error) {
		return reasonOf(error)
	}
}

export async function resolves(host: string): Promise<string[] | { unread: string }> {
	try {
		const given = lookup(host, { all: true })
		const late = sleep(patienceMs, null, { ref: false })
		const found = await Promise.race([given, late])
		return found ? found.map(({ address }) => address) : { unread: 'ETIMEDOUT' }
	} catch (error) {
		return { unread: reasonOf(error) }
	}
}

export interface Port {
	name: 'http' | 'https' | 'media'
	host: string
	port: number
	/** Why it cannot be opened. */
	fault: string | null
}

/** The listeners of the configuration; media has one for each worker, of which there are as many as processors. */
export async function probePorts(listen: Record<'http' | 'https' | 'media', { host: string; port: number }>) {
	const { http, https, media } = listen
	const workers = media.port === 0 ? 1 : availableParallelism()
	const ports: Port[] = [
		{ name: 'http', ...http, fault: await faultOf(() => tcpFree(http.host, http.port)) },
		{ name: 'https', ...https, fault: await faultOf(() => tcpFree(https.host, https.port)) },
	]
	for (let i = 0; i < workers; i++) {
		const port = media.port + i
		const fault = await faultOf(async () => {
			await tcpFree(media.host, port)
			await udpFree(media.host, port)
		})
		ports.push({ name: 'media', host: media.host, port, fault })
	}
	return ports
}

async function faultOf(probe: () => Promise<void>): Promise<string | null> {
	try {
		await probe()
		return null
	} catch (error) {
		return reasonOf(error)
	}
}

async function tcpFree(host: string, port: number) {
	const server = createServer().listen(port, host)
	await once(server, 'listening')
	server.close()
	await once(server, 'close')
}

async function udpFree(host: string, port: number) {
	const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
	try {
		socket.bind(port, host)
		await once(socket, 'listening')
	} finally {
		socket.close()
	}
}
