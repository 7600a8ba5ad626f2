import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Camera } from '../../drivers/camera.ts'
import { DeviceError, type Log, type OpenContext } from '../../drivers/device.ts'
import { DeadMan, type Part, type Stop } from './dead-man.ts'
import { felt } from './feel.ts'
import {
	type Answer,
	type CameraConfig,
	type CameraOrder,
	type CameraReport,
	type LogLevel,
	noAnswer,
} from './messages.ts'
import { createRoster, type Member } from './roster.ts'
import { type DriverOrder, superviseCamera } from './supervisor.ts'

/** All cameras of the room, under one dead-man. */
export interface Cameras {
	/** These and no others: see `Devices.configure`. */
	configure(cameras: readonly CameraConfig[]): void
	/**
	 * Carries an order out. `at` is the monotonic time when it was given: a movement lives from then on, not from when it
	 * was read. Rejects with a DeviceError, or with what a bug threw.
	 */
	order(camera: string, order: CameraOrder, at: number): Promise<Answer>
	/** The room lives. */
	beat(): void
	/** Something was thrown where nobody could catch it. True if a camera's driver did it; that camera is opened anew. */
	blame(error: unknown): boolean
	/** Stops what moves, waits until it stands (its word alone is no proof) no longer than `limitMs`, and lets go. */
	close(limitMs: number): Promise<void>
}

export interface CamerasOptions {
	configs: readonly CameraConfig[]
	open(config: CameraConfig, context: OpenContext): Promise<Camera>
	report(report: CameraReport): void
	log: Log & { level?: LogLevel }
	/** Monotonic milliseconds. */
	now: () => number
}

/** How long a camera that is let go has to come to rest, and how soon it is asked again. */
const leaveMs = 2_000
const againMs = 100
const lensStop = { name: 'focus', mode: 'stop', forMs: 0 } as const
const unstopped = 'a camera may still move: its stop was not confirmed'

