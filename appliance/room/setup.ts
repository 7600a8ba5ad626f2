import type { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { Refusal } from '../protocol/errors.ts'
import { CameraSetup, type CameraSetupView, type Feel } from '../protocol/facilities.ts'

/**
 * The cameras of the room as they are set up: those of the configuration file, and over them what facilities staff say on
 * the console. What they say is kept in the database; passwords are kept apart, and are told to nobody but drivers.
 */

/** A camera with its driver's own keys beside it, secrets too. */
export interface RoomCamera {
	readonly id: string
	readonly name: string
	readonly driver: string
	readonly video?: { rtsp: string } | { usb: string } | undefined
	readonly feel?: Feel | undefined
	readonly delayMs?: number | undefined
	readonly [field: string]: unknown
}

export interface Setups {
	/** As they are now, those of the file first. */
	readonly cameras: readonly RoomCamera[]
	views(): CameraSetupView[]
	/** Throws a Refusal: 'bad-message', 'no-such-driver', 'full'. */
	put(id: string, setup: CameraSetup): CameraSetupView
	/** Throws a Refusal: 'no-camera', 'in-file'. */
	remove(id: string): void
}

export interface SetupsOptions {
	db: DatabaseSync
	/** Of the configuration file. */
	file: readonly RoomCamera[]
	/** A text that nobody else may read; null: there is none yet. */
	secrets: { read(): string | null; write(text: string): void }
	/** By the schema of its driver, defaults filled in. Throws a Refusal. */
	check: (camera: Record<string, unknown>) => RoomCamera
	log: Logger
}

interface Secret {
	password?: string
	/** `user:password` of the address of its picture. */
	rtsp?: string
}
type Kept = Omit<CameraSetup, 'password'>

const mostCameras = 16
const setupKeys = Object.keys(CameraSetup.properties)

/** Opens the table `room_cameras`. */
export function openSetups({ db, file, secrets, check, log }: SetupsOptions): Setups {
	db.exec('CREATE TABLE IF NOT EXISTS room_cameras (id TEXT PRIMARY KEY, setup TEXT NOT NULL) STRICT')
	const write = db.prepare(
		'INSERT INTO room_cameras VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET setup = excluded.setup',
	)
	const erase = db.prepare('DELETE FROM room_cameras WHERE id = ?')
	const told = new Map<string, Kept>()
	let hidden = readSecrets(secrets.read())
	let cameras: readonly RoomCamera[] = []

	const inFile = (id: string) => file.find((camera) => camera.id === id)

	function load() {
		for (const { id, setup } of db.prepare('SELECT id, setup FROM room_cameras ORDER BY rowid').all()) {
			const kept: Kept = JSON.parse(String(setup))
			try {
				merged(inFile(String(id)), String(id), kept, hidden.get(String(id)), check)
				told.set(String(id), kept)
			} catch (error) {
				// Another version wrote it. The others must run, and it may be good again tomorrow.
				log.error({ camera: id, reason: String(error) }, 'a camera set up on the console is not as it should be')
			}
		}
		cameras = all()
	}

	function all(): RoomCamera[] {
		const one = (id: string) => {
			const kept = told.get(id)
			return kept ? merged(inFile(id), id, kept, hidden.get(id), check) : inFile(id)
		}
		const ids = new Set([...file.map(({ id }) => id), ...told.keys()])
		return [...ids].flatMap((id) => one(id) ?? [])
	}

	function hide(id: string, secret: Secret | undefined) {
		if (JSON.stringify(hidden.get(id)) === JSON.stringify(secret)) return
		const next = new Map(hidden)
		if (secret) next.set(id, secret)
		else next.delete(id)
		secrets.write(JSON.stringify(Object.fromEntries(next)))
		hidden = next
	}

	function forget(id: string) {
		told.delete(id)
		erase.run(id)
		hide(id, undefined)
	}

	load()

	return {
		get cameras() {
			return cameras
		},
		views: () => cameras.map((camera) => viewOf(camera, inFile(camera.id) !== undefined)),
		put(id, { password, ...setup }) {
			const present = cameras.find((camera) => camera.id === id)
			if (!present && cameras.length >= mostCameras) {
				throw new Refusal('full', `a room has at most ${mostCameras} cameras`)
			}
			const { kept, login } = withoutLogin(setup)
			// The password is of the device that was; another one, of another make, has another or none.
			const same = present?.driver === setup.driver
			const secret: Secret = {
				...pick('password', password ?? (same ? hidden.get(id)?.password : undefined)),
				...pick('rtsp', login ?? sameAddress(kept, present)),
			}
			// All of it is checked before any of it is kept. The secret goes first: without it the camera would be of no use.
			const whole = merged(inFile(id), id, kept, secret, check)
			// As the file says it: what is changed there holds again.
			if (isDeepStrictEqual(whole, inFile(id))) forget(id)
			else {
				hide(id, Object.keys(secret).length > 0 ? secret : undefined)
				write.run(id, JSON.stringify(kept))
				told.set(id, kept)
			}
			cameras = all()
			const camera = cameras.find((one) => one.id === id) as RoomCamera
			return viewOf(camera, inFile(id) !== undefined)
		},
		remove(id) {
			if (inFile(id)) throw new Refusal('in-file', `camera ${id} stands in the configuration file: remove it there`)
			if (!told.has(id)) throw new Refusal('no-camera', `there is no camera ${id}`)
			forget(id)
			cameras = all()
		},
	}
}

/** What its driver has to know. A camera that nobody moves has none. */
export function deviceOf(camera: RoomCamera) {
	const { name: _, video: __, delayMs: ___, ...device } = camera
	return camera.driver === 'fixed' ? [] : [device]
}

/** Whether what is known of the one is true of the other: only their names, pictures and feel differ. */
export function sameDevice(one: RoomCamera | undefined, other: RoomCamera | undefined): boolean {
	const device = (camera: RoomCamera | undefined) => camera && { ...camera, ...unlike }
	return isDeepStrictEqual(device(one), device(other))
}
const unlike = { name: null, video: null, delayMs: null, feel: null }

/** What staff said, over what the file says. Keys that only the file has are kept as long as the driver is the same. */
function merged(
	file: RoomCamera | undefined,
	id: string,
	kept: Kept,
	secret: Secret | undefined,
	check: SetupsOptions['check'],
): RoomCamera {
	const sameDriver = file?.driver === kept.driver
	const own = Object.entries(sameDriver ? file : {}).filter(([key]) => !setupKeys.includes(key))
	const password = secret?.password ?? (sameDriver ? file.password : undefined)
	return check({
		...Object.fromEntries(own),
		id,
		...kept,
		...pick('password', password),
		...pick('video', withLogin(kept.video, secret?.rtsp)),
	})
}

/** As it is told to those who set it up: a password goes in and never comes out. */
function viewOf(camera: RoomCamera, inFile: boolean): CameraSetupView {
	const { password, video, ...rest } = camera
	const told = Object.entries(rest).filter(([key, value]) => setupKeys.includes(key) && value !== undefined)
	const { kept } = withoutLogin(pick('video', video))
	const setup = { ...Object.fromEntries(told), ...kept } as Kept
	const hasPassword = password !== undefined && password !== ''
	return { id: camera.id, from: inFile ? 'file' : 'console', setup: { ...setup, hasPassword } }
}

/** The user and password that stand in an address of a picture. */
function loginOf(address: string): { bare: string; login: string | null } {
	const [, scheme = '', login, rest = ''] = /^(rtsps?:\/\/)(?:([^/@]*)@)?(.*)$/s.exec(address) ?? []
	return { bare: scheme + rest, login: login || null }
}

function withoutLogin<T extends Pick<Kept, 'video'>>(setup: T): { kept: T; login: string | null } {
	const { video } = setup
	if (!video || !('rtsp' in video)) return { kept: setup, login: null }
	const { bare, login } = loginOf(video.rtsp)
	return { kept: { ...setup, video: { rtsp: bare } }, login }
}

function withLogin(video: Kept['video'], login: string | undefined): Kept['video'] {
	if (!video || !('rtsp' in video) || !login) return video
	return { rtsp: video.rtsp.replace('://', `://${login}@`) }
}

/** A picture whose address was read without its login and comes back so is the same picture. */
function sameAddress({ video }: Kept, present: RoomCamera | undefined): string | undefined {
	if (!video || !('rtsp' in video) || !present?.video || !('rtsp' in present.video)) return undefined
	const { bare, login } = loginOf(present.video.rtsp)
	return bare === video.rtsp ? (login ?? undefined) : undefined
}

function readSecrets(text: string | null): Map<string, Secret> {
	return new Map(Object.entries(text === null ? {} : (JSON.parse(text) as Record<string, Secret>)))
}

function pick<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
	return value === undefined ? {} : ({ [key]: value } as { [key in K]?: V })
}
