import type { Asking, Expected, Item, Knocking, Meeting, Speech } from '../meeting/meeting.ts'
import { viewOf } from '../meeting/meeting.ts'
import { isIn } from '../meeting/people.ts'
import { quorumOf } from '../meeting/quorum.ts'
import { voteViewOf } from '../meeting/vote-view.ts'
import { seatOf } from '../meeting/who.ts'
import type {
	AgendaItemView,
	AskingView,
	GrantSteps,
	LobbyView,
	NameStrip,
	RollView,
	SpeechView,
} from '../protocol/floor.ts'
import type { LessonView, OwnCheck } from '../protocol/lesson.ts'
import type { MeetingCore } from '../protocol/messages.ts'

/** The meeting as screens see it, made from its state and what is known beside it. Pure. */

export interface Known {
	strip: (who: string) => NameStrip
	steps: (speech: Speech) => GrantSteps
	/** The room's picture that shows them. */
	feed: (speech: Speech) => string | null
	/** Whether the hall's microphone is muted in the room. */
	hallMuted: boolean
	pages: (document: string) => number
	at: number
}

/** The hall, while its room is in the meeting. */
export function hallOf(meeting: Meeting): Meeting['hall'] {
	return meeting.hall && isIn(meeting, meeting.hall.person) ? meeting.hall : null
}

export function coreOf(meeting: Meeting, known: Known): MeetingCore {
	const { floor, rules, slide } = meeting
	const count = (kind: Asking['kind']) => floor.asking.filter((one) => one.kind === kind).length
	const next = floor.asking[0]
	const item = meeting.agenda.find(({ status }) => status === 'current')
	const vote = [...meeting.votes.values()].at(-1)
	const hall = hallOf(meeting)
	return {
		meeting: viewOf(meeting),
		rules,
		floor: {
			mode: rules.floor.mode,
			speaking: floor.speaking.map((speech) => speechView(meeting, speech, known)),
			waiting: { speak: count('speak'), respond: count('respond'), order: count('order') },
			next: next?.who ?? null,
			nextSeat: next ? seatOf(meeting, next.who) : null,
		},
		item: item
			? {
					id: item.id,
					limitMs: limitMsOf(item),
					usedMs: item.usedMs,
					runningSince: item.runningSince,
				}
			: null,
		spotlight: meeting.spotlight,
		drivers: [...meeting.drivers.keys()],
		slide: slide && { ...slide, pages: known.pages(slide.document) },
		vote: vote && vote.phase !== 'cancelled' ? voteViewOf(meeting, vote) : null,
		quorum: quorumOf(meeting),
		hall: hall && { ...hall, muted: known.hallMuted, mutes: meeting.hallMutes },
		broadcast: meeting.broadcast,
		lesson: lessonView(meeting),
		at: known.at,
	}
}

function lessonView({ kind, lesson: { check, groups, certificates } }: Meeting): LessonView | null {
	if (kind !== 'class') return null
	const answered = check ? [...check.asked.values()].filter((at) => at !== null).length : 0
	return {
		check: check && { id: check.id, until: check.until, asked: check.asked.size, answered },
		groups: groups && { list: groups.list.map(({ id, name }) => ({ id, name })), endsAt: groups.endsAt },
		certificates: certificates.size,
	}
}

/** What this one is asked now. */
export function ownCheck({ lesson: { check } }: Meeting, person: string): OwnCheck {
	const answered = check?.asked.get(person)
	return check && answered !== undefined ? { id: check.id, until: check.until, answered: answered !== null } : null
}

function speechView(meeting: Meeting, speech: Speech, known: Known): SpeechView {
	const { who, kind, grantedAt, asked, limitMs, usedMs, runningSince } = speech
	return {
		who,
		...known.strip(who),
		seat: seatOf(meeting, who),
		kind,
		grantedAt,
		asked,
		limitMs,
		usedMs,
		runningSince,
		feed: known.feed(speech),
		steps: known.steps(speech),
	}
}

export function askingView({ who, kind, rank, at }: Asking): AskingView {
	return { id: who, kind, rank, at }
}

export function itemView(item: Item, place: number): AgendaItemView & { place: number } {
	return { ...item, limitMs: limitMsOf(item), place }
}

function limitMsOf({ seconds }: Item): number | null {
	return seconds === null ? null : seconds * 1000
}

export function rollView(
	meeting: Meeting,
	entry: Expected,
	known: { card: { name: string; title: string; email: string | null } | null; spokenMs: number },
): RollView {
	const { id, role, bureau, order, priority, weight, attendance, at } = entry
	const { name = '—', title = '', email = null } = known.card ?? {}
	const seat = seatOf(meeting, id)
	return {
		id,
		name,
		title,
		bureau,
		role,
		order,
		priority,
		weight,
		email,
		seat,
		attendance,
		at,
		spokenMs: known.spokenMs,
	}
}

export function lobbyView({ id, role, at }: Knocking, name: string, match: string | null): LobbyView {
	return { id, name, role, at, match }
}
