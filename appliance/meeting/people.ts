import type { MeetingRole } from '../protocol/roles.ts'
import type { Expected, Meeting } from './meeting.ts'

/** Who is in, who sits in the hall, who is there: questions that several rules ask. */

const rollRoles: readonly MeetingRole[] = ['chair', 'clerk', 'member', 'observer']

export function isRollRole(role: MeetingRole): role is Expected['role'] {
	return rollRoles.includes(role)
}

/** In the meeting; their page may be away for a moment. */
export function isIn({ members }: Meeting, person: string): boolean {
	const presence = members.get(person)?.presence
	return presence === 'here' || presence === 'away'
}

/** The role of whoever comes in: as it was changed in the meeting, else as the roll says, else as their link does. */
export function comingRole({ members, roll }: Meeting, person: string, shown: MeetingRole): MeetingRole {
	return members.get(person)?.role ?? roll.get(person)?.role ?? shown
}

/** Where they sit in the hall; null: nowhere. */
export function seatOfPerson({ seats }: Meeting, person: string): string | null {
	for (const [seat, { person: occupant }] of seats) if (occupant === person) return seat
	return null
}

/** Of the roll, marked as there, at a seat of the hall: they need no page of their own. */
export function isMarkedAtSeat(meeting: Meeting, person: string): boolean {
	const attendance = meeting.roll.get(person)?.attendance
	return (attendance === 'present' || attendance === 'late') && seatOfPerson(meeting, person) !== null
}

/** The hash of the card that somebody is named by: as the roll has them, else as they came. Undefined: there is nobody of this id. */
export function cardHashOf({ roll, members, lesson }: Meeting, person: string): string | undefined {
	return (
		roll.get(person)?.card ??
		members.get(person)?.name ??
		lesson.hall.get(person)?.name ??
		lesson.watching.get(person)?.name
	)
}
