import type { Camera, CameraCapabilities, Position, Velocity } from '../../drivers/camera.ts'
import { DeviceError, type Log } from '../../drivers/device.ts'
import {
	type CameraConfig,
	type CameraOrder,
	type CameraReport,
	logLevels,
	type MicrophonesConfig,
	monotonicMs,
	type UpMessage,
} from './messages.ts'
import { liveProcess } from './process-life.ts'
import { createSeats, type SeatMicrophones } from './seats.ts'

export type DevicesEvent =
	| ({ type: 'camera' } & CameraReport)
	/** 'restarting': every order is refused with 'lost' until 'ready'. */
	| { type: 'process'; status: 'ready' | 'restarting' }

/**
 * The room's end of the devices process. Every order rejects with a DeviceError, at the latest after its deadline and at
 * once with 'lost' while the process is being started. A bug of a driver rejects with another Error.
 */
export interface Devices {
	cameras(): { id: string; capabilities: CameraCapabilities | null }[]
	/** Fractions of full speed, -1..1. Lives for `forMs` (400) milliseconds from now, then the dead-man stops it. */
	move(id: string, velocity: Velocity, forMs?: number): Promise<void>
	/** Resolves when the camera has confirmed it. */
	stop(id: string): Promise<void>
	/** Resolves on arrival, like `moveTo` and `recallSlot`. */
	home(id: string): Promise<void>
	/** Null: this camera cannot tell. */
	position(id: string): Promise<Position | null>
	/** `speed` is a fraction of full speed, 0..1. */
	moveTo(id: string, position: Position, speed: number): Promise<void>
	focus(id: string, mode: Parameters<Camera['focus']>[0]): Promise<void>
	recallSlot(id: string, slot: number): Promise<void>
	saveSlot(id: string, slot: number): Promise<void>
	readonly microphones: SeatMicrophones
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
	/** pino's `level` decides what the process sends over the channel at all. */
	log: Log & { level?: string }
	/** A folder of our own for compiled code, made when missing: a restart is quicker with it. */
	cacheDir?: string
}

interface Waiting {
	resolve(value: Position | null): void
	reject(error: Error): void
	deadline: NodeJS.Timeout
}

const defaultLifeMs = 400
const deadlineMs = 3_000
/** A slow head needs its time from one end to the other. */
const journeyMs = 30_000
/** Three attempts of a system that is slow to confirm, each after its turn. */
const seatMs = 10_000

/** Starts the devices process and keeps it alive until `close`. */
export function startDevices({ cameras, microphones = null, log, cacheDir }: DevicesOptions): Devices {
	const reports = new Map<string, CameraReport>()
	const listeners = new Set<(event: DevicesEvent) => void>()
	const waiting = new Map<number, Waiting>()
	let status: 'ready' | 'restarting' = 'restarting'
	let lastId = 0
	let closing: Promise<void> | null = null

	for (const { id } of cameras) reports.set(id, { id, status: 'off', reason: null, state: null, capabilities: null })

	const away = () => status !== 'ready' || closing !== null

	const seats = createSeats({
		configured: microphones !== null,
		send: (message) => life.send(message),
		async order(seat, open) {
			if (!microphones) throw new DeviceError('unsupported', 'there is no microphone system')
			const id = ++lastId
			// Also while the process is being started: it is wanted, whoever hears of it.
			life.send({ type: 'microphones.set', id, seat, open })
			if (away()) throw new DeviceError('lost', 'the devices process is being started')
			await answer(id, `seat ${seat}`, seatMs)
		},
	})

	const level = logLevels.find((name) => name === log.level) ?? 'info'
	const life = liveProcess({
		setup: () => ({
			type: 'setup',
			cameras,
			microphones: microphones && { ...microphones, open: seats.wanted() },
			level,
		}),
		onMessage,
		onLost,
		cacheDir: cacheDir ?? null,
		log,
	})

	function tell(event: DevicesEvent): void {
		for (const listener of listeners) listener(event)
	}

	function onMessage(message: UpMessage): void {
		switch (message.type) {
			case 'up':
				status = 'ready'
				tell({ type: 'process', status })
				break
			case 'camera':
				reports.set(message.report.id, message.report)
				tell({ type: 'camera', ...message.report })
				break
			case 'microphones':
				seats.hear(message.report)
				break
			case 'result':
				settle(message)
				break
			case 'log': {
				const { camera, detail, message: text } = message
				log[message.level](camera === null ? detail : { ...detail, camera }, text)
			}
		}
	}

	function settle(result: Extract<UpMessage, { type: 'result' }>): void {
		const order = waiting.get(result.id)
		if (!order) return
		waiting.delete(result.id)
		clearTimeout(order.deadline)
		if (result.ok) order.resolve(result.value)
		else if (result.code === 'internal') order.reject(new Error(result.message))
		else order.reject(new DeviceError(result.code, result.message))
	}

	function onLost(): void {
		for (const { reject, deadline } of waiting.values()) {
			clearTimeout(deadline)
			reject(new DeviceError('lost', 'the devices process is gone'))
		}
		waiting.clear()
		if (status === 'ready') {
			status = 'restarting'
			tell({ type: 'process', status })
		}
		seats.lost()
		for (const report of reports.values()) {
			if (report.status !== 'ready' && report.status !== 'moving') continue
			const stale: CameraReport = { ...report, status: 'stale', reason: 'lost' }
			reports.set(stale.id, stale)
			tell({ type: 'camera', ...stale })
		}
	}

	function order(camera: string, what: CameraOrder, limitMs = deadlineMs): Promise<Position | null> {
		if (!reports.has(camera)) return Promise.reject(new DeviceError('unsupported', `there is no camera ${camera}`))
		if (away()) return Promise.reject(new DeviceError('lost', 'the devices process is being started'))
		const id = ++lastId
		life.send({ type: 'order', id, camera, at: monotonicMs(), order: what })
		return answer(id, what.name, limitMs)
	}

	/** The result of what was just sent. */
	function answer(id: number, what: string, limitMs: number): Promise<Position | null> {
		const { promise, resolve, reject } = Promise.withResolvers<Position | null>()
		const deadline = setTimeout(() => {
			waiting.delete(id)
			reject(new DeviceError('timeout', `${what} was not answered within ${limitMs} ms`))
		}, limitMs)
		waiting.set(id, { resolve, reject, deadline })
		return promise
	}

	async function act(camera: string, what: CameraOrder, limitMs?: number): Promise<void> {
		await order(camera, what, limitMs)
	}

	return {
		microphones: { set: seats.set, hold: seats.hold, watch: seats.watch },
		cameras: () => [...reports.values()].map(({ id, capabilities }) => ({ id, capabilities })),
		move: (id, velocity, forMs = defaultLifeMs) => act(id, { name: 'move', velocity, forMs }),
		stop: (id) => act(id, { name: 'stop' }),
		home: (id) => act(id, { name: 'home' }, journeyMs),
		position: (id) => order(id, { name: 'position' }),
		moveTo: (id, position, speed) => act(id, { name: 'moveTo', position, speed }, journeyMs),
		focus: (id, mode) => act(id, { name: 'focus', mode }),
		recallSlot: (id, slot) => act(id, { name: 'recallSlot', slot }, journeyMs),
		saveSlot: (id, slot) => act(id, { name: 'saveSlot', slot }),
		watch(listener) {
			listeners.add(listener)
			listener({ type: 'process', status })
			for (const report of reports.values()) listener({ type: 'camera', ...report })
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
