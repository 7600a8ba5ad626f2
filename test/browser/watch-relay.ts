import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Bandwidth } from '../../appliance/relay/bandwidth.ts'
import { Captions, captionsFor, writeCaptions } from '../../appliance/relay/captions.ts'
import { Fmp4Reader, type Fragment } from '../../appliance/relay/fmp4.ts'
import { writeMultivariantPlaylist } from '../../appliance/relay/multivariant.ts'
import { type Chapter, writeMediaPlaylist } from '../../appliance/relay/playlist.ts'
import { Cutter, type Output } from '../../appliance/relay/segments.ts'
import { type Answer, LiveWindow } from '../../appliance/relay/window.ts'

/** A relay over HTTP as the appliance makes it, of clips that ffmpeg encoded before: one second of them each second. */

const run = promisify(execFile)
const rungs = { '360p': '640x360', '180p': '320x180' } as const
type Rung = keyof typeof rungs
const names = Object.keys(rungs) as Rung[]

export type Clips = Readonly<Record<Rung, Buffer>>

/** A picture that counts its seconds, and a quiet tone; a key frame each second. */
export async function encodeClips(seconds: number, source = 'testsrc'): Promise<Clips> {
	const encode = async (rung: Rung) => {
		const pictures = ['-f', 'lavfi', '-i', `${source}=size=${rungs[rung]}:rate=12`]
		const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000']
		const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p']
		const keys = ['-g', '12', '-keyint_min', '12', '-sc_threshold', '0']
		const mp4 = ['-c:a', 'aac', '-b:a', '48k', '-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof']
		const all = [...pictures, ...sound, '-t', String(seconds), ...h264, ...keys, ...mp4, 'pipe:1']
		const options = { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const
		return (await run('ffmpeg', ['-v', 'error', '-threads', '1', ...all], options)).stdout
	}
	return { '360p': await encode('360p'), '180p': await encode('180p') }
}

export class ClipRelay {
	chapters: Chapter[] = []
	readonly captions = new Captions(100)
	readonly #clips: Clips
	readonly #cutter = new Cutter(names, { targetS: 1, closes: 'at-once', first: 0 })
	readonly #windows = new Map(
		names.map((name) => [name, new LiveWindow({ dvrS: 7200, maxBytes: 1024 ** 3, targetS: 1 })]),
	)
	readonly #bandwidths = new Map(names.map((name) => [name, new Bandwidth(1)]))
	/** Of the present run of ffmpeg. */
	#fragments: Record<Rung, Fragment[]>
	#next = 0
	#timer: ReturnType<typeof setInterval> | undefined

	/** Begins with `pastS` seconds of it behind it. */
	constructor(clips: Clips, pastS: number, now = Date.now()) {
		this.#clips = clips
		this.#fragments = this.#begin()
		for (let second = pastS - 1; second >= 0; second--) this.#push(now - second * 1000)
		this.#timer = setInterval(() => this.#push(Date.now()), 1000)
	}

	/** ffmpeg has died and is there again: time breaks off. */
	restart() {
		this.#hear(this.#cutter.restart())
		this.#fragments = this.#begin()
		this.#next = 0
	}

	/** There will be no more. */
	end() {
		clearInterval(this.#timer)
		this.#hear(this.#cutter.end())
		for (const window of this.#windows.values()) window.end()
	}

	close() {
		clearInterval(this.#timer)
	}

	/** What stands behind `…/relay/`. */
	answer(name: string): Answer {
		const text = this.#playlist(name)
		if (text !== null) {
			const bytes = Buffer.from(text)
			return { status: 200, bytes, type: 'application/vnd.apple.mpegurl', cacheControl: 'no-cache' }
		}
		const window = this.#windows.get(names.find((rung) => name.startsWith(rung)) ?? '360p')
		const said = window?.list().find((segment) => captionsFor(segment).name === name)
		if (said) {
			const bytes = Buffer.from(writeCaptions(said, this.captions))
			return { status: 200, bytes, type: 'text/vtt', cacheControl: 'no-cache' }
		}
		return window?.answer(name) ?? { status: 404, cacheControl: 'no-cache' }
	}

	#playlist(name: string): string | null {
		if (name === 'master.m3u8') {
			const variants = names.flatMap((rung) => {
				const bandwidth = this.#bandwidths.get(rung)
				const tracks = this.#windows.get(rung)?.init?.tracks
				if (!bandwidth || !tracks) return []
				const { peak, average } = bandwidth
				return [{ uri: `${rung}.m3u8`, peakBandwidth: peak, averageBandwidth: average, tracks }]
			})
			const captions = { uri: 'captions.m3u8', language: 'ko', name: '자막' }
			return writeMultivariantPlaylist({ variants, captions })
		}
		const said = name === 'captions.m3u8'
		const window = this.#windows.get(names.find((rung) => name === `${rung}.m3u8` || said) ?? ('' as Rung))
		if (!window) return null
		const { chapters } = this
		const segments = said ? window.list().map(captionsFor) : window.list()
		return writeMediaPlaylist({ targetS: 1, segments, start: 'live', ended: window.ended, chapters })
	}

	#begin(): Record<Rung, Fragment[]> {
		const read = (rung: Rung) => {
			const outputs = new Fmp4Reader(undefined, this.#cutter.nextRunS).push(this.#clips[rung])
			for (const one of outputs) if (one.type === 'init') this.#hear(this.#cutter.init(rung, one.init))
			return outputs.flatMap((one) => (one.type === 'fragment' ? [one.fragment] : []))
		}
		return { '360p': read('360p'), '180p': read('180p') }
	}

	#push(atMs: number) {
		for (const rung of names) {
			const fragment = this.#fragments[rung][this.#next]
			if (!fragment) return this.restart()
			this.#hear(this.#cutter.push(rung, fragment, atMs))
		}
		this.#next += 1
	}

	#hear(outputs: readonly Output[]) {
		for (const output of outputs) {
			const window = this.#windows.get(output.rung as Rung)
			if (output.type === 'init') window?.addInit(output.name, output.init)
			else if (output.type === 'lost') throw new Error(`the clip was lost: ${output.reason}`)
			else {
				window?.add(output.segment)
				this.#bandwidths.get(output.rung as Rung)?.add(output.segment.bytes.length, output.segment.durationS)
			}
		}
	}
}
