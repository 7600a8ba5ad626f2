import { randomInt } from 'node:crypto'
import type { Logger } from 'pino'
import type { FeedOpened } from '../protocol/messages.ts'
import { sendDirectly } from './direct-stream.ts'
import { feedArguments, type SharedEnd } from './feed-arguments.ts'
import { type RunningStream, sendStream } from './feed-stream.ts'
import { isPlainRtsp } from './rtsp/connection.ts'

/**
 * How a camera's stream gets into a feed: as it is, by ourselves; by ffmpeg where it has to be decoded or encrypted, and for
 * servers that we do not get along with; at last by an ffmpeg that takes its time to look, for streams of which nothing is told.
 */
type Way = 'direct' | 'ffmpeg' | 'patient'

export interface WayOptions {
	rtsp: string
	/** It can't be shown as it is. */
	transcoded: boolean
	numbers: { ssrc: number; payloadType: number }
	feed: FeedOpened
	shared: SharedEnd | null
	onFlow: () => void
	needKeyFrame: () => void
	log: Logger
}

/** `failures`: how many attempts came to nothing; what was right once is taken again. */
export function sendBy(failures: number, options: WayOptions): RunningStream {
	const { rtsp, transcoded, numbers, feed, shared, ...told } = options
	const isPlain = !transcoded && feed.srtp === null && isPlainRtsp(rtsp)
	const ways: readonly Way[] = isPlain ? ['direct', 'ffmpeg', 'patient'] : ['ffmpeg', 'patient']
	const way = ways[failures % ways.length]
	if (way === 'direct') {
		const sequence = randomInt(0, 0x8000)
		return sendDirectly({
			...told,
			rtsp,
			feed,
			numbers: { ...numbers, sequence },
			localPort: shared?.localPort ?? null,
		})
	}
	const stream = { rtsp, patient: way === 'patient', transcoded, ...numbers }
	return sendStream({ ...told, args: feedArguments(stream, feed, shared) })
}
