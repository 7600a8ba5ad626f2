import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Logger } from 'pino'
import type { FeedOpened } from '../protocol/messages.ts'
import type { RunningStream } from './feed-stream.ts'
import { askUntilShown } from './key-frames.ts'
import { connectRtsp } from './rtsp/connection.ts'
import { Repacker } from './rtsp/repack.ts'
import { reportOf } from './rtsp/report.ts'

/**
 * One stream of a camera as it is into a feed of the hub, packet by packet. A program that takes streams apart waits for
 * the next picture before it passes one on, which costs 40 to 70 ms; here nothing waits.
 */

const firstPacketMs = 8000
/** Cameras send at least a few pictures a second. */
const stalledMs = 2000
/** The SFU wants to know the time of a stream before it lets anybody change to it. */
const reportMs = 1000

export interface DirectStreamOptions {
	rtsp: string
	feed: FeedOpened
	numbers: { ssrc: number; payloadType: number; sequence: number }
	/** To send from, because others do; null: any. */
	localPort: number | null
	onFlow: () => void
	needKeyFrame: () => void
	log: Logger
}

export function sendDirectly(options: DirectStreamOptions): RunningStream {
	const { rtsp, numbers, onFlow, needKeyFrame, log } = options
	let pictures = 0
	let keySeen = false
	let deadline = setTimeout(kill, firstPacketMs)
	let asking: ReturnType<typeof askUntilShown> | null = null
	let repacker: Repacker | null = null
	let payloadType = -1
	const ways = openWays(options, kill)
	const clock = createClock(numbers.ssrc, ways.report)

	function pass(packet: Buffer) {
		const repacked = repacker?.push(packet, payloadType)
		if (!repacked) return
		const { packets, timestamp, isKey, endsPicture } = repacked
		for (const bytes of packets) ways.send(bytes)
		clock.passed(packets, timestamp)
		keySeen ||= isKey
		if (isKey) asking?.shown()
		if (!endsPicture) return
		// Most cameras begin with a key frame by themselves.
		if (!keySeen) asking ??= askUntilShown(needKeyFrame, 0)
		pictures += 1
		if (pictures > 1) return void deadline.refresh()
		clearTimeout(deadline)
		deadline = setTimeout(kill, stalledMs)
		onFlow()
	}

	const connection = connectRtsp(
		rtsp,
		{
			onPlaying(media) {
				payloadType = media.payloadType
				repacker = new Repacker(numbers, media.parameterSets)
			},
			onPacket: pass,
		},
		log,
	)

	function kill() {
		connection.close()
	}

	const ended = connection.ended.then(() => {
		clearTimeout(deadline)
		asking?.shown()
		clock.end()
		ways.close()
		return pictures
	})
	return { ended, kill }
}

/** Where packets and reports go. What is sent before the sockets are there is lost, as on any network. */
function openWays({ feed, localPort }: DirectStreamOptions, onFailure: () => void) {
	const media = openWay(feed.ip, feed.rtpPort, localPort, onFailure)
	const reports = feed.rtcpPort === feed.rtpPort ? media : openWay(feed.ip, feed.rtcpPort, null, onFailure)
	return {
		send: media.send,
		report: reports.send,
		close() {
			media.close()
			if (reports !== media) reports.close()
		},
	}
}

function openWay(ip: string, port: number, localPort: number | null, onFailure: () => void) {
	const socket = createSocket({ type: ip.includes(':') ? 'udp6' : 'udp4', reuseAddr: localPort !== null })
	let open = false
	let closed = false
	socket.on('error', () => {}) // refusals of a hub that is gone
	const opened = () => {
		open = !closed
	}
	connected(socket, ip, port, localPort).then(opened, () => closed || onFailure())
	return {
		send(bytes: Buffer) {
			if (open) socket.send(bytes)
		},
		close() {
			open = false
			if (!closed) socket.close()
			closed = true
		},
	}
}

async function connected(socket: Socket, ip: string, port: number, localPort: number | null) {
	socket.bind(localPort ?? 0)
	await once(socket, 'listening')
	socket.connect(port, ip)
	await once(socket, 'connect')
}

/** Tells of a stream's time, from its first picture on. */
function createClock(ssrc: number, report: (bytes: Buffer) => void) {
	let packets = 0
	let octets = 0
	let last: { timestamp: number; at: number } | null = null
	const tell = () => last && report(reportOf({ ssrc, packets, octets, ...last }))
	const timer = setInterval(tell, reportMs)
	return {
		passed(sent: readonly Buffer[], timestamp: number) {
			packets += sent.length
			for (const { length } of sent) octets += length - 12
			if (last?.timestamp === timestamp) return
			const isFirst = last === null
			last = { timestamp, at: Date.now() }
			if (isFirst) tell()
		},
		end: () => clearInterval(timer),
	}
}
