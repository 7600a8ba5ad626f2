import { evolveAsked } from './asked.ts'
import { evolveCheckIn } from './check-in.ts'
import { running, stopped, usedMs } from './clock.ts'
import { isTrainee, type Lesson, type LessonEvent, type Stay } from './lesson.ts'
import type { Meeting } from './meeting.ts'
import { evolveWatching } from './watching.ts'

/** The class after one of its own events. */
export function evolveLesson(meeting: Meeting, event: LessonEvent & { at: number }): Meeting {
	const lesson = lessonAfter(meeting.lesson, event)
	return lesson === meeting.lesson ? meeting : { ...meeting, lesson }
}

function lessonAfter(lesson: Lesson, event: LessonEvent & { at: number }): Lesson {
	const { at } = event
	switch (event.type) {
		case 'presence.asked': {
			const { check: id, until, people } = event
			return { ...lesson, check: { id, askedAt: at, until, asked: new Map(people.map((person) => [person, null])) } }
		}
		case 'presence.answered': {
			const { check } = lesson
			if (check?.id !== event.check) return lesson
			return { ...lesson, check: { ...check, asked: new Map(check.asked).set(event.person, at) } }
		}
		case 'presence.closed':
			return lesson.check?.id === event.check ? closed(lesson, new Set(event.missed), at) : lesson
		case 'presence.came':
		case 'presence.went':
			return { ...lesson, hall: evolveCheckIn(lesson.hall, event) }
		case 'presence.watched':
		case 'presence.unwatched':
			return { ...lesson, watching: evolveWatching(lesson.watching, event) }
		case 'groups.opened': {
			const { groups, endsAt } = event
			const list = groups.map(({ id, name }) => ({ id, name }))
			const of = new Map(groups.flatMap(({ id, people }) => people.map((person) => [person, id] as const)))
			return { ...lesson, groups: { list, of, since: at, endsAt } }
		}
		case 'groups.moved': {
			if (!lesson.groups) return lesson
			const of = new Map(lesson.groups.of)
			if (event.group === null) of.delete(event.person)
			else of.set(event.person, event.group)
			return { ...lesson, groups: { ...lesson.groups, of } }
		}
		case 'groups.closed':
			return { ...lesson, groups: null }
		case 'question.asked':
		case 'question.voted':
		case 'question.answered':
		case 'question.removed':
			return { ...lesson, asked: evolveAsked(lesson.asked, event) }
		case 'certificate.issued': {
			const { person, number, presentPercent, quizPercent } = event
			const certificate = { number, at, presentPercent, quizPercent }
			return { ...lesson, certificates: new Map(lesson.certificates).set(person, certificate) }
		}
	}
}

/** Who answered was there all along since the check before; of who did not, nobody knows. */
function closed(lesson: Lesson, missed: ReadonlySet<string>, at: number): Lesson {
	const stays = new Map(lesson.stays)
	const checked = new Map(lesson.checked)
	for (const person of lesson.check?.asked.keys() ?? []) {
		const { asked, answered } = checked.get(person) ?? { asked: 0, answered: 0 }
		const isThere = !missed.has(person)
		checked.set(person, { asked: asked + 1, answered: answered + Number(isThere) })
		const stay = stays.get(person)
		if (!stay) continue
		const sureMs = stay.sureMs + (isThere ? usedMs(stay, at) : 0)
		stays.set(person, { ...stay, sureMs, usedMs: 0, runningSince: stay.runningSince === null ? null : at })
	}
	return { ...lesson, check: null, checked, stays }
}

/** The clocks of the class and its trainees follow whatever happened: they run while it is open, for who is there. */
export function followClocks(before: Meeting, after: Meeting, at: number): Meeting {
	const { lesson } = after
	const { hall, watching } = lesson
	const same = before.members === after.members && before.lesson.hall === hall && before.lesson.watching === watching
	if (same && before.phase === after.phase && before.kind === after.kind) return after
	const goesOn = after.kind === 'class' && after.phase === 'open'
	const clock = turned(lesson.clock, goesOn, at)
	const stays = new Map(lesson.stays)
	for (const id of new Set([...after.members.keys(), ...hall.keys(), ...watching.keys()])) {
		const known: Stay | undefined = stays.get(id)
		const beside = hall.get(id)?.here === true || watching.get(id)?.here === true
		const there = after.members.get(id)?.presence === 'here' || beside
		const counts = goesOn && there && isTrainee(after, id)
		if (!known && !counts) continue
		const stay = known ?? { sureMs: 0, usedMs: 0, runningSince: null, firstAt: at, lastAt: at }
		const next = turned(stay, counts, at)
		if (next !== known) stays.set(id, { ...next, lastAt: at })
	}
	return { ...after, lesson: { ...lesson, clock, stays } }
}

function turned<T extends { readonly usedMs: number; readonly runningSince: number | null }>(
	clock: T,
	runs: boolean,
	at: number,
): T {
	if (runs === (clock.runningSince !== null)) return clock
	return runs ? running(clock, at) : stopped(clock, at)
}
