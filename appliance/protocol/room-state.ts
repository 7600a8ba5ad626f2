import type { SpeakerphoneCapabilities } from '../../drivers/speakerphone.ts'
import type { RehearsalView } from './rehearsal.ts'

/** The room as every panel sees it: one value, sent whole. Times are milliseconds since the epoch. */

export type CallPhase = 'idle' | 'starting' | 'joining' | 'inCall' | 'leaving' | 'failed'

/** Why a call failed or ended by itself; screens hold a text for each. */
export type CallReason =
	| 'link-refused'
	| 'meeting-closed'
	| 'hub-away'
	| 'stage-failed'
	| 'ice-failed'
	| 'media-missing'
	| 'alone'
	| 'internal'

export type MeetingPhase = 'planned' | 'open' | 'suspended' | 'closed'
export type MeetingKind = 'council' | 'class' | 'counsel'

export interface MeetingView {
	id: string
	title: string
	kind: MeetingKind
	phase: MeetingPhase
	startsAt: number | null
	openedAt: number | null
}

export type CameraStatus = 'ready' | 'moving' | 'stale' | 'failed' | 'off'

export interface PresetView {
	slot: number
	name: string
	/** Changes when the picture was taken anew; null while there is none. */
	thumbnail: number | null
}

export interface CameraView {
	id: string
	name: string
	driver: string
	status: CameraStatus
	/** A device error code or a fault of motion ('no-motion', …), null while all is well. */
	reason: string | null
	/** Since when the status is so. */
	since: number
	/** Its answers don't reach us, or say nothing of its movements, which can't be confirmed then. Absent: they can. */
	blind?: true | undefined
	position: { pan: number; tilt: number; zoom: number; unit: 'degrees' | 'fraction'; at: number } | null
	capabilities: {
		panTilt: { speeds: number } | null
		zoom: { speeds: number } | null
		presets: { slots: number } | null
		focus: { byHand: boolean } | null
		positions: 'degrees' | 'fraction' | null
	}
	/** What became of the last thing that was asked of it; `reason` of a failure. Null: nothing was asked yet. */
	motion: {
		state: 'requested' | 'moving' | 'arrived' | 'stopped' | 'failed'
		reason: string | null
		since: number
	} | null
	/** The view that `preset.undo` would bring back. */
	undo: { slot: number; name: string; until: number } | null
	presets: PresetView[]
	/** The preset where it stands, null when moved away or never there. */
	preset: number | null
	/** Who drives it now, null when nobody. `owner` names a socket or 'director'. */
	lease: { owner: string; label: string; until: number } | null
	/** Whether there is a picture of it, and whether that picture reaches the meeting. */
	video: 'none' | 'idle' | 'sending' | 'failed'
	/** What is wrong with its stream for browsers, and what was done about it; null while nothing is, or is known. */
	stream: { fault: 'b-frames' | 'long-gop' | 'codec' | 'unreadable'; remedy: 'set' | 'transcoded' | 'none' } | null
}

export interface SeatView {
	id: string
	name: string
	camera: string | null
	preset: number | null
	mic: 'off' | 'on' | 'request' | 'priority'
}

export interface ParticipantView {
	id: string
	name: string
	role: string
	here: boolean
	/** null: sends no sound at all. */
	muted: boolean | null
	camera: boolean
}

export interface SpeakerphoneView {
	/** 'none': this room has none, or (reason 'none-found') none has been plugged in yet. */
	status: 'ready' | 'failed' | 'none'
	/** As its lamps show it: what it was told last and has taken. */
	muted: boolean
	offHook: boolean
	/** Why it is not there, in a word: a fault of `drivers/speakerphone.ts` or a device error code; null while all is well. */
	reason: string | null
	/** What mends that, or what exactly is wrong: the command, the firmware, the fault of a descriptor. */
	detail: string | null
	since: number
	/** The device that there is, or was last. */
	model: { name: string; vendorId: number; productId: number; serial: string | null; firmware: string | null } | null
	capabilities: SpeakerphoneCapabilities | null
	/** It was told, and has not taken it: what its lamps show is not known. */
	unconfirmed: boolean
	/** The room's microphone is in it. */
	own: boolean
	/** It was unplugged: its microphone stays shut until its lamps are right again. */
	waiting: boolean
	/** When its mute key was pressed last; null: not since the room started. */
	pressedAt: number | null
	/** Somebody tries its mute key outside of a meeting. */
	check: 'waiting' | 'seen' | null
	/** Somebody hung it up in a meeting, which ends nothing: panels ask whether the room should leave. */
	hungUpAt: number | null
}

export interface RoomState {
	name: string
	language: 'ko' | 'en'
	build: string
	/** True for the room that runs with virtual devices because there is no configuration. */
	demo: boolean
	call: {
		phase: CallPhase
		meeting: MeetingView | null
		reason: CallReason | null
		since: number
		/** True while a call that was up is being brought back. */
		recovering: boolean
	}
	muted: boolean
	hub: { status: 'online' | 'away'; since: number }
	stage: { status: 'off' | 'starting' | 'ready' | 'failed'; reason: string | null; since: number }
	devices: { status: 'ready' | 'restarting'; since: number }
	participants: ParticipantView[]
	cameras: CameraView[]
	speakerphone: SpeakerphoneView
	/** Of what is played in the room, 0..100. */
	volume: number
	/** Microphone and speakers as the stage has them. */
	sound: { microphone: 'off' | 'open' | 'missing'; output: 'good' | 'missing' }
	/** Somebody calls this room; null: nobody. */
	ring: { id: string; from: string; since: number } | null
	seats: SeatView[]
	/** Today's meetings of the hub, soonest first, closed ones left out. */
	meetings: MeetingView[]
	/** Where people on this network open the pages, for the panel's "how to join" card. */
	addresses: { attend: string | null }
	/** Whom to call when something fails, as the configuration says it: a name, a number. Absent: nobody is named. */
	contact?: string
	/** The house has a counter of 민원 상담. Absent: it has none. */
	counter?: true
	/** The morning check. Absent: nobody performs it here. */
	rehearsal?: RehearsalView
}
