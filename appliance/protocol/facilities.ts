import { type Static, Type } from 'typebox'
import { Id, Line } from './text.ts'

/** What facilities staff see and change: cameras found, set up, tested; how each connection is. */

function shape<T extends Record<string, Type.TSchema>>(properties: T) {
	return Type.Object(properties, { additionalProperties: false })
}

const portNumber = Type.Integer({ minimum: 1, maximum: 65535 })
const degrees = Type.Number({ minimum: -720, maximum: 720 })

/** So that unlike models feel alike, and one that hangs from the ceiling turns where the hand points. */
export const Feel = shape({
	invertPan: Type.Boolean({ default: false }),
	invertTilt: Type.Boolean({ default: false }),
	/** Part of the camera's own full speed that a full push asks for. */
	scale: Type.Number({ minimum: 0.1, maximum: 1, default: 1 }),
})
export type Feel = Static<typeof Feel>

/** A camera as the facilities page sets it up; what a driver doesn't know is refused with 'bad-message'. */
export const CameraSetup = shape({
	name: Line,
	driver: Type.Unsafe<'visca-ip' | 'visca-tcp' | 'visca-serial' | 'onvif' | 'pelco-d' | 'fixed'>({
		type: 'string',
		enum: ['visca-ip', 'visca-tcp', 'visca-serial', 'onvif', 'pelco-d', 'fixed'],
	}),
	host: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
	port: Type.Optional(portNumber),
	framing: Type.Optional(Type.String({ maxLength: 20 })),
	/** ONVIF by TLS; its certificate is remembered when it is first seen. */
	https: Type.Optional(Type.Boolean()),
	path: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
	baudRate: Type.Optional(Type.Integer({ minimum: 1200, maximum: 250_000 })),
	address: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })),
	/** Its answers don't reach us: driven without proof. Serial lines only. */
	blind: Type.Optional(Type.Boolean()),
	username: Type.Optional(Type.String({ maxLength: 80 })),
	/** Told once; kept in a file of its own and never told again. Absent: the one it has. */
	password: Type.Optional(Type.String({ maxLength: 200 })),
	/** Which camera this is, whatever its address is tomorrow. */
	uuid: Type.Optional(Type.String({ maxLength: 120 })),
	/** For cameras that tell no degrees: their travel, left and down first. */
	travel: Type.Optional(shape({ pan: Type.Tuple([degrees, degrees]), tilt: Type.Tuple([degrees, degrees]) })),
	feel: Type.Optional(Feel),
	video: Type.Optional(
		Type.Union([
			shape({ rtsp: Type.String({ pattern: '^rtsps?://', maxLength: 500 }) }),
			shape({ usb: Type.String({ minLength: 1, maxLength: 80 }) }),
		]),
	),
	/** How much later than its sound this camera's picture comes, in milliseconds. */
	delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
})
export type CameraSetup = Static<typeof CameraSetup>

/** As it is kept, without secrets. `from`: where it stands; one of the file can be changed here and not removed. */
export interface CameraSetupView {
	id: string
	from: 'file' | 'console'
	setup: Omit<CameraSetup, 'password'> & { hasPassword: boolean }
}

/** What a search found. */
export interface Found {
	cameras: {
		uuid: string
		name: string | null
		model: string | null
		/** Addresses it named, the one that answered first. */
		host: string
		port: number
		https: boolean
		/** The camera of this room that it is already. */
		known: string | null
	}[]
	/** Serial lines of this machine, by a path that stays the same. */
	lines: { path: string; name: string; known: string | null }[]
	/** Networks that were searched. */
	networks: string[]
}

/** How the connection to a camera is. */
export interface CameraHealthView {
	status: string
	reason: string | null
	since: number
	/** When the present connection was opened; null: there is none. */
	openedAt: number | null
	/** How often it was opened anew since the service runs. */
	reconnects: number
	ackMs: number | null
	timeouts: number
	clockOffsetMs: number | null
	firmware: string | null
	model: string | null
	/** The last of what was said, oldest first: bytes in hex, or a line of ONVIF. `at` in milliseconds since the epoch. */
	log: { at: number; direction: 'tx' | 'rx'; text: string }[]
}

/** "Move a little left and back: did it?" */
export interface MotionTest {
	outcome: 'moved' | 'no-motion' | 'wrong-direction' | 'did-not-return' | 'cannot-tell' | 'failed'
	/** A device error code where it failed. */
	reason: string | null
	/** From the order to the first movement that the camera told; null where it told none. */
	startedMs: number | null
	/** Degrees (or fractions of its travel) that it moved left. */
	moved: number | null
	/** How far from where it had been it stood at the end. */
	restored: number | null
}

/** Views of a camera as a file: taken from one, put into another. */
export const PresetFile = shape({
	kind: Type.Literal('maru-presets'),
	version: Type.Literal(1),
	presets: Type.Array(
		shape({
			slot: Type.Integer({ minimum: 0, maximum: 99 }),
			name: Line,
			position: Type.Union([
				Type.Null(), // in the camera's own memory, which does not travel
				shape({
					pan: Type.Number(),
					tilt: Type.Number(),
					zoom: Type.Number({ minimum: 0, maximum: 1 }),
					unit: Type.Unsafe<'degrees' | 'fraction'>({ type: 'string', enum: ['degrees', 'fraction'] }),
					focus: Type.Optional(Type.Union([Type.Null(), Type.Number({ minimum: 0, maximum: 1 })])),
				}),
			]),
			/** JPEG in base64; null: none. */
			thumbnail: Type.Union([Type.Null(), Type.String({ maxLength: 200_000 })]),
		}),
		{ maxItems: 100 },
	),
})
export type PresetFile = Static<typeof PresetFile>

/** Where a seat is seen; null: nowhere. */
export const SeatAim = shape({
	camera: Type.Union([Type.Null(), Id]),
	preset: Type.Union([Type.Null(), Type.Integer({ minimum: 0, maximum: 99 })]),
})
