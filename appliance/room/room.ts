import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import type { Position } from '../../drivers/camera.ts'
import type { Reach } from '../../drivers/reach.ts'
import type { LaunchOptions } from '../browser/launch.ts'
import type { Devices } from '../devices/client.ts'
import type {
	CameraHealthView,
	CameraSetup,
	CameraSetupView,
	Found,
	MotionTest,
	PresetFile,
} from '../protocol/facilities.ts'
import type { Result } from '../protocol/messages.ts'
import type { RehearsalReport } from '../protocol/rehearsal.ts'
import type { RoomCommand } from '../protocol/room-commands.ts'
import type { RoomState, SeatView } from '../protocol/room-state.ts'
import { CallRunner } from './call-runner.ts'
import { type Card, readCards } from './cards.ts'
import { Director, directorOrigin } from './director.ts'
import { openEquipment } from './equipment.ts'
import { execute } from './execute.ts'
import { FarEnd } from './far-end.ts'
import { Hall } from './hall.ts'
import type { Origin } from './leases.ts'
import { openMemory, type RoomMemory } from './memory.ts'
import { createRehearsing } from './rehearsing.ts'
import { failed, refused } from './result.ts'
import type { SeatAim } from './seat-map.ts'
import type { RoomCamera, Setups } from './setup.ts'
import { createSnapshot, type RoomListener } from './snapshot.ts'
import { createSound, type SoundConfig } from './sound.ts'
import { createRoomPhone } from './speakerphone.ts'
import type { StageBrowser } from './stage.ts'
import { defaultLimits, type UnattendedLimits } from './stage-watch.ts'

export interface RoomConfig {
	name: string
	language: 'ko' | 'en'
	demo: boolean
	seats: readonly ({ name: string } & SeatAim)[]
	stage: {
		display: 'headless' | 'kiosk'
		/** Default: in the demo. */
		fakeDevices?: boolean
		/** Default: no. Where there is no display: whether a second browser stands by. */
		standBy?: boolean
	}
	/** Default: the speakerphone's own microphone and speakers, else the system's; it or a mixer cancels echo. */
	sound?: Partial<SoundConfig> & {
		/** How late the sound itself is, in milliseconds: a mixer needs its time. */
		delayMs?: number
	}
	limits?: Partial<UnattendedLimits>
	/** Whom to call when something fails, as panels show it. */
	contact?: string
	/** The house has a counter of 민원 상담. */
	counter?: boolean
}

export interface RoomOptions {
	config: RoomConfig
	/** The room's cameras. The devices process may know them already. */
	setups: Setups
	devices: Devices
	/** Where cameras may be; absent: anywhere. */
	reach?: Reach
	/** The hub's `/ws/meeting` as this machine reaches it. */
	hubUrl: string
	/** A token of a house role, for the standing connection. Asked anew for each connection. */
	hubToken: () => Promise<string>
	/** Origins that this hub's links carry. Links with others lead to hubs elsewhere. Without it all are this hub's. */
	hubOrigins?: () => readonly string[]
	/** Authority of the certificates of hubs elsewhere (PEM), and its key's SHA-256 in base64 for the stage's browser. */
	ca?: { pem: string | undefined; spki: string }
	/** The stage page on our own loopback listener. */
	stageUrl: string
	launch: (options: LaunchOptions) => Promise<StageBrowser>
	/** Sound cards of this machine. Default: as the kernel lists them. */
	cards?: () => Card[]
	db: DatabaseSync
	now: () => number
	log: Logger
	build: string
}

export type Room = ReturnType<typeof createRoom>

