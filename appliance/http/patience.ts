import { TokenBucket } from '../hub/token-bucket.ts'

/** How much a client of a socket may say, and how much of it may be nonsense. `now` is monotonic, in milliseconds. */

export const messagesPerSecond = 100
const burst = 200
const strikes = { most: 20, withinMs: 10_000 }

/** Answers whether one more message is within a client's flow. */
export function createFlow() {
	const bucket = new TokenBucket(burst, messagesPerSecond)
	return (now: number): boolean => bucket.take(now)
}

/** Answers whether this fault was one too many. */
export function createStrikes() {
	const faults: number[] = []
	return (now: number): boolean => {
		faults.push(now)
		while ((faults[0] ?? now) < now - strikes.withinMs) faults.shift()
		return faults.length > strikes.most
	}
}

/**
 * Whether the other end still answers, asked every `everyMs`. Where we ourselves were held up (a stopped process, a machine that
 * stood), its answer may lie unread: then it is asked once more before it is given up.
 */
export function createPulse(everyMs: number) {
	let answered = true
	let askedAt: number | null = null
	return {
		answer() {
			answered = true
		},
		/** True: it is to be asked; false: it is gone. */
		beat(now: number): boolean {
			const late = askedAt !== null && now - askedAt > everyMs * 1.5
			if (!answered && !late) return false
			answered = false
			askedAt = now
			return true
		},
	}
}
