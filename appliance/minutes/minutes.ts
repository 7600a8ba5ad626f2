import type { Attendance, FloorKind, ItemKind, ItemStatus, Majority, NameStrip, VoteKind } from '../protocol/floor.ts'
import type { RecordingEnd, RecordingRemoval } from '../protocol/relay.ts'
import type { MeetingRole } from '../protocol/roles.ts'
import type { MeetingKind } from '../protocol/room-state.ts'

/**
 * The minutes as one value: everything named, nothing left to look up. JSON, Markdown, ODT, PDF and CSV are written from
 * it and so say the same. Times are epoch milliseconds, lengths milliseconds. A name is null where somebody was erased.
 */
export interface Minutes {
	meeting: {
		id: string
		title: string
		kind: MeetingKind
		plannedAt: number | null
		openedAt: number | null
		closedAt: number | null
	}
	quorum: { required: number; present: number } | null
	attendance: Attender[]
	items: {
		number: number
		title: string
		kind: ItemKind
		bureau: string
		presenters: Name[]
		status: ItemStatus
		usedMs: number
	}[]
	/** What happened, in order. */
	entries: MinutesEntry[]
	/** Who spoke for how long, the longest first. */
	speaking: { people: Spoken[]; bureaus: { bureau: string; speeches: number; spokenMs: number }[] }
	votes: MinutesVote[]
	/** What was said, word by word; null: there are no captions, or it was left out. */
	verbatim: Verbatim | null
	/** What the journal's last entry says, so that the minutes can be held against it. */
	journal: { events: number; head: string }
}

/** From captions, which are no part of the journal: they may be set right for a while after the meeting. */
export interface Verbatim {
	/** By item of the agenda; null: between them. */
	parts: { item: string | null; turns: Turn[] }[]
	/** So many captions were taken out after the end of the meeting. */
	removedAfter: number
	/** Of all the words, in hex. */
	sha256: string
}

interface Turn {
	at: number
	/** Null: nobody knows. */
	who: Name | null
	/** The group of a class that it was said in, as it is called; null: none. */
	group: string | null
	text: string
	/** Something of it was written after the end of the meeting. */
	changedAfter: boolean
}

/** Somebody as the minutes name them; null name: erased. */
export interface Name extends Omit<NameStrip, 'name'> {
	name: string | null
}

export interface Attender extends Name {
	role: MeetingRole
	seat: string | null
	/** 'guest': of no roll. */
	attendance: Attendance | 'guest'
	firstAt: number | null
	lastAt: number | null
}

export interface Spoken extends Name {
	speeches: number
	spokenMs: number
}

interface At {
	/** The number of the event in the journal. */
	seq: number
	at: number
}

export type MinutesEntry = At &
	(
		| { type: 'opened' | 'suspended' | 'resumed' | 'closed' }
		| { type: 'rollCalled'; present: number; absent: Name[] }
		| { type: 'left' | 'late'; who: Name }
		| { type: 'itemStarted' | 'itemSkipped'; title: string; bureau: string }
		| { type: 'itemEnded'; title: string; bureau: string; usedMs: number }
		| {
				type: 'speech'
				who: Name
				kind: FloorKind
				/** By a microphone of the hall or from elsewhere. */
				place: 'hall' | 'remote'
				spokenMs: number
				limitMs: number | null
				/** Null: it goes on. */
				ended: 'yielded' | 'revoked' | 'time' | 'interrupted' | 'left' | 'mode' | 'closed' | null
		  }
		| { type: 'declined'; who: Name }
		| { type: 'voteOpened'; title: string; kind: VoteKind; eligible: number; poll?: MinutesPoll }
		| { type: 'voteClosed'; vote: string }
		| { type: 'voteCancelled'; title: string; poll?: MinutesPoll }
		| { type: 'relayStarted' | 'relayStopped' | 'recordingStarted' }
		| { type: 'recordingStopped'; cause: RecordingEnd }
		/** Its file, which this tells from any other. */
		| { type: 'recordingKept'; sha256: string; durationMs: number }
		| { type: 'recordingRemoved'; cause: RecordingRemoval }
		| { type: 'note'; text: string; by: Name }
		| { type: 'correction'; of: number; text: string; by: Name }
	)

/** A question to a class, which decides nothing. */
export type MinutesPoll = 'poll' | 'quiz'

export interface MinutesVote {
	id: string
	/** Absent: a vote. */
	poll?: MinutesPoll
	/** Of a quiz: the choice that is right. */
	right?: string
	title: string
	kind: VoteKind
	openedAt: number
	closedAt: number
	majority: Majority
	quorum: number | null
	eligible: number
	cast: number
	choices: { label: string; count: number }[]
	passed: boolean | null
	reason: 'quorum' | 'majority' | null
	/** A recorded vote only. `by`: who voted for them. */
	ballots: { who: Name; choice: string; by: Name | null }[] | null
	/** A secret vote only: every ballot under its random key. */
	keys: { key: string; choice: string }[] | null
}
