import type { Logger } from 'pino'
import type { Ffmpeg } from '../ffmpeg/process.ts'
import { Bandwidth } from './bandwidth.ts'
import { Captions, captionsFor, withCaptions, writeCaptions } from './captions.ts'
import type { Init, Output as Read } from './fmp4.ts'
import { writeMultivariantPlaylist } from './multivariant.ts'
import { type Chapter, type Listed, writeMediaPlaylist } from './playlist.ts'
import { prepareRun, type Run, startRun } from './run.ts'
import { SealedNames } from './sealed-names.ts'
import type { MeetingFiles } from './segment-files.ts'
import { Cutter, type Output, type Segment } from './segments.ts'
import { type Answer, LiveWindow, notYet, playlistCacheControl } from './window.ts'

/** Rungs by their names, the large one first, as paths say them. */
const rungNames = ['high', 'low'] as const
const targetS = 1
/** When a run flows, the next one is prepared: not before viewers have their picture, which it would keep waiting. */
const prepareMs = 3_000
const playlistType = 'application/vnd.apple.mpegurl'
/** Where segments are, as seen from the lists. */
const segmentsFolder = 'segments/'

export interface StationOptions {
	/** How far a viewer can go back, and what that may cost. */
	window: { dvrS: number; maxBytes: number }
	log: Logger
	/** Milliseconds since 1970. */
	now: () => number
	/** Since when it is on air already, where an earlier station was: milliseconds since 1970. Null: it is not. */
	since: number | null
	/** Whether captions are to be expected: players read only once whether there are any. Default: they are not. */
	captioned?: () => boolean
	/** Where segments are files as well. Default: nowhere. */
	files?: MeetingFiles | null
	/** What the large rung is made of, as it comes: for a recording. */
	onRead: (output: Read, atMs: number) => void
	/** A run is over, for whatever reason; the next one is asked for by `begin`. */
	onEnd: (reason: string) => void
}

interface PlaylistAsk {
	chapters: readonly Chapter[]
	query: string
	fromStart: boolean
}

/**
 * What one relay sends out over HTTP: it takes the programme's RTP, run after run, and answers by the names of playlists, and of
 * segments as these list them. Lists of segments are the same for everybody, so that they are written once and caches keep them.
 */
export class Station {
	readonly captions = new Captions(5_000)
	readonly #options: StationOptions
	readonly #cutter: Cutter
	/** The latest of each rung, for windows that are opened after it came. */
	readonly #inits = new Map<string, { name: string; init: Init }>()
	/** Empty until it is first on air. */
	#windows: ReadonlyMap<string, LiveWindow> = new Map()
	#bandwidths: ReadonlyMap<string, Bandwidth> = new Map()
	/** Since when, on the wall's clock; null: it is not on air. */
	#airedMs: number | null = null
	#run: Run | null = null
	/** Takes the place of the run when that is over. */
	#next: { rungs: number; ffmpeg: Ffmpeg } | null = null
	#preparing: NodeJS.Timeout | undefined
	#runs = 0
	#lost = 0
	#newestMs: { endMs: number; atMs: number } | null = null
	readonly #names = new SealedNames()
	/** As they were written since the newest segment came. */
	readonly #lists = new Map<string, Answer>()

