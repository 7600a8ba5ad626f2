import type { Logger } from 'pino'
import { type Ffmpeg, startFfmpeg } from './ffmpeg.ts'
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
