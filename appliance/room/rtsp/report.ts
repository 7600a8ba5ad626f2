/** What an RTP sender says of itself (RFC 3550 §6.4.1, §6.5): by its time the SFU changes from one layer to another. */

export interface Sent {
	ssrc: number
	packets: number
	/** Of payload. */
	octets: number
	/** The camera's clock at `at`, milliseconds since the epoch. */
	timestamp: number
	at: number
}

/** Seconds from 1900 to 1970 (§4). */
const epochS = 2_208_988_800
const [senderReport, sourceDescription] = [200, 202]

export function reportOf({ ssrc, packets, octets, timestamp, at }: Sent): Buffer {
	const cname = Buffer.from(`feed-${ssrc}`)
	const chunk = Math.ceil((4 + 2 + cname.length + 1) / 4) * 4
	const bytes = Buffer.alloc(28 + 4 + chunk)
	bytes[0] = 0x80
	bytes[1] = senderReport
	bytes.writeUInt16BE(6, 2)
	bytes.writeUInt32BE(ssrc, 4)
	const seconds = Math.floor(at / 1000)
	bytes.writeUInt32BE((seconds + epochS) >>> 0, 8)
	bytes.writeUInt32BE(Math.floor(((at - seconds * 1000) / 1000) * 2 ** 32) >>> 0, 12)
	bytes.writeUInt32BE(timestamp >>> 0, 16)
	bytes.writeUInt32BE(packets >>> 0, 20)
	bytes.writeUInt32BE(octets >>> 0, 24)
	bytes[28] = 0x81
	bytes[29] = sourceDescription
	bytes.writeUInt16BE(chunk / 4, 30)
	bytes.writeUInt32BE(ssrc, 32)
	bytes[36] = 1
	bytes[37] = cname.length
	cname.copy(bytes, 38)
	return bytes
}
