import { evolve } from '../meeting/evolve.ts'
import type { Meeting, MeetingEvent, Vote } from '../meeting/meeting.ts'
import { cardHashOf, seatOfPerson } from '../meeting/people.ts'
import { quorumOf } from '../meeting/quorum.ts'
import { Whereabouts } from '../meeting/whereabouts.ts'
import { seatOf, system } from '../meeting/who.ts'
import { seatIn } from '../protocol/who.ts'
import type { Attender, Minutes, MinutesEntry, MinutesPoll, MinutesVote, Name, Spoken } from './minutes.ts'
import { type SaidWords, type Stretch, verbatimOf } from './verbatim.ts'

type Entry = MeetingEvent & { seq: number; hash: string }
type Speech = Extract<MinutesEntry, { type: 'speech' }>

/** Opens what is sealed of somebody: null where they were erased. */
export type OpenCard = (person: string, hash: string) => { name: string; title: string } | null

/**
 * The minutes of a journal. Pure but for the names, which come from the vault: the same journal gives the same minutes,
 * however often it is replayed. `said`: the captions, in the order of their times. Throws where the journal does not begin
 * with a plan.
 */
export function compose(journal: readonly Entry[], open: OpenCard, said: readonly SaidWords[] = []): Minutes {
	const entries: MinutesEntry[] = []
	const speeches = new Map<string, Speech>()
	const came = new Map<string, { first: number; last: number | null }>()
	let meeting: Meeting | null = null
	let closedAt: number | null = null
	let quorum: Minutes['quorum'] = null
	const items: Stretch[] = []
	const whereabouts = new Whereabouts(journal)
	const groupOf = ({ person, fromMs, toMs }: SaidWords) => {
		const group = person === null ? null : whereabouts.groupDuring(person, fromMs, toMs ?? fromMs)
		return group === null ? null : (whereabouts.nameOf(group) ?? group)
	}

	for (const { seq, hash: _, ...event } of journal) {
		const before: Meeting | null = meeting
		meeting = evolve(meeting, event as MeetingEvent)
		if (!meeting) throw new Error('this journal does not begin with a plan')
		const now: Meeting = meeting
		const name = (who: string) => nameOf(now, who, open)
		const note = (entry: Told) => entries.push({ seq, at: event.at, ...entry })
		if (event.type === 'person.joined') {
			came.set(event.person, { first: came.get(event.person)?.first ?? event.at, last: null })
			if (isLate(before, now, event.person)) note({ type: 'late', who: name(event.person) })
		}
		if (event.type === 'person.left') gone(came, event.person, event.at)
		if (event.type === 'floor.granted') {
			const { kind, limitMs, who } = event
			const speech: Speech = {
				seq,
				at: event.at,
				type: 'speech',
				who: name(who),
				kind,
				place: seatOf(now, who) === null ? 'remote' : 'hall',
				spokenMs: 0,
				limitMs,
				ended: null,
			}
			entries.push(speech)
			speeches.set(who, speech)
		}
		if (event.type === 'floor.extended') {
			const speech = speeches.get(event.who)
			if (speech) speech.limitMs = event.limitMs
		}
		if (event.type === 'floor.ended') {
			const speech = speeches.get(event.who)
			if (speech) Object.assign(speech, { spokenMs: event.spokenMs, ended: event.cause })
			speeches.delete(event.who)
		}
		if (event.type === 'item.started') {
			const title = now.agenda.find(({ id }) => id === event.item)?.title ?? event.item
			items.push({ title, fromMs: event.at, toMs: Number.POSITIVE_INFINITY })
		}
		const item = items.at(-1)
		if (event.type === 'item.ended' && item) item.toMs = event.at
		if (event.type === 'roll.called') quorum = quorumOf(now)
		if (event.type === 'meeting.closed') {
			closedAt = event.at
			for (const person of came.keys()) gone(came, person, event.at)
		}
		const told = tell(before, now, event as MeetingEvent, name)
		if (told) note(told)
	}
	if (!meeting) throw new Error('this journal is empty')
	const { id, title, kind, startsAt, openedAt } = meeting
	return {
		meeting: { id, title, kind, plannedAt: startsAt, openedAt, closedAt },
		quorum,
		attendance: attendance(meeting, came, open),
		items: meeting.agenda.map((item, i) => ({
			number: i + 1,
			title: item.title,
			kind: item.kind,
			bureau: item.bureau,
			presenters: item.presenters.map((who) => nameOf(meeting as Meeting, who, open)),
			status: item.status,
			usedMs: item.usedMs,
		})),
		entries,
		speaking: speaking(entries),
		votes: [...meeting.votes.values()]
			.filter(({ phase }) => phase === 'closed')
			.map((vote) => voteOf(meeting as Meeting, vote, open)),
		verbatim: verbatimOf(said, items, closedAt, (person) => nameOf(meeting as Meeting, person, open), groupOf),
		journal: { events: journal.length, head: journal.at(-1)?.hash ?? '' },
	}
}

