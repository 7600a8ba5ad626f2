import type { AgendaItem, Attendance, FloorKind, ItemStatus, Majority, VoteKind } from '../protocol/floor.ts'
import type { Broadcast, Programme, RecordingEnd, RecordingRemoval } from '../protocol/relay.ts'
import type { MeetingRole } from '../protocol/roles.ts'
import type { MeetingKind, MeetingPhase, MeetingView } from '../protocol/room-state.ts'
import type { MeetingRules } from '../protocol/rules.ts'
import type { Lesson, LessonEvent } from './lesson.ts'

/**
 * A meeting as its events tell it. Pure: who is told, what is journaled and which media flow follows from events and
 * is done elsewhere. Times are epoch milliseconds. Personal fields are not here: an event carries the hash of what the
 * vault keeps sealed (a card: name, title, e-mail).
 *
 * `who` is a person's id, or `seat-<id>` for a seat of the hall that nobody is named for: one queue for hall and home.
 */

export interface Member {
	readonly id: string
	readonly role: MeetingRole
	/** The role they first came with: what their link says, whatever the role is now. */
	readonly given: MeetingRole
	/** Hash of the sealed card. */
	readonly name: string
	/** They are named as those who run the meeting say, whatever their page does. */
	readonly renamed: boolean
	readonly presence: 'here' | 'away' | 'left'
	/** When they came in last; a return from 'away' is not a new coming. */
	readonly joinedAt: number
	/** Since when the presence is so. */
	readonly since: number
}

/** Somebody of the roll: expected, whether they have come or not. */
export interface Expected {
	readonly id: string
	readonly role: 'chair' | 'clerk' | 'member' | 'observer'
	readonly bureau: string
	readonly order: number
	readonly priority: number
	readonly weight: number
	/** Hash of the sealed card: name, title, e-mail. */
	readonly card: string
	readonly attendance: Attendance
	/** Since when; null while expected. */
	readonly at: number | null
}

export interface Knocking {
	readonly id: string
	readonly role: MeetingRole
	readonly name: string
	readonly at: number
}

/** Somebody who waits for the floor. */
export interface Asking {
	readonly who: string
	readonly kind: FloorKind
	readonly at: number
	readonly priority: number
	/** Lists are in this order. */
	readonly rank: number
	/** What is left of a speech that was interrupted; null: a new one. */
	readonly leftMs: number | null
	/** They were interrupted and go on before anybody else who is not on a point of order. */
	readonly back: boolean
}

export interface Speech {
	readonly who: string
	readonly kind: FloorKind
	readonly grantedAt: number
	readonly by: string
	/** They had asked, which is consent to be opened. */
	readonly asked: boolean
	readonly limitMs: number | null
	readonly usedMs: number
	readonly runningSince: number | null
	/** Warnings given, in seconds left. */
	readonly warned: readonly number[]
	/** The item that was on when it began. */
	readonly item: string | null
	/** Others gave way to it: nobody follows by themselves until it ends. */
	readonly over: boolean
}

export interface Floor {
	readonly speaking: readonly Speech[]
	/** Sorted by rank. Points of order have the lowest. */
	readonly asking: readonly Asking[]
	/** Finished speeches only; what runs comes on top (clock.ts). By `who`. */
	readonly spokenMs: ReadonlyMap<string, number>
}

export interface Item extends AgendaItem {
	readonly status: ItemStatus
	readonly usedMs: number
	readonly runningSince: number | null
}

export interface Vote {
	readonly id: string
	readonly title: string
	readonly kind: VoteKind
	readonly choices: readonly { readonly id: string; readonly label: string }[]
	readonly majority: Majority
	readonly quorum: number | null
	/** Who may vote, with the weight. */
	readonly eligible: ReadonlyMap<string, number>
	/** The absent one → who votes for them. */
	readonly proxies: ReadonlyMap<string, string>
	readonly phase: 'open' | 'closed' | 'cancelled'
	readonly openedAt: number
	readonly closesAt: number | null
	readonly closedAt: number | null
	/** For whom a ballot was cast, with the choice; null: secret, the choice is not here and nowhere beside the name. */
	readonly ballots: ReadonlyMap<string, string | null>
	/** Hands of the hall, counted by eye. */
	readonly counted: Readonly<Record<string, number>>
	readonly result: VoteResult | null
	/** A question to the trainees of a class, which decides nothing; `right`: the right choice, where it is a quiz. Null: a vote. */
	readonly poll: { readonly right: string | null } | null
}

