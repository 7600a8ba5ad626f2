import type { Readable } from 'node:stream'
import type { Logger } from 'pino'
import { startFfmpeg } from '../ffmpeg/process.ts'
import { rtspInput } from './rtsp-source.ts'
import { H264Look, type Probe } from './stream.ts'

/**
 * Looks at a stream for a few seconds without decoding it: ffmpeg takes it apart, tells of each picture's time on its
 * standard output and hands out its bytes beside it.
 */

/** So much is looked at at least, with two key frames in it, so that slices of every kind have come by. */
const enoughMs = 2000
/** Where key frames are further apart than that allows, the GOP is long, however long. */
const longestMs = 6000
const giveUpMs = 12_000

/** Null: nothing could be made of it (a refused login, no such path, silence). */
export async function probeStream(rtsp: string, log: Logger, signal: AbortSignal): Promise<Probe | null> {
	// From the first picture on, also before a key frame, and each with what the description of the session tells.
	const copy = ['-map', '0:v:0', '-c', 'copy', '-copyinkf', '-bsf:v', 'dump_extra=freq=all', '-flush_packets', '1']
	const ffmpeg = startFfmpeg(
		[
			// What comes before ffmpeg knows in which order pictures are shown has no times, and would be the end.
			...['-nostdin', '-nostats', '-fflags', 'nobuffer', ...rtspInput(rtsp, true)],
			...[...copy, '-f', 'framecrc', 'pipe:1', ...copy, '-f', 'data', 'pipe:3'],
		],
		log,
		{ sides: 1 },
	)
	const timer = setTimeout(ffmpeg.kill, giveUpMs)
	signal.addEventListener('abort', ffmpeg.kill)
	if (signal.aborted) ffmpeg.kill()
	try {
		return await watch(ffmpeg.output, ffmpeg.sides[0] as Readable)
	} finally {
		clearTimeout(timer)
		signal.removeEventListener('abort', ffmpeg.kill)
		ffmpeg.kill()
		await ffmpeg.ended
	}
}

async function watch(lines: Readable, bytes: Readable): Promise<Probe | null> {
	const { promise: done, resolve } = Promise.withResolvers<Probe | null>()
	const look = new H264Look()
	const list = new PictureList()
	let pictures: Buffer = Buffer.alloc(0)

	function follow() {
		for (;;) {
			const next = list.next
			if (!next || pictures.length < next.size) break
			look.add(pictures.subarray(0, next.size), next.at)
			pictures = pictures.subarray(next.size)
			list.shift()
		}
		if (list.codec !== null && list.codec !== 'h264') return resolve(other(list))
		const enough = look.seenMs >= (look.isSteady ? enoughMs : longestMs)
		if (enough && look.probe) resolve(look.probe)
	}
	lines.on('data', (chunk: Buffer) => {
		list.push(String(chunk))
		follow()
	})
	bytes.on('data', (chunk: Buffer) => {
		pictures = Buffer.concat([pictures, chunk])
		follow()
	})
	// It broke off: what was seen until then is better than nothing.
	lines.on('close', () => resolve(look.probe))
	return done
}

function other({ codec, width, height }: PictureList): Probe {
	return {
		codec: codec === 'hevc' ? 'h265' : 'other',
		profile: null,
		width,
		height,
		rate: null,
		gop: null,
		bFrames: false,
	}
}

/**
 * What ffmpeg's framecrc tells: of the stream in lines that begin with `#`, then of each picture
 * `stream, dts, pts, duration, size, checksum, …`. Seen with ffmpeg 5.1; other lines are left out.
 */
class PictureList {
	codec: string | null = null
	width = 0
	height = 0
	readonly #pictures: { at: number; size: number }[] = []
	#rest = ''
	/** Milliseconds. */
	#tick = 1 / 90

	get next(): { at: number; size: number } | undefined {
		return this.#pictures[0]
	}

	shift() {
		this.#pictures.shift()
	}

	push(text: string) {
		const lines = (this.#rest + text).split('\n')
		this.#rest = lines.pop() ?? ''
		for (const line of lines) this.#read(line)
	}

	#read(line: string) {
		const told = /^#(\w+) 0: (.*)$/.exec(line)
		if (told) return this.#tell(told[1] ?? '', told[2] ?? '')
		const [stream, , pts, , size] = line.split(',').map(Number)
		if (stream === 0 && pts !== undefined && size !== undefined && size > 0)
			this.#pictures.push({ at: pts * this.#tick, size })
	}

	#tell(what: string, value: string) {
		const [a = 0, b = 0] = value.split(/[x/]/).map(Number)
		if (what === 'codec_id') this.codec = value.trim()
		if (what === 'tb' && b > 0) this.#tick = (1000 * a) / b
		if (what === 'dimensions') [this.width, this.height] = [a, b]
	}
}
