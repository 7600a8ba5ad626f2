import { decide } from '../../appliance/meeting/decide.ts'
import { evolve } from '../../appliance/meeting/evolve.ts'
import type { Expected, Meeting, MeetingEvent } from '../../appliance/meeting/meeting.ts'
import type { Actor, MeetingRequest } from '../../appliance/meeting/requests.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'
import type { MeetingRole } from '../../appliance/protocol/roles.ts'
import type { MeetingKind } from '../../appliance/protocol/room-state.ts'

/** A meeting that is asked one thing after the other, with a clock that the test sets. */

export const chair: Actor = { id: 'chair', runs: true, chair: true }
export const clerk: Actor = { id: 'clerk', runs: true, chair: false }
export const desk: Actor = { id: 'desk-token', runs: true, chair: true }
export const as = (id: string): Actor => ({ id, runs: false, chair: false })

export interface Chamber {
	now: number
	readonly meeting: Meeting
	readonly events: readonly MeetingEvent[]
	/** The types of what followed, or the code of the refusal. */
	ask(request: MeetingRequest): string[] | string
	/** The same for several; answers to the last. */
	all(...requests: MeetingRequest[]): string[] | string
}

/** Planned only. */
export function planned(kind: MeetingKind = 'council'): Chamber {
	let meeting: Meeting | null = null
	const events: MeetingEvent[] = []
	const chamber: Chamber = {
		now: 1000,
		get meeting() {
			if (!meeting) throw new Error('not planned')
			return meeting
		},
		events,
		ask(request) {
			const answer = decide(meeting, request, chamber.now)
			if (answer instanceof Refusal) return answer.code
			meeting = answer.reduce(evolve, meeting)
			events.push(...answer)
			return answer.map(({ type }) => type)
		},
		all: (...requests) => requests.map((request) => chamber.ask(request)).at(-1) ?? [],
	}
	chamber.ask({ type: 'plan', meeting: 'm1', title: '확대간부회의', kind, startsAt: null })
	return chamber
}

/** Opened. */
export function opened(kind?: MeetingKind): Chamber {
	const chamber = planned(kind)
	chamber.ask({ type: 'open', by: 'chair' })
	return chamber
}

export const join = (person: string, role: MeetingRole = 'member'): MeetingRequest => ({
	type: 'join',
	person,
	role,
	name: `card of ${person}`,
})

type Entry = Omit<Expected, 'attendance' | 'at'>

export const entry = (id: string, difference: Partial<Entry> = {}): Entry => ({
	id,
	role: 'member',
	bureau: '기획국',
	order: 1,
	priority: 3,
	weight: 1,
	card: `card of ${id}`,
	...difference,
})

export const enter = (entries: readonly (string | Entry)[], seats: Record<string, string | null> = {}, by = desk) =>
	({
		type: 'roll.enter',
		entries: entries.map((one) => (typeof one === 'string' ? entry(one) : one)),
		seats,
		by,
	}) satisfies MeetingRequest
