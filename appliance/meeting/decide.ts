import { Refusal } from '../protocol/errors.ts'
import { type MeetingRole, presiding } from '../protocol/roles.ts'
import { broadcastBeginnings, broadcastEndings, decideBroadcast, decideRemoval } from './broadcast.ts'
import { decideChat } from './chat.ts'
import { decideAgenda, endOfItem } from './decide-agenda.ts'
import { decideConsent, withConsent } from './decide-consent.ts'
import { decideFloor } from './decide-floor.ts'
import { decideKind } from './decide-kind.ts'
import { decideLesson, lessonDue, lessonEndings } from './decide-lesson.ts'
import { decidePeople } from './decide-people.ts'
import { cancelOpenVotes, decideVote } from './decide-vote.ts'
import { floorEndings, withFloorConsequences } from './floor-consequences.ts'
import type { Happening, Meeting, MeetingEvent } from './meeting.ts'
import { comingRole, isIn } from './people.ts'
import type {
	AgendaRequest,
	BroadcastRequest,
	ConsentRequest,
	FloorRequest,
	LessonRequest,
	MeetingRequest,
	PeopleRequest,
	VoteRequest,
} from './requests.ts'
import { system } from './who.ts'

/** One small machine carries 200 people; more than this is somebody pressing a shared link again and again. */
export const capacity = 500

/** Roles that prepare the meeting and so may be in it before it is opened. */
const early: readonly MeetingRole[] = [...presiding, 'room']

/** Requests that have seen to the floor already, or change nothing there. */
const quiet = [
	...['floor.', 'hall.mic', 'rules', 'tick', 'vote.', 'minutes.', 'chat.', 'issueLink', 'close'],
	...['relay.', 'recording.', 'consent.', 'programme.', 'kind', 'presence.', 'groups.', 'question.', 'certificates.'],
]

/** What the clock and the rules bring about belongs to the floor. */
export type Tick = Extract<MeetingRequest, { type: 'tick' | 'rules' }>

/** The events that follow (none: it is so already, and that is well), or why not. Pure: the same in, the same out. */
export function decide(meeting: Meeting | null, request: MeetingRequest, now: number): MeetingEvent[] | Refusal {
	const decided = meeting ? withConsequences(meeting, request, now) : plan(request)
	return decided instanceof Refusal ? decided : decided.map((happening) => ({ ...happening, at: now }))
}

function plan(request: MeetingRequest): Happening[] | Refusal {
	if (request.type !== 'plan') return new Refusal('no-meeting', 'there is no such meeting')
	const { meeting, title, kind, startsAt } = request
	return [{ type: 'meeting.planned', meeting, title, kind, startsAt }]
}

function withConsequences(meeting: Meeting, request: MeetingRequest, now: number): Happening[] | Refusal {
	const decided = follows(meeting, request, now)
	if (decided instanceof Refusal || decided.length === 0 || meeting.phase === 'closed') return decided
	const followed = isOf(request, ...quiet) ? decided : withFloorConsequences(meeting, decided, now)
	return withConsent(meeting, followed, now)
}

