import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again until the answer is neither undefined, null nor false. Throws after `ms`, naming what was waited for. */
export async function until<T>(
	what: string,
	ask: () => T | Promise<T>,
	ms = 60_000,
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

/** How often scenes with kills are played: once in every run, twenty times in the long one. */
export const trials = Number(process.env.MARU_TRIALS ?? 1)

/**
 * What a time is held against. The long run, played on a quiet machine, asserts the promise itself; the quick one asserts
 * only what a hang would break, because it shares its two cores with whatever else runs.
 */
export const limitOf = (promiseMs: number): number => (trials >= 20 ? promiseMs : Math.max(10_000, promiseMs * 4))

/** Tells the figures, and holds their p95 against the promise. */
export function judge(what: string, figures: number[], promiseMs: number) {
	const list = figures.map((ms) => Math.round(ms)).join(' ')
	const [p50, p95] = [percentile(figures, 0.5), percentile(figures, 0.95)].map(Math.round)
	console.log(`${what}: p50 ${p50} ms, p95 ${p95} ms of ${figures.length}, promised ${promiseMs} ms (${list})`)
	const limit = limitOf(promiseMs)
	if (!(percentile(figures, 0.95) <= limit)) throw new Error(`${what}: p95 ${p95} ms, more than ${limit} ms`)
}
