import type { Result } from '../protocol/messages.ts'
import type { Call } from './call.ts'
import { refused } from './result.ts'

/** How long somebody who asked to join waits for the hub's yes or no; the state tells what follows. */
const answerMs = 10_000

type Refused = ReturnType<typeof refused>

/** What somebody who asked to join is told of this call; null: nothing yet. */
export function answerOf({ control, phase, target }: Call, refusal: Refused | null): Result | null {
	if (control !== 'joined' && target !== null) return null
	if (phase === 'leaving') return null
	return target !== null ? { ok: true } : (refusal ?? refused('hub-away', 'the call did not come about'))
}

/** Those who asked to join, until the hub has said yes or no. */
export class CallWaiters {
	#waiting: ((result: Result) => void)[] = []
	#refusal: Refused | null = null

	/** A new call: what was refused before is of another one. */
	begin() {
		this.#refusal = null
	}

	/** Why there will be no call; the call itself ends soon after. */
	refuse(refusal: Refused) {
		this.#refusal = refusal
	}

	/** 'ok' as well when the hub has not said either after 10 s. */
	wait(): Promise<Result> {
		return new Promise((resolve) => {
			const timer = setTimeout(() => resolve({ ok: true }), answerMs)
			this.#waiting.push((result) => {
				clearTimeout(timer)
				resolve(result)
			})
		})
	}

	/** Answers them where this call is an answer. */
	look(call: Call) {
		const result = answerOf(call, this.#refusal)
		if (result) for (const answer of this.#waiting.splice(0)) answer(result)
	}
}
