/** The time, for screens that show it: changes with each full second. */
export class Clock {
	now = $state(Date.now())
	#timer: ReturnType<typeof setTimeout> | undefined

	constructor() {
		this.#tick()
	}

	close() {
		clearTimeout(this.#timer)
	}

	#tick() {
		this.now = Date.now()
		this.#timer = setTimeout(() => this.#tick(), 1000 - (this.now % 1000))
	}
}
