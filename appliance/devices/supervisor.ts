import type { Camera, CameraHealth, CameraVideo } from '../../drivers/camera.ts'
import { DeviceError, type DeviceErrorCode, type Log, type OpenContext } from '../../drivers/device.ts'
import { CommandLog, cameraLog } from './command-log.ts'
import { type Answer, type CameraOrder, type CameraReport, type ConnectionHealth, noAnswer } from './messages.ts'
import { startDeadline } from './opening.ts'
import { keepConnecting } from './reconnect.ts'

/** What the driver carries out. */
export type DriverOrder = Exclude<CameraOrder, { name: 'health' }>

/**
 * One camera's life: opened, reopened when lost, its state told as it is. A camera counts as ready only after it has
 * confirmed a stop on this very connection: nobody knows what the last process left it doing.
 */
export interface Supervisor {
	/** Rejects with a DeviceError, or with whatever a bug threw (the camera is then opened anew). */
	run(order: DriverOrder): Promise<Answer>
	health(): ConnectionHealth
	/** The driver threw where nobody could catch it. */
	fault(error: unknown): void
	/** Lets go of the device, within a second whatever its driver does. Stops nothing. */
	close(): Promise<void>
}

export interface SupervisorOptions {
	id: string
	/** Opens one connection; see `Driver.open`. */
	open(context: OpenContext): Promise<Camera>
	/** Told on every change. */
	report(report: CameraReport): void
	log: Log
	random?: () => number
}

/** One open connection. */
interface Session {
	readonly device: Camera
	/** Gives the connection up; what waits on it is rejected. */
	drop(reason: unknown): void
	/** The ways to reject the orders under way. */
	readonly pending: Set<(reason: unknown) => void>
}

const openMs = 5_000
const stopMs = 1_000
const disposeMs = 1_000
const unauthorizedMs = 60_000

export function superviseCamera({ id, open, report, log, random = Math.random }: SupervisorOptions): Supervisor {
	const closing = new AbortController()
	let view: CameraReport = { id, status: 'off', reason: null, state: null, capabilities: null }
	let session: Session | null = null
	let health: CameraHealth = { ackMs: null, timeouts: 0, clockOffsetMs: null, model: null }
	let openedAt: number | null = null
	const commands = new CommandLog()
	const driverLog = cameraLog(id, log, commands)

	function tell(change: Partial<CameraReport>): void {
		view = { ...view, ...change }
		report(view)
	}

	/** One connection from opening to letting go; tells for how long it was of use. */
	async function connection(): Promise<number> {
		let device: Camera | null = null
		let readyAt = Number.POSITIVE_INFINITY
		try {
			device = await opened()
			// A driver's own `open` stops the camera as well; this one is what we know of it.
			await within(device.stop(), stopMs, 'the first stop')
			// A driver may leave alone a lens that it has not moved; a camera that focuses by itself may refuse.
			if (device.capabilities.focus) device.focus('stop').catch(() => {})
			readyAt = performance.now()
			announce(await held(device))
		} catch (error) {
			announce(error)
		}
		if (device) await dispose(device)
		return performance.now() - readyAt
	}

	/** Until the connection is lost or dropped; tells why. */
	async function held(device: Camera): Promise<unknown> {
		if (closing.signal.aborted) return undefined
		const { promise: dropped, resolve: drop } = Promise.withResolvers<unknown>()
		const current: Session = { device, drop, pending: new Set() }
		session = current
		openedAt = Date.now()
		const unwatch = device.watch((state) => {
			if (session !== current) return
			// Whoever looks should not believe in a camera that is being asked in vain.
			const status = state.fault === noAnswer ? 'stale' : state.moving ? 'moving' : 'ready'
			tell({ status, reason: state.fault, state, capabilities: device.capabilities })
		})
		log.info({ camera: id }, 'camera is open')
		const reason = (await Promise.race([device.lost, dropped])) ?? new DeviceError('lost', 'the connection ended')
		session = null
		openedAt = null
		unwatch()
		const refusal = reason instanceof DeviceError ? reason : new DeviceError('lost', 'the driver was restarted')
		for (const reject of current.pending) reject(refusal)
		health = device.health()
		return reason
	}

	/** A driver that ignores its signal must not hold us up, and what it opens too late must not stay open. */
	async function opened(): Promise<Camera> {
		const { promise: late, reject } = Promise.withResolvers<never>()
		const deadline = startDeadline(openMs)
		const signal = AbortSignal.any([closing.signal, deadline.signal])
		const prolong = (ms: number, reason: string) => {
			if (signal.aborted) return
			deadline.prolong(ms)
			if (view.reason !== reason) tell({ reason })
		}
		const opening = open({ signal, log: driverLog, prolong })
		const onAbort = () => {
			reject(new DeviceError('timeout', 'the camera did not answer in time'))
			opening.then(dispose, () => {})
		}
		signal.addEventListener('abort', onAbort, { once: true })
		try {
			return await Promise.race([opening, late])
		} finally {
			deadline.clear()
			signal.removeEventListener('abort', onAbort)
		}
	}

	/** A camera locks out who guesses. Another password is another configuration, which is tried at once. */
	function restMs(): number {
		return view.reason === ('unauthorized' satisfies DeviceErrorCode) ? unauthorizedMs : 0
	}

	function announce(reason: unknown): void {
		if (closing.signal.aborted) return
		if (!(reason instanceof DeviceError)) {
			log.error({ camera: id, err: reason }, 'the driver has a bug; the camera is opened anew')
			tell({ status: 'failed', reason: 'internal' })
			return
		}
		const wasOpen = view.status === 'ready' || view.status === 'moving' || view.status === 'stale'
		const status = wasOpen ? 'stale' : 'failed'
		if (view.status === status && view.reason === reason.code) return
		log.warn({ camera: id, code: reason.code }, `camera is not available: ${reason.message}`)
		tell({ status, reason: reason.code })
	}

	async function dispose(device: Camera): Promise<void> {
		try {
			await within(Promise.resolve(device[Symbol.asyncDispose]()), disposeMs, 'letting go')
		} catch (error) {
			log.debug({ camera: id, err: error }, 'the driver could not let go of the device')
		}
	}

	async function run(order: DriverOrder): Promise<Answer> {
		const current = session
		if (!current) throw new DeviceError('lost', `the camera is ${view.status}`)
		const { promise: given, reject } = Promise.withResolvers<never>()
		current.pending.add(reject)
		try {
			return (await Promise.race([perform(current.device, order), given])) || null
		} catch (error) {
			if (endsConnection(error, order)) current.drop(error)
			throw error
		} finally {
			current.pending.delete(reject)
		}
	}

	const ended = keepConnecting(connection, { signal: closing.signal, random, restMs })

	return {
		run,
		health() {
			if (session) health = session.device.health()
			return { ...health, openedAt, firmware: view.state?.firmware ?? null, log: commands.lines() }
		},
		fault(error) {
			if (session) session.drop(error)
			else announce(error)
		},
		async close() {
			closing.abort()
			session?.drop(undefined)
			await ended
		},
	}
}

