import { TokenBucket } from './token-bucket.ts'

/** So many newcomers are let in at once, and so many a second after that: the transports of one cost the hub 10 to 20 ms. */
const atOnce = 40
const perSecond = 25
/** For so many people who come the SFU is asked for something at a time; more would only wait for each other there. */
const mostAtWork = 3

/**
 * The pace at which newcomers come into one meeting. When two hundred press at eight o'clock, those who are in already hear
 * and see on; the others are in a few seconds later, in waves, because each is told to try again and does so in its own time.
 * How many a machine takes is not known beforehand: nobody is let in while it is still at work for those before.
 */
export class Pace {
	readonly #newcomers = new TokenBucket(atOnce, perSecond)
	#atWork = 0

	/** Whether one more may come. `now` in milliseconds, of a clock that only goes forward. */
	take(now: number): boolean {
		return this.#atWork < mostAtWork && this.#newcomers.take(now)
	}

	/** What is done for one who comes, newcomer or not. */
	async during<T>(work: () => Promise<T>): Promise<T> {
		this.#atWork++
		try {
			return await work()
		} finally {
			this.#atWork--
		}
	}
}
