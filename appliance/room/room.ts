import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import type { Position } from '../../drivers/camera.ts'
import type { LaunchOptions } from '../browser/launch.ts'
import type { Devices } from '../devices/client.ts'
import type { Result } from '../protocol/messages.ts'
import type { RoomCommand } from '../protocol/room-commands.ts'
import type { CameraView, RoomState, SeatView } from '../protocol/room-state.ts'
import { CallRunner } from './call-runner.ts'
import { createCameras } from './cameras.ts'
import { Director, directorOrigin } from './director.ts'
import { execute } from './execute.ts'
import { Hall } from './hall.ts'
import type { Origin } from './leases.ts'
import { createLive, type Live } from './live.ts'
import { openMemory } from './memory.ts'
import { openPresets } from './presets.ts'
import { failed } from './result.ts'
import { createSnapshot, type RoomListener } from './snapshot.ts'
import type { StageBrowser } from './stage.ts'
import { defaultLimits, type UnattendedLimits } from './stage-watch.ts'

export interface RoomConfig {
	name: string
	language: 'ko' | 'en'
	demo: boolean
	/** `rtsp`: sent to the meeting and shown on panels. `usb`: the stage sends the capture device with this label. */
	cameras: readonly { id: string; name: string; driver: string; rtsp?: string; usb?: string }[]
	seats: readonly { id: string; name: string; camera: string | null; preset: number | null }[]
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

export type Room = ReturnType<typeof createRoom>

/** This physical room: commands in, snapshots out. Begins at once to bring back the call it was in before. */
export function createRoom(options: RoomOptions) {
	const { config, devices, db, now, log } = options
	const memory = openMemory(db)
	const presets = openPresets(db)
	const snapshot = createSnapshot(initialState(options, memory.muted))
	const lives = new Map<string, Live>()
	for (const { id, rtsp } of config.cameras) {
		if (rtsp !== undefined) lives.set(id, createLive({ rtsp, log: log.child({ module: 'live', camera: id }) }))
	}
	const ids = config.cameras.map(({ id }) => id)
	const cameras = createCameras({ ids, devices, presets, lives, snapshot, now, log: log.child({ module: 'cameras' }) })
	const { display, fakeDevices = config.demo, microphone = null, processing = false } = config.stage
	const call = new CallRunner({
		room: {
			name: config.name,
			language: config.language,
			microphone,
			stageCameras: config.cameras.flatMap(({ name, usb }) => (usb === undefined ? [] : [{ name, label: usb }])),
			processing,
			limits: { ...defaultLimits, ...config.limits },
		},
		feeds: config.cameras.flatMap(({ id, name, rtsp }) => (rtsp === undefined ? [] : [{ id, name, rtsp }])),
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
		seats: config.seats,
		cameras: () => snapshot.state.cameras,
		feedOf: (camera) => call.feedOf(camera),
		recall: (camera, preset) => cameras.recallPreset(camera, preset, directorOrigin),
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
				return await execute(command, origin, call, cameras)
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
		live: (camera: string): AsyncIterable<Buffer> => cameras.live(camera).frames(),
		/** One picture from now. Rejects with a Refusal: 'no-camera', 'no-source', 'timeout'. */
		snapshot: async (camera: string): Promise<Buffer> => cameras.live(camera).snapshot(),
		thumbnail: (camera: string, slot: number): Buffer | null => presets.thumbnail(camera, slot),
		/** Asks the camera now. Null: it cannot tell. Rejects with a Refusal or a DeviceError. */
		position: (camera: string): Promise<Position | null> => cameras.position(camera),

		/** Where people on this network open the pages. */
		setAttendAddress: (address: string | null): void => snapshot.apply({ type: 'attend', address }),
		/** For health and metrics. */
		health: () => ({ running: call.stagePid !== null, keyframesAsked: call.keyframesAsked, ...call.heard }),

		/** Ends all that this room started. The meeting it is in is remembered. */
		async close(): Promise<void> {
			stopDirecting()
			hall.close()
			await Promise.all([call.close(), cameras.close()])
			snapshot.close()
		},
	}
}

function initialState({ config, build, now }: RoomOptions, muted: boolean): RoomState {
	const since = now()
	const { name, language, demo } = config
	const cameras: CameraView[] = config.cameras.map(({ id, name, driver, rtsp }) => ({
		id,
		name,
		driver,
		// A fixed camera has no driver that could tell: its picture is all there is of it.
		status: driver === 'fixed' ? 'ready' : 'off',
		reason: null,
		since,
		position: null,
		capabilities: { panTilt: null, zoom: null, presets: null },
		presets: [],
		preset: null,
		lease: null,
		video: rtsp === undefined ? 'none' : 'idle',
	}))
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
		cameras,
		speakerphone: { status: 'none', muted: false, offHook: false },
		seats,
		meetings: [],
		addresses: { attend: null },
		...(config.contact === undefined ? {} : { contact: config.contact }),
	}
}
