import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { StepError } from './step-error.mjs'

/**
 * One set-up at a time for each user of a machine. The kernel keeps the lock, by util-linux's `flock` around a `cat`
 * that reads from us: when we end, in whatever way, its input closes and the lock is free. No lock can be stale.
 */

const BUSY = 75 // what we let flock answer when another holds it (EX_TEMPFAIL)
const RETRY_MS = 300

/** A function that waits for the lock on `file` and resolves to its release. `onWait` is called once if it must wait. */
export function lockOn(file) {
	return async (onWait) => {
		mkdirSync(dirname(file), { recursive: true })
		for (let attempt = 0; ; attempt++) {
			const release = await tryLock(file)
			if (release) return release
			if (attempt === 0) onWait()
			await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
		}
	}
}

function tryLock(file) {
	return new Promise((resolve, reject) => {
		const fail = (reason) =>
			reject(
				new StepError(`${file} could not be locked: ${reason}`, 'See that the folder can be written, and run it again'),
			)
		const holder = spawn('flock', ['-n', '-E', `${BUSY}`, file, 'sh', '-c', 'echo held; exec cat >/dev/null'], {
			stdio: ['pipe', 'pipe', 'inherit'],
			detached: true, // Ctrl-C at a terminal reaches us, and the lock goes when we do
		})
		holder.once('error', (error) => fail(error.message))
		holder.once('exit', (code) => (code === BUSY ? resolve(null) : fail(`flock ended with code ${code}`)))
		holder.stdout.once('data', () => resolve(() => holder.stdin.end()))
	})
}
