import type { Turn } from '../lib/meeting/captions.ts'
import type { HttpPlayer, HttpPlayerOptions } from './http-player.ts'
import type { Stretch } from './timeline.ts'

/** The relay over HTTP by the browser itself, which takes no header: the token goes with the address. */

const retryMs = 2000

/** Safari: the date of its time 0. */
type Dated = HTMLVideoElement & { getStartDate?: () => Date }

export class NativePlayer implements HttpPlayer {
	readonly #options: HttpPlayerOptions
	#pendingMs: number | null
	#retry: ReturnType<typeof setTimeout> | undefined
	readonly #unlisten = new AbortController()

	constructor(options: HttpPlayerOptions) {
		const { video, fromMs, onStatus, onCaptions } = options
		this.#options = options
		this.#pendingMs = fromMs
		const { signal } = this.#unlisten
		video.addEventListener('playing', () => onStatus('playing'), { signal })
		video.addEventListener('ended', () => onStatus('ended'), { signal })
		video.addEventListener('loadedmetadata', () => this.#arrive(), { signal })
		video.addEventListener('error', () => this.#mend(), { signal })
		video.textTracks.addEventListener('addtrack', () => onCaptions(video.textTracks.length > 0), { signal })
		this.#begin()
	}

	get atMs(): number | null {
		const { startMs } = this
		return startMs === null ? this.#pendingMs : startMs + this.#options.video.currentTime * 1000
	}

	get stretch(): Stretch | null {
		const { startMs } = this
		const { seekable } = this.#options.video
		if (startMs === null || seekable.length === 0) return null
		return { fromMs: startMs + seekable.start(0) * 1000, toMs: startMs + seekable.end(0) * 1000 }
	}

	get startMs(): number | null {
		const ms = (this.#options.video as Dated).getStartDate?.().getTime() ?? Number.NaN
		return Number.isNaN(ms) ? null : ms
	}

	seek(toMs: number | null) {
		const { video } = this.#options
		const { startMs } = this
		const { seekable } = video
		if (startMs === null || seekable.length === 0) this.#pendingMs = toMs
		else video.currentTime = toMs === null ? seekable.end(0) : (toMs - startMs) / 1000
	}

	/** The browser chooses by itself. */
	save() {}

	caption(on: boolean) {
		for (const track of this.#options.video.textTracks) track.mode = on ? 'showing' : 'hidden'
	}

	readonly captions: Turn[] = []

	close() {
		clearTimeout(this.#retry)
		this.#unlisten.abort()
		const { video } = this.#options
		video.removeAttribute('src')
		video.load()
	}

	#begin() {
		const { video, url, token } = this.#options
		video.src = `${url}?token=${encodeURIComponent(token)}`
	}

	#arrive() {
		if (this.#pendingMs !== null) this.seek(this.#pendingMs)
		this.#pendingMs = null
	}

	#mend() {
		this.#options.onStatus('failed')
		clearTimeout(this.#retry)
		this.#retry = setTimeout(() => this.#begin(), retryMs)
	}
}
