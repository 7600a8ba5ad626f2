/** What a rung costs in bits per second, by the definitions of RFC 8216 §4.1, measured as its segments come. */
export class Bandwidth {
	readonly #targetS: number
	#recent: { bytes: number; durationS: number }[] = []
	#peak = 0
	#bytes = 0
	#seconds = 0

	constructor(targetS: number) {
		this.#targetS = targetS
	}

	add(bytes: number, durationS: number) {
		this.#bytes += bytes
		this.#seconds += durationS
		this.#recent = [...this.#recent.slice(1 - most), { bytes, durationS }]
		let setBytes = 0
		let setS = 0
		for (const one of this.#recent.toReversed()) {
			setBytes += one.bytes
			setS += one.durationS
			if (setS > this.#targetS * 1.5) break
			if (setS >= this.#targetS * 0.5) this.#peak = Math.max(this.#peak, (setBytes * 8) / setS)
		}
	}

	/** The largest of any segments in a row that take half to one and a half of the target. */
	get peak(): number {
		return Math.max(this.#peak, this.average)
	}

	/** Of all. 0: there was none yet. */
	get average(): number {
		return this.#seconds > 0 ? (this.#bytes * 8) / this.#seconds : 0
	}
}

/** Segments that can make one set; more are so short that their rate says nothing. */
const most = 16
