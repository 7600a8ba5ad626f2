import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Level, type Logger, pino } from 'pino'

/**
 * The service's last lines, kept beside its data: where there is no journal that it may read they are all that tells what
 * happened before it was started anew. Two files by turns. A disk that is full or gone costs the lines and nothing else.
 */

export interface LogRing {
	/** One line with its end, as pino writes it. */
	write(line: string): void
	/** What has not been written yet. At the end of the process. */
	flush(): void
}

/** Where it is, from the data folder on. It is no part of a backup. */
export const ringFolder = (dataDir: string) => join(dataDir, 'cache', 'logs')

const [current, former] = ['service.log', 'service.1.log']
const mostBytes = 4 * 1024 * 1024
const everyMs = 1_000
/** Of lines that wait for a disk: more are not kept. */
const mostWaiting = 1024 * 1024

export function openLogRing(folder: string, most = mostBytes): LogRing {
	const path = join(folder, current)
	let waiting: string[] = []
	let waitingBytes = 0
	let size: number | null = null
	let due = false

	/** How large the file is now. Throws what the disk says. */
	function prepare(): void {
		if (size === null) {
			mkdirSync(folder, { recursive: true, mode: 0o700 })
			size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
		}
		if (size < most) return
		renameSync(path, join(folder, former))
		size = 0
	}

	function take(): string {
		const text = waiting.join('')
		waiting = []
		waitingBytes = 0
		return text
	}

	async function turn(): Promise<void> {
		try {
			prepare()
			const text = take()
			size = (size ?? 0) + text.length
			await appendFile(path, text, { mode: 0o600 })
		} catch {
			size = null // looked at anew with the next lines
		}
		due = false
		if (waiting.length > 0) schedule()
	}

	function schedule(): void {
		if (due) return
		due = true
		setTimeout(() => void turn(), everyMs).unref()
	}

	return {
		write(line) {
			if (waitingBytes + line.length > mostWaiting) return
			waiting.push(line)
			waitingBytes += line.length
			schedule()
		},
		flush() {
			if (waiting.length === 0) return
			try {
				prepare()
				appendFileSync(path, take(), { mode: 0o600 })
			} catch {
				// the process ends, and there is nobody to tell
			}
		},
	}
}

/** To standard error at `level`, and to the ring from 'info' on: what is said seldom, and is missed afterwards. */
export function openLog(level: string, ring: LogRing): Logger {
	const least = pino.levels.values[level] ?? 30
	const streams = [
		{ level: level as Level, stream: pino.destination(2) },
		{ level: 'info' as const, stream: ring },
	]
	return pino({ level: least > 30 ? 'info' : level }, pino.multistream(streams))
}

/** The lines that are there, the oldest first. */
export function readLogRing(folder: string): string[] {
	return [former, current].flatMap((name) => {
		try {
			return readFileSync(join(folder, name), 'utf8')
				.split('\n')
				.filter((line) => line !== '')
		} catch {
			return []
		}
	})
}
