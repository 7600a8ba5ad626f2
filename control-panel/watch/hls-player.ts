import Hls, { ErrorTypes, Events, type HlsConfig } from 'hls.js'
import type { Turn } from '../lib/meeting/captions.ts'
import type { HttpPlayer, HttpPlayerOptions } from './http-player.ts'
import { listedStretch, mediaTimeOf, momentOf, readDates, type Stretch } from './timeline.ts'

/** The relay over HTTP by hls.js. What it cannot mend by itself it goes on with, or begins anew, where it was. */

const retryMs = 2000
const soonMs = 15_000
const mostCues = 300

export class HlsPlayer implements HttpPlayer {
	readonly #options: HttpPlayerOptions
	#hls: Hls
	/** Where the viewer wants to be; null: in the present. */
	#targetMs: number | null
	/** The list has told where that is. */
	#found = false
	/** It plays there; before that the element's own time says nothing. */
	#placed = false
	#saves: boolean
	#captions = false
	/** Of the last minutes, by their times. */
	#cues: VTTCue[] = []
	#mended = false
	#brokeAt = Number.NEGATIVE_INFINITY
	#retry: ReturnType<typeof setTimeout> | undefined
	readonly #unlisten = new AbortController()

	constructor(options: HttpPlayerOptions) {
		const { video, fromMs, saves, onStatus } = options
		this.#options = options
		this.#targetMs = fromMs
		this.#saves = saves
		const { signal } = this.#unlisten
		const arrive = () => {
			// Chosen before anything plays, hls.js 1.7 lists the track and never loads it.
			if (!this.#placed && this.#captions) {
				this.caption(false)
				this.caption(true)
			}
			this.#placed = true
			onStatus('playing')
		}
		video.addEventListener('playing', arrive, { signal })
		video.addEventListener('ended', () => onStatus('ended'), { signal })
		this.#hls = this.#begin()
	}

	get atMs(): number | null {
		return this.#placed ? momentOf(this.#pieces, this.#options.video.currentTime) : this.#targetMs
	}