const pictures: readonly string[] = ['streams', 'keyFrame', 'setForBrowsers'] satisfies DriverOrder['name'][]

/** The device no longer answers, or its driver no longer works: either way this connection is worth nothing. */
function endsConnection(error: unknown, order: DriverOrder): boolean {
	if (!(error instanceof DeviceError)) return true
	// What it says of its pictures is another conversation, and often with another part of the camera.
	if (pictures.includes(order.name)) return false
	if (error.code === 'timeout') return order.name === 'stop' // others may time out on the way: a head against its end
	return error.code === 'lost' || error.code === 'unreachable'
}

/** Synchronous up to the driver's first write: every turn of the loop would be felt on the way to the wire. */
function perform(device: Camera, order: DriverOrder): Promise<Answer> | Promise<void> {
	switch (order.name) {
		case 'move':
			return device.move(order.velocity)
		case 'stop':
			return within(device.stop(), stopMs, 'a stop')
		case 'home':
			return device.home()
		case 'position':
			return device.position()
		case 'moveTo':
			return device.moveTo(order.position, order.speed)
		case 'focus':
			return device.focus(order.mode)
		case 'recallSlot':
			return device.recallSlot(order.slot)
		case 'saveSlot':
			return device.saveSlot(order.slot)
		case 'streams':
			return device.video?.streams() ?? Promise.resolve(null)
		case 'keyFrame':
			return videoOf(device).keyFrame(order.token)
		case 'setForBrowsers':
			return videoOf(device).setForBrowsers(order.token)
	}
}

function videoOf({ video }: Camera): CameraVideo {
	if (!video) throw new DeviceError('unsupported', 'this camera knows nothing of its pictures')
	return video
}

/** Rejects with 'timeout' when the work takes longer. */
async function within<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
	const { promise: late, reject } = Promise.withResolvers<never>()
	const timer = setTimeout(() => reject(new DeviceError('timeout', `${what} took too long`)), limitMs)
	try {
		return await Promise.race([work, late])
	} finally {
		clearTimeout(timer)
	}
}
