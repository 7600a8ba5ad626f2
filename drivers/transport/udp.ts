import { createSocket, type Socket, type SocketOptions } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { isIP } from 'node:net'
import { DeviceError } from '../device.ts'

/** Datagrams to and from one device. */
export interface UdpLink {
	send(bytes: Uint8Array): void
	onDatagram(listener: (bytes: Uint8Array) => void): void
	close(): void
}

export interface UdpOptions {
	host: string
	port: number
	/** 0: any. Some Sony cameras answer to port 52381 of the host instead of the port that asked. */
	localPort: number
}

type Listener = (bytes: Uint8Array) => void

/** One socket per fixed local port, shared by the cameras behind it and told apart by where their datagrams come from. */
interface Shared {
	socket: Socket
	/** By 'address:port'. */
	members: Map<string, { address: string; hear: Listener }>
	/** Links that are open or being opened; the last one to go closes the socket. */
	users: number
	ready: Promise<unknown>
}

/**
 * Addresses are looked up once, when a link is opened. Node would look at each of them again before it sends, and send only
 * in the next turn of its queue.
 */
const plain: SocketOptions = { type: 'udp4', lookup: (address, _, found) => found(null, address, 4) }

/** Opens links; one opener per process, because a fixed local port can be bound only once. */
export function createUdp() {
	const sockets = new Map<number, Shared>()

	function join(localPort: number): Shared {
		const existing = sockets.get(localPort)
		if (existing) {
			existing.users += 1
			return existing
		}
		const socket = createSocket(plain)
		const members: Shared['members'] = new Map()
		socket.on('message', (bytes, { address, port }) => {
			const exact = members.get(`${address}:${port}`)
			if (exact) return exact.hear(bytes)
			// A camera may answer from another port than the one it listens on.
			for (const member of members.values()) if (member.address === address) member.hear(bytes)
		})
		const shared: Shared = { socket, members, users: 1, ready: once(socket, 'listening') }
		// An ICMP "port unreachable" of one camera says nothing about the others; silence is noticed by deadlines.
		socket.on('error', () => {})
		socket.bind(localPort)
		sockets.set(localPort, shared)
		return shared
	}

	function leave(localPort: number, shared: Shared) {
		shared.users -= 1
		if (shared.users > 0) return
		sockets.delete(localPort)
		shared.socket.close()
	}

	/** Rejects with 'unreachable' when the name is unknown or the local port is taken. */
	return async function openUdp({ host, port, localPort }: UdpOptions): Promise<UdpLink> {
		const address = await addressOf(host)
		if (localPort === 0) return own(address, port)
		const key = `${address}:${port}`
		const shared = join(localPort)
		try {
			await shared.ready
		} catch (cause) {
			leave(localPort, shared)
			throw new DeviceError('unreachable', `local port ${localPort} cannot be used`, { cause })
		}
		let open = true
		return {
			send(bytes) {
				if (open) shared.socket.send(bytes, port, address, ignore)
			},
			onDatagram: (hear) => void shared.members.set(key, { address, hear }),
			close() {
				if (!open) return
				open = false
				shared.members.delete(key)
				leave(localPort, shared)
			},
		}
	}
}

async function own(address: string, port: number): Promise<UdpLink> {
	const socket = createSocket(plain)
	socket.on('error', ignore)
	const listening = once(socket, 'listening')
	socket.bind(0)
	await listening
	let hear: Listener = () => {}
	// Only what comes from the camera is its answer; the port may be another than the one that was asked.
	socket.on('message', (bytes, from) => from.address === address && hear(bytes))
	let open = true
	return {
		send(bytes) {
			if (open) socket.send(bytes, port, address, ignore)
		},
		onDatagram(listener) {
			hear = listener
		},
		close() {
			if (open) socket.close()
			open = false
		},
	}
}

/** What could not be sent is as good as lost on the way: the session asks again. */
function ignore() {}

async function addressOf(host: string): Promise<string> {
	if (isIP(host) === 4) return host
	try {
		return (await lookup(host, { family: 4 })).address
	} catch (cause) {
		throw new DeviceError('unreachable', `${host} is not known on this network`, { cause })
	}
}
