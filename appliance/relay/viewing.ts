/**
 * How long somebody has watched, by the signs of it: a playlist was read, a connection stands or has just ended. Pure: the moments
 * go in. Times are epoch milliseconds. The rule is one for both ways: of two signs, what lies between them was watched if it
 * is no longer than `bridgeMs`. So whatever somebody has open beside each other counts once, and nobody has watched for
 * longer than from their first sign to their last.
 */

export type ViewingWay = 'webrtc' | 'http'

export interface Viewing {
	readonly firstAt: number
	readonly lastAt: number
	readonly watchedMs: number
	/** In the order in which they were first used. */
	readonly ways: readonly ViewingWay[]
}

/** A player reads its playlist each second, or every few of them on a bad line; a tab that was put to sleep does not. */
export const bridgeMs = 30_000

/** `before` null: the first sign of them. */
export function sign(before: Viewing | null, way: ViewingWay, at: number): Viewing {
	if (!before) return { firstAt: at, lastAt: at, watchedMs: 0, ways: [way] }
	// A clock that was set back counts nothing twice.
	const gapMs = Math.max(0, at - before.lastAt)
	return {
		...before,
		lastAt: before.lastAt + gapMs,
		watchedMs: before.watchedMs + (gapMs <= bridgeMs ? gapMs : 0),
		ways: before.ways.includes(way) ? before.ways : [...before.ways, way],
	}
}
