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
	/** With the camera's clock. */
	timestamp: number
	/** Somebody who comes now can begin with these: SPS or IDR. */
	isKey: boolean
	/** A picture ends with these. */
	endsPicture: boolean
}

const headLength = 12
/** Whole packets, RTP header included: SRTP and tunnels still fit. */
const mostLength = 1200
/** Table 7-1 of H.264, and table 1 of RFC 6184. */
const [idrType, spsType, ppsType, stapA, fuA] = [5, 7, 8, 24, 28]
/** Of the second byte of a fragment. */
const [starts, ends] = [0x80, 0x40]
const mostSetLength = 512
/** Numbers that are missing in the camera's are missing in ours, so that whoever decodes knows; a greater jump is none. */
const longestGap = 1000

export class Repacker {
	readonly #numbers: FeedNumbers
	#sps: Buffer | null = null
	#pps: Buffer | null = null
	/** Of the picture that is under way. */
	#told = { sps: false, idr: false }
	#timestamp = -1
	#lastSequence = -1
	#sequence: number
	#packets: Buffer[] = []
	/** A fragment that has room for more of its unit: what a camera sends in packets of another size is cut anew. */
	#open: { packet: Buffer; length: number; timestamp: number } | null = null

	constructor(numbers: FeedNumbers, parameterSets: readonly Buffer[]) {
		this.#numbers = numbers
		this.#sequence = numbers.sequence & 0xffff
		for (const set of parameterSets) this.#learn(set)
	}

	/** Nothing of `packet` is kept or handed out. Null: this is no RTP of `payloadType`. */
	push(packet: Buffer, payloadType: number): Repacked | null {
		const payload = payloadOf(packet)
		if (!payload || payload.length < 2 || ((packet[1] ?? 0) & 0x7f) !== payloadType) return null
		const endsPicture = ((packet[1] ?? 0) & 0x80) !== 0
		const timestamp = packet.readUInt32BE(4)
		this.#packets = []
		this.#follow(packet.readUInt16BE(2), timestamp)
		const before = { ...this.#told }
		for (const unit of unitsOf(payload)) this.#note(unit)
		const { sps, idr } = this.#told
		const isBare = idr && !before.idr && !sps
		if (isBare && this.#sps && this.#pps) this.#whole(aggregate(this.#sps, this.#pps), timestamp)
		this.#pass(payload, timestamp)
		if (endsPicture) this.#shut()
		const last = this.#packets.at(-1)
		if (endsPicture && last) last[1] = 0x80 | this.#numbers.payloadType
		return { packets: this.#packets, timestamp, isKey: (sps || idr) && !before.sps && !before.idr, endsPicture }
	}

	#follow(sequence: number, timestamp: number) {
		const step = this.#lastSequence < 0 ? 1 : (sequence - this.#lastSequence) & 0xffff
		this.#lastSequence = sequence
		if (step !== 1 || timestamp !== this.#timestamp) this.#shut()
		if (step > 1 && step <= longestGap) this.#sequence += step - 1
		if (timestamp !== this.#timestamp) this.#told = { sps: false, idr: false }
		this.#timestamp = timestamp
	}

	#note({ type, isStart, bytes }: Unit) {
		if (type === idrType && isStart) this.#told.idr = true
		if (type === spsType && isStart) this.#told.sps = true
		if (bytes) this.#learn(bytes)
	}

	#learn(unit: Buffer) {
		if (unit.length > mostSetLength) return
		if (((unit[0] ?? 0) & 0x1f) === spsType) this.#sps = Buffer.from(unit)
		if (((unit[0] ?? 0) & 0x1f) === ppsType) this.#pps = Buffer.from(unit)
	}

	#pass(payload: Buffer, timestamp: number) {
		const [indicator = 0, fu = 0] = payload
		const type = indicator & 0x1f
		if (type === fuA) return this.#fragment(indicator, fu, payload.subarray(2), timestamp)
		this.#shut()
		if (payload.length <= mostLength - headLength) return this.#whole(payload, timestamp)
		if (type !== stapA)
			return this.#fragment((indicator & 0xe0) | fuA, starts | ends | type, payload.subarray(1), timestamp)
		for (const unit of aggregated(payload)) this.#pass(unit, timestamp)
	}

	#whole(payload: Buffer, timestamp: number) {
		const packet = Buffer.allocUnsafe(headLength + payload.length)
		payload.copy(packet, headLength)
		this.#send(packet, timestamp)
	}

	/** §5.8. A packet is sent when another byte has no room in it, or the unit ends. */
	#fragment(indicator: number, fu: number, bytes: Buffer, timestamp: number) {
		if (fu & starts) this.#shut()
		let begin = fu & starts
		for (let at = 0; at < bytes.length; ) {
			const open = this.#open ?? this.#opened(indicator, begin | (fu & 0x1f), timestamp)
			begin = 0
			const copied = bytes.copy(open.packet, open.length, at, at + mostLength - open.length)
			at += copied
			open.length += copied
			if (open.length === mostLength && at < bytes.length) this.#shut()
		}
		if (this.#open && fu & ends) {
			const { packet } = this.#open
			packet[headLength + 1] = (packet[headLength + 1] ?? 0) | ends
			this.#shut()
		}
	}

	#opened(indicator: number, fu: number, timestamp: number) {
		const packet = Buffer.allocUnsafe(mostLength)
		packet[headLength] = indicator
		packet[headLength + 1] = fu
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

/** A NAL unit, or a part of one. `bytes`: the whole of it, where it is there. */
interface Unit {
	type: number
	isStart: boolean
	bytes: Buffer | null
}

/** What is in a payload (RFC 6184 §5.2); other kinds than these come in other modes than we take. */
function unitsOf(payload: Buffer): Unit[] {
	const type = (payload[0] ?? 0) & 0x1f
	if (type === fuA) {
		const fu = payload[1] ?? 0
		return [{ type: fu & 0x1f, isStart: (fu & 0x80) !== 0, bytes: null }]
	}
	if (type !== stapA) return [{ type, isStart: true, bytes: payload }]
	return aggregated(payload).map((bytes) => ({ type: (bytes[0] ?? 0) & 0x1f, isStart: true, bytes }))
}

/** §5.7.1. What is cut short is left out. */
function aggregated(payload: Buffer): Buffer[] {
	const units: Buffer[] = []
	for (let at = 1; at + 2 < payload.length; ) {
		const length = payload.readUInt16BE(at)
		if (length === 0 || at + 2 + length > payload.length) break
		units.push(payload.subarray(at + 2, at + 2 + length))
		at += 2 + length
	}
	return units
}

function aggregate(...units: Buffer[]): Buffer {
	const importance = Math.max(...units.map((unit) => (unit[0] ?? 0) & 0x60))
	const lengths = units.map((unit) => Buffer.of(unit.length >> 8, unit.length & 0xff))
	return Buffer.concat([Buffer.of(importance | stapA), ...units.flatMap((unit, i) => [lengths[i] ?? unit, unit])])
}

/** RFC 3550 §5.1: behind the header, its contributors and its extension, before the padding. Null: no RTP. */
function payloadOf(packet: Buffer): Buffer | null {
	const [first = 0] = packet
	if (packet.length < headLength || first >> 6 !== 2) return null
	let begin = headLength + (first & 0x0f) * 4
	if (first & 0x10) {
		if (packet.length < begin + 4) return null
		begin += 4 + packet.readUInt16BE(begin + 2) * 4
	}
	const padding = first & 0x20 ? (packet.at(-1) ?? 0) : 0
	const end = packet.length - padding
	return end > begin ? packet.subarray(begin, end) : null
}
