/** Notices, once each time, that what was coming has stopped. */
export class Silence {
	readonly #forMs: number
	#last = 0
	/** Since when nothing came; null: nothing ever did, or it was noticed already. */
	#since: number | null = null

	constructor(forMs: number) {
		this.#forMs = forMs
	}

	/** `last`: a mark of what came last, which differs when more has come; 0: nothing has. */
	look(now: number, last: number): boolean {
		if (last !== this.#last) {
			this.#last = last
			this.#since = last === 0 ? null : now
			return false
		}
		if (this.#since === null || now - this.#since < this.#forMs) return false
		this.#since = null
		return true
	}
}
