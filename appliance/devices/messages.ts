import type {
	Camera,
	CameraCapabilities,
	CameraHealth,
	CameraState,
	CameraStream,
	Position,
	Velocity,
} from '../../drivers/camera.ts'
import type { DeviceErrorCode } from '../../drivers/device.ts'
import type { SeatEvent } from '../../drivers/microphones.ts'
import type { Networks } from '../../drivers/reach.ts'
import type {
	CallLamps,
	Speakerphone,
	SpeakerphoneCapabilities,
	SpeakerphoneEvent,
	SpeakerphoneState,
} from '../../drivers/speakerphone.ts'

/**
 * What passes between the room and its devices process. Both ends come from the same build and nobody else can reach the
 * channel, so a message is only checked as far as a bug of ours could hurt: that it is an object with a known type.
 */

/** How a camera answers to a hand. */
export interface Feel {
	readonly invertPan: boolean
	readonly invertTilt: boolean
	/** Part of the camera's own full speed that a full push asks for. */
	readonly scale: number
}

/** A camera as the configuration names it; the fields of its driver stand beside these. */
export interface CameraConfig {
	readonly id: string
	/** A name of the registry: 'visca-ip'. */
	readonly driver: string
	/** Not the driver's: applied to movements before it hears of them. */
	readonly feel?: Feel | undefined
	readonly [field: string]: unknown
}

/**
 * 'off': nothing was tried yet. 'failed': it could not be opened, or its driver has a bug. 'stale': it was open and
 * stopped answering; its state is the last one known, until it is open again.
 */
type DeviceStatus = 'ready' | 'moving' | 'stale' | 'failed' | 'off'

/** The fault of a camera that is silent, while its connection is not given up yet. It is 'stale' then. */
export const noAnswer = 'no-answer'

export interface CameraReport {
	id: string
	status: DeviceStatus
	/** A device error code, 'internal', a fault of motion, or what an opening waits for ('waking'); null while all is well. */
	reason: string | null
	state: CameraState | null
	capabilities: CameraCapabilities | null
}

/** One line of what was said to a camera (tx) or by it (rx): bytes in hex, or a line of ONVIF. */
export interface LogLine {
	/** Milliseconds since the epoch. */
	at: number
	direction: 'tx' | 'rx'
	text: string
}

/** How the connection to a camera is. While there is none, all but the log is as it was last. */
export interface ConnectionHealth extends CameraHealth {
	/** Milliseconds since the epoch; null: there is no connection now. */
	openedAt: number | null
	firmware: string | null
	/** The last 200 lines, oldest first, of attempts to connect as well. */
	log: LogLine[]
}

export interface DeviceHealth extends ConnectionHealth {
	/** How often it was opened anew since it was configured. */
	reconnects: number
}

/** What a search found. */
export interface Discovery {
	cameras: {
		uuid: string
		name: string | null
		model: string | null
		/** The address that answered first. */
		host: string
		port: number
		https: boolean
	}[]
	/** Serial lines of this machine, by a path that stays the same. */
	lines: { path: string; name: string }[]
	/** Networks that were searched. */
	networks: string[]
}

/** The hall's microphone system as the configuration describes it. */
export interface MicrophonesConfig {
	/** A name of the registry, with the fields of its driver beside it. */
	readonly system: { readonly driver: string; readonly [field: string]: unknown }
	/** The ids of all seats. */
	readonly seats: readonly string[]
}

export type MicrophonesReport =
	/** 'lost': not open yet, or not any more; `reason` is a device error code or 'internal'. */
	| { type: 'status'; status: 'ready' | 'lost'; reason: string | null; takesCommands: boolean }
	| ({ type: 'seat' } & SeatEvent)
	/** All seats whose last command the system has not confirmed. */
	| { type: 'unconfirmed'; seats: readonly string[] }

/** The room's speakerphone as the configuration describes it; the fields of its driver stand beside the name. */
export interface SpeakerphoneConfig {
	/** A name of the registry: 'hid-telephony'. */
	readonly driver: string
	readonly [field: string]: unknown
}

export interface SpeakerphoneReport {
	/** 'none': there never was one since the process began. 'lost': one is there and cannot be used, or it was unplugged. */
	status: 'ready' | 'lost' | 'none'
	/** A fault of `drivers/speakerphone.ts`, a device error code, or 'internal'; null while it is ready. */
	reason: string | null
	/** What mends it, or what exactly is wrong; see the fault. */
	detail: string | null
	/** Of the one that is open, or that was open last; null: none was. */
	model: Speakerphone['model'] | null
	capabilities: SpeakerphoneCapabilities | null
	/** Null unless it is ready. */
	state: SpeakerphoneState | null
}

