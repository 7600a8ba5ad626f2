import type { Asked, AskedEvent } from './asked.ts'
import type { CheckInEvent, InHall } from './check-in.ts'
import type { Meeting } from './meeting.ts'
import { isIn } from './people.ts'
import type { Watching, WatchingEvent } from './watching.ts'

/**
 * What a class (교육) has beyond a meeting: who of the trainees was there for how long, by presence checks that they
 * answered; groups that talk among themselves for a while; and certificates. Questions to all are votes (`Vote.poll`).
 * Pure; times are epoch milliseconds.
 */

export interface Lesson {
	/** How long the class has gone on, suspensions excluded. */
	readonly clock: Running
	/** Those who were there, by person. */
	readonly stays: ReadonlyMap<string, Stay>
	/** Those who checked in where the class is held, by person. */
	readonly hall: ReadonlyMap<string, InHall>
	/** Those who watch its relay and are known, by person. */
	readonly watching: ReadonlyMap<string, Watching>
	/** The presence check that goes on. */
	readonly check: Check | null
	/** Those that are over, by person: how many they were asked, how many they answered. */
	readonly checked: ReadonlyMap<string, { readonly asked: number; readonly answered: number }>
	readonly groups: Groups | null
	/** What trainees ask in writing, in the order that it was asked. */
	readonly asked: ReadonlyMap<string, Asked>
	/** By person. */
	readonly certificates: ReadonlyMap<string, Certificate>
}

interface Running {
	readonly usedMs: number
	readonly runningSince: number | null
}

/** `sureMs` was confirmed by a check; the clock is what came since, and is lost by a check that is missed. */
export interface Stay extends Running {
	readonly sureMs: number
	readonly firstAt: number
	readonly lastAt: number
}

interface Check {
	readonly id: string
	readonly askedAt: number
	readonly until: number
	/** Who was asked, with when they answered. */
	readonly asked: ReadonlyMap<string, number | null>
}

interface Groups {
	readonly list: readonly { readonly id: string; readonly name: string }[]
	/** Where everybody is; who is not here is with the class. */
	readonly of: ReadonlyMap<string, string>
	readonly since: number
	/** All come back then by themselves; null: when they are called. */
	readonly endsAt: number | null
}

interface Certificate {
	readonly number: string
	readonly at: number
	readonly presentPercent: number
	/** Null: there was no quiz. */
	readonly quizPercent: number | null
}

export type LessonEvent =
	| { type: 'presence.asked'; check: string; until: number; people: string[]; by: string }
	| { type: 'presence.answered'; check: string; person: string }
	| { type: 'presence.closed'; check: string; missed: string[]; by: string }
	| CheckInEvent
	| WatchingEvent
	| {
			type: 'groups.opened'
			groups: { id: string; name: string; people: string[] }[]
			endsAt: number | null
			by: string
	  }
	/** `group` null: back to the class. */
	| { type: 'groups.moved'; person: string; group: string | null; by: string }
	| { type: 'groups.closed'; by: string }
	| AskedEvent
	| ({ type: 'certificate.issued'; person: string; by: string } & Omit<Certificate, 'at'>)

export const noLesson: Lesson = {
	clock: { usedMs: 0, runningSince: null },
	stays: new Map(),
	hall: new Map(),
	watching: new Map(),
	check: null,
	checked: new Map(),
	groups: null,
	asked: new Map(),
	certificates: new Map(),
}

/** Whether this one takes part to learn: neither those who run the class nor the hall. */
export function isTrainee({ members, roll, lesson }: Meeting, person: string): boolean {
	const beside = lesson.hall.has(person) || lesson.watching.has(person)
	const role = members.get(person)?.role ?? (beside ? (roll.get(person)?.role ?? 'member') : undefined)
	return role === 'member' || role === 'observer'
}

/** Trainees who are in, in the order that they came. */
export function traineesIn(meeting: Meeting): string[] {
	return [...meeting.members.values()]
		.filter(({ id }) => isTrainee(meeting, id) && isIn(meeting, id))
		.sort((a, b) => a.joinedAt - b.joinedAt)
		.map(({ id }) => id)
}

/** Of those who watch, who is not in by a page of the class as well. */
export function watchersNow(meeting: Meeting): string[] {
	const { watching } = meeting.lesson
	return [...watching.keys()].filter((person) => {
		return watching.get(person)?.here && !isIn(meeting, person) && isTrainee(meeting, person)
	})
}

/** The group that somebody is in now; null: with the class. The hall is always with the class. */
export function groupOf({ lesson }: Meeting, person: string): string | null {
	return lesson.groups?.of.get(person) ?? null
}
