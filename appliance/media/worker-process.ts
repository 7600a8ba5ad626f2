import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { types } from 'mediasoup'

/** What the kernel knows of a worker, and how it ends. */

/** Whether it works or waits for its turn on a core: 'R' in the kernel's words (proc(5), /proc/pid/stat). */
export function isRunnable(pid: number): boolean {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
		return stat[stat.lastIndexOf(')') + 2] === 'R'
	} catch {
		return false
	}
}

/** Asks it to end, and ends it where it does not. */
export async function endWorker(worker: types.Worker): Promise<void> {
	if (worker.subprocessClosed) return
	const gone = once(worker, 'subprocessclose')
	worker.close()
	const timer = setTimeout(() => killWorker(worker), 1000)
	await gone
	clearTimeout(timer)
}

/** At once; it may hang. */
export function killWorker(worker: types.Worker) {
	if (worker.subprocessClosed) return
	try {
		process.kill(worker.pid, 'SIGKILL')
	} catch {} // gone already
}
