import type { Tried } from './tries.ts'
import { mostKept, triesKept } from './tries-kept.ts'

/** What was tried wrongly, for as long as this process lives: for codes that are over with the day. */
export function createTriesMemory(now: () => number) {
	const kept = new Map<string, Tried>()
	return triesKept(
		{
			get: (key) => kept.get(key) ?? null,
			put(key, tried) {
				kept.delete(key) // so that it is the last one
				kept.set(key, tried)
			},
			drop: (key) => void kept.delete(key),
			prune() {
				for (const [key] of kept) {
					if (kept.size <= mostKept) break
					kept.delete(key)
				}
			},
		},
		now,
	)
}
