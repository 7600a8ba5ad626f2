import type { Happening, Meeting, Member, RollEvent } from './meeting.ts'

/** What concerns people: what is left when floor, agenda and votes have taken theirs. */
export type PeopleEvent = { at: number } & (
	| RollEvent
	| Extract<Happening, { type: `person.${string}` }>
	| Extract<Happening, { type: 'meeting.closed' }>
)

/** Who is in, who is expected, who waits and who sits where, after this event. */
export function evolvePeople(meeting: Meeting, event: PeopleEvent): Meeting {
	const { at } = event
	switch (event.type) {
		case 'meeting.closed':
			return { ...meeting, members: allLeft(meeting.members, at) }
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
		default:
			return meeting
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