/** An entry without its number and time. */
type Told = MinutesEntry extends infer E ? (E extends MinutesEntry ? Omit<E, 'seq' | 'at'> : never) : never

/** What the event alone says, in the words of the minutes; null: nothing that they tell. */
function tell(before: Meeting | null, now: Meeting, event: MeetingEvent, name: (who: string) => Name): Told | null {
	const item = (id: string) => now.agenda.find((one) => one.id === id) ?? before?.agenda.find((one) => one.id === id)
	switch (event.type) {
		case 'meeting.opened':
		case 'meeting.suspended':
		case 'meeting.resumed':
		case 'meeting.closed':
			return { type: event.type.slice('meeting.'.length) as 'opened' | 'suspended' | 'resumed' | 'closed' }
		case 'roll.called':
			return { type: 'rollCalled', present: event.present.length, absent: event.absent.map(name) }
		case 'person.left': {
			const role = before?.members.get(event.person)?.role
			if (before?.phase !== 'open' || role === 'room' || role === 'viewer') return null
			return { type: 'left', who: name(event.person) }
		}
		case 'item.started':
		case 'item.skipped': {
			const { title = event.item, bureau = '' } = item(event.item) ?? {}
			return { type: event.type === 'item.started' ? 'itemStarted' : 'itemSkipped', title, bureau }
		}
		case 'item.ended': {
			const { title = event.item, bureau = '' } = item(event.item) ?? {}
			return { type: 'itemEnded', title, bureau, usedMs: event.usedMs }
		}
		case 'floor.declined':
			return { type: 'declined', who: name(event.who) }
		case 'vote.opened':
			return {
				...{ type: 'voteOpened', title: event.title, kind: event.kind, eligible: event.eligible.length },
				...pollOf(event.poll),
			}
		case 'vote.closed':
			return { type: 'voteClosed', vote: event.vote }
		case 'vote.cancelled': {
			const { title = event.vote, poll } = now.votes.get(event.vote) ?? {}
			return { type: 'voteCancelled', title, ...pollOf(poll) }
		}
		case 'relay.started':
			return { type: 'relayStarted' }
		case 'relay.stopped':
			return { type: 'relayStopped' }
		case 'recording.started':
			return { type: 'recordingStarted' }
		case 'recording.stopped':
			return { type: 'recordingStopped', cause: event.cause }
		case 'recording.kept':
			return { type: 'recordingKept', sha256: event.sha256, durationMs: event.durationMs }
		case 'recording.removed':
			return { type: 'recordingRemoved', cause: event.cause }
		case 'minutes.noted':
			return { type: 'note', text: event.text, by: name(event.by) }
		case 'minutes.corrected':
			return { type: 'correction', of: event.of, text: event.text, by: name(event.by) }
		default:
			return null
	}
}

/** Somebody as they are named at that moment. What is not a person (the clock, a desk) has no name of its own. */
function nameOf(meeting: Meeting, who: string, open: OpenCard): Name {
	const at = seatIn(who)
	if (at !== null) {
		const seat = meeting.seats.get(at)
		if (!seat?.person) return { name: seat?.name ?? who, title: '', bureau: '' }
		return nameOf(meeting, seat.person, open)
	}
	const listed = meeting.roll.get(who)
	const hash = cardHashOf(meeting, who)
	if (hash === undefined) return { name: who === system ? '—' : 'Maru', title: '', bureau: '' }
	const card = open(who, hash)
	return card === null
		? { name: null, title: '', bureau: '' }
		: { name: card.name, title: card.title, bureau: listed?.bureau ?? '' }
}

function isLate(before: Meeting | null, now: Meeting, person: string): boolean {
	return now.roll.get(person)?.attendance === 'late' && before?.roll.get(person)?.attendance !== 'late'
}