export type CameraOrder =
	/** Lives for `forMs` milliseconds; the dead-man stops it then. */
	| { name: 'move'; velocity: Velocity; forMs: number }
	| { name: 'stop' }
	| { name: 'home' }
	| { name: 'position' }
	| { name: 'moveTo'; position: Position; speed: number }
	/** Near and far live for `forMs` milliseconds, like a movement. */
	| { name: 'focus'; mode: Parameters<Camera['focus']>[0]; forMs: number }
	| { name: 'recallSlot'; slot: number }
	| { name: 'saveSlot'; slot: number }
	| { name: 'health' }
	| { name: 'streams' }
	| { name: 'keyFrame'; token: string }
	| { name: 'setForBrowsers'; token: string }

/** What is answered to orders that ask for something; the others are answered with null. */
export interface Answers {
	position: Position | null
	health: ConnectionHealth
	streams: CameraStream[] | null
	setForBrowsers: CameraStream
	discover: Discovery
}
export type Answer = Answers[keyof Answers] | null

type OrderErrorCode = DeviceErrorCode | 'internal'

/** Room to devices. */
export type DownMessage =
	| {
			type: 'setup'
			cameras: readonly CameraConfig[]
			/** `open`: as in 'microphones.hold', so that a new process knows it from its first word on. */
			microphones: (MicrophonesConfig & { open: readonly string[] | null }) | null
			/** `lamps`: as in 'speakerphone.show'; null: the room has not said. */
			speakerphone: (SpeakerphoneConfig & { lamps: CallLamps | null }) | null
			/** The file of certificates of cameras; null: none is kept. */
			pins: string | null
			/** Where devices may be; null: anywhere. */
			networks: Networks | null
			level: LogLevel
	  }
	| { type: 'beat' }
	/** `at` is the monotonic time of sending: an order that has waited in a queue does not live longer for it. */
	| { type: 'order'; id: number; camera: string; at: number; order: CameraOrder }
	/** These cameras and no others, from now on. */
	| { type: 'configure'; cameras: readonly CameraConfig[] }
	| { type: 'discover'; id: number; seconds: number }
	| { type: 'microphones.set'; id: number; seat: string; open: boolean }
	/** Exactly these seats; null: they are nobody's. */
	| { type: 'microphones.hold'; open: readonly string[] | null }
	/** The whole truth of the call, from now on and after every reconnect. */
	| { type: 'speakerphone.show'; lamps: CallLamps }
	| { type: 'close' }

/** Devices to room. */
export type UpMessage =
	| { type: 'up' }
	| { type: 'beat' }
	| { type: 'camera'; report: CameraReport }
	| { type: 'microphones'; report: MicrophonesReport }
	| { type: 'speakerphone'; report: SpeakerphoneReport }
	| { type: 'speakerphone.event'; event: SpeakerphoneEvent }
	| { type: 'result'; id: number; ok: true; value: Answer }
	| { type: 'result'; id: number; ok: false; code: OrderErrorCode; message: string }
	| { type: 'log'; level: LogLevel; camera: string | null; detail: object; message: string }

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

const hall = ['microphones.set', 'microphones.hold', 'speakerphone.show'] satisfies DownMessage['type'][]
const orders = ['order', 'configure', 'discover', ...hall] satisfies DownMessage['type'][]
const down: readonly string[] = ['setup', 'beat', 'close', ...orders] satisfies DownMessage['type'][]
const told = ['camera', 'microphones', 'speakerphone', 'speakerphone.event'] satisfies UpMessage['type'][]
const up: readonly string[] = ['up', 'beat', ...told, 'result', 'log'] satisfies UpMessage['type'][]

export function isDownMessage(message: unknown): message is DownMessage {
	return down.includes(typeOf(message))
}

export function isUpMessage(message: unknown): message is UpMessage {
	return up.includes(typeOf(message))
}

function typeOf(message: unknown): string {
	const named = typeof message === 'object' && message !== null && 'type' in message
	return named && typeof message.type === 'string' ? message.type : ''
}

/** How often each end tells the other that it lives. */
export const beatMs = 100

/** Milliseconds of the machine's monotonic clock, which is the same in every process of it. */
export function monotonicMs(): number {
	return Number(process.hrtime.bigint()) / 1e6
}
