import { headerFrom, longestPacket, onlyCamera } from './codec.ts'

/**
 * What stands around a VISCA packet on the way: Sony's eight bytes in a datagram, or nothing at all. The session knows
 * only this interface, so the same conversation runs over UDP, TCP and serial lines.
 */
export interface Framing {
	/** Of the camera that is talked to. */
	readonly address: number
	/** A reply carries the number of its request. */
	readonly numbered: boolean
	wrap(kind: 'command' | 'inquiry', sequence: number, packet: Uint8Array): Uint8Array
	/** What makes the camera count from 0 again; null where nothing is counted. */
	readonly reset: Uint8Array | null
	/** A datagram, or whatever piece of a stream has arrived. Strange bytes are 'unknown', never an exception. */
	read(bytes: Uint8Array): Incoming[]
}

type Incoming =
	| { kind: 'reply'; sequence: number; packet: Uint8Array }
	| { kind: 'control'; sequence: number; meaning: 'reset-done' | 'abnormal-sequence' | 'abnormal-message' | 'other' }
	| { kind: 'unknown' }

const headerLength = 8
const types = { command: 0x0100, inquiry: 0x0110, reply: 0x0111, control: 0x0200, controlReply: 0x0201 } as const

/**
 * Sony's VISCA over IP: payload type 2, payload length 2, sequence 4, big endian (Sony SRG and BRC technical manuals,
 * "VISCA over IP"; control replies as seen on the wire). `counted` false is for cameras that want the header and cannot
 * count: NewTek PTZ1 knows only small numbers and answers 1 always.
 */
export function sonyFraming(counted = true): Framing {
	return {
		address: onlyCamera,
		numbered: counted,
		wrap: (kind, sequence, packet) => frame(types[kind], counted ? sequence : 1, packet),
		reset: counted ? frame(types.control, 0, Uint8Array.of(0x01)) : null,
		read: (datagram) => [unwrap(datagram)],
	}
}

/** Packets as they are: UDP 1259 and TCP 5678 of PTZOptics and its kin. One for each connection. */
export const rawFraming = () => bare(onlyCamera, () => true)

/**
 * Packets as they are, of one camera among several on a serial line. What others answer is not its reply, nor is what
 * comes back of our own (an adapter that echoes, a broadcast that has gone round).
 */
export function lineFraming(address: number): Framing {
	const header = headerFrom(address)
	return bare(address, (packet) => packet[0] === header)
}

function bare(address: number, ours: (packet: Uint8Array) => boolean): Framing {
	const split = createSplitter()
	return {
		address,
		numbered: false,
		wrap: (_kind, _sequence, packet) => packet,
		reset: null,
		read: (bytes) =>
			split(bytes)
				.filter(ours)
				.map((packet) => ({ kind: 'reply', sequence: 0, packet })),
	}
}

/**
 * Cuts a stream at each FF; FF occurs nowhere else. What grows longer than any packet is noise: it is dropped up to the
 * next FF, so that one bad byte costs one packet.
 */
export function createSplitter(limit = longestPacket): (bytes: Uint8Array) => Uint8Array[] {
	let rest: number[] = []
	let noise = false
	return (bytes) => {
		const packets: Uint8Array[] = []
		for (const byte of bytes) {
			if (!noise) rest.push(byte)
			if (byte === 0xff) {
				if (!noise) packets.push(Uint8Array.from(rest))
				rest = []
				noise = false
			} else if (rest.length >= limit) {
				rest = []
				noise = true
			}
		}
		return packets
	}
}

function frame(type: number, sequence: number, payload: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(headerLength + payload.length)
	const view = new DataView(bytes.buffer)
	view.setUint16(0, type)
	view.setUint16(2, payload.length)
	view.setUint32(4, sequence >>> 0)
	bytes.set(payload, headerLength)
	return bytes
}

function unwrap(datagram: Uint8Array): Incoming {
	if (datagram.length <= headerLength) return { kind: 'unknown' }
	const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength)
	const payload = datagram.subarray(headerLength)
	if (view.getUint16(2) !== payload.length) return { kind: 'unknown' }
	const sequence = view.getUint32(4)
	switch (view.getUint16(0)) {
		case types.reply:
			return { kind: 'reply', sequence, packet: payload }
		case types.controlReply:
			return { kind: 'control', sequence, meaning: meaningOf(payload) }
		default:
			return { kind: 'unknown' }
	}
}

function meaningOf(payload: Uint8Array) {
	if (payload.length === 1 && payload[0] === 0x01) return 'reset-done'
	if (payload.length === 2 && payload[0] === 0x0f) {
		if (payload[1] === 0x01) return 'abnormal-sequence'
		if (payload[1] === 0x02) return 'abnormal-message'
	}
	return 'other'
}
