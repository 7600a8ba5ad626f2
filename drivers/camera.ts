import type { Device } from './device.ts'

/** Fractions of full speed, -1..1: +pan right, +tilt up, +zoom tele. */
export interface Velocity {
	pan: number
	tilt: number
	zoom: number
}

/** Where a camera looks, in the unit it reports: degrees of pan (+ right) and tilt (+ up), zoom 0 wide .. 1 tele. */
export interface Position {
	pan: number
	tilt: number
	zoom: number
	unit: 'degrees' | 'fraction'
	/** When the camera said so: milliseconds since the epoch. */
	at: number
}

/** Data, so a panel can draw from it. Null: this camera cannot. */
export interface CameraCapabilities {
	readonly panTilt: { readonly speeds: number } | null
	readonly zoom: { readonly speeds: number } | null
	readonly presets: { readonly slots: number } | null
}

export interface CameraState {
	/** True from the first byte of a movement until the device has confirmed its end. */
	moving: boolean
	/** The last position the camera told, null while none is known. */
	position: Position | null
	/** A movement that was ignored, late or wrong (proof of motion); null while all is well. */
	fault: string | null
	/** Firmware or version as the device tells it, null where it doesn't. */
	firmware: string | null
}

export interface Camera extends Device<CameraState> {
	readonly capabilities: CameraCapabilities
	/** The newest call wins. Resolves when the device has acknowledged it, or a newer one took its place. */
	move(velocity: Velocity): Promise<void>
	/** Passes every queue; resolves when the device has confirmed it. */
	stop(): Promise<void>
	/** The camera's own home position. */
	home(): Promise<void>
	/** Null: this camera cannot tell. */
	position(): Promise<Position | null>
	/** Resolves on arrival. `speed` is a fraction of full speed, 0..1. */
	moveTo(position: Position, speed: number): Promise<void>
	focus(mode: 'auto' | 'near' | 'far' | 'stop'): Promise<void>
	/** The camera's own memory, for cameras that can't report positions. Resolves on arrival. */
	recallSlot(slot: number): Promise<void>
	saveSlot(slot: number): Promise<void>
}
