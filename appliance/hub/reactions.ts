import { Refusal } from '../protocol/errors.ts'
import type { Reaction, ReactionKind } from '../protocol/reactions.ts'
import { Often } from './often.ts'

/** Applause of eighty is one message, not eighty. */
const togetherMs = 250
/** One person shows at most so many in so long. */
const mostAtOnce = 5
const atOnceMs = 5_000

export interface ReactionsOptions {
	/** Whether this person is in the meeting. */
	isIn: (person: string) => boolean
	now: () => number
	tell: (list: Reaction[]) => void
}

/** What people show without a word. Told to all together, and kept nowhere. */
export class Reactions {
	readonly #options: ReactionsOptions
	readonly #shown = new Often(mostAtOnce, atOnceMs)
	#waiting: Reaction[] = []
	#timer: NodeJS.Timeout | undefined

	constructor(options: ReactionsOptions) {
		this.#options = options
	}

	/** Throws the Refusal: 'not-joined', 'too-many'. */
	show(person: string, kind: ReactionKind): void {
		const { isIn, now, tell } = this.#options
		if (!isIn(person)) throw new Refusal('not-joined', 'this is for those who are in the meeting')
		if (!this.#shown.take(person, now())) throw new Refusal('too-many', 'so many are seen by nobody')
		this.#waiting.push({ person, kind })
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined
			tell(this.#waiting.splice(0))
		}, togetherMs)
	}

	close(): void {
		clearTimeout(this.#timer)
		this.#waiting = []
	}
}
