import type { MeetingMessage, Person } from '../protocol/messages.ts'

/** At most so often people hear of people: twenty times a second. */
const everyMs = 50

/**
 * Who is in a meeting, as its clients know it: the whole list on joining, then keyed patches, one revision each. What
 * changes within 50 ms goes out together, made once for all.
 */
export class People {
	readonly #find: (id: string) => Person | null
	readonly #all: () => string[]
	readonly #tell: (message: MeetingMessage) => void
	readonly #changed = new Set<string>()
	#revision = 1
	#toldAt = Number.NEGATIVE_INFINITY
	#timer: NodeJS.Timeout | undefined

	/** `find` answers null for somebody who has left; `all` the ids of those who have not. */
	constructor(source: {
		find: (id: string) => Person | null
		all: () => string[]
		tell: (message: MeetingMessage) => void
	}) {
		this.#find = source.find
		this.#all = source.all
		this.#tell = source.tell
	}

	/** Something of this person is different. Never tells before the caller has returned to the event loop. */
	touch(id: string) {
		this.#changed.add(id)
		if (this.#timer) return
		const pause = Math.max(0, this.#toldAt + everyMs - performance.now())
		this.#timer = setTimeout(() => this.#flush(), pause)
	}

	/** All of them now. What was touched and not yet told comes again with the next revision, which does no harm. */
	whole(): { revision: number; set: Person[] } {
		const set = this.#all()
			.map(this.#find)
			.filter((person) => person !== null)
		return { revision: this.#revision, set }
	}

	close() {
		clearTimeout(this.#timer)
		this.#timer = undefined
	}

	#flush() {
		this.#timer = undefined
		this.#toldAt = performance.now()
		this.#revision += 1
		const set: Person[] = []
		const gone: string[] = []
		for (const id of this.#changed) {
			const person = this.#find(id)
			if (person) set.push(person)
			else gone.push(id)
		}
		this.#changed.clear()
		this.#tell({ type: 'people', revision: this.#revision, set, gone })
	}
}