export interface VoteResult {
	readonly counts: Readonly<Record<string, number>>
	readonly cast: number
	readonly passed: boolean | null
	readonly reason: 'quorum' | 'majority' | null
	/** A secret vote's ballots, sorted by their random keys: whoever counts them again comes to the same. */
	readonly keys: readonly { readonly key: string; readonly choice: string }[] | null
}

export interface Meeting {
	readonly id: string
	readonly title: string
	readonly kind: MeetingKind
	/** What it was planned as: under keys of this kind what is personal is sealed, whatever the kind is now. */
	readonly sealedAs: MeetingKind
	readonly phase: MeetingPhase
	readonly startsAt: number | null
	readonly openedAt: number | null
	readonly rules: MeetingRules
	readonly members: ReadonlyMap<string, Member>
	/** Links given out, by their token's id. */
	readonly links: ReadonlyMap<string, { readonly role: MeetingRole; readonly person: string | null }>
	readonly roll: ReadonlyMap<string, Expected>
	/** When the roll was called; null: not yet. */
	readonly calledAt: number | null
	readonly lobby: ReadonlyMap<string, Knocking>
	/** Temporary ids of the lobby → who they came in as. */
	readonly admitted: ReadonlyMap<string, string>
	/** Who was put out, with when: they wait at the door until they are let in. */
	readonly removed: ReadonlyMap<string, number>
	/** Seats of the hall, in their order, and who sits there. */
	readonly seats: ReadonlyMap<string, { readonly name: string; readonly person: string | null }>
	/** The room whose hall it is, and whether its seats are gated one by one. */
	readonly hall: { readonly person: string; readonly gated: boolean } | null
	/** How often the hall was muted from elsewhere. The room obeys each of them once, also one that it was away for. */
	readonly hallMutes: number
	readonly floor: Floor
	readonly agenda: readonly Item[]
	readonly slide: { readonly document: string; readonly page: number; readonly by: string } | null
	readonly votes: ReadonlyMap<string, Vote>
	/** Who is to be seen large by all; null: whoever speaks. */
	readonly spotlight: string | null
	/** Members who were let move the room's cameras, with since when. */
	readonly drivers: ReadonlyMap<string, number>
	readonly broadcast: Broadcast
	readonly lesson: Lesson
}

export type Ending = 'yielded' | 'revoked' | 'time' | 'interrupted' | 'left' | 'mode' | 'closed'

/** What happened. `by` is a person of the meeting, or the id of the house token that asked. */
export type Happening =
	| { type: 'meeting.planned'; meeting: string; title: string; kind: MeetingKind; startsAt: number | null }
	| { type: 'meeting.opened'; by: string }
	| { type: 'meeting.suspended'; by: string }
	| { type: 'meeting.resumed'; by: string }
	| { type: 'meeting.closed'; by: string }
	/** The same people under other rules from now on. */
	| { type: 'meeting.turned'; kind: MeetingKind; by: string }
	| { type: 'rules.set'; rules: MeetingRules; by: string }
	| { type: 'link.issued'; jti: string; role: MeetingRole; person: string | null }
	| { type: 'person.joined'; person: string; role: MeetingRole; name: string }
	/** `by`: those who run the meeting named them; absent: they themselves. */
	| { type: 'person.named'; person: string; name: string; by?: string }
	| { type: 'person.away'; person: string }
	| { type: 'person.returned'; person: string }
	| { type: 'person.left'; person: string }
	| { type: 'person.removed'; person: string; by: string }
	| { type: 'spotlight.set'; person: string | null; by: string }
	| { type: 'cameras.let'; person: string; on: boolean; by: string }
	| { type: 'person.roled'; person: string; role: MeetingRole; by: string }
	| RollEvent
	| FloorEvent
	| AgendaEvent
	| VoteEvent
	| ChatEvent
	| BroadcastEvent
	| ConsentEvent
	| LessonEvent
	| { type: 'minutes.noted'; text: string; by: string }
	| { type: 'minutes.corrected'; of: number; text: string; by: string }

