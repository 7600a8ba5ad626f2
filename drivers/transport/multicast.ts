import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { DeviceError } from '../device.ts'

/** One network of this machine, by an IPv4 address of ours in it. */
export interface Network {
	/** Ours. */
	address: string
	/** '192.0.2.0/24'. */
	cidr: string
	/** Only programs of this machine are in it. */
	internal: boolean
}

export interface Group {
	group: string
	port: number
}

export interface MulticastLink {
	/** To the group. Rejects with 'unreachable' when the system does not send it: no route, no multicast there. */
	send(bytes: Uint8Array): Promise<void>
	/** What is sent to this socket alone: answers. One listener. */
	onDatagram(listener: (bytes: Uint8Array, from: string) => void): void
	close(): void
}

/** As SOAP over UDP recommends: it ends at the router. */
const hops = 1
/** A search is answered by all at once. */
const receiveBufferBytes = 1024 * 1024

/** In the order of the system; an interface with two addresses is in two networks. */
export function networksOfThisMachine(): Network[] {
	return Object.values(networkInterfaces()).flatMap((addresses) =>
		(addresses ?? []).flatMap(({ address, netmask, cidr, family, internal }) =>
			family === 'IPv4' ? [{ address, internal, cidr: `${networkOf(address, netmask)}/${cidr?.split('/')[1]}` }] : [],
		),
	)
}

function networkOf(address: string, netmask: string): string {
	const mask = netmask.split('.').map(Number)
	return address
		.split('.')
		.map((byte, i) => Number(byte) & (mask[i] ?? 0))
		.join('.')
}

/**
 * Asks a group on one network, whatever the default route is. Rejects with 'unreachable': the address is not ours any
 * more, or its interface knows no multicast (EACCES, ENODEV, EADDRNOTAVAIL).
 */
export async function openMulticast(network: Network, { group, port }: Group): Promise<MulticastLink> {
	const socket = createSocket({ type: 'udp4', recvBufferSize: receiveBufferBytes })
	let listener: (bytes: Uint8Array, from: string) => void = () => {}
	socket.on('message', (bytes, { address }) => listener(bytes, address))
	try {
		// Bound to our address there, so that an answer finds the way back whatever other networks we are in.
		socket.bind(0, network.address)
		await once(socket, 'listening')
		socket.setMulticastInterface(network.address)
		socket.setMulticastTTL(hops)
	} catch (cause) {
		socket.close()
		throw unreachable(network, cause)
	}
	// An ICMP error says that one host is gone; those who are there answer.
	socket.on('error', () => {})
	let open = true
	return {
		send(bytes) {
			if (!open) return Promise.reject(new DeviceError('lost', `the search on ${network.cidr} has ended`))
			return new Promise((resolve, reject) =>
				socket.send(bytes, port, group, (cause) => (cause ? reject(unreachable(network, cause)) : resolve())),
			)
		},
		onDatagram(hear) {
			listener = hear
		},
		close() {
			if (open) socket.close()
			open = false
		},
	}
}

/**
 * Hears what is said to all, on whichever of these networks that is possible. Rejects with 'unreachable' where another
 * program has the port for itself.
 */
export async function hearGroup(
	networks: readonly Network[],
	{ group, port }: Group,
): Promise<Pick<MulticastLink, 'onDatagram' | 'close'>> {
	const socket = createSocket({ type: 'udp4', reuseAddr: true })
	let listener: (bytes: Uint8Array, from: string) => void = () => {}
	socket.on('message', (bytes, { address }) => listener(bytes, address))
	try {
		// Bound to the group: what is sent to this machine alone belongs to whoever else listens on the port.
		socket.bind(port, group)
		await once(socket, 'listening')
	} catch (cause) {
		socket.close()
		throw new DeviceError('unreachable', `port ${port} is taken`, { cause })
	}
	socket.on('error', () => {})
	for (const { address } of networks) {
		try {
			socket.addMembership(group, address)
		} catch {
			// No multicast there, or a second address of an interface that is in the group already.
		}
	}
	return {
		onDatagram(hear) {
			listener = hear
		},
		close: () => socket.close(),
	}
}

const unreachable = ({ cidr }: Network, cause: unknown) =>
	new DeviceError('unreachable', `nothing can be sent to all on ${cidr}`, { cause })
