import { Bandwidth } from './bandwidth.ts'
import { type Captions, captionsFor, withCaptions, writeCaptions } from './captions.ts'
import type { Init } from './fmp4.ts'
import { writeMultivariantPlaylist } from './multivariant.ts'
import { type Chapter, type Listed, writeMediaPlaylist } from './playlist.ts'
import type { SealedNames } from './sealed-names.ts'
import type { MeetingFiles } from './segment-files.ts'
import type { Segment } from './segments.ts'
import { type Answer, LiveWindow, notYet, playlistCacheControl } from './window.ts'

/** Rungs by their names, the large one first, as paths say them. */
export const rungNames = ['high', 'low'] as const
export const targetS = 1
const playlistType = 'application/vnd.apple.mpegurl'
/** Where segments are, as seen from the lists. */
const segmentsFolder = 'segments/'
const captionsName = 'captions.m3u8'

export interface AiringOptions {
	/** Since when, on the wall's clock: what began before was not meant for viewers. */
	sinceMs: number
	/** How far a viewer can go back, and what that may cost. */
	window: { dvrS: number; maxBytes: number }
	captions: Captions
	/** Whether captions are to be expected: players read only once whether there are any. */
	captioned: () => boolean
	/** By which names were sealed. */
	names: SealedNames
	/** Null: segments are files nowhere. */
	files: MeetingFiles | null
	now: () => number
}

export interface PlaylistAsk {
	chapters: readonly Chapter[]
	query: string
	fromStart: boolean
}

/**
 * One time on air: what of each rung is still there, and what is answered by the names of playlists and of segments as these
 * list them. Lists of segments are the same for everybody, so that they are written once and caches keep them.
 */
export class Airing {
	readonly #options: AiringOptions
	readonly #windows: ReadonlyMap<string, LiveWindow>
	readonly #bandwidths: ReadonlyMap<string, Bandwidth>
	#newestMs: { endMs: number; atMs: number } | null = null
	/** As they were written since the newest segment came. */
	readonly #lists = new Map<string, Answer>()
	#ended = false

	constructor(options: AiringOptions) {
		this.#options = options
		this.#windows = new Map(rungNames.map((name) => [name, new LiveWindow({ ...options.window, targetS })]))
		this.#bandwidths = new Map(rungNames.map((name) => [name, new Bandwidth(targetS)]))
	}

	get ended(): boolean {
		return this.#ended
	}

	/** Seconds that can be played. */
	get seconds(): number {
		return this.#large?.seconds ?? 0
	}

	/** How long the newest segment took from its last picture until it could be asked for. Null: there is none. */
	get delayMs(): number | null {
		return this.#newestMs && Math.max(0, this.#newestMs.atMs - this.#newestMs.endMs)
	}

	addInit(rung: string, name: string, init: Init) {
		const { files } = this.#options
		files?.put(name, init.bytes)
		const forgotten = this.#windows.get(rung)?.addInit(name, init)
		files?.drop(forgotten ?? [])
	}

	add(rung: string, segment: Segment) {
		const { sinceMs, files, now } = this.#options
		if (this.#ended || segment.startsAtMs < sinceMs) return
		this.#lists.clear()
		// Begun before a list tells of it.
		files?.put(segment.name, segment.bytes)
		const forgotten = this.#windows.get(rung)?.add(segment)
		files?.drop(forgotten ?? [])
		this.#bandwidths.get(rung)?.add(segment.bytes.length, segment.durationS)
		if (rung !== rungNames[0]) return
		this.#newestMs = { endMs: segment.startsAtMs + segment.durationS * 1_000, atMs: now() }
	}

	/** Nothing more is listed. What is listed stays to be played. */
	end() {
		this.#ended = true
		this.#lists.clear()
		for (const window of this.#windows.values()) window.end()
	}

	/** Another time on air begins: nothing of this one is a file any more. */
	drop() {
		for (const { names } of this.#windows.values()) this.#options.files?.drop(names)
	}

	/**
	 * A playlist by its name. `query` goes with the addresses of further playlists, for players that know no header.
	 * `fromStart`: a player begins with what is still there.
	 */
	playlist(name: string, { chapters, query, fromStart }: PlaylistAsk): Answer {
		if (name === 'master.m3u8') return this.#master(query)
		const start = fromStart ? 'beginning' : 'live'
		const key = `${name} ${start}`
		const known = this.#lists.get(key)
		if (known) return known
		const list = this.#list(name, start, chapters)
		if (list.status === 200) this.#lists.set(key, list)
		return list
	}

	/** A segment by the name that a playlist gives it: whoever knows that may have it. */
	segment(name: string): Answer {
		const answer = this.#windows.get(rungNames.find((one) => name.startsWith(`${one}-`)) ?? '')?.answer(name)
		if (answer?.status === 200) return answer
		// Only of what was ours it is told that it is gone.
		const opened = this.#options.names.open(name)
		const captions = /^captions-(\d{1,15})\.vtt$/.exec(opened ?? '')
		if (captions) return this.#captionsOf(Number(captions[1]))
		return (opened === null ? null : answer) ?? notYet
	}

	get #large(): LiveWindow | undefined {
		return this.#windows.get(rungNames[0])
	}

	#master(query: string): Answer {
		const variants = rungNames.flatMap((name) => {
			const [window, bandwidth] = [this.#windows.get(name), this.#bandwidths.get(name)]
			const init = window?.init
			if (!window || !bandwidth || !init || window.seconds === 0) return []
			const { peak, average } = bandwidth
			return [{ uri: `${name}.m3u8${query}`, peakBandwidth: peak, averageBandwidth: average, tracks: init.tracks }]
		})
		if (variants.length === 0) return notYet
		const { captions, captioned } = this.#options
		const told = captions.any || captioned()
		const uri = `${captionsName}${query}`
		return playlist(
			writeMultivariantPlaylist({ variants, captions: told ? { uri, language: 'ko', name: '한국어' } : null }),
		)
	}

	#list(name: string, start: 'live' | 'beginning', chapters: readonly Chapter[]): Answer {
		const captions = name === captionsName
		const window = this.#windows.get(rungNames.find((one) => captions || name === `${one}.m3u8`) ?? '')
		if (!window) return notYet
		const all = window.list()
		const segments = captions ? withCaptions(all, window.ended).map((one) => this.#captionsFor(one)) : all
		if (segments.length === 0) return notYet
		const listed = segments.map(inFolder)
		const { ended } = window
		return playlist(writeMediaPlaylist({ targetS, segments: listed, start, ended, chapters: captions ? [] : chapters }))
	}

	#captionsFor(segment: Segment): Listed {
		const listed = captionsFor(segment)
		return { ...listed, name: this.#options.names.seal(listed.name) }
	}

	#captionsOf(number: number): Answer {
		const segment = this.#large?.list().find((one) => one.number === number)
		if (!segment) return notYet
		const bytes = Buffer.from(writeCaptions(segment, this.#options.captions))
		return { status: 200, bytes, type: 'text/vtt; charset=utf-8', cacheControl: playlistCacheControl }
	}
}

function playlist(text: string): Answer {
	return { status: 200, bytes: Buffer.from(text), type: playlistType, cacheControl: playlistCacheControl }
}

function inFolder<T extends { name: string; initName: string | null }>(listed: T): T {
	const { name, initName } = listed
	const inits = initName === null ? null : `${segmentsFolder}${initName}`
	return { ...listed, name: `${segmentsFolder}${name}`, initName: inits }
}
