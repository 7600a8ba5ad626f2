import { flushCompileCache } from 'node:module'
import { DeviceError, type Log } from '../../drivers/device.ts'
import type { TextLinesConfig } from '../../drivers/microphones/config.ts'
import { type Cameras, openCameras } from './cameras.ts'
import {
	type Answer,
	beatMs,
	type CameraConfig,
	isDownMessage,
	type LogLevel,
	logLevels,
	type MicrophonesConfig,
	monotonicMs,
	type UpMessage,
} from './messages.ts'
import { type HallMicrophones, openMicrophones } from './microphones.ts'
import { loadCameraDriver, loadMicrophonesDriver } from './registry.ts'

/**
 * Entry of the devices process, forked by `client.ts`. It ends when the room ends it, goes away, or a signal comes; each
 * time the cameras that move are stopped first. It imports little, because it is also what a restart waits for.
 */

/** How long an ending process waits for cameras to confirm their stop. */
const lastStopMs = 1_000
/** By then the drivers are loaded and what matters more is done; later, a second kill would find nothing kept. */
const cacheMs = 500

let cameras: Cameras | null = null
let microphones: HallMicrophones | null = null
let level: LogLevel = 'info'
let ending = false

function send(message: UpMessage): void {
	// Without a callback a channel that has just closed would be an uncaught error.
	if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

function toLog(ofLevel: LogLevel) {
	return (detail: object | string, message = ''): void => {
		if (logLevels.indexOf(ofLevel) < logLevels.indexOf(level)) return
		const { camera = null, ...rest } = typeof detail === 'string' ? {} : (detail as Record<string, unknown>)
		const text = typeof detail === 'string' ? detail : message
		if (rest.err instanceof Error) rest.err = described(rest.err)
		send({
			type: 'log',
			level: ofLevel,
			camera: typeof camera === 'string' ? camera : null,
			detail: rest,
			message: text,
		})
	}
}

/** An Error is `{}` in JSON. */
function described(error: Error): object {
	return { type: error.name, message: error.message, stack: error.stack }
}

const log: Log = {
	trace: toLog('trace'),
	debug: toLog('debug'),
	info: toLog('info'),
	warn: toLog('warn'),
	error: toLog('error'),
}

async function open(config: CameraConfig, signal: AbortSignal) {
	const driver = await loadCameraDriver(config.driver)
	if (!driver) throw new DeviceError('unsupported', `there is no driver ${config.driver}`)
	return driver.open(config, { signal, log: forCamera(config.id) })
}

function hall({ system, seats }: MicrophonesConfig, open: readonly string[] | null): HallMicrophones {
	return openMicrophones({
		open,
		async connect(open, signal) {
			const driver = await loadMicrophonesDriver(system.driver)
			if (!driver) throw new DeviceError('unsupported', `there is no driver ${system.driver}`)
			// Checked against its schema where the configuration is read.
			return driver.open({ system: system as TextLinesConfig, seats, open }, { signal, log })
		},
		report: (report) => send({ type: 'microphones', report }),
		log,
	})
}

function forCamera(camera: string): Log {
	const named = (write: Log['info']) => (detail: object | string, message?: string) =>
		typeof detail === 'string' ? write({ camera }, detail) : write({ ...detail, camera }, message)
	return {
		trace: named(log.trace),
		debug: named(log.debug),
		info: named(log.info),
		warn: named(log.warn),
		error: named(log.error),
	}
}

const nothing = () => null

function answer(id: number, result: Promise<Answer>): void {
	result.then(
		(value) => send({ type: 'result', id, ok: true, value }),
		(error: unknown) => {
			const code = error instanceof DeviceError ? error.code : 'internal'
			send({ type: 'result', id, ok: false, code, message: error instanceof Error ? error.message : String(error) })
		},
	)
}

process.on('message', (message: unknown) => {
	if (!isDownMessage(message)) return log.warn({}, 'a message of unknown type was dropped')
	switch (message.type) {
		case 'beat':
			return cameras?.beat()
		case 'order':
			if (cameras) answer(message.id, cameras.order(message.camera, message.order, message.at))
			return
		case 'setup':
			level = message.level
			cameras = openCameras({
				configs: message.cameras,
				open,
				report: (report) => send({ type: 'camera', report }),
				log,
				now: monotonicMs,
			})
			if (message.microphones) microphones = hall(message.microphones, message.microphones.open)
			setInterval(() => send({ type: 'beat' }), beatMs)
			// Node would write it at the end, and a process that is killed has none.
			setTimeout(flushCompileCache, cacheMs)
			return send({ type: 'up' })
		case 'microphones.set':
			if (microphones) answer(message.id, microphones.set(message.seat, message.open).then(nothing))
			return
		case 'microphones.hold':
			return microphones?.hold(message.open)
		case 'close':
			return end(0)
	}
})

function end(code: number): void {
	if (ending) return
	ending = true
	const ended = Promise.all([cameras?.close(lastStopMs), microphones?.close()])
	// What is logged last is still on its way: closing the channel lets it through, `process.exit` alone would not.
	const leave = () => {
		process.exitCode = code
		if (process.connected) process.disconnect()
		setImmediate(() => process.exit())
	}
	ended.then(leave, leave)
}

function survive(error: unknown): void {
	if (cameras?.blame(error) || microphones?.blame(error)) return
	log.error({ err: error }, 'the devices process has a bug and starts anew')
	end(1)
}

process.on('disconnect', () => end(0))
process.on('SIGTERM', () => end(0))
process.on('SIGINT', () => end(0))
process.on('uncaughtException', survive)
process.on('unhandledRejection', survive)
