import { randomUUID } from 'node:crypto'
import { groupOf } from '../meeting/lesson.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import { isIn } from '../meeting/people.ts'
import type { Actor, MeetingRequest } from '../meeting/requests.ts'
import { isChair, seatOf, whoOfSeat } from '../meeting/who.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand, RollEntry, VotePlan } from '../protocol/meeting-commands.ts'
import { presides } from '../protocol/roles.ts'
import { rolePriority } from '../protocol/rules.ts'
import { certificateNumbers } from './certificates.ts'
import type { Step } from './course.ts'
import { host } from './hosting.ts'
import type { LiveMeeting } from './live-meeting.ts'
import { requestOf } from './requests.ts'

/** What running a meeting answers: what was journaled, and what the asker should see besides. */
export interface Done {
	events: MeetingEvent[]
	/** 'hall-muted': the room's microphone is shut in the room, so nobody hears the one who was granted. */
	warnings?: 'hall-muted'[]
	ids?: string[]
	vote?: string
	line?: string
	question?: string
	person?: string
	/** A JPEG in base64. */
	look?: string | null
}

type QuestionWork = Exclude<Extract<MeetingCommand['type'], `question.${string}`>, 'question.ask' | 'question.vote'>
type Of<T extends MeetingCommand['type']> = Extract<MeetingCommand, { type: T }>

/**
 * One command that runs a meeting or takes part in its floor and votes, by whoever may. Undefined: not of this kind.
 * Throws the Refusal.
 */
export function work(meeting: LiveMeeting, command: MeetingCommand, by: Actor): Done | undefined {
	switch (command.type) {
		case 'meeting.open':
		case 'meeting.suspend':
		case 'meeting.resume':
		case 'meeting.close': {
			const type = command.type.slice('meeting.'.length) as Step
			return { events: meeting.course.step(type, by.id) }
		}
		case 'chat.say':
			return { events: [], line: meeting.chat.say(by, command.to, command.text) }
		case 'chat.remove':
			meeting.chat.remove(by, command.line)
			return { events: [] }
		case 'person.mute':
		case 'person.muteAll':
		case 'person.stopCamera':
		case 'person.ask':
		case 'person.still':
			host(meeting, command, by)
			return { events: [] }
		case 'person.rename': {
			const sealed = meeting.cards.seal(command.who, { name: command.name, title: '', email: null })
			const request = { type: 'person.rename', who: command.who, name: sealed.hash, by } as const
			return { events: meeting.change(request, sealed.keep) }
		}
		case 'reaction.show':
			meeting.reactions.show(by.id, command.kind)
			return { events: [] }
		case 'feed.let': {
			const { who, on } = command
			const events = meeting.change({ type: 'cameras.let', who, on, by })
			meeting.driving.answered(who, on)
			return { events }
		}
		case 'roll.enter':
			return enterRoll(meeting, command.entries, by)
		case 'agenda.set': {
			const items = command.items.map((item) => ({ ...item, id: item.id ?? randomUUID() }))
			return { events: meeting.change({ type: 'agenda.set', items, by }), ids: items.map(({ id }) => id) }
		}
		case 'rules.set': {
			const { type: _, ...rules } = command
			if (rules.waiting && !meeting.documents.pagesOf(rules.waiting)) {
				throw new Refusal('no-document', 'there is no such document, or it has no pages to show')
			}
			return { events: meeting.change({ type: 'rules', ...rules, by }) }
		}
		case 'slide.show': {
			const { document, page } = command
			const pages = meeting.documents.find(document)?.pages ?? null
			return { events: meeting.change({ type: 'slide.show', document, page, pages, by }) }
		}
		case 'lobby.admitAll': {
			const waiting = meeting.lists.whole('lobby').set
			const taken = new Set<string>()
			const events = waiting.flatMap(({ id, match }) => {
				// Two of one name are not both that one: the second comes in as a guest.
				const as = match !== null && !taken.has(match) && mayBe(meeting.state, match) ? match : null
				if (as !== null) taken.add(as)
				return meeting.change({ type: 'lobby.admit', who: id, as, by })
			})
			return { events }
		}
		case 'question.ask':
			return { events: [], question: meeting.asked.ask(by, command.text) }
		case 'question.vote':
			meeting.asked.vote(by, command.question, command.on)
			return { events: [] }
		case 'question.answer':
		case 'question.drop':
		case 'question.bring':
		case 'question.send-back':
			return workOnQuestion(meeting, command, by)
		case 'relay.look':
			if (!by.runs) throw new Refusal('not-allowed', 'those who run the meeting look at what is sent')
			return { events: [], look: meeting.air.look() }
		case 'relay.start':
			meeting.air.check()
			return { events: meeting.change({ type: 'relay.start', by }) }
		case 'recording.start':
			meeting.air.check()
			return { events: meeting.change({ type: 'recording.start', recording: randomUUID(), by }) }
		case 'consent.ask':
			meeting.air.check()
			return { events: meeting.change({ type: 'consent.ask', keepDays: meeting.air.keepDays, by }) }
		case 'consent.give':
			return { events: meeting.change({ type: 'consent.give', recording: randomUUID(), by }) }
		case 'vote.open':
			return openVote(meeting, command, by)
		case 'groups.open': {
			const groups = command.groups.map((group) => ({ id: randomUUID(), ...group }))
			const request = { type: 'groups.open', groups, seconds: command.seconds ?? null, by } as const
			return { events: meeting.change(request), ids: groups.map(({ id }) => id) }
		}
		case 'groups.tell':
			if (!by.runs) throw new Refusal('not-allowed', 'those who run the class speak to its groups')
			meeting.listeners.tell({ type: 'groups.told', text: command.text }, ({ person }) => {
				return person !== null && groupOf(meeting.state, person) !== null
			})
			return { events: [] }
		case 'presence.ask':
			return { events: meeting.change({ type: 'presence.ask', check: randomUUID(), seconds: command.seconds, by }) }
		case 'certificates.issue': {
			const numbers = certificateNumbers(meeting.state.lesson.stays.keys())
			return { events: meeting.change({ type: 'certificates.issue', numbers, by }) }
		}
		case 'vote.close':
			return { events: meeting.course.closeVote(command.vote, by) }
		case 'vote.cast': {
			const request = requestOf(command, by, meeting.state) as Extract<MeetingRequest, { type: 'vote.cast' }>
			// Not even the asker is told what a secret ballot said.
			return { events: meeting.course.castBallot(request) }
		}
		case 'minutes.correct':
			return {
				events: meeting.change({
					type: 'minutes.correct',
					of: command.of,
					text: command.text,
					last: meeting.course.seq,
					by,
				}),
			}
		case 'hall.mute': {
			const events = meeting.change({ type: 'hall.mute', by })
			meeting.hall.shut()
			return { events }
		}
		case 'hall.mic':
			return micOf(meeting, command)
		case 'floor.grant':
		case 'floor.next':
		case 'floor.request': {
			const request = requestOf(command, by, meeting.state) as MeetingRequest
			const events = meeting.change(request)
			const hall = events.some((event) => event.type === 'floor.granted' && seatOf(meeting.state, event.who) !== null)
			return hall && meeting.hall.muted ? { events, warnings: ['hall-muted'] } : { events }
		}
		default: {
			const request = requestOf(command, by, meeting.state)
			return request ? { events: meeting.change(request) } : undefined
		}
	}
}