	/** Numbers of segments begin above all that an earlier station gave: by the clock. */
	constructor(options: StationOptions) {
		this.#options = options
		const { now, since } = options
		// Breaks are seconds apart at least, so that what counts seconds is above all that were counted.
		const firstTimeline = since === null ? 0 : Math.max(0, Math.ceil((now() - since) / 1_000))
		this.#cutter = new Cutter(rungNames, {
			targetS,
			closes: 'at-next-key',
			first: Math.floor(now() / 500),
			firstTimeline,
		})
	}

	/** What comes is listed from now on, and nothing of what came before; or no more. What is listed stays to be played. */
	air(on: boolean) {
		if (on === (this.#airedMs !== null)) return
		this.#airedMs = on ? this.#options.now() : null
		this.#lists.clear()
		if (!on) {
			for (const window of this.#windows.values()) window.end()
			return
		}
		const { window, files } = this.#options
		for (const before of this.#windows.values()) files?.drop(before.names)
		this.#windows = new Map(rungNames.map((name) => [name, new LiveWindow({ ...window, targetS })]))
		this.#bandwidths = new Map(rungNames.map((name) => [name, new Bandwidth(targetS)]))
		this.#lost = 0
		this.#newestMs = null
		for (const [rung, init] of this.#inits) this.#addInit(rung, init)
	}

	/** Takes what this SDP tells of; what ran before is over. `rungs`: how many pictures there are. */
	begin(sdp: string, rungs: number) {
		this.#run?.kill()
		if (this.#runs++ > 0) this.#hear(this.#cutter.restart())
		this.#inits.clear()
		const { log, now, onRead, onEnd } = this.#options
		const names = rungNames.slice(0, rungs)
		const run = startRun({
			...{ sdp, log, rungs: names, offsetS: this.#cutter.nextRunS, ready: this.#takeNext(rungs) },
			onOutput: (rung, output) => {
				if (run !== this.#run) return
				const atMs = now()
				if (rung === rungNames[0]) onRead(output, atMs)
				if (output.type === 'init') {
					this.#prepare(rungs)
					this.#hear(this.#cutter.init(rung, output.init))
				} else if (output.type === 'fragment') this.#hear(this.#cutter.push(rung, output.fragment, atMs))
			},
		})
		this.#run = run
		void run.ended.then((reason) => {
			if (run !== this.#run) return
			this.#run = null
			onEnd(reason)
		})
	}

	#prepare(rungs: number) {
		clearTimeout(this.#preparing)
		this.#preparing = setTimeout(() => {
			if (this.#next) return
			const next = { rungs, ffmpeg: prepareRun(rungs, this.#options.log) }
			this.#next = next
			void next.ffmpeg.ended.then(() => {
				if (this.#next === next) this.#next = null
			})
		}, prepareMs)
	}

	/** Null: none is prepared for so many. */
	#takeNext(rungs: number): Ffmpeg | null {
		clearTimeout(this.#preparing)
		const next = this.#next
		this.#next = null
		if (next?.rungs === rungs) return next.ffmpeg
		next?.ffmpeg.kill()
		return null
	}

	/** Pid of the ffmpeg that runs now. */
	get pid(): number | null {
		return this.#run?.pid ?? null
	}

	get runs(): boolean {
		return this.#run !== null
	}

	/** What the large rung of the present run began with. Null: there is no run, or nothing came of it yet. */
	get init(): Init | null {
		return this.#run === null ? null : (this.#inits.get(rungNames[0])?.init ?? null)
	}

	/** Seconds that can be played. */
	get seconds(): number {
		return this.#windows.get(rungNames[0])?.seconds ?? 0
	}

	get lostSegments(): number {
		return this.#lost
	}

	/** How long the newest segment took from its last picture until it could be asked for. Null: there is none. */
	get delayMs(): number | null {
		return this.#newestMs && Math.max(0, this.#newestMs.atMs - this.#newestMs.endMs)
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
		const window = this.#windows.get(rungNames.find((one) => name.startsWith(`${one}-`)) ?? '')
		const answer = window?.answer(name)
		if (answer?.status === 200) return answer
		// Only of what was ours it is told that it is gone.
		const opened = this.#names.open(name)
		const captions = /^captions-(\d{1,15})\.vtt$/.exec(opened ?? '')
		if (captions) return this.#captionsOf(Number(captions[1]))
		return (opened === null ? null : answer) ?? notYet
	}

	/** Takes no more of what it takes now. */
	halt() {
		this.#run?.kill()
	}

	/** There will be no more. */
	end() {
		const run = this.#run
		this.#run = null
		run?.kill()
		this.#takeNext(0)
		this.#hear(this.#cutter.end())
		this.air(false)
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
		const captions =
			this.captions.any || this.#options.captioned?.()
				? { uri: `${captionsName}${query}`, language: 'ko', name: '한국어' }
				: null
		return playlist(writeMultivariantPlaylist({ variants, captions }))
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
		return { ...listed, name: this.#names.seal(listed.name) }
	}

	#captionsOf(number: number): Answer {
		const segment = this.#windows
			.get(rungNames[0])
			?.list()
			.find((one) => one.number === number)
		if (!segment) return notYet
		const bytes = Buffer.from(writeCaptions(segment, this.captions))
		return { status: 200, bytes, type: 'text/vtt; charset=utf-8', cacheControl: playlistCacheControl }
	}

	#hear(outputs: readonly Output[]) {
		for (const output of outputs) {
			if (output.type === 'lost') this.#lost += 1
			else if (output.type === 'init') {
				const init = { name: this.#names.seal(output.name), init: output.init }
				this.#inits.set(output.rung, init)
				this.#addInit(output.rung, init)
			} else {
				const { segment } = output
				const [name, initName] = [this.#names.seal(segment.name), this.#names.seal(segment.initName)]
				this.#take(output.rung, { ...segment, name, initName })
			}
		}
	}

	#addInit(rung: string, { name, init }: { name: string; init: Init }) {
		const window = this.#windows.get(rung)
		if (!window) return
		const { files } = this.#options
		files?.put(name, init.bytes)
		const forgotten = window.addInit(name, init)
		files?.drop(forgotten)
	}

	#take(rung: string, segment: Segment) {
		// One that began before was not meant for viewers.
		if (this.#airedMs === null || segment.startsAtMs < this.#airedMs) return
		this.#lists.clear()
		const { files } = this.#options
		// Begun before a list tells of it.
		files?.put(segment.name, segment.bytes)
		const forgotten = this.#windows.get(rung)?.add(segment)
		files?.drop(forgotten ?? [])
		this.#bandwidths.get(rung)?.add(segment.bytes.length, segment.durationS)
		if (rung !== rungNames[0]) return
		this.#newestMs = { endMs: segment.startsAtMs + segment.durationS * 1_000, atMs: this.#options.now() }
	}
}

const captionsName = 'captions.m3u8'

function playlist(text: string): Answer {
	return { status: 200, bytes: Buffer.from(text), type: playlistType, cacheControl: playlistCacheControl }
}

function inFolder<T extends { name: string; initName: string | null }>(listed: T): T {
	const { name, initName } = listed
	const inits = initName === null ? null : `${segmentsFolder}${initName}`
	return { ...listed, name: `${segmentsFolder}${name}`, initName: inits }
}
