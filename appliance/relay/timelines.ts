/**
 * Where the time of a relay breaks off and begins anew (EXT-X-DISCONTINUITY, RFC 8216 §4.3.2.3): when ffmpeg is started again,
 * and where its time jumps because the source was away. Kept for all rungs together, since a player that changes between
 * them goes by the number of breaks (§6.2.4): the rung that meets a jump first makes the break, the others follow it there.
 */

export interface Timeline {
	number: number
	/** On the time of its media. */
	fromS: number
	/** The wall's time at `fromS`. */
	fromMs: number
}

/** How far apart the rungs may meet the same jump. */
const togetherS = 0.5
/** Breaks of one run that are remembered. */
const most = 16

export class Timelines {
	#next: number
	/** Of the present run of ffmpeg. */
	#known: Timeline[] = []

	constructor(first: number) {
		this.#next = first
	}

	/** A new run: nothing that was known holds for it. A run that brought nothing leaves no trace. */
	restart() {
		this.#known = []
	}

	/** Where a rung that begins at `startS`, which was at `startMs`, belongs. */
	begin(startS: number, startMs: number): Timeline {
		const [first] = this.#known
		return first ? this.#latest(first, startS) : this.#break(startS, startMs)
	}

	/** Where a rung goes on whose last segment began at `lastS` on `present`. `jumped`: it doesn't begin where that ended. */
	goOn(present: Timeline, lastS: number, startS: number, startMs: number, jumped: boolean): Timeline {
		const made = this.#known.find(({ number, fromS }) => {
			return number > present.number && Math.abs(fromS - startS) <= togetherS
		})
		if (made) return made
		if (jumped) return this.#break(startS, startMs)
		const passed = this.#known.findLast(({ number, fromS }) => {
			return number > present.number && fromS > lastS && fromS <= startS
		})
		return passed ?? present
	}

	#latest(first: Timeline, startS: number): Timeline {
		return this.#known.findLast(({ fromS }) => fromS <= startS + togetherS) ?? first
	}

	#break(fromS: number, fromMs: number): Timeline {
		const one = { number: this.#next++, fromS, fromMs }
		this.#known = [...this.#known.slice(1 - most), one]
		return one
	}
}
