import type { Meeting } from '../meeting/meeting.ts'
import { comingRole, isIn } from '../meeting/people.ts'
import type { Actor } from '../meeting/requests.ts'
import { Refusal } from '../protocol/errors.ts'
import { type MeetingRole, type Principal, presides } from '../protocol/roles.ts'
import type { MeetingPrincipal } from './meeting-parts.ts'

/** Who comes in as whom, who waits before the door, and who may watch. Pure. */

/** Whom a relay is for: also whoever has the shared link, or those alone whom we know. */
export type Audience = 'open' | 'staff'

/** Whether this link alone tells that its holder was let in: a shared one may be held by somebody before the door. */
export function isEnough({ rules }: Meeting, { role, person }: MeetingPrincipal): boolean {
	return rules.lobby === 'off' || person !== null || (role !== 'member' && role !== 'observer')
}

/** Whether this one has to be let in. */
export function mustKnock(meeting: Meeting, person: string, principal: MeetingPrincipal): boolean {
	if (meeting.removed.has(person)) return true
	const known = isIn(meeting, person) || [...meeting.admitted.values()].includes(person)
	if (meeting.rules.lobby === 'locked') {
		const free = presides(comingRole(meeting, person, principal.role)) || principal.role === 'room'
		return !known && !free && !meeting.members.has(person)
	}
	return !isEnough(meeting, principal) && !known && !meeting.roll.has(person)
}

/** Whether what was given to the meeting is for the bearer of this link: not while they are before the door. */
export function mayRead(meeting: Meeting, principal: MeetingPrincipal): boolean {
	if (principal.person === null) return isEnough(meeting, principal)
	return !mustKnock(meeting, principal.person, principal)
}

/** Throws where a relay is for staff and nobody knows who holds this link. Those who run the meeting or its room are known by that. */
export function checkAudience(audience: Audience, by: Principal) {
	if (audience === 'open' || by.kind === 'house' || by.person !== null) return
	if (presides(by.role) || by.role === 'room' || by.role === 'programme') return
	throw new Refusal('staff-only', 'this relay is for staff: by a link of their own, or by the portal')
}

/** The role of this moment: a link says only which one it was made for. `person` null: nobody of the meeting. */
export function roleNow({ members }: Meeting, person: string | null, { role }: MeetingPrincipal): MeetingRole {
	return (person === null ? undefined : members.get(person)?.role) ?? role
}

/** Who asks, as the meeting's own rules see them. */
export function actorOf(id: string, role: MeetingRole): Actor {
	return { id, runs: presides(role), chair: role === 'chair' }
}

/** A token of the house runs any meeting, as its chair would. */
export function houseActor({ jti }: Pick<Principal, 'jti'>): Actor {
	return { id: jti, runs: true, chair: true }
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