function workOnQuestion({ questions, asked }: LiveMeeting, command: Of<QuestionWork>, by: Actor): Done {
	if (asked.has(command.question)) {
		if (command.type === 'question.answer') asked.answer(by, command.question, command.text)
		else if (command.type === 'question.drop') asked.remove(by, command.question)
		else throw new Refusal('already-so', 'who asked this is in the meeting')
		return { events: [] }
	}
	if (!by.runs) throw new Refusal('not-allowed', 'those who run the meeting answer what viewers ask')
	switch (command.type) {
		case 'question.answer':
			questions.answer(command.question, command.text)
			break
		case 'question.drop':
			questions.drop(command.question)
			break
		case 'question.bring':
			return { events: [], person: questions.bring(command.question) }
		case 'question.send-back':
			questions.sendBack(command.question)
	}
	return { events: [] }
}

/** Whether somebody from the lobby may come in as this one: nobody gets the chair by a name. */
function mayBe(meeting: Meeting, person: string): boolean {
	const role = meeting.roll.get(person)?.role
	return !presides(role ?? null) && !isIn(meeting, person)
}

function enterRoll(meeting: LiveMeeting, given: readonly RollEntry[], by: Actor): Done {
	const seats: Record<string, string | null> = {}
	const sealed = given.map((entry) => {
		const id = entry.id ?? randomUUID()
		const { name, title, email, bureau, role, order } = entry
		// One who only watches has a member's word once they are made one.
		const { priority = rolePriority[role === 'observer' ? 'member' : role], weight = 1 } = entry
		if (entry.seat !== undefined) seats[id] = entry.seat
		const card = meeting.cards.seal(id, { name, title, email })
		return { keep: card.keep, entry: { id, role, bureau, order, priority, weight, card: card.hash } }
	})
	const entries = sealed.map(({ entry }) => entry)
	const events = meeting.change({ type: 'roll.enter', entries, seats, by }, () => {
		for (const { keep } of sealed) keep()
	})
	return { events, ids: entries.map(({ id }) => id) }
}

function openVote(meeting: LiveMeeting, plan: VotePlan & { type: string }, by: Actor): Done {
	const vote = randomUUID()
	const { title, kind, choices = null, majority = 'more', quorum = null, eligible = null } = plan
	const { weighted = false, proxies = {}, seconds = null, poll = null } = plan
	const events = meeting.change({
		type: 'vote.open',
		vote,
		title,
		kind,
		choices,
		majority,
		quorum,
		eligible,
		weighted,
		proxies,
		seconds,
		poll,
		by,
	})
	return { events, vote }
}

/** Who speaks from this seat: whoever is named for it, or the seat itself. Throws 'no-seat'. */
export function whoSits(meeting: Meeting, seat: string): string {
	if (!meeting.seats.has(seat)) throw new Refusal('no-seat', `there is no seat ${seat}`)
	return whoOfSeat(meeting, seat)
}

/** A seat's own button: whoever sits there asks, not the room that passes it on. */
function micOf(meeting: LiveMeeting, { seat, state }: Of<'hall.mic'>): Done {
	const id = whoSits(meeting.state, seat)
	const by = { id, runs: false, chair: isChair(meeting.state, id) }
	return { events: meeting.change({ type: 'hall.mic', seat, state, by }) }
}
