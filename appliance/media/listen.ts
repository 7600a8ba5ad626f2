import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { types } from 'mediasoup'

/** Where workers listen for media, and under which addresses clients find them. */
export interface Listen {
	/** '0.0.0.0': every address of this machine that is announced. */
	host: string
	/** Addresses told to clients. 'auto': this machine's own. Others are those of a router in front of it. */
	announce: readonly string[]
	/** Of the first worker; the others count up. 0: any that are free. */
	port: number
}

export interface ListenAddress {
	ip: string
	/** Told to clients besides `ip`, when a router in front forwards this address to us. */
	announced: string | null
}

const loopback = '127.0.0.1'

/**
 * One socket per address of ours, loopback included because the stage is on this machine: with one socket on 0.0.0.0
 * mediasoup could announce only one address, and two sockets cannot share a port and address. A foreign address (port
 * forwarding) is announced on top of one of ours. Throws when there are more foreign addresses than our own.
 * `own`: this machine's addresses, default what the system says; IPv6 only where it is announced by name.
 */
export function listenAddresses({ host, announce }: Omit<Listen, 'port'>, own = ownAddresses()): ListenAddress[] {
	const named = announce.filter((address) => address !== 'auto')
	const foreign = named.filter((address) => !own.includes(address))
	const wanted = announce.includes('auto') ? own.filter((address) => !address.includes(':')) : []
	const local = isAny(host)
		? [...new Set([...named.filter((address) => own.includes(address)), ...wanted, loopback])]
		: [host]
	const carriers = isAny(host) ? carriersOf(local, own) : local
	if (foreign.length > carriers.length) {
		throw new Error(`media cannot announce ${foreign.join(', ')}: this machine has only ${carriers.join(', ')}`)
	}
	const announcedBy = new Map(carriers.map((ip, i) => [ip, foreign[i] ?? null]))
	const all = isAny(host) ? [...new Set([...local, ...carriers.slice(0, foreign.length)])] : local
	return all.map((ip) => ({ ip, announced: announcedBy.get(ip) ?? null }))
}

/** Which of our addresses a router in front may forward to: never loopback unless there is nothing else. */
function carriersOf(local: readonly string[], own: readonly string[]): string[] {
	const outside = own.filter((address) => address !== loopback && address !== '::1' && !address.includes(':'))
	return outside.length > 0 ? outside : [...local]
}

/**
 * All people of a meeting send to one socket, and the system's usual 208 KiB are full when the worker is away for 15 ms:
 * what comes then is lost to everybody. This is good for 100 ms of eighty people; more would only come too late to be
 * played. The system gives as much of it as its `net.core.rmem_max` allows.
 */
export const bufferBytes = 1024 * 1024

/** One UDP and one TCP socket for each address, on one port. */
export function listenInfos(addresses: readonly ListenAddress[], port: number): types.TransportListenInfo[] {
	return addresses.flatMap(({ ip, announced }) =>
		(['udp', 'tcp'] as const).map((protocol) => ({
			protocol,
			ip,
			port,
			...(protocol === 'udp' ? { recvBufferSize: bufferBytes, sendBufferSize: bufferBytes } : {}),
			...(announced === null ? {} : { announcedAddress: announced, exposeInternalIp: true }),
		})),
	)
}

export function isLoopback(host: string): boolean {
	return host === '::1' || host === 'localhost' || host.startsWith('127.')
}

function isAny(host: string): boolean {
	return host === '0.0.0.0' || host === '::'
}

function ownAddresses(): string[] {
	return Object.values(networkInterfaces())
		.flatMap((addresses) => addresses ?? [])
		.map(({ address }) => address)
		.filter((address) => !address.startsWith('fe80:'))
}

/** `count` ports in a row that are free now, UDP and TCP, on every address. For instances that may not collide. */
export async function freePorts(addresses: readonly string[], count: number): Promise<number> {
	for (let attempt = 0; attempt < 50; attempt++) {
		const first = 20_000 + Math.floor(Math.random() * 40_000)
		const ports = Array.from({ length: count }, (_, i) => first + i)
		const free = await Promise.all(ports.flatMap((port) => addresses.map((ip) => isFree(ip, port))))
		if (free.every(Boolean)) return first
	}
	throw new Error(`no ${count} free ports in a row for media`)
}

async function isFree(ip: string, port: number): Promise<boolean> {
	const udp = createSocket(ip.includes(':') ? 'udp6' : 'udp4')
	const tcp = createServer()
	try {
		udp.bind(port, ip)
		tcp.listen(port, ip)
		await Promise.all([once(udp, 'listening'), once(tcp, 'listening')])
		return true
	} catch {
		return false
	} finally {
		try {
			udp.close()
		} catch {} // was never bound
		tcp.close()
	}
}
