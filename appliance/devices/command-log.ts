import type { Log } from '../../drivers/device.ts'
import { type LogLevel, type LogLine, logLevels } from './messages.ts'

/**
 * What was said to one camera and by it, last: kept whatever the log level is, for those who have to find out why it does
 * not obey. In memory only. It stands on the way from a tap to the wire, so a line costs one small object.
 */

const kept = 200
/** Enough for any command; an answer with a page of XML says at its beginning what it is. */
const longest = 500

export class CommandLog {
	readonly #lines: LogLine[] = []
	/** Where the oldest line stands once all places are taken. */
	#oldest = 0

	add(direction: LogLine['direction'], text: string): void {
		const line = { at: Date.now(), direction, text: text.length > longest ? `${text.slice(0, longest)}…` : text }
		if (this.#lines.length < kept) {
			this.#lines.push(line)
			return
		}
		this.#lines[this.#oldest] = line
		this.#oldest = (this.#oldest + 1) % kept
	}

	/** Oldest first. */
	lines(): LogLine[] {
		return [...this.#lines.slice(this.#oldest), ...this.#lines.slice(0, this.#oldest)]
	}
}

/** The log that a camera's driver gets: names the camera, and keeps what passes over the wire. */
export function cameraLog(camera: string, log: Log & { level?: LogLevel }, commands: CommandLog): Log {
	const named = (level: LogLevel) => {
		// Making an object for nobody would be felt on the way to the wire.
		if (log.level && logLevels.indexOf(level) < logLevels.indexOf(log.level)) return () => {}
		return (detail: object | string, message?: string) =>
			typeof detail === 'string' ? log[level]({ camera }, detail) : log[level]({ ...detail, camera }, message)
	}
	const trace = named('trace')
	return {
		trace(detail, message) {
			if (typeof detail === 'object') {
				const { tx, rx } = detail as { tx?: unknown; rx?: unknown }
				if (typeof tx === 'string') commands.add('tx', tx)
				if (typeof rx === 'string') commands.add('rx', rx)
			}
			trace(detail, message)
		},
		debug: named('debug'),
		info: named('info'),
		warn: named('warn'),
		error: named('error'),
	}
}
