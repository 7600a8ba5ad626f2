import { writeSync } from 'node:fs'

/** systemd's word of us, and ours to it (sd_notify(3)). */

export interface Notify {
	/** Lines as sd_notify has them: 'READY=1'. Throws nothing and waits for nothing; without systemd nobody hears it. */
	(...lines: readonly string[]): void
	/** Without a word for so long we are taken for hung. Null: nobody watches. */
	readonly watchdogMs: number | null
}

/** What `systemd/with-notify` has opened for this process. Our children are not told of it. */
export function openNotify(env: NodeJS.ProcessEnv, pid = process.pid): Notify {
	const fd = numberOf(env.MARU_NOTIFY_FD)
	const watched = env.WATCHDOG_PID === undefined || env.WATCHDOG_PID === String(pid)
	const usec = watched ? numberOf(env.WATCHDOG_USEC) : null
	for (const name of ['MARU_NOTIFY_FD', 'WATCHDOG_PID', 'WATCHDOG_USEC']) delete env[name]
	const tell = (...lines: readonly string[]) => {
		if (fd === null) return
		try {
			writeSync(fd, lines.join('\n'))
		} catch {
			// systemd is busy, or is being replaced by its own successor. Whoever is not heard at all is restarted.
		}
	}
	return Object.assign(tell, { watchdogMs: fd === null || usec === null ? null : usec / 1_000 })
}

function numberOf(text: string | undefined): number | null {
	return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null
}
