import { withoutConsentOf } from './consent.ts'
import type { Expected, Happening, Meeting, Member, RollEvent } from './meeting.ts'
import { isIn, isRollRole } from './people.ts'

/** What concerns people: what is left when floor, agenda and votes have taken theirs. */
export type PeopleEvent = { at: number } & (
	| RollEvent
	| Extract<Happening, { type: `person.${string}` }>
	| Extract<Happening, { type: 'meeting.closed' | 'spotlight.set' | 'cameras.let' }>
)

/** Who is in, who is expected, who waits and who sits where, after this event. */
export function evolvePeople(meeting: Meeting, event: PeopleEvent): Meeting {
	const { at } = event
	switch (event.type) {
		case 'meeting.closed':
			return { ...meeting, members: allLeft(meeting.members, at), lobby: new Map() }
		case 'person.joined':
			return joined(meeting, event)
		case 'person.named':
			return change(meeting, event.person, { name: event.name, renamed: event.by !== undefined })
		case 'person.away':
			return change(meeting, event.person, { presence: 'away', since: at })
		case 'person.returned':
			return change(meeting, event.person, { presence: 'here', since: at })
		case 'person.left':
			return gone(change(meeting, event.person, { presence: 'left', since: at }), event.person)
		case 'person.removed':
			return removed(meeting, event.person, at)
		case 'spotlight.set':
			return { ...meeting, spotlight: event.person }
		case 'cameras.let': {
			const { person, on } = event
			const drivers = on ? new Map(meeting.drivers).set(person, at) : without(meeting.drivers, person)
			return { ...meeting, drivers }
		}
		case 'person.roled': {
			const { person, role } = event
			// What was let a member was let no observer.
			const roled = { ...change(meeting, person, { role }), drivers: without(meeting.drivers, person) }
			return isRollRole(role) ? expect(roled, person, { role }) : roled
		}
		case 'roll.entered': {
			const { person: id, role, bureau, order, priority, weight, card } = event
			const { attendance = 'expected', at: since = null } = meeting.roll.get(id) ?? {}
			const entry = { id, role, bureau, order, priority, weight, card, attendance, at: since }
			const entered = { ...meeting, roll: new Map(meeting.roll).set(id, entry) }
			// Somebody who is in already and only now is expected has come.
			return isIn(meeting, id) ? come(entered, id, at) : entered
		}
		case 'roll.removed':
			return seated({ ...meeting, roll: without(meeting.roll, event.person) }, null, event.person)
		case 'roll.marked':
			return expect(meeting, event.person, { attendance: event.attendance, at })
		case 'roll.called':
			return called(meeting, event)
		case 'lobby.knocked': {
			const { person: id, role, name } = event
			// Who knocks again under another name keeps their place.
			const knocking = { id, role, name, at: meeting.lobby.get(id)?.at ?? at }
			return { ...meeting, lobby: new Map(meeting.lobby).set(id, knocking) }
		}
		case 'lobby.admitted': {
			const { person, as } = event
			const admitted = new Map(meeting.admitted).set(person, as)
			return { ...meeting, lobby: without(meeting.lobby, person), admitted, removed: without(meeting.removed, as) }
		}
		case 'lobby.refused':
		case 'lobby.left':
			return { ...meeting, lobby: without(meeting.lobby, event.person) }
		case 'hall.declared': {
			const { person, gated } = event
			const seats = event.seats.map(({ id, name }) => {
				return [id, { name, person: meeting.seats.get(id)?.person ?? null }] as const
			})
			return { ...meeting, hall: { person, gated }, seats: new Map(seats) }
		}
		case 'hall.muted':
			return { ...meeting, hallMutes: meeting.hallMutes + 1 }
		case 'seat.taken':
			return seated(meeting, event.seat, event.person)
	}
}

function joined(meeting: Meeting, event: Extract<PeopleEvent, { type: 'person.joined' }>): Meeting {
	const { person: id, role, name, at } = event
	const { given = role, renamed = false } = meeting.members.get(id) ?? {}
	const member: Member = { id, role, given, name, renamed, presence: 'here', joinedAt: at, since: at }
	const lobby = meeting.lobby.has(id) ? without(meeting.lobby, id) : meeting.lobby
	return come({ ...meeting, lobby, members: new Map(meeting.members).set(id, member) }, id, at)
}

/** To be let in again they have to be let in once more, also where they were before. */
function removed(meeting: Meeting, person: string, at: number): Meeting {
	const admitted = [...meeting.admitted].filter(([came, as]) => came !== person && as !== person)
	return { ...meeting, admitted: new Map(admitted), removed: new Map(meeting.removed).set(person, at) }
}

/** Whoever leaves for good is not large before all, asks anew before they move a camera and is asked anew before a recording. */
function gone(meeting: Meeting, person: string): Meeting {
	const spotlight = meeting.spotlight === person ? null : meeting.spotlight
	return {
		...meeting,
		spotlight,
		drivers: without(meeting.drivers, person),
		broadcast: withoutConsentOf(meeting, person),
	}
}

/** One of the roll is there: in time, or late where the roll has been called. */
function come(meeting: Meeting, id: string, at: number): Meeting {
	const attendance = meeting.roll.get(id)?.attendance
	if (attendance === undefined || attendance === 'present' || attendance === 'late') return meeting
	return expect(meeting, id, { attendance: meeting.calledAt === null ? 'present' : 'late', at })
}

function called(meeting: Meeting, event: Extract<PeopleEvent, { type: 'roll.called' }>): Meeting {
	const roll = new Map(meeting.roll)
	const set = (id: string, attendance: 'present' | 'absent') => {
		const entry = roll.get(id)
		if (entry && entry.attendance !== attendance) roll.set(id, { ...entry, attendance, at: event.at })
	}
	// Who came late stays late, however often the roll is called.
	for (const id of event.present) if (roll.get(id)?.attendance !== 'late') set(id, 'present')
	for (const id of event.absent) set(id, 'absent')
	return { ...meeting, roll, calledAt: event.at }
}

/** A person has one seat, a seat one person. A seat of a hall that has not been declared yet is known by its id. */
function seated(meeting: Meeting, seat: string | null, person: string | null): Meeting {
	const seats = new Map(meeting.seats)
	for (const [id, other] of seats) {
		if (person !== null && other.person === person && id !== seat) seats.set(id, { ...other, person: null })
	}
	if (seat !== null) seats.set(seat, { name: seats.get(seat)?.name ?? seat, person })
	return { ...meeting, seats }
}

function change(meeting: Meeting, id: string, fields: Partial<Member>): Meeting {
	const member = meeting.members.get(id)
	return member ? { ...meeting, members: new Map(meeting.members).set(id, { ...member, ...fields }) } : meeting
}

function expect(meeting: Meeting, id: string, fields: Partial<Expected>): Meeting {
	const entry = meeting.roll.get(id)
	return entry ? { ...meeting, roll: new Map(meeting.roll).set(id, { ...entry, ...fields }) } : meeting
}

function allLeft(members: ReadonlyMap<string, Member>, at: number): ReadonlyMap<string, Member> {
	return new Map(
		[...members].map(([id, member]) => [
			id,
			member.presence === 'left' ? member : { ...member, presence: 'left', since: at },
		]),
	)
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
	const rest = new Map(map)
	rest.delete(key)
	return rest
}
