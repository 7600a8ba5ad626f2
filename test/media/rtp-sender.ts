import { createSocket } from 'node:dgram'
import { parentPort } from 'node:worker_threads'
import { clock, everyMs, type Stream, stamped } from './stamped.ts'

/** The hostile client's own thread: it sends what it was told to send at 50 packets a second, and hears of no rule. */
const socket = createSocket('udp4')
const streams = new Map<string, Stream>()
const seqs = new Map<number, number>()

parentPort?.on('message', ({ key, stream }: { key: string; stream: Stream | null }) => {
	if (stream) streams.set(key, stream)
	else streams.delete(key)
})

let due = clock()
setInterval(() => {
	for (; due <= clock(); due += everyMs) {
		for (const stream of streams.values()) {
			// One sequence for each SSRC, whatever it is said to be: a stream that jumps would be put on probation.
			const seq = (seqs.get(stream.ssrc) ?? 1000) + 1
			seqs.set(stream.ssrc, seq)
			socket.send(stamped(stream, seq, clock()), stream.port, '127.0.0.1')
		}
	}
}, 2)
