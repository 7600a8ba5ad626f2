import { isIP } from 'node:net'
import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import type { Reach } from '../../drivers/reach.ts'
import type { Devices } from '../devices/client.ts'
import { Refusal } from '../protocol/errors.ts'
import type { CameraHealthView, CameraSetup, CameraSetupView, Found } from '../protocol/facilities.ts'
import { hostOf } from '../protocol/host.ts'
import type { StreamMemory } from './adoption.ts'
import { createCameras } from './cameras.ts'
import { knownIn } from './known.ts'
import type { Live } from './live.ts'
import { createPictures, type PictureCamera } from './pictures.ts'
import { openPresets } from './presets.ts'
import { openSeatMap, type SeatAim } from './seat-map.ts'
import { type RoomCamera, type Setups, sameDevice } from './setup.ts'
import type { Snapshot } from './snapshot.ts'
import { createViews } from './views.ts'

export interface EquipmentOptions {
	setups: Setups
	/** Of the configuration file. */
	seats: readonly SeatAim[]
	devices: Devices
	/** Where cameras may be; absent: anywhere. */
	reach?: Reach | undefined
	db: DatabaseSync
	memory: StreamMemory
	snapshot: Snapshot
	now: () => number
	log: Logger
}

const searchSeconds = 4

/** The cameras that a room has: driven, kept in view, seen, and set up anew while it runs. */
export function openEquipment({ setups, seats, devices, reach, db, memory, snapshot, now, log }: EquipmentOptions) {
	const presets = openPresets(db)
	const seatMap = openSeatMap(db, seats)
	const pictures = createPictures({
		cameras: [],
		devices,
		reach,
		memory,
		onStream: (camera, stream) => snapshot.apply({ type: 'stream', camera, stream }),
		log: log.child({ module: 'pictures' }),
	})
	pictures.watch(showPictures)
	const cameras = createCameras({
		devices,
		presets,
		snapshot,
		onUndrawn: (camera, slot) => views.draw(camera, slot),
		now,
		log: log.child({ module: 'cameras' }),
	})
	const views = createViews({
		presets,
		has: cameras.has,
		capabilities: cameras.capabilities,
		keep: cameras.keepView,
		picture: async (camera) => pictures.lives.get(camera)?.snapshot() ?? null,
		snapshot,
		now,
		log: log.child({ module: 'views' }),
	})
	let searching = false
	let configured: readonly RoomCamera[] = []

	/** What was set up holds from now on: for panels, for the devices process, for pictures, seats and the meeting. */
	function configure() {
		const before = configured
		configured = setups.cameras
		const same = ({ id }: { id: string }) => sameDevice(find(before, id), find(configured, id))
		const identities = configured.map(({ id, name, driver, blind }) => ({
			id,
			name,
			driver,
			blind: blind === true,
			anew: !same({ id }),
		}))
		snapshot.apply({ type: 'cameras', cameras: identities, at: now() })
		for (const { id } of before) if (!find(configured, id)) views.forget(id)
		for (const { id } of configured) views.show(id)
		cameras.configure(configured)
		// One that finds its own pictures is asked again when it is another device now; any other keeps showing its picture.
		const wanted = configured.flatMap(pictureOf)
		pictures.set(wanted.filter((camera) => camera.rtsp !== null || same(camera)))
		pictures.set(wanted)
		showAims()
	}

	/** A camera whose picture can be had says so. */
	function showPictures() {
		for (const { id, video } of snapshot.state.cameras) {
			const there = pictures.lives.has(id)
			if (there !== (video !== 'none')) snapshot.apply({ type: 'video', camera: id, video: there ? 'idle' : 'none' })
		}
	}

	function showAims() {
		snapshot.apply({ type: 'aims', aims: seatMap.aims(cameraIds()) })
	}

	const cameraIds = () => new Set(setups.cameras.map(({ id }) => id))

	function liveOf(camera: string): Live {
		const live = pictures.lives.get(camera)
		if (live) return live
		if (cameras.has(camera)) throw new Refusal('no-source', `camera ${camera} has no picture of its own`)
		throw new Refusal('no-camera', `there is no camera ${camera}`)
	}

	configure()

	return {
		cameras,
		views,
		pictures,
		thumbnail: presets.thumbnail,
		/** Throws a Refusal: 'no-camera', 'no-source'. */
		live: liveOf,

		/** Rejects with a Refusal or a DeviceError. */
		async health(camera: string): Promise<CameraHealthView> {
			const view = snapshot.state.cameras.find(({ id }) => id === camera)
			if (!view) throw new Refusal('no-camera', `there is no camera ${camera}`)
			const { status, reason, since } = view
			if (view.driver === 'fixed') throw new Refusal('unsupported', 'nothing is connected but its picture')
			return { status, reason, since, ...(await devices.health(camera)) }
		},
		setups: (): CameraSetupView[] => setups.views(),
		/** Holds at once. Throws a Refusal: 'bad-message', 'no-such-driver', 'full', 'address-refused'. */
		setUp(id: string, setup: CameraSetup): CameraSetupView {
			if (reach) checkAddresses(setup, reach)
			const view = setups.put(id, setup)
			configure()
			return view
		},
		/** Throws a Refusal: 'no-camera', 'in-file'. */
		remove(id: string): void {
			setups.remove(id)
			configure()
		},
		/** Throws a Refusal: 'no-seat', 'no-camera', 'bad-message'. */
		aim(seat: SeatAim): void {
			seatMap.set(seat, cameraIds())
			showAims()
		},
		/** What is to be found on networks and lines; takes some four seconds. Rejects with a Refusal or a DeviceError. */
		async discover(): Promise<Found> {
			if (searching) throw new Refusal('busy', 'a search is under way')
			searching = true
			try {
				return knownIn(await devices.discover(searchSeconds), setups.cameras)
			} finally {
				searching = false
			}
		},

		close(): Promise<void> {
			cameras.close()
			views.close()
			return pictures.close()
		},
	}
}

/** A name is looked at when it is connected to: it may mean something else then. */
function checkAddresses({ host, video }: CameraSetup, reach: Reach) {
	const hosts = [host, video && 'rtsp' in video ? hostOf(video.rtsp) : undefined]
	for (const one of hosts) {
		if (!one || isIP(one) === 0 || reach.allows(one)) continue
		throw new Refusal('address-refused', `${one} is in no network of deviceNetworks in maru.yaml`)
	}
}

const find = (cameras: readonly RoomCamera[], id: string) => cameras.find((camera) => camera.id === id)

/** Where its picture is; null: it is asked itself. A camera at the PC is the stage's. */
function pictureOf({ id, name, driver, video, delayMs = 0 }: RoomCamera): PictureCamera[] {
	if (video && 'usb' in video) return []
	if (!video && driver === 'fixed') return []
	return [{ id, name, rtsp: video?.rtsp ?? null, delayMs }]
}
