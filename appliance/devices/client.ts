import type { Camera, CameraCapabilities, CameraStream, Position, Velocity } from '../../drivers/camera.ts'
import { DeviceError, type Log } from '../../drivers/device.ts'
import type { Networks } from '../../drivers/reach.ts'
import { createWaiting } from './answers.ts'
import { type CallControl, createCallControl } from './call-control.ts'
import {
	type Answer,
	type Answers,
	type CameraConfig,
	type CameraOrder,
	type CameraReport,
	type DeviceHealth,
	type Discovery,
	logLevels,
	type MicrophonesConfig,
	monotonicMs,
	type SpeakerphoneConfig,
	type UpMessage,
} from './messages.ts'
import { liveProcess } from './process-life.ts'
import { createReports } from './reports.ts'
import { createSeats, type SeatMicrophones } from './seats.ts'

export type DevicesEvent =
	| ({ type: 'camera' } & CameraReport)
	/** It is not configured any more. */
	| { type: 'gone'; id: string }
	/** 'restarting': every order is refused with 'lost' until 'ready'. */
	| { type: 'process'; status: 'ready' | 'restarting' }

/**
 * The room's end of the devices process. Every order rejects with a DeviceError, at the latest after its deadline and at
 * once with 'lost' while the process is being started. A bug of a driver rejects with another Error.
 */
export interface Devices {
	/**
	 * These cameras and no others, from now on. One that is as it was stays open and untouched, also when only its feel
	 * changed; one that is gone or changed is stopped and let go, one that is new or changed opened.
	 */
	configure(cameras: readonly CameraConfig[]): void
	cameras(): { id: string; capabilities: CameraCapabilities | null }[]
	/** Fractions of full speed, -1..1, as its feel makes of them. Lives for `forMs` (400) from now, then the dead-man stops it. */
	move(id: string, velocity: Velocity, forMs?: number): Promise<void>
	/** Of head and lens. Resolves when the camera has confirmed it. */
	stop(id: string): Promise<void>
	/** Resolves on arrival, like `moveTo` and `recallSlot`. */
	home(id: string): Promise<void>
	/** Null: this camera cannot tell. */
	position(id: string): Promise<Position | null>
	/** `speed` is a fraction of full speed, 0..1. */
	moveTo(id: string, position: Position, speed: number): Promise<void>
	/** Near and far live for `forMs` (400) milliseconds from now, like `move`. */
	focus(id: string, mode: Parameters<Camera['focus']>[0], forMs?: number): Promise<void>
	recallSlot(id: string, slot: number): Promise<void>
	saveSlot(id: string, slot: number): Promise<void>
	/** Also of a camera that is not open; its log is what then tells why. */
	health(id: string): Promise<DeviceHealth>
	/** The largest first, their addresses with user and password: secrets. Null: it knows nothing of its pictures. */
	streams(id: string): Promise<CameraStream[] | null>
	/** Asks for a key frame now. Rejects with 'unsupported' where the camera knows nothing of its pictures, like the next one. */
	keyFrame(id: string, token: string): Promise<void>
	/** Sets H.264 without B-frames and a key frame each second. Answers the stream as it is then. */
	setForBrowsers(id: string, token: string): Promise<CameraStream>
	/** Searches the networks for so long, and this machine for serial lines. */
	discover(seconds: number): Promise<Discovery>
	readonly microphones: SeatMicrophones
	readonly speakerphone: CallControl
	/** Told at once how everything is, then of each change. Returns the way to stop that. */
	watch(listener: (event: DevicesEvent) => void): () => void
	/** Of the devices process; null between two of them. */
	readonly pid: number | null
	/** Stops every camera that moves, then ends the process. */
	close(): Promise<void>
}

export interface DevicesOptions {
	cameras: readonly CameraConfig[]
	/** Default null: the hall has no microphone system. */
	microphones?: MicrophonesConfig | null
	/** Default null: none is looked for. */
	speakerphone?: SpeakerphoneConfig | null
	/** pino's `level` decides what the process sends over the channel at all. */
	log: Log & { level?: string }
	/** A folder of our own for compiled code, made when missing: a restart is quicker with it. */
	cacheDir?: string
	/** A file of our own for certificates of cameras; absent: each process trusts anew. */
	pins?: string
	/** Where cameras and microphones may be; absent: anywhere. */
	networks?: Networks
}

const defaultLifeMs = 400
const deadlineMs = 3_000
/** A slow head needs its time from one end to the other. */
const journeyMs = 30_000
/** Several questions over HTTP, each with a log-in. */
const videoMs = 10_000
/** Three attempts of a system that is slow to confirm, each after its turn. */
const seatMs = 10_000

