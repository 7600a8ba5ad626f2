/** What packets of RTP carry of H.264 (RFC 3550 §5.1, RFC 6184 §5.2). Nothing is copied but parameter sets. */

export const headLength = 12
/** Table 7-1 of H.264, and table 1 of RFC 6184. */
export const kinds = { idr: 5, sps: 7, pps: 8, stapA: 24, fuA: 28 } as const
/** Of the second byte of a fragment (§5.8): a unit starts, or ends, with this one. */
export const fragment = { starts: 0x80, ends: 0x40 } as const
const mostSetLength = 512

export interface RtpPacket {
	sequence: number
	/** By the camera's clock. */
	timestamp: number
	/** It is the last of its picture. */
	endsPicture: boolean
	payload: Buffer
}

/** Null: this is no RTP of this type. */
export function readPacket(packet: Buffer, payloadType: number): RtpPacket | null {
	const [first = 0, second = 0] = packet
	if (packet.length < headLength || first >> 6 !== 2 || (second & 0x7f) !== payloadType) return null
	// Behind the header, its contributors and its extension, before the padding.
	let begin = headLength + (first & 0x0f) * 4
	if (first & 0x10) {
		if (packet.length < begin + 4) return null
		begin += 4 + packet.readUInt16BE(begin + 2) * 4
	}
	const end = packet.length - (first & 0x20 ? (packet.at(-1) ?? 0) : 0)
	if (end < begin + 2) return null
	return {
		sequence: packet.readUInt16BE(2),
		timestamp: packet.readUInt32BE(4),
		endsPicture: (second & 0x80) !== 0,
		payload: packet.subarray(begin, end),
	}
}

export const kindOf = (unit: Buffer) => (unit[0] ?? 0) & 0x1f

/** The units of an aggregation packet (§5.7.1). What is cut short is left out. */
export function aggregated(payload: Buffer): Buffer[] {
	const units: Buffer[] = []
	for (let at = 1; at + 2 < payload.length; ) {
		const length = payload.readUInt16BE(at)
		if (length === 0 || at + 2 + length > payload.length) break
		units.push(payload.subarray(at + 2, at + 2 + length))
		at += 2 + length
	}
	return units
}

/** Finds where somebody who comes now can begin, and what has to be told then. */
export class Beginnings {
	#sps: Buffer | null = null
	#pps: Buffer | null = null
	#timestamp = -1
	/** What was seen of the picture that is under way. */
	#seen = { sps: false, idr: false }

	constructor(parameterSets: readonly Buffer[]) {
		for (const set of parameterSets) this.#learn(set)
	}

	/** `isKey`: with this packet. `before`: parameter sets that the camera leaves out of a key frame, to stand before it. */
	look({ payload, timestamp }: RtpPacket): { isKey: boolean; before: readonly Buffer[] } {
		if (timestamp !== this.#timestamp) this.#seen = { sps: false, idr: false }
		this.#timestamp = timestamp
		const { sps, idr } = this.#seen
		const kind = kindOf(payload)
		const second = payload[1] ?? 0
		if (kind === kinds.fuA) {
			if (second & fragment.starts) this.#see(second & 0x1f)
		} else {
			for (const unit of kind === kinds.stapA ? aggregated(payload) : [payload]) {
				this.#see(kindOf(unit))
				this.#learn(unit)
			}
		}
		const now = this.#seen
		const bare = now.idr && !idr && !now.sps && this.#sps && this.#pps
		return {
			isKey: (now.sps || now.idr) && !sps && !idr,
			before: bare ? [this.#sps, this.#pps].flatMap((set) => set ?? []) : [],
		}
	}

	#see(kind: number) {
		if (kind === kinds.idr) this.#seen.idr = true
		if (kind === kinds.sps) this.#seen.sps = true
	}

	#learn(unit: Buffer) {
		if (unit.length > mostSetLength) return
		if (kindOf(unit) === kinds.sps) this.#sps = Buffer.from(unit)
		if (kindOf(unit) === kinds.pps) this.#pps = Buffer.from(unit)
	}
}
