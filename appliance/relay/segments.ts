import type { Fragment, Init } from './fmp4.ts'
import { type Timeline, Timelines } from './timelines.ts'

/**
 * Cuts the fragments of each rung (720p, 360p) into segments of about the target's length, each beginning with a key frame, so
 * that a player can begin and change rungs at any (RFC 8216 §3, §6.2.4). Numbers are never given twice, whatever ffmpeg
 * does. No segment is ever longer than the playlist promises (§4.3.3.1); what can't be cut to that is lost, and said.
 */

export interface Segment {
	/** The media sequence number, and a file's name that is never given again. */
	number: number
	name: string
	/** What it needs to be played (EXT-X-MAP). */
	initName: string
	/** Counts the breaks of time before it; the same for all rungs. */
	timeline: number
	/** On the time of its media. */
	startS: number
	durationS: number
	/** The wall's time at its beginning, milliseconds since 1970. */
	startsAtMs: number
	bytes: Uint8Array
}

export type Output =
	| { type: 'init'; rung: string; name: string; init: Init }
	| { type: 'segment'; rung: string; segment: Segment }
	/** No key frame to begin with, or none for too long, or no time in it. */
	| { type: 'lost'; rung: string; reason: 'no-key' | 'too-long' | 'empty'; durationS: number }

export interface CutterOptions {
	/** Seconds, whole: EXT-X-TARGETDURATION. */
	targetS: number
	/**
	 * 'at-once': fragments are whole groups of pictures (ffmpeg's `frag_keyframe` alone), so that a segment is ready with its
	 * last one. 'at-next-key': they may be shorter, and only the next key frame tells that a segment is whole.
	 */
	closes: 'at-once' | 'at-next-key'
	/** Where numbers begin: above all that an earlier relay gave by the same address, if there was one. */
	first: number
	/** The same for breaks of time; small, because hls.js (1.7) goes through all numbers below it. Default: 0. */
	firstTimeline?: number
}

interface Open {
	parts: Uint8Array[]
	startS: number
	durationS: number
	timeline: Timeline
	/** Of this run of ffmpeg. */
	first: boolean
}

interface Rung {
	name: string
	/** Null: none since the last restart. */
	initName: string | null
	nextInit: number
	next: number
	/** Where it is and has come to; null: nothing since the last restart. */
	timeline: Timeline | null
	/** Where its last segment begins. */
	lastS: number
	endS: number
	open: Open | null
}

/** A hole in time that a player would stumble over. A lost picture or two is none. */
const jumpS = 0.25
/** Of the target: so much is enough for a segment. A key frame asked for by a viewer may come early. */
const enough = 0.85
/** Seconds. So much is enough for the first one of a run, for which viewers wait. */
const firstEnoughS = 0.3

export class Cutter {
	readonly #options: CutterOptions
	readonly #rungs: ReadonlyMap<string, Rung>
	readonly #timelines: Timelines
	/** §4.3.3.1: rounded to whole seconds it may be the target and no more; a millisecond for the rounding of decimals. */
	readonly #longestS: number

