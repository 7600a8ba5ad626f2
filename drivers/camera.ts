import type { Device } from './device.ts'

/** Fractions of full speed, -1..1: +pan right, +tilt up, +zoom tele. */
export interface Velocity {
	pan: number
	tilt: number
	zoom: number
}

/**
 * Where a camera looks, in the unit it reports: degrees of pan (+ right) and tilt (+ up), or fractions -1..1 of its travel
 * where it tells no degrees; zoom 0 wide .. 1 tele.
 */
export interface Position {
	pan: number
	tilt: number
	zoom: number
	unit: 'degrees' | 'fraction'
	/** 0 near .. 1 far while the lens is focused by hand; null: it focuses by itself, or cannot tell. Absent: not asked. */
	focus?: number | null
	/** When the camera said so: milliseconds since the epoch. */
	at: number
}

/** Data, so a panel can draw from it. Null: this camera cannot. */
export interface CameraCapabilities {
	readonly panTilt: { readonly speeds: number } | null
	readonly zoom: { readonly speeds: number } | null
	readonly presets: { readonly slots: number } | null
	readonly focus: { readonly byHand: boolean } | null
	/** The unit of the positions that it tells; null: it tells none. */
	readonly positions: Position['unit'] | null
	/** It tells neither where it is nor that it has arrived: what it was told is all that is known of a movement. */
	readonly unseen?: true
}

/** How the connection is, for those who look after it. Read when asked for; changes of it are no news. */
export interface CameraHealth {
	/** Milliseconds from a command to its ACK, the last one; null before the first, and where there are none. */
	ackMs: number | null
	/** Requests without an answer since the connection was opened. */
	timeouts: number
	/** The camera's clock minus ours in milliseconds; null where it has none that we ask. */
	clockOffsetMs: number | null
	model: string | null
}

/** One stream of pictures that a camera offers over RTSP. */
export interface CameraStream {
	/** As the camera names it; opaque. */
	token: string
	/** rtsp://… with the user and password that it wants: a secret. */
	url: string
	codec: 'h264' | 'h265' | 'other'
	width: number
	height: number
	/** Pictures a second; null where it doesn't tell. */
	rate: number | null
	/** Pictures from key frame to key frame; null where it doesn't tell. */
	gop: number | null
	/** Whether its profile allows B-frames, which no browser shows (main, high); null where it doesn't tell. */
	profile: 'baseline' | 'main' | 'high' | null
}

/** What a camera can do for its pictures beyond sending them. */
export interface CameraVideo {
	/** The largest first. Rejects with a DeviceError. */
	streams(): Promise<CameraStream[]>
	/** Asks for a key frame now (ONVIF SetSynchronizationPoint). */
	keyFrame(token: string): Promise<void>
	/** Sets H.264 without B-frames and a key frame each second. Answers the stream as it is then; its url stays. */
	setForBrowsers(token: string): Promise<CameraStream>
}

export interface CameraState {
	/** True from the first byte of a movement until the device has confirmed its end. */
	moving: boolean
	/** The last position the camera told, null while none is known. */
	position: Position | null
	/**
	 * A movement that was ignored, late or wrong (proof of motion: 'no-motion', 'wrong-direction',
	 * 'still-moving-after-stop'), or 'no-answer' while the camera is asked and silent; null while all is well.
	 */
	fault: string | null
	/** Firmware or version as the device tells it, null where it doesn't. */
	firmware: string | null
}

export interface Camera extends Device<CameraState> {
	readonly capabilities: CameraCapabilities
	/** The newest call wins. Resolves when the device has acknowledged it, or a newer one took its place. */
	move(velocity: Velocity): Promise<void>
	/** Of every axis and the lens. Passes every queue; resolves when the device has confirmed it. */
	stop(): Promise<void>
	/** The camera's own home position. */
	home(): Promise<void>
	/** With its focus. Null: this camera cannot tell. */
	position(): Promise<Position | null>
	/**
	 * Resolves on arrival. `speed` is a fraction of full speed, 0..1. A `focus` that is present is set, null as autofocus.
	 * Rejects with 'unsupported' when the unit is not this camera's.
	 */
	moveTo(position: Position, speed: number): Promise<void>
	/** Near and far run until 'stop', `stop()` or the end of the lens. */
	focus(mode: 'auto' | 'near' | 'far' | 'stop'): Promise<void>
	/**
	 * The camera's own memory, for cameras that can't report positions. Resolves on arrival; an unseen one, when it should
	 * be there.
	 */
	recallSlot(slot: number): Promise<void>
	saveSlot(slot: number): Promise<void>
	/** Null: it knows nothing of its pictures. */
	readonly video: CameraVideo | null
	health(): CameraHealth
}
