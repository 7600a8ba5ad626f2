import type { MeetingRole } from '../protocol/roles.ts'
import { rolePriority } from '../protocol/rules.ts'
import { seatIn, whoIsSeat } from '../protocol/who.ts'
import type { Meeting } from './meeting.ts'
import { isIn, seatOfPerson } from './people.ts'

/** Who may have the floor: people of the meeting, people of the roll who sit in the hall, and seats of the hall. */

/** The `by` of what follows from the rules and the clock by itself. */
export const system = 'system'

const seatPriority = rolePriority.member
const speakingRoles: readonly MeetingRole[] = ['chair', 'clerk', 'member']

/**
 * Who speaks from this seat: the one who is named for it, else the seat itself. A seat that waits or speaks already stays
 * what it is until that is over, also when somebody is named for it meanwhile.
 */
export function whoOfSeat(meeting: Meeting, seat: string): string {
	const itself = whoIsSeat(seat)
	const { speaking, asking } = meeting.floor
	if ([...speaking, ...asking].some(({ who }) => who === itself)) return itself
	return meeting.seats.get(seat)?.person ?? itself
}

/** The one meant by an id of a person or `seat-<id>`. */
export function whoMeant(meeting: Meeting, id: string): string {
	const seat = seatIn(id)
	return seat === null ? id : whoOfSeat(meeting, seat)
}

/** Null: not of the meeting, or gone. A seat speaks as a member. */
export function roleOf(meeting: Meeting, who: string): MeetingRole | null {
	const seat = seatIn(who)
	if (seat !== null) return meeting.seats.has(seat) ? 'member' : null
	const member = meeting.members.get(who)
	if (member && isIn(meeting, who)) return member.role
	// Somebody in the hall needs no device of their own.
	const expected = meeting.roll.get(who)
	return expected && seatOfPerson(meeting, who) !== null ? expected.role : null
}

/** The seat of somebody in the hall, person or seat; null: they are not there. */
export function seatOf(meeting: Meeting, who: string): string | null {
	const seat = seatIn(who)
	if (seat === null) return seatOfPerson(meeting, who)
	return meeting.seats.has(seat) ? seat : null
}

/** Whether they may have the floor or ask for it. */
export function maySpeak(meeting: Meeting, who: string): boolean {
	const role = roleOf(meeting, who)
	return role !== null && speakingRoles.includes(role)
}

export function isChair(meeting: Meeting, who: string): boolean {
	return roleOf(meeting, who) === 'chair'
}

/** 1–5: as the roll says, else by role. */
export function priorityOf(meeting: Meeting, who: string): number {
	const listed = meeting.roll.get(who)?.priority
	if (listed !== undefined) return listed
	const role = isSeat(who) ? null : roleOf(meeting, who)
	return role ? rolePriority[role] : seatPriority
}

export function isSeat(who: string): boolean {
	return seatIn(who) !== null
}