/** This physical room: commands in, snapshots out. Begins at once to bring back the call it was in before. */
export function createRoom(options: RoomOptions) {
	const { config, setups, devices, reach, db, now, log } = options
	const memory = openMemory(db)
	const snapshot = createSnapshot(initialState(options, memory))
	const equipment = openEquipment({ setups, seats: config.seats, devices, reach, db, memory, snapshot, now, log })
	const { cameras, views, pictures } = equipment
	const { display, fakeDevices = config.demo, standBy = false } = config.stage
	const { microphone = null, output = null, processing = false, delayMs: soundDelayMs = 0 } = config.sound ?? {}
	const sound = createSound({
		config: { microphone, output, processing },
		cards: options.cards ?? readCards,
		closed: () => phone.closed,
		tellStage: (command) => call.tellStage(command),
		onMicrophone: (there) => phone.microphone(there),
		volume: () => phone.volume,
		snapshot,
	})
	const phone = createRoomPhone({
		speakerphone: devices.speakerphone,
		isOwn: sound.isOwn,
		onMicrophone: (closed) => {
			call.setMicrophone(closed)
			if (closed) sound.listen(false)
		},
		onVolume: (volume) => call.tellStage({ type: 'volume', volume }),
		snapshot,
		memory,
		now,
	})
	const farEnd: FarEnd = new FarEnd({
		cameras,
		cameraOf: (feed) => call.cameraOf(feed),
		request: (command) => call.request(command),
	})
	const call = new CallRunner({
		room: {
			name: config.name,
			language: config.language,
			sound: sound.devices,
			soundDelayMs,
			stageCameras: () => setups.cameras.flatMap(captureOf),
			limits: { ...defaultLimits, ...config.limits },
		},
		pictures,
		isMovable: cameras.isMovable,
		farEnd,
		hub: () => ({ url: options.hubUrl, origins: options.hubOrigins?.() ?? null }),
		hubToken: options.hubToken,
		ca: options.ca?.pem,
		allowsHub: reach?.allowsHub,
		stage: {
			url: options.stageUrl,
			standBy: standBy && display === 'headless',
			launch: () =>
				options.launch({
					name: 'stage',
					headless: display === 'headless',
					fakeDevices,
					trustedSpki: options.ca ? [options.ca.spki] : [],
					log: log.child({ module: 'browser' }),
				}),
		},
		phone: () => phone,
		onCall: (on) => phone.call(on),
		onMutedFromAfar: () => phone.muteFromAfar(),
		onSound: sound.hear,
		onStageAway: sound.stageAway,
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
	const rehearsing = createRehearsing({ call, cameras, phone, sound, snapshot })

	return {
		/** Never rejects: a fault of ours is answered 'internal'. */
		async dispatch(command: RoomCommand, origin: Origin): Promise<Result> {
			try {
				if (rehearsing.mustYield(command)) await rehearsing.giveWay()
				return await execute(command, origin, { call, cameras, views, phone, sound, rehearsing })
			} catch (error) {
				return failed(error, log)
			}
		},

		/** What a seat's button or microphone says: it asks for the floor, speaks, or has finished. Never rejects. */
		seatMic: (seat: string, state: SeatView['mic']): Promise<Result> => hall.mic(seat, state),

		/** For machines that give a duration: moves a camera for so long, 50..10000 ms, without renewal. */
		moveFor: (camera: string, velocity: { pan: number; tilt: number; zoom: number }, forMs: number, origin: Origin) =>
			cameras.move(camera, velocity, origin, forMs),

		/** For calls that come to this room: rings at device and panels, and tells what became of it. */
		phone: { ring: phone.ring, quiet: phone.quiet, onRing: phone.onRing },
		/** Of the microphone while a panel listens to it (`sound.listen`), 0..1; null: there is none. */
		watchLevels: (listener: (level: number | null) => void): (() => void) => sound.watchLevels(listener),

		/** The last report of the morning check. Null: never yet. */
		latestRehearsal: (): RehearsalReport | null => rehearsing.latest(),
		/** For whoever performs the morning check. */
		rehearsal: rehearsing.hooks,

		/** At once, then on change, at most twenty times a second. */
		watch: (listener: RoomListener): (() => void) => snapshot.watch(listener),
		state: () => ({ state: snapshot.state, revision: snapshot.revision }),
		/** A panel's socket closed: its movements stop, its leases end. */
		released: (origin: string): void => cameras.released(origin),

		/** Pictures of a camera, endless; stop reading to end it. Throws a Refusal: 'no-camera', 'no-source'. */
		live: (camera: string): AsyncIterable<Buffer> => equipment.live(camera).frames(),
		/** One picture from now. Rejects with a Refusal: 'no-camera', 'no-source', 'timeout'. */
		snapshot: async (camera: string): Promise<Buffer> => equipment.live(camera).snapshot(),
		thumbnail: (camera: string, slot: number): Buffer | null => equipment.thumbnail(camera, slot),
		/** Asks the camera now. Null: it cannot tell. Rejects with a Refusal or a DeviceError. */
		position: (camera: string): Promise<Position | null> => cameras.position(camera),

		/** All views of a camera. Throws a Refusal: 'no-camera'. */
		presetFile: (camera: string): PresetFile => views.file(camera),
		/** These views and no others: all, or none. Throws a Refusal: 'no-camera', 'bad-message'. */
		setPresets: (camera: string, file: PresetFile): void => views.replace(camera, file),

		/** Rejects with a Refusal or a DeviceError. */
		cameraHealth: (camera: string): Promise<CameraHealthView> => equipment.health(camera),
		/** Moves a camera a little left and back. Rejects with a Refusal or a DeviceError. */
		testCamera: (camera: string, origin: Origin): Promise<MotionTest> => cameras.test(camera, origin),
		cameraSetups: (): CameraSetupView[] => equipment.setups(),
		/** Holds at once. Throws a Refusal: 'bad-message', 'no-such-driver', 'full'. */
		setUpCamera: (id: string, setup: CameraSetup): CameraSetupView => equipment.setUp(id, setup),
		/** Throws a Refusal: 'no-camera', 'in-file'. */
		removeCamera: (id: string): void => equipment.remove(id),
		/** Throws a Refusal: 'no-seat', 'no-camera', 'bad-message'. */
		aimSeat: (seat: SeatAim): void => equipment.aim(seat),
		/** What is to be found on networks and lines; takes some four seconds. Rejects with a Refusal or a DeviceError. */
		discover: (): Promise<Found> => equipment.discover(),

		/** Where people on this network open the pages. */
		setAttendAddress: (address: string | null): void => snapshot.apply({ type: 'attend', address }),
		/** For health and metrics. */
		health: () => ({ running: call.stagePid !== null, keyframesAsked: call.keyframesAsked, ...call.heard }),

		/** Ends all that this room started. The meeting it is in is remembered. */
		async close(): Promise<void> {
			stopDirecting()
			hall.close()
			farEnd.close()
			phone.close()
			sound.close()
			await Promise.all([call.close(), equipment.close()])
			snapshot.close()
		},
	}
}

function initialState({ config, build, now }: RoomOptions, { muted, volume }: RoomMemory): RoomState {
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
		speakerphone: {
			...{ status: 'none', muted: false, offHook: false, reason: null, detail: null, since },
			...{ model: null, capabilities: null, unconfirmed: false, own: false, waiting: false },
			...{ pressedAt: null, check: null, hungUpAt: null },
		},
		volume,
		sound: { microphone: 'off', output: 'good' },
		ring: null,
		seats,
		meetings: [],
		addresses: { attend: null },
		...(config.contact === undefined ? {} : { contact: config.contact }),
		...(config.counter ? { counter: true as const } : {}),
	}
}

/** A capture device of this machine, whose picture the stage's browser sends. */
function captureOf({ name, video }: RoomCamera): { name: string; label: string }[] {
	return video && 'usb' in video ? [{ name, label: video.usb }] : []
}
