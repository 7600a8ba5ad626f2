import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { FeedOpened } from '../protocol/messages.ts'
import { type Ffmpeg, reachable, rtspInput, startFfmpeg } from './ffmpeg.ts'

/**
 * The picture of one RTSP camera into the meeting, without decoding: ffmpeg repacks the camera's own H.264 into a feed
 * of the hub. Each ffmpeg gets a feed of its own, because the hub's transport holds on to the first address that sends.
 */
const firstPacketMs = 8000
/** Cameras send at least a few pictures a second; ffmpeg reports twice a second. */
const stalledMs = 2000
const pauseMs = 500

export type IngestStatus = 'opening' | 'sending' | 'failed'

export interface FeedRequest {
	ssrc: number
	payloadType: number
}

export interface IngestOptions {
	rtsp: string
	/** Asks the hub for a feed. Rejects while there is none to be had. */
	open: (request: FeedRequest) => Promise<FeedOpened>
	close: (feed: string) => Promise<unknown>
	/** `feed` is the hub's id for it. After a failure another attempt begins by itself. */
	onStatus: (status: IngestStatus, feed: string | null) => void
	log: Logger
}

export interface Ingest {
	readonly feed: string | null
	/** The hub has lost this feed: open another. */
	lost(): void
	/** Stops sending and closes the feed. */
	end(): Promise<void>
}

export function startIngest(options: IngestOptions): Ingest {
	const { rtsp, log, onStatus } = options
	const ending = new AbortController()
	let feed: string | null = null
	let ffmpeg: Ffmpeg | null = null
	let patient = false

	/** True when pictures had flowed: then the source is good, and the next attempt need not wait. */
	async function sendOnce(): Promise<boolean> {
		if (!(await reachable(rtsp))) return false
		if (ending.signal.aborted) return false
		// ffmpeg reads its -ssrc as a signed number.
		const request = { ssrc: randomInt(1, 0x7fffffff), payloadType: 102 }
		const opened = await options.open(request)
		feed = opened.feed
		try {
			if (ending.signal.aborted) return false
			onStatus('opening', feed)
			ffmpeg = startFfmpeg(feedArguments(rtsp, opened, request, patient), log)
			const watch = watchProgress(ffmpeg, () => onStatus('sending', feed))
			const code = await ffmpeg.ended
			const flowed = watch.end() > 0
			patient = !flowed
			if (!ending.signal.aborted) log.info({ code }, 'the picture of the camera broke off')
			return flowed
		} finally {
			ffmpeg = null
			const closing = feed
			feed = null
			// The hub may have lost it itself, or be away.
			await options.close(closing).catch(() => {})
		}
	}

	async function run() {
		onStatus('opening', null)
		while (!ending.signal.aborted) {
			let flowed = false
			try {
				flowed = await sendOnce()
			} catch (error) {
				log.debug({ reason: String(error) }, 'no feed')
			}
			if (ending.signal.aborted) break
			onStatus('failed', null)
			if (!flowed) await sleep(pauseMs, undefined, { signal: ending.signal }).catch(() => {})
		}
	}

	const running = run()
	return {
		get feed() {
			return feed
		},
		lost: () => ffmpeg?.kill(),
		async end() {
			ending.abort()
			ffmpeg?.kill()
			await running
		},
	}
}

/**
 * mediasoup learns where the media comes from by itself (comedia), and wants RTCP on its own port. Packets stay below
 * 1200 bytes so that SRTP and tunnels still fit; `dump_extra` repeats SPS and PPS before each key frame, for those who
 * come later.
 */
export function feedArguments(
	rtsp: string,
	feed: FeedOpened,
	{ ssrc, payloadType }: FeedRequest,
	patient: boolean,
): string[] {
	const { ip, rtpPort, rtcpPort, srtp } = feed
	const secure = srtp === null ? [] : ['-srtp_out_suite', srtp.cryptoSuite, '-srtp_out_params', srtp.keyBase64]
	const host = ip.includes(':') ? `[${ip}]` : ip
	return [
		...['-nostdin', '-stats_period', '0.5', '-progress', 'pipe:1', '-nostats'],
		...rtspInput(rtsp, patient),
		...['-map', '0:v:0', '-c', 'copy', '-bsf:v', 'dump_extra'],
		...['-f', 'rtp', '-ssrc', `${ssrc}`, '-payload_type', `${payloadType}`, ...secure],
		`${srtp === null ? 'rtp' : 'srtp'}://${host}:${rtpPort}?rtcpport=${rtcpPort}&pkt_size=1200`,
	]
}

/** Kills an ffmpeg through which nothing flows, whichever of the two hangs. Calls `onFlow` when the first picture passed. */
function watchProgress(ffmpeg: Ffmpeg, onFlow: () => void) {
	let frames = 0
	let text = ''
	let deadline = performance.now() + firstPacketMs
	ffmpeg.output.on('data', (chunk: Buffer) => {
		text = (text + chunk).slice(-2000)
		const now = Number(/.*\bframe=\s*(\d+)/s.exec(text)?.[1] ?? 0)
		if (now === frames) return
		if (frames === 0) onFlow()
		frames = now
		deadline = performance.now() + stalledMs
	})
	const timer = setInterval(() => {
		if (performance.now() > deadline) ffmpeg.kill()
	}, 250)
	return {
		/** How many pictures passed. */
		end() {
			clearInterval(timer)
			return frames
		},
	}
}
