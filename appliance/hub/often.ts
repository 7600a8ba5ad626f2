/** How often one person may do something: at most so many times in so long. */
export class Often {
	readonly #most: number
	readonly #withinMs: number
	readonly #times = new Map<string, number[]>()

	constructor(most: number, withinMs: number) {
		this.#most = most
		this.#withinMs = withinMs
	}

	/** Whether they may once more; what they may not is not counted. `now` in milliseconds. */
	take(person: string, now: number): boolean {
		const recent = (this.#times.get(person) ?? []).filter((at) => now - at < this.#withinMs)
		if (recent.length >= this.#most) return false
		this.#times.set(person, [...recent, now])
		return true
	}
}
