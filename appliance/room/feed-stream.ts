import type { Logger } from 'pino'
import { type Ffmpeg, startFfmpeg } from '../ffmpeg/process.ts'
import { askUntilShown } from './key-frames.ts'

/** One ffmpeg that sends one stream of a camera, until it breaks off or is killed. */

const firstPacketMs = 8000
/** Cameras send at least a few pictures a second; ffmpeg reports twice a second. */
const stalledMs = 2000

export interface FeedStreamOptions {
	args: readonly string[]
	onFlow: () => void
	needKeyFrame: () => void
	log: Logger
}

export interface RunningStream {
	/** How many pictures passed, when it has ended. */
	readonly ended: Promise<number>
	kill(): void
}

export function sendStream({ args, onFlow, needKeyFrame, log }: FeedStreamOptions): RunningStream {
	const ffmpeg = startFfmpeg(args, log)
	const asking = askUntilShown(needKeyFrame)
	const watch = watchProgress(ffmpeg, () => {
		asking.shown()
		onFlow()
	})
	const ended = ffmpeg.ended.then(() => {
		asking.shown()
		return watch.end()
	})
	return { ended, kill: ffmpeg.kill }
}

/** Kills an ffmpeg through which nothing flows, whichever of the two hangs. Calls `onFlow` when the first picture passed. */
function watchProgress(ffmpeg: Ffmpeg, onFlow: () => void) {
	let frames = 0
	let deadline = setTimeout(ffmpeg.kill, firstPacketMs)
	ffmpeg.output.on('data', (chunk: Buffer) => {
		// Each report is written at once: `frame=123` and some lines more.
		const text = chunk.toString('latin1')
		const at = text.lastIndexOf('frame=')
		const now = at < 0 ? frames : Number.parseInt(text.slice(at + 6), 10)
		if (now === frames || Number.isNaN(now)) return
		// Refreshed, not made anew: there are two reports a second of each camera.
		if (frames > 0) deadline.refresh()
		else {
			clearTimeout(deadline)
			deadline = setTimeout(ffmpeg.kill, stalledMs)
			onFlow()
		}
		frames = now
	})
	return {
		/** How many pictures passed. */
		end() {
			clearTimeout(deadline)
			return frames
		},
	}
}
