import type { AgendaItem, Attendance, FloorKind, Majority, VoteKind } from '../protocol/floor.ts'
import type { ProgrammeChange, RecordingEnd, RecordingRemoval } from '../protocol/relay.ts'
import type { MeetingRole } from '../protocol/roles.ts'
import type { MeetingKind } from '../protocol/room-state.ts'
import type { FloorMode, MeetingRules } from '../protocol/rules.ts'
import type { CheckInRequest } from './check-in.ts'
import type { Expected } from './meeting.ts'
import type { WatchingRequest } from './watching.ts'

/** Who asks: a person, a seat (`seat-<id>`), a house token, or the clock (`system`). */
export interface Actor {
	readonly id: string
	/** Runs the meeting: chair, clerk, or a desk of the house. May ask for others. */
	readonly runs: boolean
	readonly chair: boolean
}

type By = { by: Actor }

/**
 * What may be asked of a meeting. Coarse rights are settled before (the role tables of the protocol); what depends on the
 * meeting itself (whose turn, who outranks whom) is settled by `decide`. Whatever is random or sealed comes with the
 * request: `decide` makes nothing up.
 */
export type MeetingRequest =
	| { type: 'plan'; meeting: string; title: string; kind: MeetingKind; startsAt: number | null }
	| { type: 'suspend' | 'resume' | 'close'; by: string }
	/** `recording`: the id of one that begins with it, if the rules say so. Absent: there is nothing to relay or record with. */
	| { type: 'open'; recording?: string; by: string }
	| { type: 'issueLink'; jti: string; role: MeetingRole; person: string | null }
	/** `name` is the hash of the sealed card. Asked again while here, it changes nothing but the name. */
	| { type: 'join'; person: string; role: MeetingRole; name: string }
	| { type: 'goAway' | 'leave'; person: string }
	| ({ type: 'rules'; floor?: Partial<MeetingRules['floor']>; chat?: Partial<MeetingRules['chat']> } & Partial<
			Omit<MeetingRules, 'floor' | 'chat'>
	  > &
			By)
	/** Whatever is due by now: warnings, speeches and votes whose time is up. */
	| { type: 'tick' }
	| PeopleRequest
	| FloorRequest
	| AgendaRequest
	| VoteRequest
	| ChatRequest
	| BroadcastRequest
	| ConsentRequest
	| LessonRequest
	| ({ type: 'kind'; kind: MeetingKind } & By)
	| ({ type: 'minutes.note'; text: string } & By)
	/** A recording's file is whole, also when the meeting is over. */
	| { type: 'recording.keep'; recording: string; bytes: number; durationMs: number; sha256: string }
	/** Its file goes. `by` who asked, or the clock. */
	| { type: 'recording.remove'; recording: string; cause: RecordingRemoval; by: string }
	/** `last`: how many events the journal has. */
	| ({ type: 'minutes.correct'; of: number; text: string; last: number } & By)

export type PeopleRequest =
	| ({ type: 'roll.enter'; entries: Omit<Expected, 'attendance' | 'at'>[]; seats: Record<string, string | null> } & By)
	| ({ type: 'roll.remove'; who: string } & By)
	| ({ type: 'roll.mark'; who: string; attendance: Exclude<Attendance, 'expected'> } & By)
	| ({ type: 'roll.call' } & By)
	| { type: 'lobby.knock'; person: string; role: MeetingRole; name: string }
	| ({ type: 'lobby.admit'; who: string; as: string | null } & By)
	| ({ type: 'lobby.refuse'; who: string } & By)
	| { type: 'lobby.leave'; person: string }
	| ({ type: 'person.remove'; who: string } & By)
	/** `name`: the hash of the sealed card. */
	| ({ type: 'person.rename'; who: string; name: string } & By)
	| ({ type: 'spotlight.set'; who: string | null } & By)
	| ({ type: 'cameras.let'; who: string; on: boolean } & By)
	| ({ type: 'person.role'; who: string; role: MeetingRole } & By)
	| { type: 'hall.declare'; person: string; seats: { id: string; name: string }[]; gated: boolean }
	/** Shuts the hall's microphone, from elsewhere. Only the room itself opens it again. */
	| ({ type: 'hall.mute' } & By)
	| ({ type: 'seat.take'; seat: string; person: string | null } & By)

