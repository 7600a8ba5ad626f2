import { type Static, Type } from 'typebox'
import type { NameStrip } from './floor.ts'
import { Id, oneOf } from './text.ts'

/** The programme: the one picture and sound that the relay's viewers see and that is recorded. */

/** 'auto': as the floor goes. The others stand until they are changed. */
const programmeLayouts = ['auto', 'speaker', 'slides', 'two', 'wide'] as const
export type ProgrammeLayout = (typeof programmeLayouts)[number]

/** What those who run the meeting arranged of it. Absent: as it was. */
export const ProgrammeChange = Type.Object(
	{
		layout: Type.Optional(oneOf(programmeLayouts)),
		/** The picture that stands large, whoever speaks; null: whoever speaks. */
		source: Type.Optional(Type.Union([Type.Null(), Id])),
		/** It follows nobody for now: what is shown stays. */
		hold: Type.Optional(Type.Boolean()),
		/** A part that is not for viewers: they are shown a slate, and hear nothing. */
		closed: Type.Optional(Type.Boolean()),
	},
	{ additionalProperties: false },
)
export type ProgrammeChange = Static<typeof ProgrammeChange>

export interface Programme {
	readonly layout: ProgrammeLayout
	readonly source: string | null
	readonly hold: boolean
	readonly closed: boolean
}

/** What is asked of those in a counselling session before it is recorded, and who has agreed. */
export interface Consent {
	readonly since: number
	readonly by: string
	/** How long what is recorded is kept, as those who are asked were told; null: until somebody removes it. */
	readonly keepDays: number | null
	readonly agreed: readonly string[]
	/** Who said no, or took their word back: it has to be asked anew. Null: the question stands. */
	readonly ended: { readonly person: string; readonly how: 'refused' | 'withdrawn' } | null
}

/** As everybody in the meeting is told: nobody is relayed or recorded without knowing. */
export interface Broadcast {
	/** On air, since when by the hub's clock; null: it is not. */
	readonly relay: { readonly since: number } | null
	/** What is being recorded. */
	readonly recording: { readonly id: string; readonly since: number } | null
	/** Only in counselling: null where nobody asks for a recording. */
	readonly consent: Consent | null
	readonly programme: Programme
}

/** Nothing goes out, and the programme goes by the floor. */
export const offAir: Broadcast = {
	relay: null,
	recording: null,
	consent: null,
	programme: { layout: 'auto', source: null, hold: false, closed: false },
}

/** How it goes, told to those who run the meeting, every two seconds while it is wanted. */
export interface BroadcastFigures {
	programme: 'off' | 'starting' | 'ready' | 'failed'
	/** What the programme draws of what it should draw each second, and its lines. */
	fps: number
	wantedFps: number
	height: number
	/** Viewers over WebRTC, those who read the playlists within the last half minute, and all who ever watched. */
	viewers: { webrtc: number; http: number; ever: number }
	/** How far the newest segment is behind its capture; null: there is none. */
	delayMs: number | null
	/** Since the start of the relay. */
	lostSegments: number
	/** Of the recording: what it has written, and how long the disk takes more of it (null: not known yet); null: there is none. */
	recording: { bytes: number; leftS: number | null; failed: 'disk-full' | 'disk-failed' | null } | null
}

/** What the hub tells its programme page, over the browser's own pipe. */
export type ProgrammeCommand =
	| {
			type: 'join'
			/** The hub's `/ws/meeting`, absolute. */
			hub: string
			token: string
			language: 'ko' | 'en'
			/** Stands in the corner: the name of the house. */
			mark: string
			height: 720 | 1080
			fps: number
	  }
	| { type: 'leave' }
	/** Answered by a small picture of what is sent now. */
	| { type: 'look' }

