import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { FeedOpened } from '../protocol/messages.ts'
import type { SharedEnd } from './feed-arguments.ts'
import type { RunningStream } from './feed-stream.ts'
import { holdPort, sendLowLayer } from './low-layer.ts'
import { reachable } from './rtsp-source.ts'
import { sendBy } from './ways.ts'

/**
 * The picture of one RTSP camera into the meeting, without decoding: the camera's own H.264 is repacked into a feed of
 * the hub. Each attempt gets a feed of its own, because the hub's transport holds on to the first address that sends.
 */
const pauseMs = 500
const payloadType = 102

export type IngestStatus = 'opening' | 'sending' | 'failed'

export interface FeedRequest {
	ssrc: number
	payloadType: number
	low: { ssrc: number; height: number } | null
}

interface IngestSource {
	rtsp: string
	transcoded: boolean
	low: { rtsp: string; height: number } | null
}

export interface IngestOptions {
	/** As it is at the next attempt. */
	source: () => IngestSource
	/** Asks the hub for a feed. Rejects while there is none to be had. */
	open: (request: FeedRequest) => Promise<FeedOpened>
	close: (feed: string) => Promise<unknown>
	/** `feed` is the hub's id for it. After a failure another attempt begins by itself. */
	onStatus: (status: IngestStatus, feed: string | null) => void
	/** It flowed, and broke off without our doing. */
	onBreak?: () => void
	needKeyFrame?: (low: boolean) => void
	log: Logger
}

export interface Ingest {
	readonly feed: string | null
	/** Open another: the hub has lost this one, or the source is another. */
	lost(): void
	/** Stops sending and closes the feed. */
	end(): Promise<void>
}

export function startIngest(options: IngestOptions): Ingest {
	const { log, onStatus, onBreak = () => {}, needKeyFrame = () => {} } = options
	const ending = new AbortController()
	let feed: string | null = null
	let sending: RunningStream | null = null
	let wanted = true
	let failures = 0

	/** True when pictures had flowed: then the source is good, and the next attempt need not wait. */
	async function sendOnce(): Promise<boolean> {
		const source = options.source()
		if (!(await reachable(source.rtsp))) return false
		if (ending.signal.aborted) return false
		const request = requestOf(source)
		const opened = await options.open(request)
		feed = opened.feed
		wanted = true
		try {
			if (ending.signal.aborted) return false
			onStatus('opening', feed)
			return await send(source, request, opened)
		} finally {
			const closing = feed
			feed = null
			// The hub may have lost it itself, or be away.
			await options.close(closing).catch(() => {})
		}
	}

	async function send(source: IngestSource, { low, ...main }: FeedRequest, opened: FeedOpened): Promise<boolean> {
		const both = opened.low && low !== null && source.low !== null
		const port = both ? await holdPort(opened.ip) : null
		const shared: SharedEnd | null = port && { localPort: port.port, beganAt: Date.now() * 1000 }
		const ended = new AbortController()
		try {
			const { rtsp, transcoded } = source
			sending = sendBy(failures, {
				...{ rtsp, transcoded, numbers: main, feed: opened, shared },
				onFlow: () => onStatus('sending', opened.feed),
				needKeyFrame: () => needKeyFrame(false),
				log,
			})
			if (ending.signal.aborted) sending.kill()
			const beside =
				shared && low && source.low
					? sendLowLayer({
							rtsp: source.low.rtsp,
							feed: opened,
							request: { ssrc: low.ssrc, payloadType },
							shared,
							needKeyFrame: () => needKeyFrame(true),
							signal: ended.signal,
							log,
						})
					: null
			const flowed = (await sending.ended) > 0
			ended.abort()
			await beside
			if (!flowed) failures += 1
			if (wanted && !ending.signal.aborted) log.info('the picture of the camera broke off')
			if (wanted && flowed && !ending.signal.aborted) onBreak()
			return flowed
		} finally {
			sending = null
			ended.abort()
			port?.release()
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
		lost() {
			wanted = false
			sending?.kill()
		},
		async end() {
			ending.abort()
			sending?.kill()
			await running
		},
	}
}

function requestOf({ low }: IngestSource): FeedRequest {
	// ffmpeg reads its -ssrc as a signed number.
	const ssrc = () => randomInt(1, 0x7fffffff)
	return { ssrc: ssrc(), payloadType, low: low && { ssrc: ssrc(), height: low.height } }
}
