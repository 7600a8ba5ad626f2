import type { Position } from '../../../drivers/camera.ts'
import type { Received } from '../../media/received.ts'
import type { MotionTest } from '../../protocol/facilities.ts'
import type { CallReason, CameraView, SpeakerphoneView } from '../../protocol/room-state.ts'

/** What each step of a rehearsal found, before anybody judges it. */
export type Reading =
	| { kind: 'camera'; status: CameraView['status']; reason: string | null; driver: string }
	| PresetReading
	| { kind: 'motion'; test: MotionTest | null; refused: string | null }
	| { kind: 'return'; from: Position | null; end: Position | null; refused: string | null; taken: boolean }
	| ToneReading
	| CallReading
	| PictureReading
	| { kind: 'relay'; refused: string | null; listed: boolean; stopped: boolean }
	| { kind: 'recording'; refused: string | null; broke: string | null; bytes: number; state: string | null }
	| DiskReading
	| CertificateReading
	| ClockReading
	| PhoneReading
	| BackupReading

/** One view of a camera. Positions are the camera's own word; null: it does not tell. */
export interface PresetReading {
	kind: 'preset'
	/** Where it stood, and where the view is. */
	before: Position | null
	wanted: Position | null
	after: Position | null
	/** The code of what it was refused with, and what the camera's own proof of motion says. */
	refused: string | null
	fault: string | null
	/** Somebody else drives it. */
	taken: boolean
}

export interface ToneReading {
	kind: 'tone'
	/** What kept it from being tried: the code of a refusal. */
	refused: string | null
	/** Of the room's page. */
	page: boolean
	volume: number
	/** Which way each tone went. */
	played: readonly ('there' | 'elsewhere' | 'nowhere')[]
	/** Levels of the microphone, 0..1, before and during each tone; null: there is no microphone. */
	quiet: readonly (number | null)[]
	loud: readonly (readonly (number | null)[])[]
	/** The microphone is in the device that plays. */
	own: boolean
}

/** What of one thing that the room sends reached the SFU meanwhile. */
export type Arrived = Received

export interface CallReading {
	kind: 'call'
	page: boolean
	/** The meeting of its own could not be opened, or the room did not get into it. */
	refused: string | null
	reason: CallReason | null
	up: boolean
	/** Whether this room sends sound at all. */
	sendsSound: boolean
	arrived: readonly Arrived[]
}

export interface PictureReading {
	kind: 'picture'
	/** Null: nothing of this camera is sent. */
	arrived: Arrived | null
}

export interface DiskReading {
	kind: 'disk'
	/** The code of the system's error, where it could not be asked or written. */
	error: string | null
	freeBytes: number
	allBytes: number
	freeFiles: number
	/** 0: this file system counts none. */
	allFiles: number
	bytesPerSecond: number
}

export interface CertificateReading {
	kind: 'certificate'
	readable: boolean
	from: number
	to: number
	now: number
	host: string
	covered: boolean
}

export interface ClockReading {
	kind: 'clock'
	/** Null: this machine does not say. */
	synchronised: boolean | null
	now: number
	/** The newest moment that is known to have been. */
	known: number
}

export interface PhoneReading {
	kind: 'speakerphone'
	/** False: this room is configured to have none. */
	wanted: boolean
	status: SpeakerphoneView['status']
	reason: string | null
	/** What was last plugged in. */
	model: string | null
	lamp: boolean
	/** Null: not tried. */
	lifted: boolean | null
	hungUp: boolean | null
}

export interface BackupReading {
	kind: 'backup'
	/** When the last one was made; null: none ever was. */
	at: number | null
	/** 'hidden': root's alone to look at, as it should be. */
	file: 'there' | 'gone' | 'hidden'
	/** Since when there is something to lose; null: nothing is. */
	since: number | null
	now: number
	days: number
}
