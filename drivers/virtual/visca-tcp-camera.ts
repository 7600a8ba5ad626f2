import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createUnit, type Unit, type Faults as UnitFaults, type UnitOptions } from './visca-unit.ts'

/** A VISCA camera on a real TCP socket: packets as they are, cut wherever the network likes. */

export interface TcpFaults extends UnitFaults {
	/** The connections that are open now are dead without a word, as after a power cut; a new one is answered. */
	halfOpen?: boolean
	/** Replies arrive in two pieces, or several at a time. */
	segments?: 'halves' | 'together'
}

export interface ViscaTcpCameraOptions extends Pick<UnitOptions, 'ackMs' | 'clock'> {
	host: string
	/** 0: a free one. */
	port: number
	/** May be changed while it runs. */
	faults?: TcpFaults
}

export interface VirtualTcpCamera extends Pick<Unit, 'head' | 'heard' | 'onPacket' | 'powerCut'> {
	readonly port: number
	readonly faults: TcpFaults
	/** How many connections were opened so far. */
	readonly connections: number
	close(): Promise<void>
}

/** Over IP. */
const address = 1
const pieceMs = 15

export async function startViscaTcpCamera({
	host,
	port,
	faults = {},
	...rest
}: ViscaTcpCameraOptions): Promise<VirtualTcpCamera> {
	const open = new Set<Socket>()
	const dead = new Set<Socket>()
	let connections = 0
	const unit = createUnit({
		...rest,
		faults,
		onChange() {
			for (const socket of open) if (!dead.has(socket)) socket.write(unit.packet([0x38], address))
		},
		onPowerCut: bury,
	})

	function bury() {
		for (const socket of open) dead.add(socket)
	}

	const server = createServer({ noDelay: true }, (socket) => {
		connections += 1
		open.add(socket)
		socket.on('error', () => {})
		socket.on('close', () => {
			open.delete(socket)
			dead.delete(socket)
		})
		let rest = Buffer.alloc(0)
		const send = pieces(socket, faults)
		socket.on('data', (bytes) => {
			if (faults.halfOpen) {
				faults.halfOpen = false
				bury()
			}
			if (dead.has(socket)) return
			rest = Buffer.concat([rest, bytes])
			for (let end = rest.indexOf(0xff); end >= 0; end = rest.indexOf(0xff)) {
				hear(rest.subarray(0, end + 1), (packet) => !dead.has(socket) && send(packet))
				rest = rest.subarray(end + 1)
			}
		})
	})

	function hear(packet: Buffer, send: (packet: Buffer) => void) {
		if (!unit.listens()) return
		unit.hear(packet, (bytes, afterMs) => {
			const reply = unit.packet(bytes, address)
			unit.say(afterMs, () => {
				// On a stream what has no end would swallow what follows.
				for (const strange of unit.noise()) send(Buffer.concat([strange, Buffer.of(0xff)]))
				send(reply)
			})
		})
	}

	server.listen(port, host)
	await once(server, 'listening')
	return {
		...{ faults, head: unit.head, heard: unit.heard, onPacket: unit.onPacket, powerCut: unit.powerCut },
		port: (server.address() as AddressInfo).port,
		get connections() {
			return connections
		},
		async close() {
			unit.close()
			const closed = once(server, 'close')
			server.close()
			for (const socket of open) socket.destroy()
			await closed
		},
	}
}

/** Writes at once, or as the fault says. */
function pieces(socket: Socket, faults: TcpFaults): (packet: Buffer) => void {
	let waiting = Buffer.alloc(0)
	function flush() {
		const now = faults.segments === 'halves' ? Math.ceil(waiting.length / 2) : waiting.length
		socket.write(waiting.subarray(0, now))
		waiting = waiting.subarray(now)
		if (waiting.length > 0) setTimeout(flush, pieceMs)
	}
	return (packet) => {
		const idle = waiting.length === 0
		if (!faults.segments && idle) return void socket.write(packet)
		waiting = Buffer.concat([waiting, packet])
		if (idle) setTimeout(flush, pieceMs)
	}
}
