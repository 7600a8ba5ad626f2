import type { Logger } from 'pino'
import { type Ffmpeg, startFfmpeg } from '../ffmpeg/process.ts'
import { Fmp4Reader, type Output } from './fmp4.ts'

/**
 * One life of ffmpeg, which takes the programme's RTP and writes each rung as fragmented MP4. Pictures are copied; sound
 * becomes AAC, which every player knows.
 */
export interface Run {
	readonly pid: number | undefined
	/** Why it is over. */
	readonly ended: Promise<string>
	kill(): void
}

export interface RunOptions {
	/** A picture, the sound, and, for a second rung, the small picture: in this order. */
	sdp: string
	/** By their names; the first has the first picture. */
	rungs: readonly string[]
	/** Added to all times: see Cutter.nextRunS. */
	offsetS: number
	/** Of `prepareRun`, for as many rungs. Null: one is started now. */
	ready: Ffmpeg | null
	log: Logger
	onOutput: (rung: string, output: Output) => void
}

/** From its start: it looks at the streams first. */
const firstMs = 10_000
/** Fragments come five times a second. */
const stallMs = 2_500

/**
 * An ffmpeg that has begun and waits to be told of its streams: on a busy machine that beginning takes a second, in which viewers
 * would have nothing.
 */
export function prepareRun(rungs: number, log: Logger): Ffmpeg {
	return startFfmpeg(runArguments(rungs), log, { input: 'open', sides: rungs })
}

export function startRun({ sdp, rungs, offsetS, ready, log, onOutput }: RunOptions): Run {
	const { promise: ended, resolve: end } = Promise.withResolvers<string>()
	const ffmpeg = ready ?? prepareRun(rungs.length, log)
	ffmpeg.input?.end(sdp)
	let timer = setTimeout(stalled, firstMs)
	function stalled() {
		finish('stalled')
	}
	function finish(reason: string) {
		clearTimeout(timer)
		ffmpeg.kill()
		end(reason)
	}
	for (const [i, rung] of rungs.entries()) {
		const reader = new Fmp4Reader(undefined, offsetS)
		ffmpeg.sides[i]?.on('data', (chunk: Buffer) => {
			for (const output of reader.push(chunk)) {
				if (output.type === 'failed') return finish(`${output.reason}: ${output.detail}`)
				if (i === 0 && output.type === 'fragment') {
					clearTimeout(timer)
					timer = setTimeout(stalled, stallMs)
				}
				onOutput(rung, output)
			}
		})
	}
	void ffmpeg.ended.then((code) => finish(`ffmpeg ended (${code ?? 'killed'})`))
	return { pid: ffmpeg.pid, ended, kill: () => finish('killed') }
}

/**
 * Times are those of arrival: the clocks of picture and sound are told apart only by the SFU's own reports, which say when it
 * forwarded, and come too seldom to begin with. Sound is stretched by that much, so that neither drifts, and encoded once for
 * all rungs: that is most of what ffmpeg does here. A fragment at each key frame, and none is longer than 0.2 s: that a segment
 * is whole is told only by the fragment behind it, for which viewers wait, and what a crash loses is less than half a second.
 */
function runArguments(rungs: number): string[] {
	const numbers = Array.from({ length: rungs }, (_, i) => i)
	const mp4 = 'f=mp4:movflags=+frag_keyframe+empty_moov+default_base_moof:frag_duration=200000'
	const options = `${mp4}:flush_packets=1:max_interleave_delta=500000`
	return [
		...['-nostdin', '-nostats', '-protocol_whitelist', 'pipe,rtp,udp', '-fflags', '+nobuffer+discardcorrupt'],
		...['-use_wallclock_as_timestamps', '1', '-analyzeduration', '3000000', '-fpsprobesize', '0'],
		...['-buffer_size', '4194304', '-reorder_queue_size', '0', '-f', 'sdp', '-i', 'pipe:0'],
		...numbers.flatMap((i) => ['-map', `0:v:${i}`]),
		// Without the source's own time base, what leaves by a tee has times in whole pictures of a guessed rate.
		...['-map', '0:a:0', '-c:v', 'copy', '-copytb', '1'],
		...['-c:a', 'aac', '-b:a', '96k', '-ac', '1', '-ar', '48000', '-af', 'aresample=async=1000'],
		...['-f', 'tee', numbers.map((i) => `[select=\\'v:${i},a\\':${options}]pipe:${3 + i}`).join('|')],
	]
}
