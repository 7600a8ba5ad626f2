/** Who somebody is. A meeting role lives in one meeting, a house role in the building. */

/**
 * `programme`: the page that composes what viewers see. No link carries it, and it is nobody in the meeting. `captioner`: a
 * recogniser or a stenographer, who writes captions and does nothing else.
 */
export const meetingRoles = [
	'chair',
	'clerk',
	'member',
	'observer',
	'viewer',
	'room',
	'programme',
	'captioner',
] as const
export type MeetingRole = (typeof meetingRoles)[number]

export const houseRoles = ['panel', 'facilities', 'admin', 'audit'] as const
export type HouseRole = (typeof houseRoles)[number]

/** The counter of 민원 상담: an official at a desk; the kiosk and the lobby display, which know numbers and no names. */
export const counterRoles = ['official', 'kiosk'] as const
export type CounterRole = (typeof counterRoles)[number]

/** Those that people sign in to with an account. A kiosk is nobody's. */
export const accountRoles = [...houseRoles, 'official'] as const satisfies (HouseRole | CounterRole)[]
export type AccountRole = (typeof accountRoles)[number]

export type Role = MeetingRole | HouseRole | CounterRole

/** The one who asks, as a verified link, token or session says. `jti` names the token, so that it can be revoked. */
export type Principal =
	| { kind: 'house'; role: HouseRole | CounterRole; jti: string }
	| { kind: 'meeting'; role: MeetingRole; meeting: string; person: string | null; name: string | null; jti: string }

/** Roles that run a meeting. */
export const presiding = ['chair', 'clerk'] as const satisfies Role[]
/** Roles that run the room. */
export const operating = ['panel', 'facilities', 'admin'] as const satisfies Role[]
/** Everyone with a seat in a meeting. */
export const attending = ['chair', 'clerk', 'member', 'observer', 'viewer', 'room'] as const satisfies Role[]
/** Those who may write and correct captions. */
export const captioning = ['captioner', 'chair', 'clerk'] as const satisfies Role[]
/** Everyone who is in the meeting itself: who watches its relay is told what is public and no more. */
export const inside = ['chair', 'clerk', 'member', 'observer', 'room'] as const satisfies Role[]
/** Those who may send sound or pictures. Nobody else has any way to publish. */
export const publishing = ['chair', 'clerk', 'member', 'room', 'programme'] as const satisfies Role[]

/** Null: the role is not known yet. */
export function presides(role: MeetingRole | null): boolean {
	const roles: readonly (MeetingRole | null)[] = presiding
	return roles.includes(role)
}

/** Whether this role has any way to send sound or pictures. */
export function publishes(role: MeetingRole | null): boolean {
	const roles: readonly (MeetingRole | null)[] = publishing
	return roles.includes(role)
}
