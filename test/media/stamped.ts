import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** RTP (RFC 3550 §5.1) that says in its payload when it was sent: what the SFU forwarded is known packet by packet. */

/** A voice, as browsers send it. */
export const everyMs = 20

export interface Stream {
	port: number
	ssrc: number
	payloadType: number
	/** Of the voice, 0 loudest to 127 none (RFC 6464); absent: it is not said. */
	level?: number
}

/** What came out of the SFU. Both times are of `clock`. */
interface Heard {
	payloadType: number
	sentAt: number
	at: number
}

const headerBytes = 12
/** The id of the extension that says the level, as `microphone({ ...said })` agrees it. */
export const levelId = 1
/** In the payload, behind what could be read as its own header. */
const stampAt = 16

/** Milliseconds, the same in every thread of this machine. */
export const clock = () => Number(process.hrtime.bigint()) / 1e6

/** The payload begins as a VP8 key frame does (RFC 7741 §4.2, §4.3); to Opus it is as good as any other. */
export function stamped({ ssrc, payloadType, level }: Omit<Stream, 'port'>, seq: number, sentAt: number): Buffer {
	const extension = level === undefined ? [] : [0xbe, 0xde, 0, 1, levelId << 4, level, 0, 0]
	const payload = headerBytes + extension.length
	const packet = Buffer.alloc(payload + 60)
	packet[0] = extension.length > 0 ? 0x90 : 0x80
	packet.set(extension, headerBytes)
	packet[1] = payloadType
	packet.writeUInt16BE(seq & 0xffff, 2)
	packet.writeUInt32BE((seq * 960) >>> 0, 4)
	packet.writeUInt32BE(ssrc, 8)
	packet[payload] = 0x10
	packet.writeDoubleBE(sentAt, payload + stampAt)
	return packet
}

/** The SFU adds header extensions of its own (RFC 3550 §5.3.1). */
function payloadAt(packet: Buffer): number {
	const hasExtensions = ((packet[0] ?? 0) & 0x10) !== 0
	return headerBytes + (hasExtensions ? 4 + 4 * packet.readUInt16BE(headerBytes + 2) : 0)
}

/** A thread that sends and never obeys. */
export function openSender() {
	const thread = new Worker(new URL('./rtp-sender.ts', import.meta.url))
	return {
		/** Sends until it is stopped; the same key again goes elsewhere. */
		send: (key: string, stream: Stream) => thread.postMessage({ key, stream }),
		stop: (key: string) => thread.postMessage({ key, stream: null }),
		close: () => thread.terminate(),
	}
}

/** Where a listener's packets come out. RTCP is left out (RFC 5761 §4). */
export async function openEar() {
	const socket = createSocket('udp4')
	const heard: Heard[] = []
	socket.on('message', (data) => {
		const type = data[1] ?? 0
		if (type >= 192 && type <= 223) return
		heard.push({ payloadType: type & 0x7f, sentAt: data.readDoubleBE(payloadAt(data) + stampAt), at: clock() })
	})
	socket.bind(0, '127.0.0.1')
	await once(socket, 'listening')
	return {
		heard,
		/** Tells a port of the SFU where this is: it sends to whoever spoke to it first. */
		greet: (port: number) => socket.send(stamped({ ssrc: 1, payloadType: 111 }, 1, 0), port, '127.0.0.1'),
		/** Those that were sent after this moment, and forwarded. */
		sentAfter: (moment: number) => heard.filter(({ sentAt }) => sentAt > moment),
		close: () => socket.close(),
	}
}
