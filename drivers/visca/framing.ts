/**
 * Sony's VISCA over IP: eight bytes before each VISCA packet. Payload type 2, length 2, sequence 4, big endian.
 * Sony BRC-H900 / SRG manuals, "VISCA over IP"; control replies as seen on the wire.
 */

const headerLength = 8
const types = { command: 0x0100, inquiry: 0x0110, reply: 0x0111, control: 0x0200, controlReply: 0x0201 } as const

export type Outgoing = 'command' | 'inquiry' | 'control'

export type Incoming =
	| { kind: 'reply'; sequence: number; packet: Uint8Array }
	| { kind: 'control'; sequence: number; meaning: 'reset-done' | 'abnormal-sequence' | 'abnormal-message' | 'other' }
	| { kind: 'unknown' }

/** Control command: the camera's sequence starts anew at 0. */
export const resetSequence = Uint8Array.of(0x01)

export function wrap(kind: Outgoing, sequence: number, payload: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(headerLength + payload.length)
	const view = new DataView(bytes.buffer)
	view.setUint16(0, types[kind])
	view.setUint16(2, payload.length)
	view.setUint32(4, sequence >>> 0)
	bytes.set(payload, headerLength)
	return bytes
}

/** Reads one datagram. A length that lies, or a type that we do not know, is a value. */
export function unwrap(datagram: Uint8Array): Incoming {
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
