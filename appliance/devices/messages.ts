import type { Camera, CameraCapabilities, CameraState, Position, Velocity } from '../../drivers/camera.ts'
import type { DeviceErrorCode } from '../../drivers/device.ts'
import type { SeatEvent } from '../../drivers/microphones.ts'

/**
 * What passes between the room and its devices process. Both ends come from the same build and nobody else can reach the
 * channel, so a message is only checked as far as a bug of ours could hurt: that it is an object with a known type.
 */

/** A camera as the configuration names it; the fields of its driver stand beside these two. */
export interface CameraConfig {
	readonly id: string
	/** A name of the registry: 'visca-ip'. */
	readonly driver: string
	readonly [field: string]: unknown
}

/**
 * 'off': nothing was tried yet. 'failed': it could not be opened, or its driver has a bug. 'stale': it was open and
 * stopped answering; its state is the last one known, until it is open again.
 */
type DeviceStatus = 'ready' | 'moving' | 'stale' | 'failed' | 'off'

export interface CameraReport {
	id: string
	status: DeviceStatus
	/** A device error code, 'internal', or a fault of motion; null while all is well. */
	reason: string | null
	state: CameraState | null
	capabilities: CameraCapabilities | null
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

export type CameraOrder =
	/** Lives for `forMs` milliseconds; the dead-man stops it then. */
	| { name: 'move'; velocity: Velocity; forMs: number }
	| { name: 'stop' }
	| { name: 'home' }
	| { name: 'position' }
	| { name: 'moveTo'; position: Position; speed: number }
	| { name: 'focus'; mode: Parameters<Camera['focus']>[0] }
	| { name: 'recallSlot'; slot: number }
	| { name: 'saveSlot'; slot: number }

type OrderErrorCode = DeviceErrorCode | 'internal'

/** Room to devices. */
export type DownMessage =
	| {
			type: 'setup'
			cameras: readonly CameraConfig[]
			/** `open`: as in 'microphones.hold', so that a new process knows it from its first word on. */
			microphones: (MicrophonesConfig & { open: readonly string[] | null }) | null
			level: LogLevel
	  }
	| { type: 'beat' }
	/** `at` is the monotonic time of sending: an order that has waited in a queue does not live longer for it. */
	| { type: 'order'; id: number; camera: string; at: number; order: CameraOrder }
	| { type: 'microphones.set'; id: number; seat: string; open: boolean }
	/** Exactly these seats; null: they are nobody's. */
	| { type: 'microphones.hold'; open: readonly string[] | null }
	| { type: 'close' }

/** Devices to room. */
export type UpMessage =
	| { type: 'up' }
	| { type: 'beat' }
	| { type: 'camera'; report: CameraReport }
	| { type: 'microphones'; report: MicrophonesReport }
	| { type: 'result'; id: number; ok: true; value: Position | null }
	| { type: 'result'; id: number; ok: false; code: OrderErrorCode; message: string }
	| { type: 'log'; level: LogLevel; camera: string | null; detail: object; message: string }

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

const orders = ['order', 'microphones.set', 'microphones.hold'] satisfies DownMessage['type'][]
const down: readonly string[] = ['setup', 'beat', 'close', ...orders] satisfies DownMessage['type'][]
const up: readonly string[] = ['up', 'beat', 'camera', 'microphones', 'result', 'log'] satisfies UpMessage['type'][]

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
