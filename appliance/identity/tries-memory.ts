import { afterWrong } from './lockout.ts'
import { type Tried, type Tries, waitOf } from './tries.ts'

/** What was tried wrongly, for as long as this process lives: for codes that are over with the day. */

/** A day's networks of anybody who could get hold of so many; the ones that tried longest ago go first. */
const mostKept = 10_000

export function createTriesMemory(now: () => number) {
	const kept = new Map<string, Tried>()

	function triesOf(keys: readonly string[]): Tries {
		return new Map(
			keys.flatMap((key): [string, Tried][] => {
				const tried = kept.get(key)
				return tried ? [[key, tried]] : []
			}),
		)
	}

	return {
		/** Milliseconds; 0: now. */
		waitOf: (keys: readonly string[]) => waitOf(triesOf(keys), keys, now()),
		wrong(keys: readonly string[]) {
			for (const [key, tried] of afterWrong(triesOf(keys), keys, now()).tries) {
				kept.delete(key) // so that it is the last one
				kept.set(key, tried)
			}
			for (const [key] of kept) {
				if (kept.size <= mostKept) break
				kept.delete(key)
			}
		},
		forget(keys: readonly string[]) {
			for (const key of keys) kept.delete(key)
		},
	}
}
