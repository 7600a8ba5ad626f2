import { Refusal } from '../protocol/errors.ts'
import { presides } from '../protocol/roles.ts'
import type { Happening, Meeting } from './meeting.ts'

/**
 * Trainees of a class who come to the hall and say so with their own phone: once for each person and each phone, so that
 * nobody checks in a friend as well. Whether the phone stands in the hall is settled before (hub/hall-codes.ts). Pure.
 */

/** As many as there may be in a meeting by their pages. */
const most = 500

export interface InHall {
	/** Hash of the sealed card; of one on the roll it is the roll's. */
	readonly name: string
	/** The digest of what their phone calls itself: it differs from class to class. */
	readonly phone: string
	/** Whether they are there now. */
	readonly here: boolean
	readonly at: number
}

export type CheckInEvent =
	| { type: 'presence.came'; person: string; name: string; phone: string }
	| { type: 'presence.went'; person: string; phone: string }

export type CheckInRequest =
	| { type: 'presence.come'; person: string; name: string; phone: string }
	| { type: 'presence.go'; phone: string }

/** What follows, or why not. */
export function decideCheckIn(meeting: Meeting, request: CheckInRequest): Happening[] | Refusal {
	const { phone } = request
	const before = ofPhone(meeting, phone)
	if (request.type === 'presence.go') {
		if (before === null) return new Refusal('no-person', 'nobody checked in with this phone')
		return meeting.lesson.hall.get(before)?.here ? [{ type: 'presence.went', person: before, phone }] : []
	}
	const { person, name } = request
	if (before !== null && before !== person) return new Refusal('phone-used', 'somebody else checked in with this phone')
	const known = meeting.lesson.hall.get(person)
	if (known && known.phone !== phone) return new Refusal('elsewhere', 'this person checked in with another phone')
	const entry = meeting.roll.get(person)
	const role = meeting.members.get(person)?.role ?? entry?.role ?? 'member'
	if (presides(role) || role === 'room') return new Refusal('not-allowed', 'who runs the class does not check in')
	if (known?.here) return []
	if (!known && meeting.lesson.hall.size >= most) return new Refusal('full', `${most} people checked in already`)
	const came: Happening = { type: 'presence.came', person, name, phone }
	if (!entry || entry.attendance === 'present' || entry.attendance === 'late') return [came]
	const attendance = meeting.calledAt === null ? 'present' : 'late'
	return [came, { type: 'roll.marked', person, attendance, by: person }]
}

/** Who is in the hall after this. */
export function evolveCheckIn(
	hall: ReadonlyMap<string, InHall>,
	event: CheckInEvent & { at: number },
): ReadonlyMap<string, InHall> {
	const { person, phone, at } = event
	if (event.type === 'presence.came') return new Map(hall).set(person, { name: event.name, phone, here: true, at })
	const known = hall.get(person)
	return known ? new Map(hall).set(person, { ...known, here: false, at }) : hall
}

/** Who checked in with this phone; null: nobody yet. */
export function ofPhone({ lesson }: Meeting, phone: string): string | null {
	for (const [person, one] of lesson.hall) if (one.phone === phone) return person
	return null
}
