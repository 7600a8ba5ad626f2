/** A deadline that can be put off. */
export interface Deadline {
	/** Aborted when the time is over. */
	readonly signal: AbortSignal
	/** So long from now at least. */
	prolong(ms: number): void
	/** It does not matter any more. */
	clear(): void
}

/** However long a driver wants to wait: a camera that takes more than a minute to wake up is not going to. */
const longestMs = 60_000

export function startDeadline(ms: number): Deadline {
	const late = new AbortController()
	const abort = () => late.abort()
	let at = performance.now() + ms
	let timer = setTimeout(abort, ms)
	return {
		signal: late.signal,
		prolong(moreMs) {
			const now = performance.now()
			const later = now + Math.min(moreMs, longestMs)
			if (!(later > at)) return
			at = later
			clearTimeout(timer)
			timer = setTimeout(abort, at - now)
		},
		clear: () => clearTimeout(timer),
	}
}
