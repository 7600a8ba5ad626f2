import { Refusal } from '../protocol/errors.ts'
import { decideAsked } from './asked.ts'
import { decideCheckIn } from './check-in.ts'
import { groupOf, isTrainee, traineesIn, watchersNow } from './lesson.ts'
import type { Happening, Meeting } from './meeting.ts'
import { isIn } from './people.ts'
import type { AskedRequest, LessonRequest } from './requests.ts'
import { standingOf } from './trainees.ts'
import { decideWatching } from './watching.ts'
import { system } from './who.ts'

type Of<T extends LessonRequest['type']> = Extract<LessonRequest, { type: T }>

/** What follows from this request of a class, or why not. */
export function decideLesson(meeting: Meeting, request: LessonRequest, now: number): Happening[] | Refusal {
	if (request.type === 'presence.unwatch') return decideWatching(meeting, request)
	if (meeting.kind !== 'class') return new Refusal('not-allowed', 'this is for a class')
	if (request.type === 'presence.watch') return decideWatching(meeting, request)
	if (request.type === 'presence.come' || request.type === 'presence.go') return decideCheckIn(meeting, request)
	if (isOfQuestions(request)) return decideAsked(meeting, request)
	if (request.type !== 'presence.answer' && request.type !== 'groups.move' && !request.by.runs) {
		return new Refusal('not-allowed', 'this is for those who run the class')
	}
	switch (request.type) {
		case 'presence.ask':
			return ask(meeting, request, now)
		case 'presence.answer':
			return answer(meeting, request, now)
		case 'groups.open':
			return open(meeting, request, now)
		case 'groups.move':
			return move(meeting, request)
		case 'groups.close':
			return meeting.lesson.groups ? [{ type: 'groups.closed', by: request.by.id }] : []
		case 'certificates.issue':
			return issue(meeting, request, now)
	}
}

/** What is due by the clock: the end of a check, and of the groups. */
export function lessonDue({ lesson: { check, groups } }: Meeting, now: number): Happening[] {
	const happenings: Happening[] = []
	if (check && check.until <= now) {
		const missed = [...check.asked].filter(([, at]) => at === null).map(([person]) => person)
		happenings.push({ type: 'presence.closed', check: check.id, missed, by: system })
	}
	if (groups?.endsAt != null && groups.endsAt <= now) happenings.push({ type: 'groups.closed', by: system })
	return happenings
}

/** What ends with the class. A check that still goes on is held against nobody. */
export function lessonEndings({ lesson }: Meeting, by: string): Happening[] {
	return lesson.groups ? [{ type: 'groups.closed', by }] : []
}

function ask(meeting: Meeting, { check, seconds, by }: Of<'presence.ask'>, now: number): Happening[] | Refusal {
	if (meeting.phase !== 'open') return notNow(meeting)
	if (meeting.lesson.check) return new Refusal('already-so', 'a presence check goes on')
	// Who checked in at the hall is known to be there, and may have their page in a pocket.
	const people = [...traineesIn(meeting), ...watchersNow(meeting)].filter(
		(person) => !meeting.lesson.hall.get(person)?.here,
	)
	if (people.length === 0) return new Refusal('no-person', 'there is nobody to ask')
	return [{ type: 'presence.asked', check, until: now + seconds * 1000, people, by: by.id }]
}

function answer({ lesson }: Meeting, { check: id, by }: Of<'presence.answer'>, now: number): Happening[] | Refusal {
	const { check } = lesson
	// The clock's own tick may come a moment later.
	if (check?.id !== id || now >= check.until) return new Refusal('vote-closed', 'the time for this check is over')
	if (!check.asked.has(by.id)) return new Refusal('not-eligible', 'this person was not asked')
	return check.asked.get(by.id) === null ? [{ type: 'presence.answered', check: id, person: by.id }] : []
}

function open(meeting: Meeting, request: Of<'groups.open'>, now: number): Happening[] | Refusal {
	const { groups, seconds, by } = request
	if (meeting.phase !== 'open') return notNow(meeting)
	if (meeting.lesson.groups) return new Refusal('already-so', 'the class is in groups already')
	const people = groups.flatMap((group) => group.people)
	const twice = new Set(people).size < people.length || new Set(groups.map(({ id }) => id)).size < groups.length
	if (groups.length < 2 || twice) return new Refusal('bad-message', 'two groups at least, and nobody in two of them')
	const stranger = people.find((person) => !isTrainee(meeting, person) || !isIn(meeting, person))
	if (stranger !== undefined) return new Refusal('no-person', `no trainee of this id is in: ${stranger}`)
	const endsAt = seconds === null ? null : now + seconds * 1000
	return [{ type: 'groups.opened', groups, endsAt, by: by.id }]
}

/** A trainee comes back by themselves; those who run the class go where they like, and send others. */
function move(meeting: Meeting, { who, group, by }: Of<'groups.move'>): Happening[] | Refusal {
	const { groups } = meeting.lesson
	if (!groups) return new Refusal('no-line', 'the class is not in groups')
	if (!by.runs && (who !== by.id || group !== null)) {
		return new Refusal('not-allowed', 'a trainee only comes back, and by themselves')
	}
	if (!isIn(meeting, who) || meeting.members.get(who)?.role === 'room') {
		return new Refusal('no-person', 'this person is not in the class')
	}
	if (group !== null && !groups.list.some(({ id }) => id === group)) return new Refusal('no-line', 'no such group')
	return groupOf(meeting, who) === group ? [] : [{ type: 'groups.moved', person: who, group, by: by.id }]
}

/** To everybody who meets the rule and has none. `numbers`: made for this, one for each person that there is. */
function issue(meeting: Meeting, { numbers, by }: Of<'certificates.issue'>, now: number): Happening[] {
	return standingOf(meeting, now).trainees.flatMap((one) => {
		const number = numbers[one.person]
		if (!one.passes || one.certificate !== null || number === undefined) return []
		const { person, presentPercent, quizPercent } = one
		return [{ type: 'certificate.issued', person, number, presentPercent, quizPercent, by: by.id } as const]
	})
}

function isOfQuestions(request: LessonRequest): request is AskedRequest {
	return request.type.startsWith('question.')
}

function notNow({ phase }: Meeting): Refusal {
	return phase === 'suspended'
		? new Refusal('suspended', 'the class is suspended')
		: new Refusal('meeting-not-open', 'the class has not been opened yet')
}
