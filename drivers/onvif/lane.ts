import { DeviceError } from '../device.ts'

/**
 * Orders to one head, in order: one is under way at most, one waits, and a newer one takes the place of what waits. A
 * camera answers over several connections, so that order on the wire is no order to it: what must not be overtaken is
 * awaited.
 */
export class Lane {
	#underWay: Promise<unknown> | null = null
	#waiting: Waiting | null = null
	#held: Promise<unknown> | null = null

	/**
	 * Begins at once where nothing is under way. `end`: what becomes of it when a newer one takes its place before it has
	 * begun: a movement is as good as done, a journey rejects with 'rejected'. `newest` tells an order that is under way
	 * whether it is still what is wanted.
	 */
	submit<T>(order: (newest: () => boolean) => Promise<T>, end: 'done' | 'rejected'): Promise<T | undefined> {
		const { promise, resolve, reject } = Promise.withResolvers<T | undefined>()
		const entry: Waiting = {
			begin: () => {
				const work = order(() => this.#waiting === null && this.#held === null)
				work.then(resolve, reject)
				return work
			},
			drop: () =>
				end === 'done' ? resolve(undefined) : reject(new DeviceError('rejected', 'something newer moves the camera')),
		}
		this.#waiting?.drop()
		this.#waiting = entry
		this.#next()
		return promise
	}

	/** What waits is dropped, and nothing begins before this has settled. */
	hold(until: Promise<unknown>): void {
		this.#waiting?.drop()
		this.#waiting = null
		const held = until.then(nothing, nothing)
		this.#held = held
		held.then(() => {
			if (this.#held !== held) return
			this.#held = null
			this.#next()
		})
	}

	/** Resolves when what is under way has ended; null: nothing is. */
	get underWay(): Promise<unknown> | null {
		return this.#underWay
	}

	#next(): void {
		const entry = this.#waiting
		if (!entry || this.#underWay || this.#held) return
		this.#waiting = null
		const work = entry.begin().then(nothing, nothing)
		this.#underWay = work
		work.then(() => {
			this.#underWay = null
			this.#next()
		})
	}
}

interface Waiting {
	begin(): Promise<unknown>
	drop(): void
}

const nothing = () => {}
