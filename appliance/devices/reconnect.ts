import { setTimeout as delay } from 'node:timers/promises'

/** A connection that lived this long was a good one: the next attempts begin quickly again. */
const goodMs = 5_000

/**
 * 0.25 s, 0.5 s … 2 s, each up to a quarter longer, so that many devices behind one switch do not come at once. No
 * longer than that, because a device is to be back 3 s after its line returns.
 */
export function backoffMs(attempt: number, random: number): number {
	return Math.min(2_000, 250 * 2 ** attempt) * (1 + random / 4)
}

/**
 * Opens one connection after the other until `signal`. `connection` settles when it is over, with how long it was of use
 * (ms). `restMs`: how long the device is to be left alone at least, as things are then.
 */
export async function keepConnecting(
	connection: () => Promise<number>,
	{ signal, random, restMs = () => 0 }: { signal: AbortSignal; random: () => number; restMs?: () => number },
): Promise<void> {
	let attempt = 0
	while (!signal.aborted) {
		const livedMs = await connection()
		attempt = livedMs > goodMs ? 0 : attempt + 1
		const waitMs = Math.max(restMs(), backoffMs(attempt - 1, random()))
		await delay(waitMs, undefined, { signal }).catch(() => {})
	}
}
