import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../drivers/device.ts'

const quiet = () => {}
export const silentLog: Log = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet }

/** Looks every few milliseconds; the limit is generous, it only keeps a test from hanging. */
export async function until<T>(what: string, look: () => T | null | undefined | false, limitMs = 30_000): Promise<T> {
	const end = performance.now() + limitMs
	for (;;) {
		const seen = look()
		if (seen) return seen
		if (performance.now() > end) throw new Error(`waited in vain for ${what}`)
		await delay(5)
	}
}
