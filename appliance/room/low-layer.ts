import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { FeedOpened } from '../protocol/messages.ts'
import type { SharedEnd } from './feed-arguments.ts'
import type { RunningStream } from './feed-stream.ts'
import { reachable } from './rtsp-source.ts'
import { sendBy } from './ways.ts'

/**
 * The smaller stream of a camera, beside its main one in the same feed. It comes and goes without the main one: whoever
 * watches it is moved there by the SFU.
 */

/**
 * It begins anew with numbers of its own, which nobody may be watching then: the SFU gives a layer up after five seconds
 * without a packet (mediasoup's inactivity check).
 */
const restMs = 6000

export interface LowLayerOptions {
	rtsp: string
	feed: FeedOpened
	request: { ssrc: number; payloadType: number }
	shared: SharedEnd
	needKeyFrame: () => void
	signal: AbortSignal
	log: Logger
}

/** Sends it until the signal. */
export async function sendLowLayer(options: LowLayerOptions): Promise<void> {
	const { rtsp, feed, request, shared, needKeyFrame, signal, log } = options
	let running: RunningStream | null = null
	let failures = 0
	const kill = () => running?.kill()
	signal.addEventListener('abort', kill)
	while (!signal.aborted) {
		if ((await reachable(rtsp)) && !signal.aborted) {
			const stream = { rtsp, transcoded: false, numbers: request, feed, shared }
			running = sendBy(failures, { ...stream, onFlow: () => {}, needKeyFrame, log })
			if ((await running.ended) === 0) failures += 1
			running = null
		}
		await sleep(restMs, undefined, { signal }).catch(() => {})
	}
	signal.removeEventListener('abort', kill)
}

/** A port of ours that several processes send from. Held until it is let go, so that nobody else is given it. */
export async function holdPort(ip: string): Promise<{ port: number; release(): void }> {
	const socket = createSocket({ type: ip.includes(':') ? 'udp6' : 'udp4', reuseAddr: true })
	socket.on('error', () => {}) // refusals of a hub that is gone
	socket.bind(0)
	await once(socket, 'listening')
	return { port: socket.address().port, release: () => socket.close() }
}
