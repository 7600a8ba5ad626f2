/** How long a screen waits for whoever stands before it: counted in sight, and longer by one press as often as they like. */
export class Limit {
	leftS = $state(0)
	readonly #seconds: number
	readonly #onOver: () => void
	#timer: ReturnType<typeof setInterval> | undefined

	constructor(seconds: number, onOver: () => void) {
		this.#seconds = seconds
		this.#onOver = onOver
	}

	/** From the whole again, or so long this time. */
	extend(seconds = this.#seconds) {
		clearInterval(this.#timer)
		this.leftS = seconds
		this.#timer = setInterval(() => {
			this.leftS -= 1
			if (this.leftS > 0) return
			this.stop()
			this.#onOver()
		}, 1_000)
	}

	stop() {
		clearInterval(this.#timer)
		this.leftS = 0
	}
}
