import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { startFfmpeg } from '../ffmpeg/process.ts'
import { Refusal } from '../protocol/errors.ts'
import { type Decoder, startDecoder } from './decoder.ts'
import { reachable } from './rtsp-source.ts'

/**
 * What panels see of a camera, with or without a hub: one decoder for all who watch, and none when nobody does.
 * Ten pictures a second at most, 640 wide; who reads slowly gets the newest and skips the rest.
 */
const lingerMs = 2000
const snapshotMs = 6000
const pauseMs = 500

export interface Live {
	/** Endless until the reader returns or the room closes. */
	frames(): AsyncIterable<Buffer>
	/** One picture from now. Refusal 'timeout' when the camera gives none within six seconds. */
	snapshot(): Promise<Buffer>
	/** How many watch, for tests and metrics. */
	readonly watchers: number
	close(): Promise<void>
}

export interface LiveOptions {
	/** Where the picture is now; null: nowhere yet. */
	rtsp: () => string | null
	/** Somebody waits for the next key frame. */
	needKeyFrame: () => void
	log: Logger
}

export function createLive({ rtsp, needKeyFrame, log }: LiveOptions): Live {
	const watchers = new Set<Watcher>()
	const closing = new AbortController()
	let decoder: Decoder | null = null
	let running: Promise<void> | null = null
	let linger: NodeJS.Timeout | undefined
	let wanted = false
	let failures = 0

	function enter(watcher: Watcher) {
		watchers.add(watcher)
		clearTimeout(linger)
		wanted = true
		// A decoder that is just ending for want of watchers is waited for and started again.
		running ??= run().finally(() => {
			running = null
			if (wanted && !closing.signal.aborted) running = run()
		})
	}

	function leave(watcher: Watcher) {
		if (!watchers.delete(watcher) || watchers.size > 0) return
		clearTimeout(linger)
		// A panel that changes its screen comes back at once.
		linger = setTimeout(stop, lingerMs)
	}

	function stop() {
		clearTimeout(linger)
		wanted = false
		decoder?.kill()
	}

	async function run() {
		while (wanted && !closing.signal.aborted) {
			const address = rtsp()
			const pauses = address === null || !(await reachable(address)) || (await decode(address)) !== 'unsupported'
			if (wanted && pauses) await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => {})
		}
	}

	async function decode(address: string) {
		if (!wanted) return null
		let shown = false
		decoder = startDecoder(address, failures, {
			onPicture(picture) {
				shown = true
				for (const watcher of watchers) watcher.show(picture)
			},
			needKeyFrame,
			log,
		})
		const end = await decoder.ended
		decoder = null
		if (wanted && !shown) failures += 1
		return end
	}

	function watch(): Watcher {
		const watcher = new Watcher(() => leave(watcher))
		if (closing.signal.aborted) watcher.end()
		else enter(watcher)
		return watcher
	}

	return {
		get watchers() {
			return watchers.size
		},
		frames: () => ({ [Symbol.asyncIterator]: watch }),
		async snapshot() {
			const watcher = watch()
			const timer = setTimeout(() => watcher.end(), snapshotMs)
			const { value } = await watcher.next()
			clearTimeout(timer)
			watcher.end()
			if (value === undefined) throw new Refusal('timeout', 'the camera gives no picture')
			return value
		},
		async close() {
			closing.abort()
			for (const watcher of [...watchers]) watcher.end()
			stop()
			await running
		},
	}
}

/** One reader: a place for the newest picture. Not a generator, because leaving must not wait for the next picture. */
class Watcher implements AsyncIterator<Buffer, undefined> {
	readonly #left: () => void
	#newest: Buffer | null = null
	#waiting: ((result: IteratorResult<Buffer, undefined>) => void) | null = null
	#ended = false

	constructor(left: () => void) {
		this.#left = left
	}

	show(picture: Buffer) {
		const waiting = this.#waiting
		this.#waiting = null
		if (waiting) waiting({ value: picture, done: false })
		else this.#newest = picture
	}

	next(): Promise<IteratorResult<Buffer, undefined>> {
		const newest = this.#newest
		this.#newest = null
		if (this.#ended) return Promise.resolve({ value: undefined, done: true })
		if (newest) return Promise.resolve({ value: newest, done: false })
		return new Promise((resolve) => {
			this.#waiting = resolve
		})
	}

	return(): Promise<IteratorResult<Buffer, undefined>> {
		this.end()
		return Promise.resolve({ value: undefined, done: true })
	}

	end() {
		if (this.#ended) return
		this.#ended = true
		this.#waiting?.({ value: undefined, done: true })
		this.#waiting = null
		this.#left()
	}
}

/** A picture 320 wide, for the list of presets. */
export async function thumbnail(jpeg: Buffer, log: Logger): Promise<Buffer> {
	const ffmpeg = startFfmpeg(
		['-f', 'mjpeg', '-i', 'pipe:0', '-vf', 'scale=320:-2', '-q:v', '5', '-frames:v', '1', '-f', 'mjpeg', 'pipe:1'],
		log,
		{ input: jpeg },
	)
	const timer = setTimeout(ffmpeg.kill, 5000)
	const chunks: Buffer[] = []
	for await (const chunk of ffmpeg.output) chunks.push(chunk)
	const code = await ffmpeg.ended
	clearTimeout(timer)
	if (code !== 0 || chunks.length === 0) throw new Error('no thumbnail')
	return Buffer.concat(chunks)
}