export type RollEvent =
	| ({ type: 'roll.entered'; by: string } & Omit<Expected, 'attendance' | 'at' | 'id'> & { person: string })
	| { type: 'roll.removed'; person: string; by: string }
	| { type: 'roll.marked'; person: string; attendance: Exclude<Attendance, 'expected'>; by: string }
	| { type: 'roll.called'; present: string[]; absent: string[]; by: string }
	| { type: 'lobby.knocked'; person: string; role: MeetingRole; name: string }
	/** `as`: the one they are from now on, of the roll or themselves. */
	| { type: 'lobby.admitted'; person: string; as: string; by: string }
	| { type: 'lobby.refused'; person: string; by: string }
	| { type: 'lobby.left'; person: string }
	| { type: 'hall.declared'; person: string; seats: { id: string; name: string }[]; gated: boolean }
	| { type: 'hall.muted'; by: string }
	| { type: 'seat.taken'; seat: string; person: string | null; by: string }

export type FloorEvent =
	| { type: 'floor.requested'; who: string; kind: FloorKind; priority: number; rank: number; by: string }
	| { type: 'floor.withdrawn'; who: string; by: string }
	| { type: 'floor.declined'; who: string; by: string }
	| { type: 'floor.granted'; who: string; kind: FloorKind; limitMs: number | null; asked: boolean; by: string }
	/** `leftMs` of one who was interrupted and goes on after: they stand in line again, at `rank`. */
	| {
			type: 'floor.ended'
			who: string
			cause: Ending
			spokenMs: number
			back: { leftMs: number | null; rank: number } | null
			by: string
	  }
	| { type: 'floor.extended'; who: string; limitMs: number; by: string }
	| { type: 'floor.warned'; who: string; leftSeconds: number }
	| { type: 'floor.sorted'; ranks: { who: string; rank: number }[]; by: string }

export type AgendaEvent =
	| { type: 'agenda.set'; items: AgendaItem[]; by: string }
	| { type: 'agenda.moved'; item: string; to: number; by: string }
	| { type: 'item.started'; item: string; by: string }
	| { type: 'item.ended'; item: string; usedMs: number; by: string }
	| { type: 'item.skipped'; item: string; by: string }
	| { type: 'slide.shown'; document: string; page: number; by: string }
	| { type: 'slide.hidden'; by: string }

/** Of lines that the rules keep. `text`: the hash of what the vault keeps under the writer's key. */
type ChatEvent =
	/** `group`: to those who are in this group of a class; absent: to all. */
	| { type: 'chat.said'; id: string; to: 'all' | 'clerk'; group?: string; text: string; by: string }
	| { type: 'chat.removed'; id: string; by: string }

export type BroadcastEvent =
	| { type: 'relay.started' | 'relay.stopped'; by: string }
	| { type: 'recording.started'; recording: string; by: string }
	| { type: 'recording.stopped'; recording: string; cause: RecordingEnd; by: string }
	/** Its file is whole: from now on it can be told from any other. `sha256` in hex. */
	| { type: 'recording.kept'; recording: string; bytes: number; durationMs: number; sha256: string; by: string }
	/** Its file is not there any more; what it was stays known by its hash. */
	| { type: 'recording.removed'; recording: string; cause: RecordingRemoval; by: string }
	| ({ type: 'programme.set'; by: string } & Programme)

/** In counselling. `keepDays`: what those who are asked were told; null: until somebody removes it. */
export type ConsentEvent =
	| { type: 'consent.asked'; keepDays: number | null; by: string }
	| { type: 'consent.given' | 'consent.refused' | 'consent.withdrawn'; person: string }

export type VoteEvent =
	| {
			type: 'vote.opened'
			vote: string
			title: string
			kind: VoteKind
			choices: { id: string; label: string }[]
			majority: Majority
			quorum: number | null
			eligible: { who: string; weight: number }[]
			proxies: { of: string; by: string }[]
			closesAt: number | null
			poll?: { right: string | null }
			by: string
	  }
	/** `choice` null: secret. */
	| { type: 'ballot.cast'; vote: string; who: string; choice: string | null; by: string }
	| { type: 'vote.counted'; vote: string; counts: Record<string, number>; by: string }
	| {
			type: 'vote.closed'
			vote: string
			counts: Record<string, number>
			cast: number
			passed: boolean | null
			reason: 'quorum' | 'majority' | null
			keys: { key: string; choice: string }[] | null
			by: string
	  }
	| { type: 'vote.cancelled'; vote: string; by: string }

export type MeetingEvent = Happening & { readonly at: number }

/** The meeting as lists and screens show it. */
export function viewOf({ id, title, kind, phase, startsAt, openedAt }: Meeting): MeetingView {
	return { id, title, kind, phase, startsAt, openedAt }
}
