/** What may happen so many times at once, and so many a second after that. */
export class TokenBucket {
	readonly #most: number
	readonly #perSecond: number
	#left: number
	#at: number | null = null

	constructor(most: number, perSecond: number) {
		this.#most = most
		this.#perSecond = perSecond
		this.#left = most
	}

	/** Whether it may once more. `now` in milliseconds, of a clock that only goes forward. */
	take(now: number): boolean {
		this.#left = Math.min(this.#most, this.#left + ((now - (this.#at ?? now)) / 1_000) * this.#perSecond)
		this.#at = now
		if (this.#left < 1) return false
		this.#left -= 1
		return true
	}
}
