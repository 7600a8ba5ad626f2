import { Refusal } from '../protocol/errors.ts'

/**
 * Who may try a code or a password now. Five wrong ones are free; from then on each costs a wait twice as long as the one
 * before. Counted for what is tried, for the network that tries, or for both, as whoever asks says (test/identity/guessing.test.ts
 * has what comes of it). Pure: the clock is an argument.
 */

export interface Tried {
	readonly wrong: number
	/** Nobody may try before. */
	readonly until: number
	readonly at: number
}
export type Tries = ReadonlyMap<string, Tried>

const usuallyFree = 5
const firstWaitMs = 30_000
const longestWaitMs = 3_600_000
/** A day after the last wrong try it is forgotten. */
const forgottenMs = 24 * 3_600_000

/** Milliseconds until any of these may try; 0: now. A try before that is not looked at, right or wrong. */
export function waitOf(tries: Tries, keys: readonly string[], now: number): number {
	return Math.max(0, ...keys.map((key) => (tries.get(key)?.until ?? 0) - now))
}

/** `free`: so many wrong ones, the last of which costs the first wait. */
export function withWrong(tries: Tries, keys: readonly string[], now: number, free = usuallyFree): Tries {
	const next = new Map([...tries].filter(([, { at }]) => now - at < forgottenMs))
	for (const key of keys) {
		const wrong = (next.get(key)?.wrong ?? 0) + 1
		const waitMs = wrong < free ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(30, wrong - free))
		next.set(key, { wrong, until: now + waitMs, at: now })
	}
	return next
}

/** A right one: whoever mistyped before begins anew. */
export function withRight(tries: Tries, keys: readonly string[]): Tries {
	const next = new Map(tries)
	for (const key of keys) next.delete(key)
	return next
}

/** Too many wrong ones: the next try is looked at after so many seconds. */
export class TryLater extends Refusal {
	readonly seconds: number

	constructor(waitMs: number) {
		super('too-many', 'too many wrong tries: wait before the next')
		this.seconds = Math.ceil(waitMs / 1_000)
	}
}