export type ProgrammeEvent =
	/** The page has loaded and takes commands. */
	| { type: 'ready'; build: string }
	/** Every 500 ms. */
	| {
			type: 'beat'
			/** Pictures of the programme drawn since the page loaded, and beats in which it was to draw none. One that hangs counts neither. */
			frames: number
			/** How many a second it draws now, by its own rule: fewer where the machine is short. */
			fps: number
			/** In the meeting with media. */
			joined: boolean
	  }
	/** A JPEG in base64, 320 × 180. */
	| { type: 'look'; jpeg: string }
	/** It is of no more use: the meeting has ended, or its link has. */
	| { type: 'failed'; detail: string }

/** A part of the meeting, by its agenda; it lasts until the next. */
export interface ChapterView {
	id: string
	title: string | null
	startsAt: number
}

/** What somebody who watches, or a trainee of a class, asked in writing, as those who run the meeting see it. */
export interface QuestionView {
	id: string
	way: 'relay' | 'class'
	/** Empty: nobody knows. */
	name: string
	text: string
	/** They would come in and say it themselves. */
	speaks: boolean
	/** How many trainees would like it answered as well; nobody votes for what a viewer asks. */
	votes: number
	at: number
	/** 'called': their page is about to come in; 'in': it is a page of the meeting. */
	state: 'waiting' | 'answered' | 'called' | 'in'
	/** Empty: it was answered aloud. */
	answer: string | null
	/** As whom they are in the meeting, or are about to be. */
	person: string | null
	/** Their page watches now. */
	here: boolean
}

/** What a viewer is told without a socket: `GET /meetings/{id}/relay`. */
export interface RelayView {
	title: string
	phase: 'planned' | 'open' | 'suspended' | 'closed'
	/** On air, since when; null: it is not. */
	since: number | null
	/** Something can be played by HLS. */
	playable: boolean
	/** How far back a viewer may go, in seconds. */
	windowS: number
	closed: boolean
	recording: boolean
	/** There are captions to be had. */
	captions: boolean
	item: { title: string; bureau: string } | null
	speaker: { name: string; title: string; bureau: string } | null
	chapters: ChapterView[]
	/** The hub's clock. */
	at: number
}

/** 'consent-…', in counselling: somebody took their word back, or somebody is there who has not given it. */
export type RecordingEnd = 'asked' | 'closed' | 'disk-full' | 'disk-failed' | 'consent-withdrawn' | 'consent-missing'

/** What was recorded of a meeting. */
export interface RecordingView {
	id: string
	startedAt: number
	stoppedAt: number | null
	cause: RecordingEnd | null
	/** 'finishing': it is being put together. Its file is there when it is 'ready', and never again when it is 'removed'. */
	state: 'recording' | 'finishing' | 'ready' | 'removed'
	bytes: number | null
	durationMs: number | null
	/** Of the file, in hex, as the journal has it; it stays known when the file is not there any more. */
	sha256: string | null
	removed: { at: number; cause: RecordingRemoval } | null
}

/** 'retention': it was kept for as long as the configuration says. 'empty': there was nothing in it. */
export type RecordingRemoval = 'asked' | 'retention' | 'empty'

/** What is where in a recording, in the order of its beginning: `GET /meetings/{id}/recordings/{recording}/index`. */
export interface RecordingIndex {
	/** Of the meeting. */
	title: string
	recording: RecordingView
	/** None while it is not 'ready'. */
	entries: RecordingEntry[]
}

/** An item of the agenda, or a speech. */
export interface RecordingEntry {
	id: string
	/** 'slide': a page that was shown, of a class. */
	type: 'item' | 'speech' | 'slide'
	/** Speeches are counted from 1 in each recording, as the chapters of its file do; the page of a slide; null: an item. */
	number: number | null
	/** The item; of a speech or slide, the one it was made on. Null: none. */
	item: string | null
	/** Who spoke, '—' where they were erased; null: an item or a slide. */
	speaker: NameStrip | null
	/** Of the item, as the agenda says. */
	bureau: string
	/** By the clock on the wall, milliseconds since 1970; as far as it lies within the recording. */
	startsAt: number
	endsAt: number
	/** In the file, in milliseconds. */
	fromMs: number
	toMs: number
	/** 'none': nothing of it was recorded, and `fromMs` is where the recording goes on. */
	recorded: 'whole' | 'part' | 'none'
}
