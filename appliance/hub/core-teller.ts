import type { MeetingCore } from '../protocol/messages.ts'

/** The core is told at most so often. */
const everyMs = 50
/** How many have voted is no news of the moment. */
export const turnoutEveryMs = 250

/**
 * Tells the core of a meeting where it is different. Not before who is just joining has an answer, which holds the state
 * of that moment; and what changes soon after the last word goes out together: eighty ballots in a second are not eighty
 * rounds of the hall.
 */
export class CoreTeller {
	readonly #make: () => MeetingCore
	readonly #tell: (core: MeetingCore) => void
	#told = ''
	#toldAt = Number.NEGATIVE_INFINITY
	/** When it is told next; null: nothing is different. */
	#at: number | null = null
	#timer: NodeJS.Timeout | undefined
	#closed = false

	constructor(make: () => MeetingCore, tell: (core: MeetingCore) => void) {
		this.#make = make
		this.#tell = tell
	}

	/** For one who begins to listen. What they were given may never have been told, so that the next is told in any case. */
	whole(): MeetingCore {
		if (this.#at !== null) this.#told = ''
		return this.#make()
	}

	/** Something may be different. */
	touch(atMostEveryMs = everyMs) {
		const at = Math.max(performance.now(), this.#toldAt + atMostEveryMs)
		if (this.#closed || (this.#at !== null && this.#at <= at)) return
		this.#at = at
		clearTimeout(this.#timer)
		const pause = at - performance.now()
		if (pause > 0) this.#timer = setTimeout(() => this.#flush(), pause)
		else setImmediate(() => this.#flush())
	}

	close() {
		this.#closed = true
		clearTimeout(this.#timer)
	}

	#flush() {
		if (this.#closed || this.#at === null) return
		this.#at = null
		const core = this.#make()
		const text = JSON.stringify({ ...core, at: 0 })
		if (text === this.#told) return
		this.#told = text
		this.#toldAt = performance.now()
		this.#tell(core)
	}
}
