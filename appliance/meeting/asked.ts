import { Refusal } from '../protocol/errors.ts'
import { groupOf, isTrainee } from './lesson.ts'
import type { Happening, Meeting } from './meeting.ts'
import { isIn } from './people.ts'
import type { AskedRequest } from './requests.ts'

/**
 * What the trainees of a class ask in writing, and vote for: one list, which those who run the class answer from. A
 * question that was asked in a group is seen by that group until all are back, and by those who run the class. Pure.
 */

export interface Asked {
	readonly id: string
	readonly by: string
	/** The hash of what the vault keeps under the asker's key. */
	readonly text: string
	readonly at: number
	/** Where it was asked; null: in the class. */
	readonly group: string | null
	/** Who would like it answered as well, with since when. */
	readonly votes: ReadonlyMap<string, number>
	/** Null: it waits. */
	readonly answer: { readonly by: string; readonly text: string | null; readonly at: number } | null
}

export type AskedEvent =
	| { type: 'question.asked'; question: string; person: string; text: string; group: string | null }
	| { type: 'question.voted'; question: string; person: string; on: boolean }
	/** `text` null: aloud. */
	| { type: 'question.answered'; question: string; text: string | null; by: string }
	| { type: 'question.removed'; question: string; by: string }

/** So many of one trainee wait for an answer at a time. */
const mostWaiting = 3
/** So many are kept; the oldest that are answered go first, and then no more are taken. */
const mostKept = 200

type Of<T extends AskedRequest['type']> = Extract<AskedRequest, { type: T }>

/** What follows from this, or why not. */
export function decideAsked(meeting: Meeting, request: AskedRequest): Happening[] | Refusal {
	if (request.type === 'question.ask') return ask(meeting, request)
	const asked = meeting.lesson.asked.get(request.question)
	if (!asked) return gone()
	switch (request.type) {
		case 'question.vote':
			return vote(meeting, request, asked)
		case 'question.answer':
			return answer(request, asked)
		case 'question.remove': {
			const { by, question } = request
			if (!by.runs && asked.by !== by.id) return gone()
			return [{ type: 'question.removed', question, by: by.id }]
		}
	}
}

/** The class's questions after one of their events. */
export function evolveAsked(
	asked: ReadonlyMap<string, Asked>,
	event: AskedEvent & { at: number },
): ReadonlyMap<string, Asked> {
	const { question: id, at } = event
	const known = asked.get(id)
	switch (event.type) {
		case 'question.asked': {
			const { person: by, text, group } = event
			const next = new Map(asked).set(id, { id, by, text, at, group, votes: new Map(), answer: null })
			const old = next.size > mostKept ? [...next.values()].find(({ answer }) => answer !== null) : undefined
			if (old) next.delete(old.id)
			return next
		}
		case 'question.voted': {
			if (!known) return asked
			const votes = new Map(known.votes)
			if (event.on) votes.set(event.person, at)
			else votes.delete(event.person)
			return new Map(asked).set(id, { ...known, votes })
		}
		case 'question.answered':
			return known ? new Map(asked).set(id, { ...known, answer: { by: event.by, text: event.text, at } }) : asked
		case 'question.removed': {
			const rest = new Map(asked)
			rest.delete(id)
			return rest
		}
	}
}

/** Whether this trainee sees it now. */
export function seesAsked(meeting: Meeting, { group, by }: Asked, person: string): boolean {
	const apart = group !== null && meeting.lesson.groups?.list.some(({ id }) => id === group)
	return !apart || by === person || groupOf(meeting, person) === group
}

function ask(meeting: Meeting, { question, text, by }: Of<'question.ask'>): Happening[] | Refusal {
	const { asked } = meeting.lesson
	if (!mayTakePart(meeting, by.id)) return notATrainee()
	if (meeting.phase === 'planned') return new Refusal('meeting-not-open', 'the class has not been opened yet')
	const waiting = [...asked.values()].filter(({ answer }) => answer === null)
	if (waiting.filter((one) => one.by === by.id).length >= mostWaiting)
		return new Refusal('too-many', `${mostWaiting} questions of theirs wait for an answer already`)
	if (waiting.length >= mostKept) return new Refusal('too-many', `${mostKept} questions wait for an answer already`)
	return [{ type: 'question.asked', question, person: by.id, text, group: groupOf(meeting, by.id) }]
}

/** Once each; what one asks oneself needs no vote of one's own. */
function vote(meeting: Meeting, { question, on, by }: Of<'question.vote'>, asked: Asked): Happening[] | Refusal {
	if (!mayTakePart(meeting, by.id)) return notATrainee()
	if (!seesAsked(meeting, asked, by.id)) return gone()
	if (asked.by === by.id) return new Refusal('not-allowed', 'this question is their own')
	if (asked.answer) return new Refusal('already-so', 'it is answered')
	return asked.votes.has(by.id) === on ? [] : [{ type: 'question.voted', question, person: by.id, on }]
}

/** What was answered aloud may be written afterwards, and what was written may be set right. */
function answer({ question, text, by }: Of<'question.answer'>, asked: Asked): Happening[] | Refusal {
	if (!by.runs) return new Refusal('not-allowed', 'those who run the class answer')
	if (asked.answer && text === null) return []
	return [{ type: 'question.answered', question, text, by: by.id }]
}

function mayTakePart(meeting: Meeting, person: string): boolean {
	return isTrainee(meeting, person) && isIn(meeting, person)
}

function notATrainee(): Refusal {
	return new Refusal('not-allowed', 'this is for the trainees of the class')
}

function gone(): Refusal {
	return new Refusal('no-line', 'there is no such question')
}
