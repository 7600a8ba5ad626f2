import { setTimeout as sleep } from 'node:timers/promises'
import type { Notify } from '../ops/notify.ts'

/** How each part that has been started is ended, in the order of the start. */
export type Ends = (() => unknown)[]

/** What is left after this long is ended with the process: a service that does not stop is worse. */
const endMs = 4_500

/** `ended` resolves when a signal came and everything has ended: exit code 0. */
export function endOnSignal(ends: Ends, notify: Notify): { ended: Promise<void>; asked: () => boolean } {
	const { promise: ended, resolve } = Promise.withResolvers<void>()
	let asked = false
	function end() {
		if (asked) return
		asked = true
		notify('STOPPING=1')
		void Promise.race([endAll(ends), sleep(endMs)]).then(() => resolve())
	}
	// Each time, not once: a terminal and npm both send it, and one without a listener would cut the ending short.
	for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)
	return { ended, asked: () => asked }
}

/** The last that was started ends first. One that fails to end does not keep the others. */
export async function endAll(ends: Ends): Promise<void> {
	for (let end = ends.pop(); end; end = ends.pop()) {
		try {
			await end()
		} catch (error) {
			console.error(error)
		}
	}
}
