import { Refusal } from '../protocol/errors.ts'
import { presides } from '../protocol/roles.ts'
import type { Happening, Meeting } from './meeting.ts'
import { isIn } from './people.ts'
import type { PeopleRequest } from './requests.ts'

/** Who may move the room's cameras from where they are: those who preside, and members as the rule says. */

/** Why this one may not move a camera; null: they may. */
export function drivingRefusal(meeting: Meeting, person: string): Refusal | null {
	const role = roleIn(meeting, person)
	if (role === null) return new Refusal('not-joined', 'this person is not in the meeting')
	const { cameras } = meeting.rules
	const granted = cameras === 'everyone' || (cameras === 'ask' && meeting.drivers.has(person))
	if (presides(role) || (role === 'member' && granted)) return null
	return new Refusal('not-allowed', `by the rules (${cameras}) this one moves no camera`)
}

/** Why asking is of no use; null: it may be. */
export function askingRefusal(meeting: Meeting, person: string): Refusal | null {
	const refusal = drivingRefusal(meeting, person)
	if (refusal === null) return new Refusal('already-so', 'this one may move the cameras')
	const waits = roleIn(meeting, person) === 'member' && meeting.rules.cameras === 'ask'
	return waits ? null : refusal
}

/** Not now, to somebody who asked, is no news for the journal. */
export function decideLet(
	meeting: Meeting,
	{ who: person, on, by }: Extract<PeopleRequest, { type: 'cameras.let' }>,
): Happening[] | Refusal {
	if (!by.runs) return new Refusal('not-allowed', 'this is for those who run the meeting')
	const role = roleIn(meeting, person)
	if (role === null) return new Refusal('no-person', 'nobody of this id is in the meeting')
	if (on && meeting.rules.cameras === 'nobody')
		return new Refusal('not-allowed', 'by the rules nobody moves the cameras from afar')
	if (on && role !== 'member' && !presides(role)) return new Refusal('not-allowed', `a ${role} moves no camera`)
	if (presides(role) || meeting.drivers.has(person) === on) return []
	return [{ type: 'cameras.let', person, on, by: by.id }]
}

function roleIn(meeting: Meeting, person: string) {
	return isIn(meeting, person) ? (meeting.members.get(person)?.role ?? null) : null
}
