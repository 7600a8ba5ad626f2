import { AsyncLocalStorage } from 'node:async_hooks'
import type { Camera } from '../../drivers/camera.ts'
import { DeviceError, type Log } from '../../drivers/device.ts'
import { DeadMan, type Stop } from './dead-man.ts'
import type { Answer, CameraConfig, CameraOrder, CameraReport } from './messages.ts'
import { type Supervisor, superviseCamera } from './supervisor.ts'

/** All cameras of the room, under one dead-man. */
export interface Cameras {
	/**
	 * Carries an order out. `at` is the monotonic time when it was given: a movement lives from then on, not from when it
	 * was read. Rejects with a DeviceError, or with what a bug threw.
	 */
	order(camera: string, order: CameraOrder, at: number): Promise<Answer>
	/** The room lives. */
	beat(): void
	/** Something was thrown where nobody could catch it. True if a camera's driver did it; that camera is opened anew. */
	blame(error: unknown): boolean
	/** Stops what moves, waits for confirmation no longer than `limitMs`, and lets go of the devices. */
	close(limitMs: number): Promise<void>
}

export interface CamerasOptions {
	configs: readonly CameraConfig[]
	open(config: CameraConfig, signal: AbortSignal): Promise<Camera>
	report(report: CameraReport): void
	log: Log
	/** Monotonic milliseconds. */
	now: () => number
}

export function openCameras({ configs, open, report, log, now }: CamerasOptions): Cameras {
	const deadMan = new DeadMan(now())
	/** Whose code is running: what a driver throws in a timer or a socket's listener is then known to be its own. */
	const owner = new AsyncLocalStorage<string>()
	const supervisors = new Map<string, Supervisor>()
	let timer: NodeJS.Timeout | undefined
	let wakeAt = Number.POSITIVE_INFINITY
	let whenStill: (() => void) | null = null

	for (const config of configs) {
		const { id } = config
		const supervise = () => superviseCamera({ id, open: (signal) => open(config, signal), report: follow, log })
		supervisors.set(id, owner.run(id, supervise))
	}

	/** The dead-man knows each camera as the panel does. */
	function follow(view: CameraReport): void {
		if (view.status === 'ready' || view.status === 'moving') deadMan.seen(view.id, view.status === 'moving')
		else deadMan.gone(view.id)
		report(view)
		watchOver()
	}

	function run(camera: string, order: CameraOrder): Promise<Answer> {
		const supervisor = supervisors.get(camera)
		return supervisor ? owner.run(camera, supervisor.run, order) : Promise.resolve(null)
	}

	async function stop(stop: Stop): Promise<null> {
		try {
			await run(stop.camera, { name: 'stop' })
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

	/** A journey ends by itself; until then it counts as a movement, so that it ends with the room too. */
	async function travel(camera: string, order: CameraOrder): Promise<null> {
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
		if (!deadMan.busy) whenStill?.()
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

	return {
		async order(camera, order, at) {
			if (!supervisors.has(camera)) throw new DeviceError('unsupported', `there is no camera ${camera}`)
			switch (order.name) {
				case 'stop':
					return stop(deadMan.stopping(camera))
				case 'move': {
					const { pan, tilt, zoom } = order.velocity
					if (pan === 0 && tilt === 0 && zoom === 0) return stop(deadMan.stopping(camera))
					if (deadMan.silent(now())) throw new DeviceError('lost', 'the room is silent')
					const until = at + order.forMs
					if (until <= now()) throw new DeviceError('timeout', 'the order came too late')
					deadMan.moved(camera, until)
					const moving = run(camera, order)
					watchOver()
					return moving
				}
				case 'home':
				case 'moveTo':
				case 'recallSlot':
					if (deadMan.silent(now())) throw new DeviceError('lost', 'the room is silent')
					return travel(camera, order)
				default:
					return run(camera, order)
			}
		},
		beat() {
			deadMan.beat(now())
		},
		blame(error) {
			const supervisor = supervisors.get(owner.getStore() ?? '')
			supervisor?.fault(error)
			return supervisor !== undefined
		},
		async close(limitMs) {
			const { promise: still, resolve } = Promise.withResolvers<void>()
			whenStill = resolve
			deadMan.end()
			const limit = setTimeout(() => {
				log.error({}, 'a camera may still move: its stop was not confirmed')
				resolve()
			}, limitMs)
			watchOver()
			await still
			clearTimeout(limit)
			clearTimeout(timer)
			await Promise.all([...supervisors.values()].map((supervisor) => supervisor.close()))
		},
	}
}
