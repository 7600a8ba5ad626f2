import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import type { Position } from '../../drivers/camera.ts'
import type { LaunchOptions } from '../browser/launch.ts'
import type { Devices } from '../devices/client.ts'
import { Refusal } from '../protocol/errors.ts'
import type {
	CameraHealthView,
	CameraSetup,
	CameraSetupView,
	Found,
	MotionTest,
	PresetFile,
} from '../protocol/facilities.ts'
import type { Result } from '../protocol/messages.ts'
import type { RoomCommand } from '../protocol/room-commands.ts'
import type { RoomState, SeatView } from '../protocol/room-state.ts'
import { CallRunner } from './call-runner.ts'
import { createCameras } from './cameras.ts'
import { Director, directorOrigin } from './director.ts'
import { execute } from './execute.ts'
import { Hall } from './hall.ts'
import { knownIn } from './known.ts'
import type { Origin } from './leases.ts'
import type { Live } from './live.ts'
import { openMemory } from './memory.ts'
import { createPictures } from './pictures.ts'
import { openPresets } from './presets.ts'
import { failed, refused } from './result.ts'
import { openSeatMap, type SeatAim } from './seat-map.ts'
import { type RoomCamera, type Setups, sameDevice } from './setup.ts'
import { createSnapshot, type RoomListener } from './snapshot.ts'
import type { StageBrowser } from './stage.ts'
import { defaultLimits, type UnattendedLimits } from './stage-watch.ts'
import { createViews } from './views.ts'

export interface RoomConfig {
	name: string
	language: 'ko' | 'en'
	demo: boolean
	seats: readonly ({ name: string } & SeatAim)[]
	stage: {
		display: 'headless' | 'kiosk'
		/** Default: in the demo. */
		fakeDevices?: boolean
		/** Label of the capture device; null (default): the system's; 'none': no sound from here. */
		microphone?: string | null | 'none'
		/** True: the browser cancels echo. Default: the speakerphone does. */
		processing?: boolean
	}
	limits?: Partial<UnattendedLimits>
	/** Whom to call when something fails, as panels show it. */
	contact?: string
}

export interface RoomOptions {
	config: RoomConfig
	/** The room's cameras. The devices process may know them already. */
	setups: Setups
	devices: Devices
	/** The hub's `/ws/meeting` as this machine reaches it. */
	hubUrl: string
	/** A token of a house role, for the standing connection. Asked anew for each connection. */
	hubToken: () => Promise<string>
	/** Origins that this hub's links carry. Links with others lead to hubs elsewhere. Without it all are this hub's. */
	hubOrigins?: () => readonly string[]
	/** Authority of the certificates of hubs elsewhere (PEM), and its key's SHA-256 in base64 for the stage's browser. */
	ca?: { pem: string; spki: string }
	/** The stage page on our own loopback listener. */
	stageUrl: string
	launch: (options: LaunchOptions) => Promise<StageBrowser>
	db: DatabaseSync
	now: () => number
	log: Logger
	build: string
}

const searchSeconds = 4

export type Room = ReturnType<typeof createRoom>

