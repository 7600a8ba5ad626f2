/** Nothing of a picture has come through for so long although it may: the SFU believes that the line is too narrow. */
const patienceMs = 1_500
/** A line that really is too narrow is measured no more often than this. */
const betweenMs = 5_000

/** A picture in layers, as one connection gets it. */
export interface LayeredPicture {
	readonly id: string
	/** It is asked for, its receiver is ready, and its sender sends. */
	readonly due: boolean
	/** Whether the SFU forwards any layer of it. */
	readonly flows: boolean
}

/**
 * When to measure a line anew. The SFU's estimate is of a line that a moment ago was crowded by everybody's return, and it
 * grows only with what is sent: pictures that it leaves no room for would stay away for good.
 */
export class Starved {
	readonly #since = new Map<string, number>()
	#measured = Number.NEGATIVE_INFINITY

	/** All layered pictures of a connection at `now` (ms). True: measure its line. */
	look(now: number, pictures: Iterable<LayeredPicture>): boolean {
		const waiting = new Set<string>()
		for (const { id, due, flows } of pictures) if (due && !flows) waiting.add(id)
		for (const id of this.#since.keys()) if (!waiting.has(id)) this.#since.delete(id)
		for (const id of waiting) if (!this.#since.has(id)) this.#since.set(id, now)
		const longest = Math.max(...[...this.#since.values()].map((since) => now - since))
		if (longest < patienceMs || now - this.#measured < betweenMs) return false
		this.#measured = now
		return true
	}
}
