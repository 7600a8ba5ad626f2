import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves with the milliseconds that it took to become true. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 60_000): Promise<number> {
	const begin = performance.now()
	while (!(await holds())) {
		if (performance.now() - begin > ms) throw new Error(`waited ${ms} ms in vain for ${what}`)
		await sleep(5)
	}
	return performance.now() - begin
}