function gone(came: Map<string, { first: number; last: number | null }>, person: string, at: number) {
	const known = came.get(person)
	if (known) came.set(person, { ...known, last: known.last ?? at })
}

/** The roll in its order, then guests as they came. */
function attendance(
	meeting: Meeting,
	came: ReadonlyMap<string, { first: number; last: number | null }>,
	open: OpenCard,
): Attender[] {
	const seatName = (person: string) => meeting.seats.get(seatOfPerson(meeting, person) ?? '')?.name ?? null
	const times = (id: string, at: number | null) => ({
		firstAt: came.get(id)?.first ?? at,
		lastAt: came.get(id)?.last ?? null,
	})
	const listed = [...meeting.roll.values()]
		.sort((a, b) => a.order - b.order)
		.map(({ id, role, attendance: how, at }) => {
			const there = how === 'present' || how === 'late'
			const when = there ? times(id, at) : { firstAt: null, lastAt: null }
			return { ...nameOf(meeting, id, open), role, seat: seatName(id), attendance: how, ...when }
		})
	const guests = [...came.keys()]
		.flatMap((id) => {
			const member = meeting.members.get(id)
			return member && !meeting.roll.has(id) ? [member] : []
		})
		.filter(({ role }) => role !== 'room' && role !== 'viewer')
		.map(({ id, role }) => {
			const name = nameOf(meeting, id, open)
			return { ...name, role, seat: seatName(id), attendance: 'guest' as const, ...times(id, null) }
		})
	return [...listed, ...guests]
}

function speaking(entries: readonly MinutesEntry[]): Minutes['speaking'] {
	const people = new Map<string, Spoken>()
	const bureaus = new Map<string, { bureau: string; speeches: number; spokenMs: number }>()
	for (const entry of entries) {
		if (entry.type !== 'speech') continue
		const { who, spokenMs } = entry
		const key = JSON.stringify(who)
		const person = people.get(key) ?? { ...who, speeches: 0, spokenMs: 0 }
		people.set(key, { ...person, speeches: person.speeches + 1, spokenMs: person.spokenMs + spokenMs })
		const bureau = bureaus.get(who.bureau) ?? { bureau: who.bureau, speeches: 0, spokenMs: 0 }
		bureaus.set(who.bureau, { ...bureau, speeches: bureau.speeches + 1, spokenMs: bureau.spokenMs + spokenMs })
	}
	const longest = <T extends { spokenMs: number }>(some: Iterable<T>) =>
		[...some].sort((a, b) => b.spokenMs - a.spokenMs)
	return { people: longest(people.values()), bureaus: longest(bureaus.values()) }
}

function pollOf(poll: Vote['poll'] | undefined): { poll?: MinutesPoll } {
	return poll ? { poll: poll.right === null ? 'poll' : 'quiz' } : {}
}

function voteOf(meeting: Meeting, vote: Vote, open: OpenCard): MinutesVote {
	const { id, title, kind, openedAt, closedAt, majority, quorum, eligible, choices, result, poll } = vote
	const label = (choice: string | null) => choices.find((one) => one.id === choice)?.label ?? choice ?? ''
	// In the roll's order, as a clerk reads them out: the order of arrival says nothing, and changes with the network.
	const place = (who: string) => meeting.roll.get(who)?.order ?? Number.POSITIVE_INFINITY
	const cast = [...vote.ballots].sort(([a], [b]) => (place(a) === place(b) ? 0 : place(a) - place(b)))
	const ballots = cast.map(([who, choice]) => {
		const by = vote.proxies.get(who)
		return {
			who: nameOf(meeting, who, open),
			choice: label(choice),
			by: by === undefined ? null : nameOf(meeting, by, open),
		}
	})
	return {
		id,
		...pollOf(poll),
		...(poll?.right == null ? {} : { right: label(poll.right) }),
		title,
		kind,
		openedAt,
		closedAt: closedAt ?? openedAt,
		majority,
		quorum,
		eligible: eligible.size,
		cast: result?.cast ?? 0,
		choices: choices.map((choice) => ({ label: choice.label, count: result?.counts[choice.id] ?? 0 })),
		passed: result?.passed ?? null,
		reason: result?.reason ?? null,
		ballots: kind === 'recorded' ? ballots : null,
		keys: result?.keys?.map(({ key, choice }) => ({ key, choice: label(choice) })) ?? null,
	}
}
