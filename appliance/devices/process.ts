import { flushCompileCache } from 'node:module'
import { DeviceError, type OpenContext } from '../../drivers/device.ts'
import type { TextLinesConfig } from '../../drivers/microphones/config.ts'
import { createReach, type Reach } from '../../drivers/reach.ts'
import type { CallLamps } from '../../drivers/speakerphone.ts'
import { type Cameras, openCameras } from './cameras.ts'
import {
	type Answer,
	beatMs,
	type CameraConfig,
	isDownMessage,
	type MicrophonesConfig,
	monotonicMs,
	type SpeakerphoneConfig,
	type UpMessage,
} from './messages.ts'
import { type HallMicrophones, openMicrophones } from './microphones.ts'
import { openPins, type Pins } from './pins.ts'
import { loadCameraDriver, loadMicrophonesDriver, loadSpeakerphoneDriver } from './registry.ts'
import { openSpeakerphone, type RoomSpeakerphone } from './speakerphone.ts'
import { upLog } from './up-log.ts'

/**
 * Entry of the devices process, forked by `client.ts`. It ends when the room ends it, goes away, or a signal comes; each
 * time the cameras that move are stopped first. It imports little, because it is also what a restart waits for.
 */

/** How long an ending process waits for cameras to stand: some obey only the fourth stop. */
const lastStopMs = 2_500
/** By then the drivers are loaded and what matters more is done; later, a second kill would find nothing kept. */
const cacheMs = 500

let cameras: Cameras | null = null
let microphones: HallMicrophones | null = null
let speakerphone: RoomSpeakerphone | null = null
let discover: ((seconds: number) => Promise<Answer>) | null = null
let log = upLog('info', send)
let pins: Pins = openPins(null, log)
/** Null: devices may be anywhere. */
let reach: Reach | null = null
const ending = new AbortController()

function send(message: UpMessage): void {
	// Without a callback a channel that has just closed would be an uncaught error.
	if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

/** Cameras of VISCA over IP know no other. */
const familyOf = ({ driver }: CameraConfig) => (driver === 'visca-ip' ? 4 : undefined)

async function open(config: CameraConfig, context: OpenContext) {
	const driver = await loadCameraDriver(config.driver)
	if (!driver) throw new DeviceError('unsupported', `there is no driver ${config.driver}`)
	const { host } = config
	// By the address that its name means now: nothing asks for the name a second time.
	const address = typeof host === 'string' && reach ? await reach.addressOf(host, familyOf(config)) : host
	const placed = address === host ? config : { ...config, host: address }
	return driver.open(placed, { ...context, trust: pins.trust(config) })
}

function hall({ system, seats }: MicrophonesConfig, open: readonly string[] | null): HallMicrophones {
	return openMicrophones({
		open,
		async connect(open, signal) {
			const driver = await loadMicrophonesDriver(system.driver)
			if (!driver) throw new DeviceError('unsupported', `there is no driver ${system.driver}`)
			// Checked against its schema where the configuration is read.
			return driver.open({ system: await placed(system as TextLinesConfig), seats, open }, { signal, log })
		},
		report: (report) => send({ type: 'microphones', report }),
		log,
	})
}

/** The system with the address that its name means now. */
async function placed(system: TextLinesConfig): Promise<TextLinesConfig> {
	const { tcp } = system
	return tcp && reach ? { ...system, tcp: { ...tcp, host: await reach.addressOf(tcp.host) } } : system
}

function callControl(config: SpeakerphoneConfig, lamps: CallLamps | null): RoomSpeakerphone {
	return openSpeakerphone({
		lamps,
		async connect(lamps, signal) {
			const driver = await loadSpeakerphoneDriver(config.driver)
			if (!driver) throw new DeviceError('unsupported', `there is no driver ${config.driver}`)
			// Checked against its schema where the configuration is read.
			return driver.open({ config: config as never, lamps }, { signal, log })
		},
		report: (report) => send({ type: 'speakerphone', report }),
		onEvent: (event) => send({ type: 'speakerphone.event', event }),
		log,
	})
}

/** Loaded when somebody searches, and never before cameras are open. */
async function search(seconds: number): Promise<Answer> {
	const { createDiscovery } = await import('./discovery.ts')
	discover ??= createDiscovery({ signal: ending.signal, log, ...(reach && { allows: reach.allows }) })
	return discover(seconds)
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
			log = upLog(message.level, send)
			pins = openPins(message.pins, log)
			pins.keepOnly(message.cameras)
			reach = message.networks && createReach(message.networks)
			cameras = openCameras({
				configs: message.cameras,
				open,
				report: (report) => send({ type: 'camera', report }),
				log,
				now: monotonicMs,
			})
			if (message.microphones) microphones = hall(message.microphones, message.microphones.open)
			if (message.speakerphone) speakerphone = callControl(message.speakerphone, message.speakerphone.lamps)
			setInterval(() => send({ type: 'beat' }), beatMs)
			// Node would write it at the end, and a process that is killed has none.
			setTimeout(flushCompileCache, cacheMs)
			return send({ type: 'up' })
		case 'configure':
			pins.keepOnly(message.cameras)
			return cameras?.configure(message.cameras)
		case 'discover':
			return answer(message.id, search(message.seconds))
		case 'microphones.set':
			if (microphones) answer(message.id, microphones.set(message.seat, message.open).then(nothing))
			return
		case 'microphones.hold':
			return microphones?.hold(message.open)
		case 'speakerphone.show':
			return speakerphone?.show(message.lamps)
		case 'close':
			return end(0)
	}
})

function end(code: number): void {
	if (ending.signal.aborted) return
	ending.abort()
	const ended = Promise.all([cameras?.close(lastStopMs), microphones?.close(), speakerphone?.close()])
	// What is logged last is still on its way: closing the channel lets it through, `process.exit` alone would not.
	const leave = () => {
		process.exitCode = code
		if (process.connected) process.disconnect()
		setImmediate(() => process.exit())
	}
	ended.then(leave, leave)
}

function survive(error: unknown): void {
	if (cameras?.blame(error) || microphones?.blame(error) || speakerphone?.blame(error)) return
	log.error({ err: error }, 'the devices process has a bug and starts anew')
	end(1)
}

process.on('disconnect', () => end(0))
process.on('SIGTERM', () => end(0))
process.on('SIGINT', () => end(0))
process.on('uncaughtException', survive)
process.on('unhandledRejection', survive)
