import type { Meeting } from '../meeting/meeting.ts'
import type { MeetingRole } from '../protocol/roles.ts'
import type { MeetingPrincipal } from './meeting-parts.ts'

/** Who comes in as whom, and who waits before the door. Pure. */

/** Whether this link alone tells that its holder was let in: a shared one may be held by somebody before the door. */
export function isEnough({ rules }: Meeting, { role, person }: MeetingPrincipal): boolean {
	return rules.lobby === 'off' || person !== null || (role !== 'member' && role !== 'observer')
}

/** Whether this one has to be let in. */
export function mustKnock(meeting: Meeting, person: string, principal: MeetingPrincipal): boolean {
	if (isEnough(meeting, principal)) return false
	const known = meeting.members.get(person)
	if (known && known.presence !== 'left') return false
	return !meeting.roll.has(person) && ![...meeting.admitted.values()].includes(person)
}

/** The role of somebody: as it was changed in the meeting, as the roll says, or as their link does. */
export function roleIn(meeting: Meeting, person: string, principal: MeetingPrincipal): MeetingRole {
	return meeting.members.get(person)?.role ?? meeting.roll.get(person)?.role ?? principal.role
}

/** Whom the bearer of a secret that was given to `named` comes as; null: the secret is for another role. */
export function returning(meeting: Meeting, named: string, { role }: MeetingPrincipal): string | null {
	// Who was let in is from then on the one that the clerk knew them for.
	const { admitted } = meeting
	const known = admitted.get(named) ?? ([...admitted.values()].includes(named) ? named : undefined)
	if (known !== undefined) return known
	const given = meeting.members.get(named)?.given ?? meeting.lobby.get(named)?.role
	// A secret opens no other role than the one it was given for.
	return given === role ? named : null
}
