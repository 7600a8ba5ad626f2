import type { Logger } from 'pino'
import type { Position, Velocity } from '../../drivers/camera.ts'
import type { Devices, DevicesEvent } from '../devices/client.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MotionTest } from '../protocol/facilities.ts'
import type { Result } from '../protocol/messages.ts'
import type { CameraView } from '../protocol/room-state.ts'
import { createHands } from './hands.ts'
import type { Origin } from './leases.ts'
import { createMotions } from './motions.ts'
import { unitMismatch } from './preset-file.ts'
import { type Presets, standsAt } from './presets.ts'
import { refused, resultOf } from './result.ts'
import { deviceOf, type RoomCamera, sameDevice } from './setup.ts'
import type { Snapshot } from './snapshot.ts'
import { createTrials } from './trials.ts'

/** A movement that nobody renews ends after this; the devices process sees to it. */
const moveForMs = 400

export interface CamerasOptions {
	devices: Devices
	presets: Presets
	snapshot: Snapshot
	/** A preset is seen that has no picture. */
	onUndrawn: (camera: string, slot: number) => void
	now: () => number
	log: Logger
}

export type Cameras = ReturnType<typeof createCameras>

/** The cameras as the room drives them: whose they are, and what became of what was asked of them. */
export function createCameras({ devices, presets, snapshot, onUndrawn, now, log }: CamerasOptions) {
	const hands = createHands(snapshot, now)
	const motions = createMotions(snapshot, now)
	const known = new Map<string, RoomCamera>()
	/** What each camera that was open once can do. */
	const capabilities = new Map<string, CameraView['capabilities']>()
	/** Who moves a head or a lens by hand now. */
	const heads = new Map<string, string>()
	const lenses = new Map<string, string>()
	/** Counts what was ordered of a camera, so that a journey that was overtaken isn't taken for an arrival. */
	const turns = new Map<string, number>()
	const trials = createTrials(log)

	let unwatch: (() => void) | null = null

	function heard(event: DevicesEvent) {
		const at = now()
		if (event.type === 'gone') return
		if (event.type === 'process') {
			if (event.status === 'restarting') {
				// Whatever moved is stopped by the new process.
				heads.clear()
				lenses.clear()
				for (const id of known.keys()) motions.hear(id, { type: 'report', status: 'stale', reason: 'lost' })
			}
			return snapshot.apply({ type: 'devices', status: event.status, at })
		}
		const { id, status, reason, state } = event
		if (event.capabilities) capabilities.set(id, event.capabilities)
		const position = state?.position ?? null
		snapshot.apply({ type: 'camera', camera: id, status, reason, position, capabilities: event.capabilities, at })
		motions.hear(id, { type: 'report', status, reason })
		const preset = viewOf(id)?.preset ?? null
		const aim = preset === null ? null : presets.find(id, preset)?.position
		if (aim && position && !standsAt(aim, position)) snapshot.apply({ type: 'preset', camera: id, preset: null })
	}

	const viewOf = (camera: string) => snapshot.state.cameras.find(({ id }) => id === camera)
	const unknown = (camera: string) => refused('no-camera', `there is no camera ${camera}`)

	function turn(camera: string): number {
		const next = (turns.get(camera) ?? 0) + 1
		turns.set(camera, next)
		return next
	}

	/** Null when this one may drive the camera now. */
	function unavailable(camera: string, origin: Origin) {
		if (!known.has(camera)) return unknown(camera)
		return hands.may(camera, origin) ? null : refused('leased', 'somebody else drives this camera')
	}

	/** What became of an order, told unless something newer was ordered meanwhile. */
	async function outcome(camera: string, mine: number, ordered: Promise<void>, arrives: boolean): Promise<Result> {
		const result = await resultOf(ordered, log)
		if (turns.get(camera) !== mine) return arrives ? { ok: true } : result
		if (!result.ok) motions.hear(camera, { type: 'refused', reason: result.code })
		else if (arrives) motions.hear(camera, { type: 'arrived' })
		return result
	}

	/** A journey to somewhere; resolves on arrival. */
	async function travel(
		camera: string,
		origin: Origin,
		preset: number | null,
		go: () => Promise<void>,
	): Promise<Result> {
		const no = unavailable(camera, origin)
		if (no) return no
		const mine = turn(camera)
		const arrival = go()
		heads.delete(camera)
		hands.drove(camera, origin)
		motions.ordered(camera, 'journey')
		snapshot.apply({ type: 'preset', camera, preset: null })
		const result = await outcome(camera, mine, arrival, true)
		if (result.ok && turns.get(camera) === mine) snapshot.apply({ type: 'preset', camera, preset })
		return result
	}

	function move(camera: string, velocity: Velocity, origin: Origin, forMs = moveForMs): Promise<Result> {
		const no = unavailable(camera, origin)
		if (no) return Promise.resolve(no)
		const ordered = devices.move(camera, velocity, forMs)
		const mine = turn(camera)
		heads.set(camera, origin.id)
		hands.drove(camera, origin)
		motions.ordered(camera, 'drive')
		snapshot.apply({ type: 'preset', camera, preset: null })
		return outcome(camera, mine, ordered, false)
	}

	/** Anybody may stop anything. */
	async function stop(camera: string): Promise<Result> {
		if (!known.has(camera)) return unknown(camera)
		const ordered = devices.stop(camera)
		const mine = turn(camera)
		heads.delete(camera)
		lenses.delete(camera)
		const result = await outcome(camera, mine, ordered, false)
		if (result.ok && turns.get(camera) === mine) motions.hear(camera, { type: 'stopped' })
		return result
	}

	return {
		/** These cameras and no others; the snapshot has them already. */
		configure(cameras: readonly RoomCamera[]) {
			for (const [id, before] of known) {
				const after = cameras.find((camera) => camera.id === id)
				if (sameDevice(before, after)) continue
				known.delete(id)
				capabilities.delete(id)
				heads.delete(id)
				lenses.delete(id)
				turn(id)
				motions.forget(id)
				hands.forget(id)
			}
			for (const camera of cameras) known.set(camera.id, camera)
			devices.configure(cameras.flatMap(deviceOf))
			// Not before: what it tells at once is of cameras that are known by now.
			unwatch ??= devices.watch(heard)
		},

		/** Nothing stands between this call and the channel to the devices process but the lease. */
		move,
		stop,

		/** It stops, if this one moves it. */
		letGo(camera: string, origin: string): void {
			if (heads.get(camera) === origin) void stop(camera)
		},

		/** Near and far are renewed like a movement, and end like one. */
		focus(camera: string, mode: 'auto' | 'near' | 'far' | 'stop', origin: Origin): Promise<Result> {
			if (mode === 'stop') {
				if (!known.has(camera)) return Promise.resolve(unknown(camera))
				lenses.delete(camera)
				return resultOf(devices.focus(camera, mode, moveForMs), log)
			}
			const no = unavailable(camera, origin)
			if (no) return Promise.resolve(no)
			const ordered = devices.focus(camera, mode, moveForMs)
			if (mode === 'auto') lenses.delete(camera)
			else lenses.set(camera, origin.id)
			hands.drove(camera, origin)
			// A view is kept with its focus.
			snapshot.apply({ type: 'preset', camera, preset: null })
			return resultOf(ordered, log)
		},

		/** To where it looked before. Resolves on arrival. */
		aim: (camera: string, position: Position, origin: Origin) =>
			travel(camera, origin, null, () => devices.moveTo(camera, position, 1)),

		home: (camera: string, origin: Origin) => travel(camera, origin, null, () => devices.home(camera)),

		lease(camera: string, wanted: boolean, origin: Origin): Result {
			if (!known.has(camera)) return unknown(camera)
			if (!wanted) {
				hands.give(camera, origin.id)
				return { ok: true }
			}
			if (!hands.take(camera, origin)) return refused('leased', 'somebody who goes before drives this camera')
			const movers = [heads.get(camera), lenses.get(camera)]
			if (movers.some((mover) => mover !== undefined && mover !== origin.id)) void stop(camera)
			return { ok: true }
		},

		/** Where it looks now; a camera that can't tell keeps it in this slot of its own memory. Rejects with a DeviceError. */
		async keepView(camera: string, slot: number): Promise<Position | null> {
			const position = await devices.position(camera)
			if (position === null) await devices.saveSlot(camera, slot)
			return position
		},

		async recallPreset(camera: string, slot: number, origin: Origin): Promise<Result> {
			if (!known.has(camera)) return unknown(camera)
			const preset = presets.find(camera, slot)
			if (!preset) return refused('no-preset', `camera ${camera} has no preset ${slot}`)
			const { position } = preset
			const can = capabilities.get(camera)
			if (position && can && can.positions !== position.unit) {
				return refused('unsupported', unitMismatch(position.unit, can.positions))
			}
			const result = await travel(camera, origin, slot, () =>
				position ? devices.moveTo(camera, position, 1) : devices.recallSlot(camera, slot),
			)
			// One that came without a picture (seeded, or saved while there was none) gets it the first time it is seen.
			if (viewOf(camera)?.preset === slot && presets.thumbnail(camera, slot) === null) onUndrawn(camera, slot)
			return result
		},

		/** Moves it a little left and back. Rejects with a Refusal or a DeviceError. */
		async test(camera: string, origin: Origin): Promise<MotionTest> {
			const setup = known.get(camera)
			if (!setup) throw new Refusal('no-camera', `there is no camera ${camera}`)
			if (trials.busy(camera)) throw new Refusal('busy', 'this camera is being tested')
			if (!hands.take(camera, origin)) throw new Refusal('leased', 'somebody who goes before drives this camera')
			const preset = viewOf(camera)?.preset ?? null
			try {
				return await trials.run(camera, {
					move: (velocity, forMs) => move(camera, velocity, origin, forMs),
					stop: () => stop(camera),
					position: () => devices.position(camera),
					moveTo: (position) => travel(camera, origin, preset, () => devices.moveTo(camera, position, 1)),
					mirrored: setup.feel?.invertPan ?? false,
					turn: () => turns.get(camera) ?? 0,
				})
			} finally {
				hands.give(camera, origin.id)
			}
		},

		/** A panel is gone: what it moved stops, what it held is free. */
		released(origin: string) {
			const moved = [...heads, ...lenses].filter(([, mover]) => mover === origin).map(([camera]) => camera)
			for (const camera of new Set(moved)) void stop(camera)
			hands.released(origin)
		},

		has: (camera: string) => known.has(camera),
		/** One that was not reached yet is taken for one that moves, if anything is connected but its picture. */
		isMovable(camera: string): boolean {
			const can = capabilities.get(camera)
			if (can) return can.panTilt !== null || can.zoom !== null
			const driver = known.get(camera)?.driver
			return driver !== undefined && driver !== 'fixed'
		},

		/** Null: it was never there to say. */
		capabilities: (camera: string) => capabilities.get(camera) ?? null,

		/** Asks the camera. Null: it cannot tell. Rejects with a Refusal or DeviceError. */
		async position(camera: string): Promise<Position | null> {
			if (!known.has(camera)) throw new Refusal('no-camera', `there is no camera ${camera}`)
			return devices.position(camera)
		},

		close() {
			unwatch?.()
			hands.close()
			motions.close()
		},
	}
}