	constructor(rungs: readonly string[], options: CutterOptions) {
		const { first, targetS } = options
		this.#options = options
		this.#timelines = new Timelines(options.firstTimeline ?? 0)
		this.#longestS = targetS + 0.499
		this.#rungs = new Map(
			rungs.map((name) => {
				return [
					name,
					{ name, initName: null, nextInit: first, next: first, timeline: null, lastS: 0, endS: 0, open: null },
				]
			}),
		)
	}

	/** ffmpeg is started again, for all rungs. What was begun is closed as it is. */
	restart(): Output[] {
		const outputs = this.end()
		this.#timelines.restart()
		for (const rung of this.#rungs.values()) {
			rung.initName = null
			rung.timeline = null
		}
		return outputs
	}

	init(name: string, init: Init): Output[] {
		const rung = this.#rung(name)
		rung.initName = `${name}-init-${rung.nextInit++}.mp4`
		return [{ type: 'init', rung: name, name: rung.initName, init }]
	}

	/** `atMs`: when it came, milliseconds since 1970 on a clock that doesn't jump. */
	push(name: string, fragment: Fragment, atMs: number): Output[] {
		const rung = this.#rung(name)
		const jumped = rung.timeline !== null && Math.abs(fragment.startS - rung.endS) > jumpS
		const outputs = rung.open && this.#endsBefore(fragment, rung.open, jumped) ? this.#close(rung) : []
		if (rung.open) {
			rung.open.parts.push(fragment.bytes)
			rung.open.durationS += fragment.durationS
			rung.endS = fragment.startS + fragment.durationS
		} else {
			const lost = this.#open(rung, fragment, jumped, atMs)
			if (lost) outputs.push({ type: 'lost', rung: name, reason: lost, durationS: fragment.durationS })
		}
		const whole = this.#options.closes === 'at-once' && rung.open && rung.open.durationS >= this.#enoughS
		return whole ? [...outputs, ...this.#close(rung)] : outputs
	}

	/** There will be no more: closes what was begun. */
	end(): Output[] {
		return [...this.#rungs.values()].flatMap((rung) => this.#close(rung))
	}

	/**
	 * Where the times of ffmpeg's next run should begin, whole seconds: behind all that there was, sound that is longer than its
	 * pictures included.
	 */
	get nextRunS(): number {
		const endS = Math.max(...[...this.#rungs.values()].map((rung) => rung.endS))
		return endS > 0 ? Math.ceil(endS + 0.5) : 0
	}

	get #enoughS(): number {
		return this.#options.targetS * enough
	}

	#rung(name: string): Rung {
		const rung = this.#rungs.get(name)
		if (!rung) throw new Error(`there is no rung ${name}`)
		return rung
	}

	#endsBefore(fragment: Fragment, open: Open, jumped: boolean): boolean {
		if (jumped || open.durationS + fragment.durationS > this.#longestS) return true
		const soon = open.first && this.#options.closes === 'at-next-key'
		return fragment.sync && open.durationS >= (soon ? firstEnoughS : this.#enoughS)
	}

	/** Null: it is begun. */
	#open(rung: Rung, fragment: Fragment, jumped: boolean, atMs: number): 'no-key' | 'too-long' | 'empty' | null {
		if (!fragment.sync || rung.initName === null) return 'no-key'
		const { startS } = fragment
		// ffmpeg lets the last picture last until the next one came, also where the source was away for a while: the pictures
		// before it are worth showing, and what comes next is a jump.
		const durationS = fragment.durationS - (fragment.durationS > this.#longestS ? fragment.lastS : 0)
		if (durationS > this.#longestS) return 'too-long'
		if (durationS <= 0) return 'empty'
		const startMs = atMs - fragment.durationS * 1_000
		const first = rung.timeline === null
		rung.timeline = rung.timeline
			? this.#timelines.goOn(rung.timeline, rung.lastS, startS, startMs, jumped)
			: this.#timelines.begin(startS, startMs)
		rung.lastS = startS
		rung.endS = startS + durationS
		rung.open = { parts: [fragment.bytes], startS, durationS, timeline: rung.timeline, first }
		return null
	}

	#close(rung: Rung): Output[] {
		const { open, initName } = rung
		rung.open = null
		if (!open || initName === null) return []
		const { parts, startS, durationS, timeline } = open
		const number = rung.next++
		const segment: Segment = {
			...{ number, name: `${rung.name}-${number}.m4s`, initName, timeline: timeline.number, startS, durationS },
			startsAtMs: timeline.fromMs + (startS - timeline.fromS) * 1_000,
			bytes: Buffer.concat(parts),
		}
		return [{ type: 'segment', rung: rung.name, segment }]
	}
}
