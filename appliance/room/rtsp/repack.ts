import { aggregated, Beginnings, fragment, headLength, kindOf, kinds, readPacket } from './payload.ts'

/**
 * RTP of H.264 (RFC 6184) as a camera sends it, made into that of a feed: numbers of our own, no packet larger than tunnels
 * carry, and SPS and PPS before each key frame, for those who come later. Pure; nothing is decoded.
 */

export interface FeedNumbers {
	ssrc: number
	payloadType: number
	/** Of the first packet. */
	sequence: number
}

export interface Repacked {
	packets: Buffer[]
	/** By the camera's clock. */
	timestamp: number
	/** Somebody who comes now can begin with these. */
	isKey: boolean
	/** A picture ends with these. */
	endsPicture: boolean
}

/** Whole packets, RTP header included: SRTP and tunnels still fit. */
const mostLength = 1200
/** Numbers that are missing in the camera's are missing in ours, so that whoever decodes knows; a greater jump is none. */
const longestGap = 1000

export class Repacker {
	readonly #numbers: FeedNumbers
	readonly #beginnings: Beginnings
	#timestamp = -1
	#lastSequence = -1
	#sequence: number
	#packets: Buffer[] = []
	/** A fragment that has room for more of its unit: what a camera sends in packets of another size is cut anew. */
	#open: { packet: Buffer; length: number; timestamp: number } | null = null

	constructor(numbers: FeedNumbers, parameterSets: readonly Buffer[]) {
		this.#numbers = numbers
		this.#sequence = numbers.sequence & 0xffff
		this.#beginnings = new Beginnings(parameterSets)
	}

	/** Nothing of `bytes` is kept or handed out. Null: this is no RTP of `payloadType`. */
	push(bytes: Buffer, payloadType: number): Repacked | null {
		const packet = readPacket(bytes, payloadType)
		if (!packet) return null
		const { sequence, timestamp, endsPicture, payload } = packet
		this.#packets = []
		this.#follow(sequence, timestamp)
		const { isKey, before } = this.#beginnings.look(packet)
		if (before.length > 0) this.#whole(aggregate(before), timestamp)
		this.#pass(payload, timestamp)
		if (endsPicture) this.#shut()
		const last = this.#packets.at(-1)
		if (endsPicture && last) last[1] = 0x80 | this.#numbers.payloadType
		return { packets: this.#packets, timestamp, isKey, endsPicture }
	}

	#follow(sequence: number, timestamp: number) {
		const step = this.#lastSequence < 0 ? 1 : (sequence - this.#lastSequence) & 0xffff
		if (step !== 1 || timestamp !== this.#timestamp) this.#shut()
		if (step > 1 && step <= longestGap) this.#sequence += step - 1
		this.#lastSequence = sequence
		this.#timestamp = timestamp
	}

	#pass(payload: Buffer, timestamp: number) {
		const [indicator = 0, second = 0] = payload
		const kind = kindOf(payload)
		if (kind === kinds.fuA) return this.#fragment(indicator, second, payload.subarray(2), timestamp)
		this.#shut()
		if (payload.length <= mostLength - headLength) return this.#whole(payload, timestamp)
		if (kind === kinds.stapA) {
			for (const unit of aggregated(payload)) this.#pass(unit, timestamp)
			return
		}
		const all = fragment.starts | fragment.ends | kind
		this.#fragment((indicator & 0xe0) | kinds.fuA, all, payload.subarray(1), timestamp)
	}

	#whole(payload: Buffer, timestamp: number) {
		const packet = Buffer.allocUnsafe(headLength + payload.length)
		payload.copy(packet, headLength)
		this.#send(packet, timestamp)
	}

	/** §5.8. A packet is sent when another byte has no room in it, or the unit ends. */
	#fragment(indicator: number, second: number, bytes: Buffer, timestamp: number) {
		if (second & fragment.starts) this.#shut()
		let begin = second & fragment.starts
		for (let at = 0; at < bytes.length; ) {
			const open = this.#open ?? this.#opened(indicator, begin | (second & 0x1f), timestamp)
			begin = 0
			const copied = bytes.copy(open.packet, open.length, at, at + mostLength - open.length)
			at += copied
			open.length += copied
			if (open.length === mostLength && at < bytes.length) this.#shut()
		}
		if (this.#open && second & fragment.ends) {
			const { packet } = this.#open
			packet[headLength + 1] = (packet[headLength + 1] ?? 0) | fragment.ends
			this.#shut()
		}
	}

	#opened(indicator: number, second: number, timestamp: number) {
		const packet = Buffer.allocUnsafe(mostLength)
		packet[headLength] = indicator
		packet[headLength + 1] = second
		this.#open = { packet, length: headLength + 2, timestamp }
		return this.#open
	}

	#shut() {
		const open = this.#open
		this.#open = null
		if (open) this.#send(open.packet.subarray(0, open.length), open.timestamp)
	}

	#send(packet: Buffer, timestamp: number) {
		packet[0] = 0x80
		packet[1] = this.#numbers.payloadType
		packet.writeUInt16BE(this.#sequence & 0xffff, 2)
		packet.writeUInt32BE(timestamp, 4)
		packet.writeUInt32BE(this.#numbers.ssrc, 8)
		this.#sequence += 1
		this.#packets.push(packet)
	}
}

/** §5.7.1 */
function aggregate(units: readonly Buffer[]): Buffer {
	const importance = Math.max(...units.map((unit) => (unit[0] ?? 0) & 0x60))
	const parts = units.flatMap((unit) => [Buffer.of(unit.length >> 8, unit.length & 0xff), unit])
	return Buffer.concat([Buffer.of(importance | kinds.stapA), ...parts])
}
