/** At most so often a list is told of: twenty times a second. */
const everyMs = 50

export interface Patch<T> {
	revision: number
	set: T[]
	gone: string[]
}

/**
 * A list as its clients know it: the whole on joining, then keyed patches, one revision each. What changes within 50 ms
 * goes out together, made once for all.
 */
export class KeyedList<T> {
	readonly #find: (id: string) => T | null
	readonly #all: () => Iterable<string>
	readonly #tell: (patch: Patch<T>) => void
	readonly #changed = new Set<string>()
	#revision = 1
	#toldAt = Number.NEGATIVE_INFINITY
	#timer: NodeJS.Timeout | undefined

	/** `find` answers null for what is no longer in the list; `all` the ids of what may be. */
	constructor(source: {
		find: (id: string) => T | null
		all: () => Iterable<string>
		tell: (patch: Patch<T>) => void
	}) {
		this.#find = source.find
		this.#all = source.all
		this.#tell = source.tell
	}

	/** Something of this entry is different. Never tells before the caller has returned to the event loop. */
	touch(id: string) {
		this.#changed.add(id)
		if (this.#timer) return
		const pause = Math.max(0, this.#toldAt + everyMs - performance.now())
		this.#timer = setTimeout(() => this.#flush(), pause)
	}

	/** All of it now. What was touched and not yet told comes again with the next revision, which does no harm. */
	whole(): { revision: number; set: T[] } {
		const set = [...this.#all()].map(this.#find).filter((entry) => entry !== null)
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
		const set: T[] = []
		const gone: string[] = []
		for (const id of this.#changed) {
			const entry = this.#find(id)
			if (entry === null) gone.push(id)
			else set.push(entry)
		}
		this.#changed.clear()
		this.#tell({ revision: this.#revision, set, gone })
	}
}
