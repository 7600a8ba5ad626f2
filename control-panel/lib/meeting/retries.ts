import type { ErrorCode } from '../../../appliance/protocol/errors.ts'

/** Asked so often whether the meeting has been opened. */
const notOpenMs = 3000
/** Many come at the same moment: the hub is done with a few of them by then. */
const busyMs = 400
/** An SFU is replaced within a second or two. */
const mediaMs = 500
const mediaTries = 12
/** Who was in for so long comes back at once after a loss; who falls out again and again takes pauses. */
const steadyMs = 2000

/** Doubling from a quarter of a second to four. */
function pauseMs(tries: number): number {
	return Math.min(4000, 125 * 2 ** tries)
}

/** How long to wait after the attempt of this number has failed. */
export function failureMs(code: ErrorCode, tries: number): number {
	switch (code) {
		case 'meeting-not-open':
			return notOpenMs
		case 'busy':
			return busyMs
		case 'media-unavailable':
			return tries < mediaTries ? mediaMs : pauseMs(tries)
		default:
			return pauseMs(tries)
	}
}

/** When a page that is not in tries to come in again. */
export class Retries {
	readonly #again: () => void
	#tries = 0
	#timer: ReturnType<typeof setTimeout> | undefined

	constructor(again: () => void) {
		this.#again = again
	}

	/** Something was lost. `inMs`: for how long one was in until now; null: one was not. */
	lost(inMs: number | null) {
		if (inMs !== null && inMs > steadyMs) this.#tries = 0
		this.#wait(this.#tries++ === 0 ? 0 : pauseMs(this.#tries))
	}

	/** An attempt has failed. */
	failed(code: ErrorCode) {
		this.#tries++
		this.#wait(failureMs(code, this.#tries))
	}

	stop() {
		clearTimeout(this.#timer)
	}

	/** About then, by chance a little sooner or later: a hundred people who lost the same thing don't return as one. */
	#wait(ms: number) {
		clearTimeout(this.#timer)
		this.#timer = setTimeout(this.#again, ms * (0.75 + Math.random() / 2))
	}
}
