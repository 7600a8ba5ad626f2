import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** RTP as a device sends it, RFC 3550 §5.1, without a device. */

const version = 0x80

/** Sends packets of one stream to a port of this machine, every `everyMs`, until it is closed. */
export function sendRtp(to: { port: number; ssrc: number; payloadType: number; payload: Buffer; everyMs?: number }) {
	const socket = createSocket('udp4')
	let seq = 1000
	let paused = false
	const timer = setInterval(() => {
		if (!paused) socket.send(packet(to, seq++), to.port, '127.0.0.1')
	}, to.everyMs ?? 20)
	return {
		get sent() {
			return seq - 1000
		},
		pause: (now: boolean) => {
			paused = now
		},
		close() {
			clearInterval(timer)
			socket.close()
		},
	}
}

function packet(to: { ssrc: number; payloadType: number; payload: Buffer }, seq: number): Buffer {
	const header = Buffer.alloc(12)
	header[0] = version
	header[1] = 0x80 | to.payloadType
	header.writeUInt16BE(seq & 0xffff, 2)
	header.writeUInt32BE((seq * 960) >>> 0, 4)
	header.writeUInt32BE(to.ssrc, 8)
	return Buffer.concat([header, to.payload])
}

/** An H.264 key frame in one NAL unit: nal_ref_idc 3, type 5 (RFC 6184 §5.3). No picture in it, but the SFU sees a key frame. */
export const keyFrame = Buffer.concat([Buffer.of(0x65), Buffer.alloc(100, 1)])
export const opusFrame = Buffer.alloc(60, 0x78)

/** A port that counts the RTP packets that arrive, RTCP left out (RFC 5761 §4). */
export async function openSink(): Promise<{ port: number; count(): number; close(): void }> {
	const socket: Socket = createSocket('udp4')
	let count = 0
	socket.on('message', (data) => {
		const type = data[1] ?? 0
		if (type < 192 || type > 223) count += 1
	})
	socket.bind(0, '127.0.0.1')
	await once(socket, 'listening')
	return { port: socket.address().port, count: () => count, close: () => socket.close() }
}
