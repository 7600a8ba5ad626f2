/**
 * The floor, agenda, votes and people of a meeting as screens see them. Times are epoch milliseconds of the hub's clock;
 * a length is in milliseconds. `who` is the id of a person, or `seat-<id>` for a seat of the hall that nobody is named for.
 */

import type { MeetingRole } from './roles.ts'

/** The speaking list, the list of those who respond (답변), and points of order (의사진행발언). */
export type FloorKind = 'speak' | 'respond' | 'order'

/** How somebody is named on screens: on the name strip, in lists, in the minutes. */
export interface NameStrip {
	name: string
	/** 직위. */
	title: string
	/** 국. */
	bureau: string
}

/** A clock that screens run by themselves: used + (now − runningSince), where it runs. */
export interface Clock {
	limitMs: number | null
	usedMs: number
	/** Null while it stands: the meeting is suspended. */
	runningSince: number | null
}

export interface SpeechView extends NameStrip, Clock {
	who: string
	/** The seat in the hall; null: remote. */
	seat: string | null
	kind: FloorKind
	grantedAt: number
	/** They had asked, which is consent to be opened; else they open their microphone themselves. */
	asked: boolean
	/** The room's picture that shows them, a source's id; null: their own webcam. */
	feed: string | null
	/** What the act of granting has brought about so far; see `Step`. */
	steps: GrantSteps
}

/** What happens with a grant, each confirmed by the part that does it. Null: nothing of the kind to do. */
export type Step = 'gate' | 'camera' | 'strip'
export type StepState = 'asked' | 'done' | 'wide' | 'failed'
export type GrantSteps = Record<Step, { state: StepState; ms: number | null; reason: string | null } | null>

/** Somebody in a list. `rank`: lists are shown by it, lowest first. Names come with people and seats. */
export interface AskingView {
	/** The key of patches: the same person may stand in one list only. */
	id: string
	kind: FloorKind
	rank: number
	at: number
}

export interface SeatPlace {
	id: string
	name: string
	/** Who sits there; null: nobody is named. */
	person: string | null
}

export type Attendance = 'expected' | 'present' | 'late' | 'absent' | 'excused'

/** One of the roll, for those who preside. */
export interface RollView extends NameStrip {
	id: string
	role: 'chair' | 'clerk' | 'member' | 'observer'
	/** Order of precedence, lowest first. */
	order: number
	priority: number
	weight: number
	email: string | null
	seat: string | null
	attendance: Attendance
	/** Since when the attendance is so; null: expected still. */
	at: number | null
	spokenMs: number
}

/** Somebody who waits to be let in, for those who preside. */
export interface LobbyView {
	id: string
	name: string
	role: MeetingRole
	at: number
	/** The one of the roll whose name is the same, if there is exactly one. */
	match: string | null
}

export type Readiness = 'ok' | 'weak' | 'bad' | 'none' | 'unknown'

/** What is checked beforehand of each person, for those who preside (the readiness wall). */
export interface ReadinessView {
	id: string
	microphone: Readiness
	camera: Readiness
	network: Readiness
	slides: Readiness
	rttMs: number | null
	lossPercent: number | null
	at: number
}

export type ItemKind = 'report' | 'discussion' | 'vote' | 'other'
export interface AgendaItem {
	id: string
	title: string
	kind: ItemKind
	bureau: string
	/** In order. */
	presenters: string[]
	seconds: number | null
	documents: string[]
}
export type ItemStatus = 'pending' | 'current' | 'done' | 'skipped'
export interface AgendaItemView extends AgendaItem, Clock {
	status: ItemStatus
}

export type VoteKind = 'hands' | 'recorded' | 'secret'
/** What it takes: more for than against; more than half of those who voted; of those who may; two thirds of those who voted. */
export type Majority = 'more' | 'overHalf' | 'overHalfOfAll' | 'twoThirds'

export interface VoteView {
	id: string
	title: string
	kind: VoteKind
	choices: { id: string; label: string }[]
	phase: 'open' | 'closed' | 'cancelled'
	openedAt: number
	closesAt: number | null
	closedAt: number | null
	eligible: number
	cast: number
	quorum: number | null
	majority: Majority
	/** By choice, weighted where weights are ruled. Null while it is open and must not be seen. */
	counts: Record<string, number> | null
	passed: boolean | null
	reason: 'quorum' | 'majority' | null
	/** A question to the trainees of a class, which decides nothing. `right`: of a quiz, once it is closed. Null: a vote. */
	poll: { quiz: boolean; right: string | null } | null
}

export interface SlideView {
	document: string
	page: number
	pages: number
	by: string
}

/** What those who wait to come in are shown, page by page. */
export interface WaitingSlides {
	document: string
	pages: number
}

export type DocumentView = {
	id: string
	name: string
	kind: 'pdf' | 'image' | 'convertible' | 'download'
	state: 'converting' | 'ready' | 'failed' | 'download'
	pages: number | null
	reason: string | null
	bytes: number
	by: string
	at: number
}
