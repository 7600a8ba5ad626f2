import type { Logger } from 'pino'
import { Airing, type PlaylistAsk, rungNames, targetS } from './airing.ts'
import { Captions } from './captions.ts'
import type { Init, Output as Read } from './fmp4.ts'
import { NextRun } from './next-run.ts'
import { prepareRun, type Run, startRun } from './run.ts'
import { SealedNames } from './sealed-names.ts'
import type { MeetingFiles } from './segment-files.ts'
import { Cutter, type Output } from './segments.ts'
import { type Answer, notYet } from './window.ts'

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

/** What one relay sends out over HTTP: it takes the programme's RTP, run after run, and cuts it into what is on air. */
export class Station {
	readonly captions = new Captions(5_000)
	readonly #options: StationOptions
	readonly #cutter: Cutter
	/** The latest of each rung, for a time on air that begins after it came. */
	readonly #inits = new Map<string, { name: string; init: Init }>()
	/** The latest time on air. Null: there was none. */
	#airing: Airing | null = null
	#run: Run | null = null
	readonly #next: NextRun
	#runs = 0
	#lost = 0
	readonly #names = new SealedNames()

	/** Numbers of segments begin above all that an earlier station gave: by the clock. */
	constructor(options: StationOptions) {
		this.#options = options
		const { now, since, log } = options
		this.#next = new NextRun((rungs) => prepareRun(rungs, log))
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
		if (on === (this.#airing?.ended === false)) return
		if (!on) return this.#airing?.end()
		const { window, captioned = () => false, files = null, now } = this.#options
		this.#airing?.drop()
		const { captions } = this
		this.#airing = new Airing({ sinceMs: now(), window, captions, captioned, names: this.#names, files, now })
		this.#lost = 0
		for (const [rung, { name, init }] of this.#inits) this.#airing.addInit(rung, name, init)
	}

	/** Takes what this SDP tells of; what ran before is over. `rungs`: how many pictures there are. */
	begin(sdp: string, rungs: number) {
		this.#run?.kill()
		if (this.#runs++ > 0) this.#hear(this.#cutter.restart())
		this.#inits.clear()
		const { log, now, onRead, onEnd } = this.#options
		const names = rungNames.slice(0, rungs)
		const run = startRun({
			...{ sdp, log, rungs: names, offsetS: this.#cutter.nextRunS, ready: this.#next.take(rungs) },
			onOutput: (rung, output) => {
				if (run !== this.#run) return
				const atMs = now()
				if (rung === rungNames[0]) onRead(output, atMs)
				if (output.type === 'init') {
					this.#next.prepare(rungs)
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
		return this.#airing?.seconds ?? 0
	}

	get lostSegments(): number {
		return this.#lost
	}

	/** How long the newest segment took from its last picture until it could be asked for. Null: there is none. */
	get delayMs(): number | null {
		return this.#airing?.delayMs ?? null
	}

	/** A playlist by its name, of the latest time on air. */
	playlist(name: string, ask: PlaylistAsk): Answer {
		return this.#airing?.playlist(name, ask) ?? notYet
	}

	/** A segment by the name that a playlist gives it. */
	segment(name: string): Answer {
		return this.#airing?.segment(name) ?? notYet
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
		this.#next.drop()
		this.#hear(this.#cutter.end())
		this.air(false)
	}

	#hear(outputs: readonly Output[]) {
		for (const output of outputs) {
			if (output.type === 'lost') this.#lost += 1
			else if (output.type === 'init') {
				const { rung, init } = output
				const name = this.#names.seal(output.name)
				this.#inits.set(rung, { name, init })
				this.#airing?.addInit(rung, name, init)
			} else {
				const { segment } = output
				const [name, initName] = [this.#names.seal(segment.name), this.#names.seal(segment.initName)]
				this.#airing?.add(output.rung, { ...segment, name, initName })
			}
		}
	}
}
