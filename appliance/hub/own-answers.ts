import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import { ballotsOf } from '../meeting/vote-view.ts'
import type { Listener } from './listeners.ts'
import { ownCheck } from './views.ts'

/**
 * What a vote, or the question who is there, means for each person alone: told to their pages when it comes, when it is
 * over, and when an answer of theirs was taken. `meeting`: as it is after the event.
 */
export function tellOwnAnswers(event: MeetingEvent, meeting: Meeting, listeners: Iterable<Listener>) {
	switch (event.type) {
		case 'vote.opened':
		case 'vote.closed':
		case 'vote.cancelled':
			for (const listener of listeners) tellBallots(meeting, listener)
			return
		case 'ballot.cast':
			for (const listener of listeners) {
				const who = whoseAnswers(listener)
				if (who === event.who || who === event.by) tellBallots(meeting, listener)
			}
			return
		case 'presence.asked':
		case 'presence.closed':
			for (const listener of listeners) tellCheck(meeting, listener)
			return
		case 'presence.answered':
			for (const listener of listeners) if (whoseAnswers(listener) === event.person) tellCheck(meeting, listener)
	}
}

/** In the meeting, or watching a class and known; null: nobody's. */
function whoseAnswers({ person, watches }: Listener): string | null {
	return person ?? watches ?? null
}

function tellBallots(meeting: Meeting, listener: Listener) {
	const person = whoseAnswers(listener)
	if (person !== null) listener.hear({ type: 'ballots', ballots: ballotsOf(meeting, person) })
}

function tellCheck(meeting: Meeting, listener: Listener) {
	const person = whoseAnswers(listener)
	if (person !== null) listener.hear({ type: 'check', check: ownCheck(meeting, person) })
}