function follows(meeting: Meeting, request: MeetingRequest, now: number): Happening[] | Refusal {
	const { phase } = meeting
	// People may still be said to have gone: their sockets close after the meeting does.
	if (request.type === 'goAway' || request.type === 'leave') return depart(meeting, request.type, request.person)
	// A recording is finished after its meeting.
	if (request.type === 'recording.keep') {
		const { type: _, ...kept } = request
		return [{ type: 'recording.kept', ...kept, by: system }]
	}
	if (request.type === 'recording.remove') return decideRemoval(meeting, request)
	if (phase === 'closed') return new Refusal('meeting-closed', 'the meeting has been closed')
	switch (request.type) {
		case 'plan':
			return new Refusal('already-so', 'the meeting is planned already')
		case 'open':
			if (phase !== 'planned') return new Refusal('already-so', 'the meeting has been opened already')
			return [{ type: 'meeting.opened', by: request.by }, ...broadcastBeginnings(meeting, request.recording)]
		case 'suspend':
			if (phase === 'planned') return notOpen()
			if (phase === 'suspended') return new Refusal('already-so', 'the meeting is suspended already')
			return [{ type: 'meeting.suspended', by: request.by }]
		case 'resume':
			if (phase === 'planned') return notOpen()
			if (phase === 'open') return new Refusal('already-so', 'the meeting is going on already')
			return [{ type: 'meeting.resumed', by: request.by }]
		case 'close':
			return [...endingHappenings(meeting, request.by, now), { type: 'meeting.closed', by: request.by }]
		case 'issueLink':
			return [{ type: 'link.issued', jti: request.jti, role: request.role, person: request.person }]
		case 'join':
			return join(meeting, request)
		case 'chat.say':
		case 'chat.remove':
			return decideChat(meeting, request)
		case 'minutes.note':
			return [{ type: 'minutes.noted', text: request.text, by: request.by.id }]
		case 'minutes.correct': {
			const { of, text, last, by } = request
			if (of > last) return new Refusal('bad-message', `the journal has no event ${of}`)
			return [{ type: 'minutes.corrected', of, text, by: by.id }]
		}
	}
	if (request.type === 'tick') {
		const due = decideFloor(meeting, request, now)
		return due instanceof Refusal ? due : [...due, ...lessonDue(meeting, now)]
	}
	if (request.type === 'kind') return decideKind(meeting, request, now)
	if (isOf<LessonRequest>(request, 'presence.', 'groups.', 'question.', 'certificates.'))
		return decideLesson(meeting, request, now)
	if (isOf<FloorRequest | Tick>(request, 'floor.', 'hall.mic', 'rules', 'tick'))
		return decideFloor(meeting, request, now)
	if (isOf<BroadcastRequest>(request, 'relay.', 'recording.', 'programme.')) return decideBroadcast(meeting, request)
	if (isOf<ConsentRequest>(request, 'consent.')) return decideConsent(meeting, request, now)
	if (isOf<AgendaRequest>(request, 'agenda.', 'slide.')) return decideAgenda(meeting, request, now)
	if (isOf<VoteRequest>(request, 'vote.')) return decideVote(meeting, request, now)
	return decidePeople(meeting, request as PeopleRequest)
}

/** What ends with the meeting, and is told before it. */
function endingHappenings(meeting: Meeting, by: string, now: number): Happening[] {
	return [
		...cancelOpenVotes(meeting, by),
		...lessonEndings(meeting, by),
		...floorEndings(meeting, by, now),
		...endOfItem(meeting, by, now),
		...broadcastEndings(meeting, by),
	]
}

/**
 * Whoever comes in has the role that the meeting gave them last: changed here, else as the roll says, else as their link
 * does. A link is good for the role it was made for and for the one its person has now; for no other, so that nobody
 * comes to preside by a link that is shared.
 */
function join(
	meeting: Meeting,
	{ person, role: shown, name }: MeetingRequest & { type: 'join' },
): Happening[] | Refusal {
	const member = meeting.members.get(person)
	const role = comingRole(meeting, person, shown)
	if (shown !== role && shown !== member?.given)
		return new Refusal('not-allowed', `this person is in the meeting as ${role}`)
	if (meeting.phase === 'planned' && !early.includes(role)) return notOpen()
	if (meeting.removed.has(person)) return new Refusal('removed', 'this person was removed and is to be let in')
	if (meeting.rules.lobby !== 'off' && meeting.lobby.has(person))
		return new Refusal('not-allowed', 'this person waits to be let in')
	if (!member || !isIn(meeting, person)) {
		const present = [...meeting.members.keys()].filter((one) => isIn(meeting, one)).length
		if (present >= capacity) return new Refusal('full', `the meeting has ${capacity} people already`)
		return [{ type: 'person.joined', person, role, name }]
	}
	const happenings: Happening[] = []
	if (member.presence === 'away') happenings.push({ type: 'person.returned', person })
	if (member.name !== name) happenings.push({ type: 'person.named', person, name })
	return happenings
}

function depart(meeting: Meeting, type: 'goAway' | 'leave', person: string): Happening[] | Refusal {
	const member = meeting.members.get(person)
	if (!member) return new Refusal('not-joined', 'this person is not in the meeting')
	if (!isIn(meeting, person)) return []
	if (type === 'leave') return [{ type: 'person.left', person }]
	return member.presence === 'here' ? [{ type: 'person.away', person }] : []
}

function notOpen(): Refusal {
	return new Refusal('meeting-not-open', 'the meeting has not been opened yet')
}

function isOf<T extends { type: string }>(request: { type: string }, ...prefixes: string[]): request is T {
	return prefixes.some((prefix) => request.type.startsWith(prefix))
}
