import { offAir } from '../protocol/relay.ts'
import { openRules } from '../protocol/rules.ts'
import { evolveBroadcast } from './broadcast.ts'
import { evolveConsent } from './consent.ts'
import { evolveAgenda } from './evolve-agenda.ts'
import { evolveFloor, resumeClocks, stopClocks } from './evolve-floor.ts'
import { evolveLesson, followClocks } from './evolve-lesson.ts'
import { evolvePeople, type PeopleEvent } from './evolve-people.ts'
import { evolveVote } from './evolve-vote.ts'
import { type LessonEvent, noLesson } from './lesson.ts'
import type {
	AgendaEvent,
	BroadcastEvent,
	ConsentEvent,
	FloorEvent,
	Meeting,
	MeetingEvent,
	VoteEvent,
} from './meeting.ts'

/** The meeting after this event. An event that was decided never fails; one out of place changes nothing. */
export function evolve(meeting: Meeting | null, event: MeetingEvent): Meeting | null {
	if (event.type === 'meeting.planned') return meeting ?? planned(event)
	return meeting && followClocks(meeting, evolved(meeting, event), event.at)
}

function planned(event: Extract<MeetingEvent, { type: 'meeting.planned' }>): Meeting {
	const { meeting: id, title, kind, startsAt } = event
	return {
		id,
		title,
		kind,
		sealedAs: kind,
		phase: 'planned',
		startsAt,
		openedAt: null,
		rules: openRules,
		members: new Map(),
		links: new Map(),
		roll: new Map(),
		calledAt: null,
		lobby: new Map(),
		admitted: new Map(),
		removed: new Map(),
		seats: new Map(),
		hall: null,
		hallMutes: 0,
		floor: { speaking: [], asking: [], spokenMs: new Map() },
		agenda: [],
		slide: null,
		votes: new Map(),
		spotlight: null,
		drivers: new Map(),
		broadcast: offAir,
		lesson: noLesson,
	}
}

function evolved(meeting: Meeting, event: Exclude<MeetingEvent, { type: 'meeting.planned' }>): Meeting {
	const { at } = event
	switch (event.type) {
		case 'meeting.opened':
			return { ...meeting, phase: 'open', openedAt: at }
		case 'meeting.suspended':
			return stopClocks({ ...meeting, phase: 'suspended' }, at)
		case 'meeting.resumed':
			return resumeClocks({ ...meeting, phase: 'open' }, at)
		case 'meeting.closed':
			return evolvePeople({ ...stopClocks(meeting, at), phase: 'closed', slide: null }, event)
		case 'meeting.turned':
			return { ...meeting, kind: event.kind, broadcast: { ...meeting.broadcast, consent: null } }
		case 'rules.set':
			// Rules that came later are missing in an older journal.
			return withoutDrivers({ ...meeting, rules: { ...openRules, ...event.rules } })
		case 'link.issued': {
			const { jti, role, person } = event
			return { ...meeting, links: new Map(meeting.links).set(jti, { role, person }) }
		}
		// Words: the meeting itself is as before.
		case 'minutes.noted':
		case 'minutes.corrected':
		case 'chat.said':
		case 'chat.removed':
			return meeting
	}
	if (isOf<FloorEvent>(event, 'floor.')) return evolveFloor(meeting, event)
	if (isOf<AgendaEvent>(event, 'agenda.', 'item.', 'slide.')) return evolveAgenda(meeting, event)
	if (isOf<BroadcastEvent>(event, 'relay.', 'recording.', 'programme.')) return evolveBroadcast(meeting, event)
	if (isOf<ConsentEvent>(event, 'consent.')) return evolveConsent(meeting, event)
	if (isOf<LessonEvent>(event, 'presence.', 'groups.', 'question.', 'certificate.')) return evolveLesson(meeting, event)
	if (isOf<VoteEvent>(event, 'vote.', 'ballot.')) return evolveVote(meeting, event)
	return evolvePeople(meeting, event as PeopleEvent)
}

/** Where nobody may move a camera, all that was let is taken back. */
function withoutDrivers(meeting: Meeting): Meeting {
	return meeting.rules.cameras === 'nobody' ? { ...meeting, drivers: new Map() } : meeting
}

function isOf<T extends { type: string }>(
	event: { type: string; at: number },
	...prefixes: string[]
): event is T & { at: number } {
	return prefixes.some((prefix) => event.type.startsWith(prefix))
}
