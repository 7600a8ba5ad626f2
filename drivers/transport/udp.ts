import { createSocket, type Socket } from 'node:dgram'
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

/** One socket per fixed local port, shared by the cameras behind it and told apart by their address. */
interface Shared {
	socket: Socket
	listeners: Map<string, (bytes: Uint8Array) => void>
	ready: Promise<unknown>
}

/** Opens links; one opener per process, because a fixed local port can be bound only once. */
export function createUdp() {
	const shared = new Map<number, Shared>()

	function join(localPort: number): Shared {
		const existing = shared.get(localPort)
		if (existing) return existing
		const socket = createSocket('udp4')
		const listeners = new Map<string, (bytes: Uint8Array) => void>()
		socket.on('message', (bytes, { address }) => listeners.get(address)?.(bytes))
		// An ICMP "port unreachable" of one camera says nothing about the others; silence is noticed by deadlines.
		socket.on('error', () => {})
		socket.bind(localPort)
		const fresh = { socket, listeners, ready: once(socket, 'listening') }
		shared.set(localPort, fresh)
		return fresh
	}

	/** Rejects with 'unreachable' when the name is unknown or the local port is taken. */
	return async function openUdp({ host, port, localPort }: UdpOptions): Promise<UdpLink> {
		const address = await addressOf(host)
		if (localPort === 0) return own(address, port)
		const { socket, listeners, ready } = join(localPort)
		await ready.catch((cause) => {
			shared.delete(localPort)
			throw new DeviceError('unreachable', `local port ${localPort} cannot be used`, { cause })
		})
		return {
			send: (bytes) => socket.send(bytes, port, address, () => {}),
			onDatagram: (listener) => void listeners.set(address, listener),
			close() {
				listeners.delete(address)
				if (listeners.size > 0) return
				shared.delete(localPort)
				socket.close()
			},
		}
	}
}

async function own(address: string, port: number): Promise<UdpLink> {
	const socket = createSocket('udp4')
	socket.on('error', () => {})
	socket.bind(0)
	await once(socket, 'listening')
	// Only what comes from the camera is its answer; the port may differ (see localPort).
	let hear: (bytes: Uint8Array) => void = () => {}
	socket.on('message', (bytes, from) => from.address === address && hear(bytes))
	return {
		send: (bytes) => socket.send(bytes, port, address, () => {}),
		onDatagram(listener) {
			hear = listener
		},
		close: () => socket.close(),
	}
}

async function addressOf(host: string): Promise<string> {
	if (isIP(host) === 4) return host
	try {
		return (await lookup(host, { family: 4 })).address
	} catch (cause) {
		throw new DeviceError('unreachable', `${host} is not known on this network`, { cause })
	}
}
