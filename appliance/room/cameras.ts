import type { Logger } from 'pino'
import type { Position, Velocity } from '../../drivers/camera.ts'
import type { Devices, DevicesEvent } from '../devices/client.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Result } from '../protocol/messages.ts'
import { drive, type Lease, type Origin, take } from './leases.ts'
import { type Live, thumbnail } from './live.ts'
import { type Presets, standsAt } from './presets.ts'
import { failed, refused, resultOf } from './result.ts'
import type { Snapshot } from './snapshot.ts'

/** A movement that nobody renews ends after this; the devices process sees to it. */
const moveForMs = 400

export interface CamerasOptions {
	ids: readonly string[]
	devices: Devices
	presets: Presets
	/** Pictures, of those cameras that have an address for them. */
	lives: ReadonlyMap<string, Live>
	snapshot: Snapshot
	now: () => number
	log: Logger
}

export type Cameras = ReturnType<typeof createCameras>

/** The cameras as the room drives them: leases, movements and whose they are, presets. */
export function createCameras({ ids, devices, presets, lives, snapshot, now, log }: CamerasOptions) {
	const known = new Set(ids)
	const leases = new Map<string, Lease>()
	const expiries = new Map<string, NodeJS.Timeout>()
	/** Who moves a camera by hand now. */
	const movers = new Map<string, string>()
	/** Counts what was ordered of a camera, so that a journey that was overtaken isn't taken for an arrival. */
	const turns = new Map<string, number>()

	const unwatch = devices.watch(heard)
	for (const id of ids) snapshot.apply({ type: 'presets', camera: id, presets: presets.list(id) })

	function heard(event: DevicesEvent) {
		const at = now()
		if (event.type === 'process') {
			if (event.status === 'restarting') movers.clear() // whatever moved is stopped by the new process
			return snapshot.apply({ type: 'devices', status: event.status, at })
		}
		const { id, status, reason, state, capabilities } = event
		const position = state?.position ?? null
		snapshot.apply({ type: 'camera', camera: id, status, reason, position, capabilities, at })
		const preset = snapshot.state.cameras.find((camera) => camera.id === id)?.preset ?? null
		const aim = preset === null ? null : presets.find(id, preset)?.position
		if (aim && position && !standsAt(aim, position)) snapshot.apply({ type: 'preset', camera: id, preset: null })
	}

	function publish(camera: string, lease: Lease | null) {
		const before = leases.get(camera)
		if (lease) leases.set(camera, lease)
		else leases.delete(camera)
		// A finger that stays down renews its lease every 150 ms: panels needn't hear of each.
		if (lease && before?.owner === lease.owner && expiries.has(camera)) return
		clearTimeout(expiries.get(camera))
		expiries.delete(camera)
		show(camera)
	}

	/** Tells panels of the lease, and looks again when it should end. */
	function show(camera: string) {
		const lease = leases.get(camera)
		if (!lease || lease.until <= now()) {
			leases.delete(camera)
			expiries.delete(camera)
			return snapshot.apply({ type: 'lease', camera, lease: null })
		}
		const { owner, label, until } = lease
		snapshot.apply({ type: 'lease', camera, lease: { owner, label, until } })
		expiries.set(
			camera,
			setTimeout(() => show(camera), until - now()),
		)
	}

	function turn(camera: string): number {
		const next = (turns.get(camera) ?? 0) + 1
		turns.set(camera, next)
		return next
	}

	/** Null when this one may drive the camera now. */
	function unavailable(camera: string, origin: Origin) {
		if (!known.has(camera)) return refused('no-camera', `there is no camera ${camera}`)
		const lease = drive(leases.get(camera) ?? null, origin, now())
		return lease ? null : refused('leased', 'somebody else drives this camera')
	}

	function driven(camera: string, origin: Origin) {
		publish(camera, drive(leases.get(camera) ?? null, origin, now()))
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
		movers.delete(camera)
		driven(camera, origin)
		snapshot.apply({ type: 'preset', camera, preset: null })
		const result = await resultOf(arrival, log)
		// Something newer was asked of it meanwhile: that is no failure of this one.
		if (turns.get(camera) !== mine) return { ok: true }
		if (result.ok) snapshot.apply({ type: 'preset', camera, preset })
		return result
	}

	/** Anybody may stop anything. */
	function stop(camera: string): Promise<Result> {
		if (!known.has(camera)) return Promise.resolve(refused('no-camera', `there is no camera ${camera}`))
		const ordered = devices.stop(camera)
		turn(camera)
		movers.delete(camera)
		return resultOf(ordered, log)
	}

	async function takeThumbnail(camera: string, slot: number) {
		const live = lives.get(camera)
		if (!live) return
		const jpeg = await thumbnail(await live.snapshot(), log)
		if (presets.setThumbnail(camera, slot, jpeg, now())) {
			snapshot.apply({ type: 'presets', camera, presets: presets.list(camera) })
		}
	}

	/** It may take a second, and the preset is good without it: nobody waits. */
	function picture(camera: string, slot: number) {
		takeThumbnail(camera, slot).catch((error) => log.debug({ camera, reason: String(error) }, 'no thumbnail'))
	}

	return {
		/** Nothing stands between this call and the channel to the devices process but the lease. */
		move(camera: string, velocity: Velocity, origin: Origin, forMs = moveForMs): Promise<Result> {
			const no = unavailable(camera, origin)
			if (no) return Promise.resolve(no)
			const ordered = devices.move(camera, velocity, forMs)
			turn(camera)
			movers.set(camera, origin.id)
			driven(camera, origin)
			snapshot.apply({ type: 'preset', camera, preset: null })
			return resultOf(ordered, log)
		},

		stop,

		home: (camera: string, origin: Origin) => travel(camera, origin, null, () => devices.home(camera)),

		lease(camera: string, wanted: boolean, origin: Origin): Result {
			if (!known.has(camera)) return refused('no-camera', `there is no camera ${camera}`)
			const before = leases.get(camera) ?? null
			if (!wanted) {
				if (before?.owner === origin.id) publish(camera, null)
				return { ok: true }
			}
			const taken = take(before, origin, now())
			if (!taken) return refused('leased', 'somebody who goes before drives this camera')
			const mover = movers.get(camera)
			if (mover !== undefined && mover !== origin.id) stop(camera)
			publish(camera, taken)
			return { ok: true }
		},

		async savePreset(camera: string, slot: number, name: string): Promise<Result> {
			if (!known.has(camera)) return refused('no-camera', `there is no camera ${camera}`)
			try {
				const position = await devices.position(camera)
				if (position === null) await devices.saveSlot(camera, slot)
				presets.save(camera, slot, name, position)
			} catch (error) {
				return failed(error, log)
			}
			snapshot.apply({ type: 'presets', camera, presets: presets.list(camera) })
			snapshot.apply({ type: 'preset', camera, preset: slot })
			picture(camera, slot)
			return { ok: true }
		},

		async recallPreset(camera: string, slot: number, origin: Origin): Promise<Result> {
			if (!known.has(camera)) return refused('no-camera', `there is no camera ${camera}`)
			const preset = presets.find(camera, slot)
			if (!preset) return refused('no-preset', `camera ${camera} has no preset ${slot}`)
			const { position } = preset
			const result = await travel(camera, origin, slot, () =>
				position ? devices.moveTo(camera, position, 1) : devices.recallSlot(camera, slot),
			)
			// One that came without a picture (seeded, or saved while there was none) gets it the first time it is seen.
			const view = snapshot.state.cameras.find(({ id }) => id === camera)
			if (view?.preset === slot && presets.thumbnail(camera, slot) === null) picture(camera, slot)
			return result
		},

		removePreset(camera: string, slot: number): Result {
			if (!known.has(camera)) return refused('no-camera', `there is no camera ${camera}`)
			if (!presets.remove(camera, slot)) return refused('no-preset', `camera ${camera} has no preset ${slot}`)
			snapshot.apply({ type: 'presets', camera, presets: presets.list(camera) })
			const view = snapshot.state.cameras.find(({ id }) => id === camera)
			if (view?.preset === slot) snapshot.apply({ type: 'preset', camera, preset: null })
			return { ok: true }
		},

		/** A panel is gone: what it moved stops, what it held is free. */
		released(origin: string) {
			for (const [camera, mover] of movers) {
				if (mover === origin) stop(camera)
			}
			for (const [camera, lease] of leases) if (lease.owner === origin) publish(camera, null)
		},

		/** Asks the camera. Null: it cannot tell. Rejects with a Refusal or DeviceError. */
		async position(camera: string): Promise<Position | null> {
			if (!known.has(camera)) throw new Refusal('no-camera', `there is no camera ${camera}`)
			return devices.position(camera)
		},

		live(camera: string): Live {
			const live = lives.get(camera)
			if (live) return live
			if (known.has(camera)) throw new Refusal('no-source', `camera ${camera} has no picture of its own`)
			throw new Refusal('no-camera', `there is no camera ${camera}`)
		},

		async close() {
			unwatch()
			for (const timer of expiries.values()) clearTimeout(timer)
			await Promise.all([...lives.values()].map((live) => live.close()))
		},
	}
}
