import { afterWrong } from './lockout.ts'
import { type Tried, type Tries, waitOf } from './tries.ts'

/** Of networks, and of names that are none: a day's of anybody who could get hold of so many. Those of longest ago go first. */
export const mostKept = 10_000

/** Where wrong tries are kept: over a new start, or for as long as this process lives. */
export interface Keeping {
	get(key: string): Tried | null
	put(key: string, tried: Tried): void
	drop(key: string): void
	/** After each wrong one: what is old, or too many, is forgotten. */
	prune(): void
}

export function triesKept({ get, put, drop, prune }: Keeping, now: () => number) {
	function triesOf(keys: readonly string[]): Tries {
		return new Map(
			keys.flatMap((key): [string, Tried][] => {
				const tried = get(key)
				return tried ? [[key, tried]] : []
			}),
		)
	}

	return {
		/** Milliseconds; 0: now. */
		waitOf: (keys: readonly string[]) => waitOf(triesOf(keys), keys, now()),
		/** For how long the next one waits. */
		wrong(keys: readonly string[]): number {
			const { tries, waitMs } = afterWrong(triesOf(keys), keys, now())
			for (const [key, tried] of tries) put(key, tried)
			prune()
			return waitMs
		},
		forget(keys: readonly string[]) {
			for (const key of keys) drop(key)
		},
	}
}
