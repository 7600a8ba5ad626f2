import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again until the answer is neither undefined, null nor false. Throws after `ms`, naming what was waited for. */
export async function until<T>(
	what: string,
	ask: () => T | Promise<T>,
	ms = 20_000,
	everyMs = 25,
): Promise<NonNullable<T>> {
	const end = performance.now() + ms
	for (;;) {
		const answer = await ask()
		if (answer !== undefined && answer !== null && answer !== false) return answer
		if (performance.now() > end) throw new Error(`waited ${ms} ms in vain for: ${what}`)
		await sleep(everyMs)
	}
}

/** The p-th fraction of the figures, 0..1, by nearest rank. */
export function percentile(figures: number[], p: number): number {
	const sorted = [...figures].sort((a, b) => a - b)
	return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * p) - 1)] ?? Number.NaN
}

/** How often scenes with kills are played: a few in every run, many in the long one. */
export const trials = Number(process.env.MARU_TRIALS ?? 5)
