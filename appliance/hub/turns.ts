import type { Logger } from 'pino'
import { isStorageFault, notSaved, Refusal } from '../protocol/errors.ts'
import type { Result } from '../protocol/messages.ts'

/** A client that asks faster than it is answered is told so. */
const mostWaiting = 64

/** One connection's commands, one after the other in the order they came. */
export class Turns {
	readonly #log: Logger
	#last: Promise<unknown> = Promise.resolve()
	#waiting = 0

	constructor(log: Logger) {
		this.#log = log
	}

	/**
	 * Never rejects: a Refusal becomes its code, a disk that takes nothing 'not-saved', anything else 'internal', which is
	 * logged as the bug it is.
	 */
	async take(work: () => unknown): Promise<Result> {
		if (this.#waiting >= mostWaiting) {
			return { ok: false, code: 'too-many', message: `${mostWaiting} commands wait already` }
		}
		this.#waiting += 1
		const turn = this.#last.then(work)
		this.#last = turn.catch(() => {})
		try {
			const data = await turn
			return data === undefined ? { ok: true } : { ok: true, data }
		} catch (error) {
			if (error instanceof Refusal) return { ok: false, code: error.code, message: error.message }
			if (isStorageFault(error)) {
				this.#log.error({ err: error }, 'the disk took nothing of what a command changes')
				return { ok: false, code: 'not-saved', message: notSaved }
			}
			this.#log.error({ err: error }, 'a command failed')
			return { ok: false, code: 'internal', message: 'this failed by a fault of ours' }
		} finally {
			this.#waiting -= 1
		}
	}
}
