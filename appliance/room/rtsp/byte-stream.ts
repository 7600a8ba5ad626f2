import { aggregated, Beginnings, fragment, kindOf, kinds, readPacket } from './payload.ts'

/**
 * H.264 as decoders read it from a pipe (ITU-T H.264, Annex B), made of a camera's packets, from its first key frame on.
 * Behind each picture stands the delimiter that otherwise only the next one begins with: whoever decodes need not wait for it.
 */

export interface Piece {
	/** Empty before the first key frame. */
	bytes: Buffer
	isKey: boolean
	endsPicture: boolean
}

const startCode = Buffer.of(0, 0, 0, 1)
/** §7.3.2.4; pictures of any kind may follow. */
const delimiter = Buffer.of(0, 0, 0, 1, 0x09, 0xf0)

export class ByteStream {
	readonly #beginnings: Beginnings
	#begun = false

	constructor(parameterSets: readonly Buffer[]) {
		this.#beginnings = new Beginnings(parameterSets)
	}

	/** Null: this is no RTP of `payloadType`. */
	push(bytes: Buffer, payloadType: number): Piece | null {
		const packet = readPacket(bytes, payloadType)
		if (!packet) return null
		const { isKey, before } = this.#beginnings.look(packet)
		const { endsPicture } = packet
		this.#begun ||= isKey
		if (!this.#begun) return { bytes: Buffer.alloc(0), isKey, endsPicture }
		const parts = [...before.flatMap((unit) => [startCode, unit]), ...unpacked(packet.payload)]
		return { bytes: Buffer.concat(endsPicture ? [...parts, delimiter] : parts), isKey, endsPicture }
	}
}

function unpacked(payload: Buffer): Buffer[] {
	const [indicator = 0, second = 0] = payload
	switch (kindOf(payload)) {
		case kinds.stapA:
			return aggregated(payload).flatMap((unit) => [startCode, unit])
		case kinds.fuA: {
			const rest = payload.subarray(2)
			if (!(second & fragment.starts)) return [rest]
			return [startCode, Buffer.of((indicator & 0xe0) | (second & 0x1f)), rest]
		}
		default:
			return [startCode, payload]
	}
}
