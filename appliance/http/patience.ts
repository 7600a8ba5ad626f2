/** How much a client of a socket may say, and how much of it may be nonsense. `now` is monotonic, in milliseconds. */

export const messagesPerSecond = 100
const burst = 200
const strikes = { most: 20, withinMs: 10_000 }

/** Answers whether one more message is within a client's flow (a token bucket). */
export function createFlow() {
	let tokens = burst
	let filledAt = performance.now()
	return (now: number): boolean => {
		tokens = Math.min(burst, tokens + ((now - filledAt) / 1_000) * messagesPerSecond)
		filledAt = now
		if (tokens < 1) return false
		tokens -= 1
		return true
	}
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
