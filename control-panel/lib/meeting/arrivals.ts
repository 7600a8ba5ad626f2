/** What comes to a browser, by its own statistics: how long each picture, or each piece of sound, lies until it is played. */

/** What was spent on so many, since it began. */
export interface Spent {
	seconds: number
	count: number
}

/** Before anything came. */
export const nothingSpent: Spent = { seconds: 0, count: 0 }

/** Milliseconds for each, since the look before. Null: there was none, or it is not the same that was looked at. */
export function meanMs(before: Spent, now: Spent): number | null {
	const [count, seconds] = [now.count - before.count, now.seconds - before.seconds]
	return count > 0 && seconds >= 0 ? (seconds * 1_000) / count : null
}

/**
 * Of one receiver: a picture from its first packet until it is decoded, sound in its jitter buffer (W3C webrtc-stats §8.3).
 * Null: nothing is received.
 */
export function arrivedOf(report: RTCStatsReport): Spent | null {
	for (const [, entry] of report as Iterable<[string, Record<string, unknown>]>) {
		if (entry.type !== 'inbound-rtp') continue
		const [seconds, count] =
			entry.kind === 'video'
				? [entry.totalProcessingDelay, entry.framesDecoded]
				: [entry.jitterBufferDelay, entry.jitterBufferEmittedCount]
		return { seconds: Number(seconds ?? 0), count: Number(count ?? 0) }
	}
	return null
}