export function openCameras({ configs, open, report, log, now }: CamerasOptions): Cameras {
	const deadMan = new DeadMan(now())
	/** Whose code is running: what a driver throws in a timer or a socket's listener is then known to be its own. */
	const owner = new AsyncLocalStorage<string>()
	const roster = createRoster({ admit, retire })
	/** Cameras that tell that they move. */
	const turning = new Set<string>()
	let timer: NodeJS.Timeout | undefined
	let wakeAt = Number.POSITIVE_INFINITY
	let whenStill: (() => void) | null = null
	let begun = false

	roster.configure(configs)
	begun = true

	function admit(config: CameraConfig): Member {
		const { feel: _, ...device } = config
		const { id } = config
		// What was said of another one of this name may still be on its way to the room.
		if (begun) report({ id, status: 'off', reason: null, state: null, capabilities: null })
		const supervise = () => superviseCamera({ id, open: (context) => open(device, context), report: follow, log })
		return { config, supervisor: owner.run(id, supervise), leaving: false }
	}

	/** The dead-man knows each camera as the panel does. */
	function follow(view: CameraReport): void {
		const { id, status } = view
		if (status === 'ready' || status === 'moving') {
			deadMan.seen(id, status === 'moving')
			if (status === 'moving') turning.add(id)
			else turning.delete(id)
		} else if (view.reason !== noAnswer) {
			// One that is silent for a moment may move on; one whose connection is lost is stopped by the next.
			deadMan.gone(id)
			turning.delete(id)
		}
		if (!roster.get(view.id)?.leaving) report(view)
		watchOver()
	}

	/** Stopped, and let go. */
	async function retire({ config: { id }, supervisor }: Member): Promise<void> {
		const late = new AbortController()
		const limit = setTimeout(() => late.abort(), leaveMs)
		if (!(await stopped(id, late.signal))) log.error({ camera: id }, unstopped)
		clearTimeout(limit)
		await supervisor.close()
		deadMan.gone(id)
		turning.delete(id)
		watchOver()
	}

	/** Asks until the camera has confirmed it and stands. One that is not open has nothing to confirm. */
	async function stopped(camera: string, late: AbortSignal): Promise<boolean> {
		for (let first = true; !late.aborted; first = false) {
			try {
				await stop(deadMan.stopping(camera))
				// A camera that ignores its stop has confirmed it, too; the driver goes on until it stands.
				if (!turning.has(camera)) return true
			} catch (error) {
				if (error instanceof DeviceError && error.code === 'lost') return first
			}
			await delay(againMs)
		}
		return false
	}

	function run(camera: string, order: DriverOrder): Promise<Answer> {
		const member = roster.get(camera)
		return member ? owner.run(camera, member.supervisor.run, order) : Promise.resolve(null)
	}

	async function stop(stop: Stop, order: DriverOrder = { name: 'stop' }): Promise<null> {
		try {
			await run(stop.camera, order)
			deadMan.confirmed(stop)
			return null
		} catch (error) {
			// Without a connection there is nothing to repeat: the next one begins with a stop.
			if (error instanceof DeviceError && error.code === 'lost') deadMan.gone(stop.camera)
			else if (!deadMan.unconfirmed(stop, now())) log.error({ camera: stop.camera }, 'the camera refuses to stop')
			throw error
		} finally {
			watchOver()
		}
	}

	/** A movement that somebody keeps alive. */
	function drive(camera: string, order: DriverOrder & { forMs: number }, at: number, part: Part): Promise<Answer> {
		const until = at + order.forMs
		if (until <= now()) throw new DeviceError('timeout', 'the order came too late')
		deadMan.moved(camera, until, part)
		const moving = run(camera, order)
		watchOver()
		return moving
	}

	/** It may take several words, and a stop can overtake the last of them: that one is said again. */
	async function focus(camera: string, order: DriverOrder & { forMs: number }, at: number): Promise<null> {
		const running = drive(camera, order, at, 'lens')
		try {
			await running
		} finally {
			if (!deadMan.runs(camera, 'lens')) stop(deadMan.stopping(camera, 'lens'), lensStop).catch(() => {})
		}
		return null
	}

	/** A journey ends by itself; until then it counts as a movement, so that it ends with the room too. */
	async function travel(camera: string, order: DriverOrder): Promise<null> {
		const movement = deadMan.moved(camera, Number.POSITIVE_INFINITY)
		watchOver()
		await run(camera, order)
		deadMan.confirmed(movement)
		watchOver()
		return null
	}

	/** Performs what is due, then sleeps until the dead-man's next moment. */
	function watchOver(): void {
		for (const due of deadMan.due(now())) {
			log.debug({ camera: due.camera }, 'the dead-man stops a camera')
			stop(due).catch((error: unknown) => log.debug({ camera: due.camera, err: error }, 'a stop was not confirmed'))
		}
		if (!deadMan.busy && turning.size === 0) whenStill?.()
		const next = deadMan.wakeAt() ?? Number.POSITIVE_INFINITY
		// A timer that rings too early does no harm; only an earlier moment needs a new one.
		if (next >= wakeAt) return
		clearTimeout(timer)
		wakeAt = next
		timer = setTimeout(wake, Math.max(0, Math.ceil(next - now())))
	}

	function wake(): void {
		wakeAt = Number.POSITIVE_INFINITY
		watchOver()
	}

	function memberOf(camera: string): Member {
		const member = roster.get(camera)
		if (member && !member.leaving) return member
		if (roster.wants(camera)) throw new DeviceError('lost', 'the camera is being set up anew')
		throw new DeviceError('unsupported', `there is no camera ${camera}`)
	}

	function listen(): void {
		if (deadMan.silent(now())) throw new DeviceError('lost', 'the room is silent')
	}

	return {
		configure: roster.configure,
		async order(camera, order, at) {
			const { config, supervisor } = memberOf(camera)
			switch (order.name) {
				case 'stop':
					return stop(deadMan.stopping(camera))
				case 'move': {
					const { pan, tilt, zoom } = order.velocity
					if (pan === 0 && tilt === 0 && zoom === 0) return stop(deadMan.stopping(camera))
					listen()
					const velocity = config.feel ? felt(order.velocity, config.feel) : order.velocity
					return drive(camera, { ...order, velocity }, at, 'head')
				}
				case 'focus':
					if (order.mode !== 'near' && order.mode !== 'far') return stop(deadMan.stopping(camera, 'lens'), order)
					listen()
					return focus(camera, order, at)
				case 'home':
				case 'moveTo':
				case 'recallSlot':
					listen()
					return travel(camera, order)
				case 'health':
					return supervisor.health()
				default:
					return run(camera, order)
			}
		},
		beat() {
			deadMan.beat(now())
		},
		blame(error) {
			const id = owner.getStore()
			if (id === undefined) return false
			const member = roster.get(id)
			if (member) member.supervisor.fault(error)
			else log.error({ camera: id, err: error }, 'the driver of a camera that is gone has a bug')
			return true
		},
		async close(limitMs) {
			const { promise: still, resolve } = Promise.withResolvers<void>()
			whenStill = resolve
			deadMan.end()
			const limit = setTimeout(() => {
				log.error({}, unstopped)
				resolve()
			}, limitMs)
			watchOver()
			await still
			clearTimeout(limit)
			clearTimeout(timer)
			await roster.close()
		},
	}
}
