import { Refusal } from '../protocol/errors.ts'
import type { FloorKind } from '../protocol/floor.ts'
import { limitOf } from './budget.ts'
import { leftMs, spokenMsOf, usedMs } from './clock.ts'
import { type Draft, happen } from './draft.ts'
import type { Asking, Ending, Meeting, Speech } from './meeting.ts'
import { headOf, placeOf, rankAt, ranked } from './queue.ts'
import { isChair, priorityOf, system } from './who.ts'

/** How speeches begin and end, and who follows by themselves. */

interface Grant {
	who: string
	kind: FloorKind
	/** Given by one who runs the meeting: then no budget counts. */
	seconds: number | null
	asked: boolean
	by: string
	/** What befalls the one who has spoken longest where there is no room. */
	cause: 'revoked' | 'interrupted'
}

/** Gives the floor and makes room for it. Refused where there is no time left; the draft is as before then. */
export function grant(draft: Draft, { who, kind, seconds, asked, by, cause }: Grant): Refusal | null {
	const limitMs = seconds === null ? limitOf(draft.meeting, who, kind, draft.now) : seconds * 1000
	if (limitMs instanceof Refusal) return limitMs
	if (kind === 'order') {
		// A point of order is put to the chair, who stays; one point does not cut another.
		const aside = ({ who, kind }: Speech) => kind !== 'order' && !isChair(draft.meeting, who)
		setAside(draft, draft.meeting.floor.speaking.filter(aside), by)
	}
	if (!isChair(draft.meeting, who)) {
		while (!hasRoom(draft.meeting)) end(draft, longest(draft), cause, by)
	}
	happen(draft, { type: 'floor.granted', who, kind, limitMs, asked, by })
	return null
}

/** They give way and stand first in line, as they were, if they have any time left. */
export function setAside(draft: Draft, speeches: readonly Speech[], by: string) {
	// From the last, so that the first comes to stand first.
	for (const speech of speeches.toReversed()) {
		const left = leftMs(speech, draft.now)
		const goesOn = left === null || left > 0
		const rank = goesOn ? freeRank(draft, (line) => headOf(line, speech.kind)) : 0
		end(draft, speech, 'interrupted', by, goesOn ? { leftMs: left, rank } : null)
	}
}

export function end(
	draft: Draft,
	speech: Speech,
	cause: Ending,
	by: string,
	back: { leftMs: number | null; rank: number } | null = null,
) {
	happen(draft, { type: 'floor.ended', who: speech.who, cause, spokenMs: usedMs(speech, draft.now), back, by })
}

export function endAll(draft: Draft, cause: Ending, by: string) {
	for (const speech of draft.meeting.floor.speaking) end(draft, speech, cause, by)
}

/** Puts them in line where the rules say. */
export function standInLine(draft: Draft, who: string, kind: FloorKind, by: string) {
	const { meeting, now } = draft
	const priority = priorityOf(meeting, who)
	const spoken = (who: string) => spokenMsOf(meeting, who, now)
	const place = (line: readonly Asking[]) => placeOf(line, { who, kind, priority }, meeting.rules.floor.order, spoken)
	const rank = freeRank(draft, place)
	happen(draft, { type: 'floor.requested', who, kind, priority, rank, by })
}

/** Whoever is next gets the floor by themselves as long as there is room, in the modes that need no chair for it. */
export function settle(draft: Draft) {
	for (let next = nextByItself(draft); next; next = nextByItself(draft)) {
		const { who, kind } = next
		grant(draft, { who, kind, seconds: null, asked: true, by: system, cause: 'interrupted' })
	}
}

/** Whether someone who asks with this has to wait until what others gave way to is over. */
export function mustWait({ floor }: Meeting, kind: FloorKind): boolean {
	return floor.speaking.some((speech) => (kind === 'order' ? speech.kind === 'order' : speech.over))
}

function nextByItself({ meeting, now }: Draft): Asking | undefined {
	const { mode } = meeting.rules.floor
	if (meeting.phase !== 'open' || mode === 'open' || mode === 'chair') return undefined
	return meeting.floor.asking.find((one) => {
		const { who, kind, back } = one
		const waits = mustWait(meeting, kind)
		// The chair takes nobody's room; interrupted, the chair waits like all others.
		const may = isChair(meeting, who) ? !(back && waits) : !waits && hasRoom(meeting)
		// Whose time is used up stays in line: the chair may give them more.
		return may && !(limitOf(meeting, who, kind, now) instanceof Refusal)
	})
}

/** Chairs are not counted. */
export function countOpen(meeting: Meeting): number {
	return meeting.floor.speaking.filter(({ who }) => !isChair(meeting, who)).length
}

function hasRoom(meeting: Meeting): boolean {
	return countOpen(meeting) < meeting.rules.floor.maxOpen
}

function longest({ meeting, now }: Draft): Speech {
	const [first, ...others] = meeting.floor.speaking.filter(({ who }) => !isChair(meeting, who))
	if (!first) throw new Error('there is no room although nobody speaks')
	return others.reduce((most, speech) => (usedMs(speech, now) > usedMs(most, now) ? speech : most), first)
}

function freeRank(draft: Draft, place: (line: readonly Asking[]) => number): number {
	const line = draft.meeting.floor.asking
	const rank = rankAt(line, place(line))
	if (rank !== null) return rank
	// Between two neighbours there is room for hundreds, not for ever: then the whole line is numbered anew.
	happen(draft, { type: 'floor.sorted', ranks: ranked(line), by: system })
	const anew = draft.meeting.floor.asking
	return rankAt(anew, place(anew)) ?? 0
}