/** This physical room: commands in, snapshots out. Begins at once to bring back the call it was in before. */
export function createRoom(options: RoomOptions) {
	const { config, setups, devices, db, now, log } = options
	const memory = openMemory(db)
	const presets = openPresets(db)
	const seatMap = openSeatMap(db, config.seats)
	const snapshot = createSnapshot(initialState(options, memory.muted))
	const pictures = createPictures({
		cameras: [],
		devices,
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
		const identities = configured.map(({ id, name, driver }) => ({ id, name, driver, anew: !same({ id }) }))
		snapshot.apply({ type: 'cameras', cameras: identities, at: now() })
		for (const { id } of before) if (!find(configured, id)) views.forget(id)
		for (const { id } of configured) views.show(id)
		cameras.configure(configured)
		// One that finds its own pictures is asked again when it is another device now; any other keeps showing its picture.
		const wanted = configured.flatMap(pictureOf)
		pictures.set(wanted.filter((camera) => camera.rtsp !== null || same(camera)))
		pictures.set(wanted)
		aim()
	}

	/** A camera whose picture can be had says so. */
	function showPictures() {
		for (const { id, video } of snapshot.state.cameras) {
			const there = pictures.lives.has(id)
			if (there !== (video !== 'none')) snapshot.apply({ type: 'video', camera: id, video: there ? 'idle' : 'none' })
		}
	}

	function aim() {
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
	const { display, fakeDevices = config.demo, microphone = null, processing = false } = config.stage
	const call = new CallRunner({
		room: {
			name: config.name,
			language: config.language,
			microphone,
			stageCameras: setups.cameras.flatMap(captureOf),
			processing,
			limits: { ...defaultLimits, ...config.limits },
		},
		pictures,
		hub: () => ({ url: options.hubUrl, origins: options.hubOrigins?.() ?? null }),
		hubToken: options.hubToken,
		ca: options.ca?.pem,
		stage: {
			url: options.stageUrl,
			launch: () =>
				options.launch({
					name: 'stage',
					headless: display === 'headless',
					fakeDevices,
					trustedSpki: options.ca ? [options.ca.spki] : [],
					log: log.child({ module: 'browser' }),
				}),
		},
		onJoined: () => void hall.declare(),
		onCore: (core) => {
			hall.follow(core)
			director.follow(core)
		},
		snapshot,
		memory,
		now,
		log: log.child({ module: 'call' }),
	})
	const hall = new Hall({
		seats: config.seats,
		microphones: devices.microphones,
		request: (command) => call.request(command),
		snapshot,
		log: log.child({ module: 'hall' }),
	})
	const director = new Director({
		seats: () => snapshot.state.seats,
		cameras: () => snapshot.state.cameras,
		feedOf: (camera) => call.feedOf(camera),
		recall: async (camera, preset) => {
			const result = await cameras.recallPreset(camera, preset, directorOrigin)
			const view = snapshot.state.cameras.find(({ id }) => id === camera)
			// Somebody stopped or drove it on its way: it is theirs now.
			return result.ok && view?.preset !== preset ? refused('leased', 'somebody took the camera') : result
		},
		report: (report) => {
			call.request({ type: 'grant.step', ...report }).catch((error) => {
				log.debug({ code: error.code, step: report.step }, 'the hub did not hear of a step')
			})
		},
		now,
		log: log.child({ module: 'director' }),
	})
	const stopDirecting = snapshot.watch(() => director.look())

	return {
		/** Never rejects: a fault of ours is answered 'internal'. */
		async dispatch(command: RoomCommand, origin: Origin): Promise<Result> {
			try {
				return await execute(command, origin, call, cameras, views)
			} catch (error) {
				return failed(error, log)
			}
		},

		/** What a seat's button or microphone says: it asks for the floor, speaks, or has finished. Never rejects. */
		seatMic: (seat: string, state: SeatView['mic']): Promise<Result> => hall.mic(seat, state),

		/** For machines that give a duration: moves a camera for so long, 50..10000 ms, without renewal. */
		moveFor: (camera: string, velocity: { pan: number; tilt: number; zoom: number }, forMs: number, origin: Origin) =>
			cameras.move(camera, velocity, origin, forMs),

		/** At once, then on change, at most twenty times a second. */
		watch: (listener: RoomListener): (() => void) => snapshot.watch(listener),
		state: () => ({ state: snapshot.state, revision: snapshot.revision }),
		/** A panel's socket closed: its movements stop, its leases end. */
		released: (origin: string): void => cameras.released(origin),

		/** Pictures of a camera, endless; stop reading to end it. Throws a Refusal: 'no-camera', 'no-source'. */
		live: (camera: string): AsyncIterable<Buffer> => liveOf(camera).frames(),
		/** One picture from now. Rejects with a Refusal: 'no-camera', 'no-source', 'timeout'. */
		snapshot: async (camera: string): Promise<Buffer> => liveOf(camera).snapshot(),
		thumbnail: (camera: string, slot: number): Buffer | null => presets.thumbnail(camera, slot),
		/** Asks the camera now. Null: it cannot tell. Rejects with a Refusal or a DeviceError. */
		position: (camera: string): Promise<Position | null> => cameras.position(camera),

		/** All views of a camera. Throws a Refusal: 'no-camera'. */
		presetFile: (camera: string): PresetFile => views.file(camera),
		/** These views and no others: all, or none. Throws a Refusal: 'no-camera', 'bad-message'. */
		setPresets: (camera: string, file: PresetFile): void => views.replace(camera, file),

		/** Rejects with a Refusal or a DeviceError. */
		async cameraHealth(camera: string): Promise<CameraHealthView> {
			const view = snapshot.state.cameras.find(({ id }) => id === camera)
			if (!view) throw new Refusal('no-camera', `there is no camera ${camera}`)
			const { status, reason, since } = view
			if (view.driver === 'fixed') throw new Refusal('unsupported', 'nothing is connected but its picture')
			return { status, reason, since, ...(await devices.health(camera)) }
		},
		/** Moves a camera a little left and back. Rejects with a Refusal or a DeviceError. */
		testCamera: (camera: string, origin: Origin): Promise<MotionTest> => cameras.test(camera, origin),

		cameraSetups: (): CameraSetupView[] => setups.views(),
		/** Holds at once. Throws a Refusal: 'bad-message', 'no-such-driver', 'full'. */
		setUpCamera(id: string, setup: CameraSetup): CameraSetupView {
			const view = setups.put(id, setup)
			configure()
			return view
		},
		/** Throws a Refusal: 'no-camera', 'in-file'. */
		removeCamera(id: string): void {
			setups.remove(id)
			configure()
		},
		/** Throws a Refusal: 'no-seat', 'no-camera', 'bad-message'. */
		aimSeat(seat: SeatAim): void {
			seatMap.set(seat, cameraIds())
			aim()
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

		/** Where people on this network open the pages. */
		setAttendAddress: (address: string | null): void => snapshot.apply({ type: 'attend', address }),
		/** For health and metrics. */
		health: () => ({ running: call.stagePid !== null, keyframesAsked: call.keyframesAsked, ...call.heard }),

		/** Ends all that this room started. The meeting it is in is remembered. */
		async close(): Promise<void> {
			stopDirecting()
			hall.close()
			cameras.close()
			views.close()
			await Promise.all([call.close(), pictures.close()])
			snapshot.close()
		},
	}
}

function initialState({ config, build, now }: RoomOptions, muted: boolean): RoomState {
	const since = now()
	const { name, language, demo } = config
	const seats: SeatView[] = config.seats.map((seat) => ({ ...seat, mic: 'off' }))
	return {
		name,
		language,
		build,
		demo,
		call: { phase: 'idle', meeting: null, reason: null, since, recovering: false },
		muted,
		hub: { status: 'away', since },
		stage: { status: 'off', reason: null, since },
		devices: { status: 'ready', since },
		participants: [],
		cameras: [],
		speakerphone: { status: 'none', muted: false, offHook: false },
		seats,
		meetings: [],
		addresses: { attend: null },
		...(config.contact === undefined ? {} : { contact: config.contact }),
	}
}

const find = (cameras: readonly RoomCamera[], id: string) => cameras.find((camera) => camera.id === id)

/** Where its picture is; null: it is asked itself. A camera at the PC is the stage's. */
function pictureOf({ id, name, driver, video }: RoomCamera): { id: string; name: string; rtsp: string | null }[] {
	if (video && 'usb' in video) return []
	if (!video && driver === 'fixed') return []
	return [{ id, name, rtsp: video?.rtsp ?? null }]
}

/** A capture device of this machine, whose picture the stage's browser sends. */
function captureOf({ name, video }: RoomCamera): { name: string; label: string }[] {
	return video && 'usb' in video ? [{ name, label: video.usb }] : []
}
