/**
 * Who may try a code now. Five wrong ones are free; from then on each costs a wait twice as long as the one before. Counted
 * for the number that is tried and for the address that tries, so that neither many numbers from one place nor one number
 * from many places leads anywhere: in ten hours 25 tries of a million. Pure: the clock is an argument.
 */

interface Tried {
	readonly wrong: number
	/** Nobody may try before. */
	readonly until: number
	readonly at: number
}
export type Tries = ReadonlyMap<string, Tried>

const free = 5
const firstWaitMs = 30_000
const longestWaitMs = 3_600_000
/** A day after the last wrong try it is forgotten. */
const forgottenMs = 24 * 3_600_000

/** Milliseconds until any of these may try; 0: now. A try before that is not looked at, right or wrong. */
export function waitOf(tries: Tries, keys: readonly string[], now: number): number {
	return Math.max(0, ...keys.map((key) => (tries.get(key)?.until ?? 0) - now))
}

export function withWrong(tries: Tries, keys: readonly string[], now: number): Tries {
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
