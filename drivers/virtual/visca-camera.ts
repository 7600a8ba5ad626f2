import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import type { Head } from './head.ts'
import { createUnit, type Faults as UnitFaults, type UnitOptions } from './visca-unit.ts'

/** A VISCA camera on a real UDP socket, with Sony's header or without one. */

export interface Faults extends UnitFaults {
	/** Every reply carries this sequence number. */
	fixedSequence?: number
	/** Every request is answered as a message it does not know (control reply 0F 02). */
	abnormalMessage?: boolean
}

export interface ViscaCameraOptions extends Pick<UnitOptions, 'ackMs' | 'clock'> {
	host: string
	/** 0: a free one. */
	port: number
	/** Default 'sony'; 'raw': packets without a header, as on UDP 1259. */
	framing?: 'sony' | 'raw'
	/** May be changed while it runs. */
	faults?: Faults
}

export interface VirtualCamera {
	readonly port: number
	readonly faults: Faults
	/** The head now. */
	head(): Head
	onDatagram(listener: (bytes: Buffer) => void): void
	/** What arrived, in hex without the framing, oldest first; at most the last 1,000. */
	readonly heard: readonly string[]
	close(): Promise<void>
}

const types = { command: 0x0100, inquiry: 0x0110, reply: 0x0111, control: 0x0200, controlReply: 0x0201 } as const
/** Over IP. */
const address = 1
const firstSequence = -1

export async function startViscaCamera({
	host,
	port,
	framing = 'sony',
	faults = {},
	...rest
}: ViscaCameraOptions): Promise<VirtualCamera> {
	const socket = createSocket('udp4')
	socket.bind(port, host)
	await once(socket, 'listening')
	const listeners: ((bytes: Buffer) => void)[] = []
	let lastSequence = firstSequence
	let peer: RemoteInfo | null = null
	let closed = false
	const unit = createUnit({
		...rest,
		faults,
		onChange() {
			if (!peer) return
			const packet = unit.packet([0x38], address)
			transmit(framing === 'raw' ? packet : frame(types.reply, 0, packet), peer, 0)
		},
		onPowerCut() {
			lastSequence = firstSequence
		},
	})

	socket.on('message', (datagram, from) => {
		peer = from
		for (const listener of listeners) listener(datagram)
		if (!unit.listens()) return
		if (framing === 'raw') hear(datagram, (packet, afterMs) => transmit(packet, from, afterMs))
		else if (datagram.length > 8 && datagram.readUInt16BE(2) === datagram.length - 8) hearFrame(datagram, from)
	})

	function hear(packet: Buffer, send: (packet: Buffer, afterMs: number) => void) {
		if (packet[0] === 0x81) unit.hear(packet, (bytes, afterMs) => send(unit.packet(bytes, address), afterMs))
		else send(unit.packet([0x60, 0x02], address), unit.ackMs)
	}

	function hearFrame(datagram: Buffer, from: RemoteInfo) {
		const type = datagram.readUInt16BE(0)
		const sequence = datagram.readUInt32BE(4)
		const respond = (kind: number, payload: Buffer, afterMs: number) =>
			transmit(frame(kind, faults.fixedSequence ?? sequence, payload), from, afterMs)
		if (type === types.control) {
			lastSequence = firstSequence
			return respond(types.controlReply, Buffer.of(0x01), 1)
		}
		if (type !== types.command && type !== types.inquiry) return
		if (faults.abnormalMessage) return respond(types.controlReply, Buffer.of(0x0f, 0x02), 1)
		// A request that came before is not carried out again.
		if (faults.fixedSequence === undefined && sequence <= lastSequence) {
			return respond(types.controlReply, Buffer.of(0x0f, 0x01), 1)
		}
		lastSequence = sequence
		hear(datagram.subarray(8), (packet, afterMs) => respond(types.reply, packet, afterMs))
	}

	function transmit(bytes: Buffer, to: RemoteInfo, afterMs: number) {
		unit.say(afterMs, () => {
			if (closed) return
			for (const strange of unit.noise()) socket.send(strange, to.port, to.address)
			socket.send(bytes, to.port, to.address)
		})
	}

	return {
		port: socket.address().port,
		faults,
		head: unit.head,
		heard: unit.heard,
		onDatagram: (listener) => void listeners.push(listener),
		async close() {
			if (closed) return
			closed = true
			unit.close()
			socket.close()
			await once(socket, 'close')
		},
	}
}

function frame(type: number, sequence: number, payload: Buffer): Buffer {
	const header = Buffer.alloc(8)
	header.writeUInt16BE(type, 0)
	header.writeUInt16BE(payload.length, 2)
	header.writeUInt32BE(sequence, 4)
	return Buffer.concat([header, payload])
}