	get stretch(): Stretch | null {
		return listedStretch(this.#pieces)
	}

	seek(toMs: number | null) {
		this.#targetMs = toMs
		if (!this.#found) return
		const at = toMs === null ? this.#hls.liveSyncPosition : mediaTimeOf(this.#pieces, toMs)
		if (at !== null) this.#options.video.currentTime = at
	}

	save(on: boolean) {
		this.#saves = on
		if (this.#hls.levels.length > 0) this.#hls.nextLevel = on ? 0 : -1
	}

	caption(on: boolean) {
		this.#captions = on
		this.#hls.subtitleTrack = on ? 0 : -1
	}

	/** Of those of the same name the one that came last: it has been set right, or has grown. */
	get captions(): Turn[] {
		const { currentTime } = this.#options.video
		const now = this.#cues.filter(({ startTime, endTime }) => startTime <= currentTime && currentTime < endTime)
		return [...new Map(now.map((cue) => [cue.id, turnOf(cue)])).values()]
	}

	close() {
		clearTimeout(this.#retry)
		this.#unlisten.abort()
		this.#hls.destroy()
	}

	get #pieces() {
		return this.#hls.latestLevelDetails?.fragments ?? []
	}

	#begin(): Hls {
		const { video, url, token, onCaptions } = this.#options
		const hls = new Hls({ ...configOf(token), autoStartLoad: this.#targetMs === null })
		let begunAt = this.#targetMs
		hls.on(Events.MANIFEST_PARSED, async (_event, { levels }) => {
			if (this.#saves) hls.nextLevel = 0
			if (this.#targetMs === null) return
			// Told where to begin once it has begun, hls.js 1.7 waits for ever for what it aborts itself: it is told before.
			const dates = await this.#fetch(levels[0]?.url[0] ?? url)
			if (hls !== this.#hls || this.#unlisten.signal.aborted) return
			begunAt = this.#targetMs
			const at = begunAt === null ? null : mediaTimeOf(readDates(dates ?? ''), begunAt)
			hls.startLoad(at ?? -1)
		})
		hls.on(Events.LEVEL_UPDATED, () => {
			if (this.#found) return
			this.#found = true
			if (begunAt !== this.#targetMs) this.seek(this.#targetMs)
		})
		hls.on(Events.SUBTITLE_TRACKS_UPDATED, (_event, { subtitleTracks }) => {
			onCaptions(subtitleTracks.length > 0)
			this.caption(this.#captions && subtitleTracks.length > 0)
		})
		hls.on(Events.CUES_PARSED, (_event, { cues }) => {
			const fresh = (cues as VTTCue[]).filter((cue) => !this.#cues.some((one) => same(one, cue)))
			this.#cues = [...this.#cues, ...fresh].slice(-mostCues)
		})
		hls.on(Events.FRAG_BUFFERED, () => {
			this.#mended = false
		})
		hls.on(Events.ERROR, (_event, { fatal, type }) => {
			if (fatal) this.#mend(type)
		})
		hls.attachMedia(video)
		hls.loadSource(url)
		return hls
	}

	#mend(type: ErrorTypes) {
		if (type === ErrorTypes.MEDIA_ERROR && !this.#mended) {
			this.#mended = true
			this.#hls.recoverMediaError()
			return
		}
		this.#options.onStatus('failed')
		// A network that was away leaves nothing broken; what breaks again soon after is begun anew.
		const now = performance.now()
		const broken = type !== ErrorTypes.NETWORK_ERROR || now - this.#brokeAt < soonMs || !this.#found
		this.#brokeAt = now
		this.#hls.stopLoad()
		clearTimeout(this.#retry)
		this.#retry = setTimeout(() => this.#again(broken), retryMs)
	}

	/** Once the hub answers: the picture stays until then. */
	async #again(broken: boolean) {
		const { url, onStatus } = this.#options
		const answer = await this.#fetch(url)
		if (this.#unlisten.signal.aborted) return
		if (answer === null) {
			onStatus('failed')
			this.#retry = setTimeout(() => this.#again(broken), retryMs)
			return
		}
		if (this.#targetMs !== null) this.#targetMs = this.atMs
		if (broken) {
			this.#hls.destroy()
			this.#found = this.#placed = false
			this.#hls = this.#begin()
			return
		}
		this.#hls.once(Events.LEVEL_UPDATED, () => this.seek(this.#targetMs))
		this.#hls.startLoad()
	}

	/** Null: it did not come. */
	async #fetch(url: string): Promise<string | null> {
		const { token } = this.#options
		const { signal } = this.#unlisten
		try {
			const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal })
			return answer.ok ? await answer.text() : null
		} catch {
			return null
		}
	}
}

/** A caption stands in every segment that it touches. */
const same = (a: VTTCue, b: VTTCue) => a.startTime === b.startTime && a.endTime === b.endTime && a.text === b.text

function turnOf(cue: VTTCue): Turn {
	const html = cue.getCueAsHTML()
	const speaker = html.querySelector('[title]')?.getAttribute('title') || null
	return { id: cue.id, speaker, text: html.textContent ?? '' }
}

function configOf(token: string): Partial<HlsConfig> {
	return {
		enableWorker: false, // it would come as a blob, which the content security policy forbids
		xhrSetup: (xhr, url) => {
			xhr.open('GET', url, true)
			xhr.setRequestHeader('authorization', `Bearer ${token}`)
		},
		// Three segments, as the playlist's own beginning; who fell behind catches up unheard.
		liveSyncDuration: 3,
		maxLiveSyncPlaybackRate: 1.08,
		backBufferLength: 60,
		maxBufferLength: 20,
		capLevelToPlayerSize: true,
		// The page draws captions itself; what hls.js would make for them the content security policy forbids.
		enableInterstitialPlayback: false,
		renderTextTracksNatively: false,
		enableCEA708Captions: false,
		enableIMSC1: false,
		enableDateRangeMetadataCues: false,
		enableEmsgMetadataCues: false,
		enableID3MetadataCues: false,
	}
}
