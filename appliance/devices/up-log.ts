import type { Log } from '../../drivers/device.ts'
import { type LogLevel, logLevels, type UpMessage } from './messages.ts'

/** A log whose lines go to the room over the channel, from this level on. */
export function upLog(level: LogLevel, send: (message: UpMessage) => void): Log & { level: LogLevel } {
	const at = (ofLevel: LogLevel) => (detail: object | string, text?: string) => {
		if (logLevels.indexOf(ofLevel) < logLevels.indexOf(level)) return
		const { camera = null, ...rest } = typeof detail === 'string' ? {} : (detail as Record<string, unknown>)
		const message = typeof detail === 'string' ? detail : (text ?? '')
		if (rest.err instanceof Error) rest.err = described(rest.err)
		send({ type: 'log', level: ofLevel, camera: typeof camera === 'string' ? camera : null, detail: rest, message })
	}
	return {
		level,
		trace: at('trace'),
		debug: at('debug'),
		info: at('info'),
		warn: at('warn'),
		error: at('error'),
	}
}

/** An Error is `{}` in JSON. */
function described(error: Error): object {
	return { type: error.name, message: error.message, stack: error.stack }
}
