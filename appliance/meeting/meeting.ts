import type { MeetingRole } from '../protocol/roles.ts'
import type { MeetingKind, MeetingPhase, MeetingView } from '../protocol/room-state.ts'

/**
 * A meeting as its events tell it. Pure: who is told, what is journaled and which media flow follows from events and
 * is done elsewhere. Times are epoch milliseconds. Personal fields are not here: an event carries the hash of what the
 * vault keeps sealed.
 */

export interface Member {
	readonly id: string
	readonly role: MeetingRole
	/** Hash of the sealed name. */
	readonly name: string
	readonly presence: 'here' | 'away' | 'left'
	/** When they came in last; a return from 'away' is not a new coming. */
	readonly joinedAt: number
	/** Since when the presence is so. */
	readonly since: number
}

export interface Meeting {
	readonly id: string
	readonly title: string
	readonly kind: MeetingKind
	readonly phase: MeetingPhase
	readonly startsAt: number | null
	readonly openedAt: number | null
	readonly floor: { readonly mode: 'open' }
	readonly members: ReadonlyMap<string, Member>
	/** Links given out, by their token's id. */
	readonly links: ReadonlyMap<string, { readonly role: MeetingRole; readonly person: string | null }>
}

/** What happened. `by` is a person of the meeting, or the id of the house token that asked. */
export type Happening =
	| { type: 'meeting.planned'; meeting: string; title: string; kind: MeetingKind; startsAt: number | null }
	| { type: 'meeting.opened'; by: string }
	| { type: 'meeting.suspended'; by: string }
	| { type: 'meeting.resumed'; by: string }
	| { type: 'meeting.closed'; by: string }
	| { type: 'link.issued'; jti: string; role: MeetingRole; person: string | null }
	| { type: 'person.joined'; person: string; role: MeetingRole; name: string }
	| { type: 'person.named'; person: string; name: string }
	| { type: 'person.away'; person: string }
	| { type: 'person.returned'; person: string }
	| { type: 'person.left'; person: string }
export type MeetingEvent = Happening & { readonly at: number }

/** The meeting after this event. An event that was decided never fails; one out of place changes nothing. */
export function evolve(meeting: Meeting | null, event: MeetingEvent): Meeting | null {
	if (event.type === 'meeting.planned') {
		if (meeting) return meeting
		const { meeting: id, title, kind, startsAt } = event
		const nobody = { members: new Map<string, Member>(), links: new Map() }
		return { id, title, kind, phase: 'planned', startsAt, openedAt: null, floor: { mode: 'open' }, ...nobody }
	}
	return meeting && evolved(meeting, event)
}

function evolved(meeting: Meeting, event: Exclude<MeetingEvent, { type: 'meeting.planned' }>): Meeting {
	const { at } = event
	switch (event.type) {
		case 'meeting.opened':
			return { ...meeting, phase: 'open', openedAt: at }
		case 'meeting.suspended':
			return { ...meeting, phase: 'suspended' }
		case 'meeting.resumed':
			return { ...meeting, phase: 'open' }
		case 'meeting.closed':
			return { ...meeting, phase: 'closed', members: allLeft(meeting.members, at) }
		case 'link.issued': {
			const { jti, role, person } = event
			return { ...meeting, links: new Map(meeting.links).set(jti, { role, person }) }
		}
		case 'person.joined': {
			const { person: id, role, name } = event
			return withMember(meeting, { id, role, name, presence: 'here', joinedAt: at, since: at })
		}
		case 'person.named':
			return change(meeting, event.person, { name: event.name })
		case 'person.away':
			return change(meeting, event.person, { presence: 'away', since: at })
		case 'person.returned':
			return change(meeting, event.person, { presence: 'here', since: at })
		case 'person.left':
			return change(meeting, event.person, { presence: 'left', since: at })
	}
}

function change(meeting: Meeting, id: string, fields: Partial<Member>): Meeting {
	const member = meeting.members.get(id)
	return member ? withMember(meeting, { ...member, ...fields }) : meeting
}

function withMember(meeting: Meeting, member: Member): Meeting {
	return { ...meeting, members: new Map(meeting.members).set(member.id, member) }
}

function allLeft(members: ReadonlyMap<string, Member>, at: number): ReadonlyMap<string, Member> {
	return new Map(
		[...members].map(([id, member]) => [
			id,
			member.presence === 'left' ? member : { ...member, presence: 'left', since: at },
		]),
	)
}

/** The meeting as lists and screens show it. */
export function viewOf({ id, title, kind, phase, startsAt, openedAt }: Meeting): MeetingView {
	return { id, title, kind, phase, startsAt, openedAt }
}
