/** Where a moment of a meeting stands in the one file of a recording, which leaves out what lies between two parts. Pure. */

/** A part of it: milliseconds since 1970, and where it begins in the file. In their order, at least one. */
export interface Placed {
	startsAtMs: number
	durationMs: number
	fromMs: number
}

/** Milliseconds from the beginning of the file. What was not recorded stands where the recording goes on, or at its ends. */
export function mediaTime(parts: readonly Placed[], atMs: number): number {
	const part = parts.findLast(({ startsAtMs }) => startsAtMs <= atMs)
	return part ? part.fromMs + Math.min(part.durationMs, atMs - part.startsAtMs) : 0
}

/** How much of this time was recorded, in milliseconds. */
export function recordedMs(parts: readonly Placed[], fromMs: number, toMs: number): number {
	return parts.reduce((sum, { startsAtMs, durationMs }) => {
		const overlap = Math.min(toMs, startsAtMs + durationMs) - Math.max(fromMs, startsAtMs)
		return sum + Math.max(0, overlap)
	}, 0)
}

/** From the first moment that was recorded to the last. */
export function spanOf(parts: readonly Placed[]): { fromMs: number; toMs: number } | null {
	const [first, last] = [parts[0], parts.at(-1)]
	return first && last ? { fromMs: first.startsAtMs, toMs: last.startsAtMs + last.durationMs } : null
}