export type FloorRequest =
	| ({ type: 'floor.request'; who: string; kind: FloorKind } & By)
	| ({
			type: 'floor.withdraw' | 'floor.yield' | 'floor.interrupt' | 'floor.decline' | 'floor.revoke'
			who: string
	  } & By)
	| ({ type: 'floor.grant'; who: string; seconds: number | null; kind: FloorKind | null } & By)
	| ({ type: 'floor.next' | 'floor.revokeAll' } & By)
	| ({ type: 'floor.extend'; who: string; seconds: number } & By)
	| ({ type: 'floor.sort'; order: 'asked' | 'spoken' | 'priority' | string[] } & By)
	| ({ type: 'floor.mode'; mode: FloorMode } & By)
	/** A seat's button or microphone. `on`: it speaks already, where the hall's own system opens it. */
	| ({ type: 'hall.mic'; seat: string; state: 'off' | 'on' | 'request' | 'priority' } & By)

export type AgendaRequest =
	| ({ type: 'agenda.set'; items: AgendaItem[] } & By)
	| ({ type: 'agenda.start' | 'agenda.skip'; item: string } & By)
	| ({ type: 'agenda.end' } & By)
	| ({ type: 'agenda.move'; item: string; to: number } & By)
	/** `pages`: how many the document has; null: it is not there or not ready. */
	| ({ type: 'slide.show'; document: string; page: number; pages: number | null } & By)
	| ({ type: 'slide.hide' } & By)

/** Lines that are kept; `text` is the hash of what was sealed. */
export type ChatRequest =
	| ({ type: 'chat.say'; id: string; to: 'all' | 'clerk'; text: string } & By)
	| ({ type: 'chat.remove'; id: string } & By)

export type BroadcastRequest =
	| ({ type: 'relay.start' | 'relay.stop' } & By)
	| ({ type: 'recording.start'; recording: string } & By)
	| ({ type: 'recording.stop'; cause: RecordingEnd } & By)
	| ({ type: 'programme.set' } & ProgrammeChange & By)

/** `recording`: the id of the one that begins when this is the last word that was missing. */
export type ConsentRequest =
	| ({ type: 'consent.ask'; keepDays: number | null } & By)
	| ({ type: 'consent.give'; recording: string } & By)
	| ({ type: 'consent.withdraw' } & By)

/** Of a class. */
export type LessonRequest =
	| ({ type: 'presence.ask'; check: string; seconds: number } & By)
	| ({ type: 'presence.answer'; check: string } & By)
	| ({ type: 'groups.open'; groups: { id: string; name: string; people: string[] }[]; seconds: number | null } & By)
	| ({ type: 'groups.move'; who: string; group: string | null } & By)
	| ({ type: 'groups.close' } & By)
	| CheckInRequest
	| WatchingRequest
	| AskedRequest
	/** `numbers`: by person. */
	| ({ type: 'certificates.issue'; numbers: Readonly<Record<string, string>> } & By)

/** Of what trainees ask; `text` is the hash of what was sealed. */
export type AskedRequest =
	| ({ type: 'question.ask'; question: string; text: string } & By)
	| ({ type: 'question.vote'; question: string; on: boolean } & By)
	/** `text` null: aloud. */
	| ({ type: 'question.answer'; question: string; text: string | null } & By)
	| ({ type: 'question.remove'; question: string } & By)

export type VoteRequest =
	| ({
			type: 'vote.open'
			vote: string
			title: string
			kind: VoteKind
			choices: { id: string; label: string }[] | null
			majority: Majority
			quorum: number | null
			eligible: string[] | null
			weighted: boolean
			proxies: Record<string, string>
			seconds: number | null
			/** Asks the trainees of a class, and decides nothing. Default: a vote. */
			poll?: { right: string | null } | null
	  } & By)
	/** `who` casts for `of`: themselves, or one who gave them a proxy. */
	| ({ type: 'vote.cast'; vote: string; who: string; of: string; choice: string } & By)
	| ({ type: 'vote.count'; vote: string; counts: Record<string, number> } & By)
	/** `box`: what a secret vote's box holds, null for other kinds. */
	| ({ type: 'vote.close'; vote: string; box: { key: string; choice: string }[] | null } & By)
	| ({ type: 'vote.cancel'; vote: string } & By)
