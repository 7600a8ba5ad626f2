import type { Logger } from 'pino'
import { isStorageFault } from '../protocol/errors.ts'

/** What the disk did not take, and nobody asked for, is tried again after so long. */
const unsavedAgainMs = 1_000
/** At the latest after so long it is asked what is due. */
const lookAgainMs = 5_000

export interface ClockworkSources {
	/** When something is due next; null: nothing is. */
	due: () => number | null
	/** Does what is due by now. Throws what the disk says. */
	tick: () => void
	now: () => number
	log: Pick<Logger, 'error'>
}

/** What a meeting does without being asked: what the clock brings about, and whatever follows from people's comings and goings. */
export class Clockwork {
	readonly #sources: ClockworkSources
	#timer: NodeJS.Timeout | undefined
	#closed = false

	constructor(sources: ClockworkSources) {
		this.#sources = sources
	}

	/** Until the next warning, the end of a speech or a vote: whatever is due first by now. */
	wait() {
		clearTimeout(this.#timer)
		const { due, tick, now } = this.#sources
		const at = this.#closed ? null : due()
		if (at === null) return
		// Somebody may set the machine's clock meanwhile: what is further away is looked at again then.
		const ms = Math.min(Math.max(0, at - now()), lookAgainMs)
		this.#timer = setTimeout(() => this.byItself(tick), ms)
	}

	/**
	 * What nobody asked for, so that nobody can be told that it could not be kept: it is done as soon as the disk takes it
	 * again, and the meeting goes on meanwhile.
	 */
	byItself(act: () => void) {
		try {
			act()
		} catch (error) {
			if (!isStorageFault(error)) throw error
			this.#sources.log.error({ err: error }, 'the disk takes nothing, what is due is tried again')
			setTimeout(() => this.#closed || this.byItself(act), unsavedAgainMs).unref()
		}
	}

	/** Nothing is done any more. */
	close() {
		this.#closed = true
		clearTimeout(this.#timer)
	}
}
