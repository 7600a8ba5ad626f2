/** A worker that does not answer for so many beats, and does not want to run either, is hung: 2 s. */
const missedBeats = 4
/** One that works, or waits for its turn on a core, may be busy with what was asked of it before: 10 s. */
const busyBeats = 20
/** It wants nothing when so many beats in a row have found it so: one that works may be between two things. */
const idleBeats = 2

/**
 * When to give up a worker that does not answer. It answers in the order it was asked: when everybody turns a page at once,
 * and the machine is busy besides, the next beat stands behind thousands of orders. To kill it then would throw out all
 * who are in, to come back together. Counted in beats, so that our own pause blames nobody.
 */
export class Heart {
	#missed = 0
	#idle = 0

	/** The last question was answered. */
	answered() {
		this.#missed = 0
	}

	/** One more beat. `runnable`: whether it works or would, if it were let. Answers whether it is hung. */
	beat(runnable: boolean): boolean {
		this.#missed += 1
		this.#idle = runnable ? 0 : this.#idle + 1
		if (this.#missed > busyBeats) return true
		return this.#missed > missedBeats && this.#idle >= idleBeats
	}
}
