/** Our clock for countdowns: looked at so often that displays change within a tenth of a second of each other. */
export class Ticking {
	now = $state(Date.now())
	readonly #timer = setInterval(() => {
		this.now = Date.now()
	}, 50)

	close() {
		clearInterval(this.#timer)
	}
}