/** Starts the devices process and keeps it alive until `close`. */
export function startDevices(options: DevicesOptions): Devices {
	const { cameras, microphones = null, speakerphone = null, log, cacheDir, pins, networks } = options
	const listeners = new Set<(event: DevicesEvent) => void>()
	const tell = (event: DevicesEvent) => {
		for (const listener of listeners) listener(event)
	}
	const reports = createReports(tell)
	const waiting = createWaiting()
	let status: 'ready' | 'restarting' = 'restarting'
	let closing: Promise<void> | null = null

	reports.configure(cameras)

	const away = () => status !== 'ready' || closing !== null

	const seats = createSeats({
		configured: microphones !== null,
		send: (message) => life.send(message),
		async order(seat, open) {
			if (!microphones) throw new DeviceError('unsupported', 'there is no microphone system')
			const id = waiting.next()
			// Also while the process is being started: it is wanted, whoever hears of it.
			life.send({ type: 'microphones.set', id, seat, open })
			if (away()) throw restarting()
			await waiting.answer(id, `seat ${seat}`, seatMs)
		},
	})

	const callControl = createCallControl({
		configured: speakerphone !== null,
		send: (message) => life.send(message),
	})

	const level = logLevels.find((name) => name === log.level) ?? 'info'
	const life = liveProcess({
		setup: () => ({
			type: 'setup',
			cameras: reports.configured,
			microphones: microphones && { ...microphones, open: seats.wanted() },
			speakerphone: speakerphone && { ...speakerphone, lamps: callControl.wanted() },
			pins: pins ?? null,
			networks: networks ?? null,
			level,
		}),
		onMessage,
		onLost,
		cacheDir: cacheDir ?? null,
		log,
	})

	function onMessage(message: UpMessage): void {
		switch (message.type) {
			case 'up':
				status = 'ready'
				tell({ type: 'process', status })
				break
			case 'camera':
				reports.hear(message.report)
				break
			case 'microphones':
				seats.hear(message.report)
				break
			case 'speakerphone':
				callControl.hear(message.report)
				break
			case 'speakerphone.event':
				callControl.pressed(message.event)
				break
			case 'result':
				waiting.settle(message)
				break
			case 'log': {
				const { camera, detail, message: text } = message
				log[message.level](camera === null ? detail : { ...detail, camera }, text)
			}
		}
	}

	function onLost(): void {
		waiting.lost()
		if (status === 'ready') {
			status = 'restarting'
			tell({ type: 'process', status })
		}
		seats.lost()
		callControl.lost()
		reports.lost()
	}

	function order(camera: string, what: CameraOrder, limitMs = deadlineMs): Promise<Answer> {
		if (!reports.has(camera)) return Promise.reject(new DeviceError('unsupported', `there is no camera ${camera}`))
		if (away()) return Promise.reject(restarting())
		const id = waiting.next()
		life.send({ type: 'order', id, camera, at: monotonicMs(), order: what })
		return waiting.answer(id, what.name, limitMs)
	}

	async function act(camera: string, what: CameraOrder, limitMs?: number): Promise<void> {
		await order(camera, what, limitMs)
	}

	return {
		microphones: { set: seats.set, hold: seats.hold, watch: seats.watch },
		speakerphone: { show: callControl.show, watch: callControl.watch, onEvent: callControl.onEvent },
		configure(wanted) {
			reports.configure(wanted)
			life.send({ type: 'configure', cameras: reports.configured })
		},
		cameras: () => reports.all().map(({ id, capabilities }) => ({ id, capabilities })),
		move: (id, velocity, forMs = defaultLifeMs) => act(id, { name: 'move', velocity, forMs }),
		stop: (id) => act(id, { name: 'stop' }),
		home: (id) => act(id, { name: 'home' }, journeyMs),
		position: async (id) => as<'position'>(await order(id, { name: 'position' })),
		moveTo: (id, position, speed) => act(id, { name: 'moveTo', position, speed }, journeyMs),
		focus: (id, mode, forMs = defaultLifeMs) => act(id, { name: 'focus', mode, forMs }),
		recallSlot: (id, slot) => act(id, { name: 'recallSlot', slot }, journeyMs),
		saveSlot: (id, slot) => act(id, { name: 'saveSlot', slot }),
		async health(id) {
			return { ...as<'health'>(await order(id, { name: 'health' })), reconnects: reports.reconnects(id) }
		},
		streams: async (id) => as<'streams'>(await order(id, { name: 'streams' }, videoMs)),
		keyFrame: (id, token) => act(id, { name: 'keyFrame', token }),
		setForBrowsers: async (id, token) =>
			as<'setForBrowsers'>(await order(id, { name: 'setForBrowsers', token }, videoMs)),
		async discover(seconds) {
			if (away()) throw restarting()
			const id = waiting.next()
			life.send({ type: 'discover', id, seconds })
			return as<'discover'>(await waiting.answer(id, 'the search', seconds * 1_000 + deadlineMs))
		},
		watch(listener) {
			listeners.add(listener)
			listener({ type: 'process', status })
			for (const report of reports.all()) listener({ type: 'camera', ...report })
			return () => listeners.delete(listener)
		},
		get pid() {
			return life.pid
		},
		close() {
			closing ??= life.end()
			return closing
		},
	}
}

const restarting = () => new DeviceError('lost', 'the devices process is being started')

/** Both ends come from the same build: what answers an order is what it asks for. */
function as<Name extends keyof Answers>(answer: Answer): Answers[Name] {
	return answer as Answers[Name]
}
