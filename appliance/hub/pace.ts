/** So many newcomers are let in at once, and so many a second after that: the transports of one cost the hub 10 to 20 ms. */
const atOnce = 40
const perSecond = 25

/**
 * The pace at which newcomers come into one meeting. When two hundred press at eight o'clock, those who are in already hear
 * and see on; the others are in a few seconds later, in waves, because each is told to try again and does so in its own time.
 */
export class Pace {
	#left = atOnce
	#at: number | null = null

	/** Whether one more may come now. `now` in milliseconds, of a clock that only goes forward. */
	take(now: number): boolean {
		this.#left = Math.min(atOnce, this.#left + ((now - (this.#at ?? now)) / 1_000) * perSecond)
		this.#at = now
		if (this.#left < 1) return false
		this.#left -= 1
		return true
	}
}
