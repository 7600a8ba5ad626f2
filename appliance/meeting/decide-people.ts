import { Refusal } from '../protocol/errors.ts'
import { type MeetingRole, presides } from '../protocol/roles.ts'
import { decideLet } from './drivers.ts'
import type { Expected, Happening, Meeting } from './meeting.ts'
import { isIn, isMarkedAtSeat, isRollRole, seatOfPerson } from './people.ts'
import type { Actor, PeopleRequest } from './requests.ts'

/** More than this before one door is somebody pressing a shared link again and again. */
const mostWaiting = 500

type Of<T extends PeopleRequest['type']> = Extract<PeopleRequest, { type: T }>

/** What follows from this request, or why not. */
export function decidePeople(meeting: Meeting, request: PeopleRequest): Happening[] | Refusal {
	switch (request.type) {
		case 'roll.enter':
			return enter(meeting, request)
		case 'roll.remove':
			return remove(meeting, request)
		case 'roll.mark': {
			const { who: person, attendance, by } = request
			const entry = meeting.roll.get(person)
			if (!entry) return notOfRoll(person)
			return entry.attendance === attendance ? [] : [{ type: 'roll.marked', person, attendance, by: by.id }]
		}
		case 'roll.call':
			return call(meeting, request.by)
		case 'lobby.knock':
			return knock(meeting, request)
		case 'lobby.admit':
			return admit(meeting, request)
		case 'lobby.refuse': {
			const { who: person, by } = request
			return meeting.lobby.has(person) ? [{ type: 'lobby.refused', person, by: by.id }] : notWaiting(person)
		}
		case 'lobby.leave':
			return meeting.lobby.has(request.person) ? [{ type: 'lobby.left', person: request.person }] : []
		case 'person.role':
			return changeRole(meeting, request)
		case 'person.remove':
			return removePerson(meeting, request)
		case 'person.rename':
			return rename(meeting, request)
		case 'spotlight.set':
			return light(meeting, request)
		case 'cameras.let':
			return decideLet(meeting, request)
		case 'hall.declare':
			return declareHall(meeting, request)
		case 'hall.mute':
			return muteHall(meeting, request.by)
		case 'seat.take':
			return takeSeat(meeting, request.seat, request.person, request.by)
	}
}

function enter(meeting: Meeting, { entries, seats, by }: Of<'roll.enter'>): Happening[] | Refusal {
	const happenings: Happening[] = []
	const entered = new Set(entries.map(({ id }) => id))
	if (entered.size < entries.length) return new Refusal('bad-message', 'somebody is on this list twice')
	for (const { id, ...entry } of entries) {
		const member = meeting.members.get(id)
		if (member?.role === 'room') return new Refusal('not-allowed', 'a room is not expected as a person')
		// What the roll says of somebody who has come is true of them at once.
		if (member && member.role !== entry.role) {
			const refusal = mayNotBe(meeting, id, entry.role, by)
			if (refusal) return refusal
			happenings.push({ type: 'person.roled', person: id, role: entry.role, by: by.id })
		}
		if (!isSame(meeting.roll.get(id), entry)) happenings.push({ type: 'roll.entered', person: id, ...entry, by: by.id })
	}
	for (const [person, seat] of Object.entries(seats)) {
		if (!entered.has(person)) return notOfRoll(person)
		const from = seatOfPerson(meeting, person)
		if (seat === from) continue
		if (seat !== null && !isSeat(meeting, seat)) return noSeat(seat)
		if (seat !== null) happenings.push({ type: 'seat.taken', seat, person, by: by.id })
		else if (from !== null) happenings.push({ type: 'seat.taken', seat: from, person: null, by: by.id })
	}
	return happenings
}

function isSame(before: Expected | undefined, after: Omit<Expected, 'id' | 'attendance' | 'at'>): boolean {
	if (!before) return false
	const keys = ['role', 'bureau', 'order', 'priority', 'weight', 'card'] as const
	return keys.every((key) => before[key] === after[key])
}

/** A slip of the pen on the roll can be taken out; somebody who is in, or holds the floor, cannot be made a stranger. */
function remove(meeting: Meeting, { who: person, by }: Of<'roll.remove'>): Happening[] | Refusal {
	if (!meeting.roll.has(person)) return notOfRoll(person)
	if (isIn(meeting, person)) return new Refusal('not-allowed', 'who is in the meeting stays on its roll')
	const { speaking, asking } = meeting.floor
	if ([...speaking, ...asking].some(({ who }) => who === person)) {
		return new Refusal('not-allowed', 'who speaks or waits for the floor stays on the roll')
	}
	return [{ type: 'roll.removed', person, by: by.id }]
}

/**
 * Present is who is in (a page that is away for a moment counts), or was found to be there by a clerk: at a seat, or since
 * they left their page. Who is not is absent, the excused aside; whoever was there at an earlier call has attended.
 */
function call(meeting: Meeting, by: Actor): Happening[] | Refusal {
	if (meeting.roll.size === 0) return new Refusal('no-person', 'there is no roll to call')
	const present: string[] = []
	const absent: string[] = []
	for (const { id, attendance, at } of meeting.roll.values()) {
		const member = meeting.members.get(id)
		const came = attendance === 'present' || attendance === 'late'
		const found = came && (!member || (at ?? 0) > member.since)
		if (isIn(meeting, id) || isMarkedAtSeat(meeting, id) || found) present.push(id)
		else if (attendance !== 'excused' && !(came && meeting.calledAt !== null)) absent.push(id)
	}
	return [{ type: 'roll.called', present, absent, by: by.id }]
}

function knock(meeting: Meeting, { person, role, name }: Of<'lobby.knock'>): Happening[] | Refusal {
	if (isIn(meeting, person)) return new Refusal('already-so', 'this person is in the meeting already')
	if (meeting.admitted.has(person)) return []
	const known = meeting.lobby.get(person)
	if (known?.role === role && known.name === name) return []
	if (!known && meeting.lobby.size >= mostWaiting) return new Refusal('full', `${mostWaiting} people wait already`)
	return [{ type: 'lobby.knocked', person, role, name }]
}

/**
 * Whoever waits came by a link that anybody may have. Taking them for a member is the clerk's to judge; a chair or a clerk
 * comes by a link of their own, or is given the role once in.
 */
function admit(meeting: Meeting, { who: person, as, by }: Of<'lobby.admit'>): Happening[] | Refusal {
	if (!meeting.lobby.has(person)) return notWaiting(person)
	if (as !== null) {
		const entry = meeting.roll.get(as)
		if (!entry) return notOfRoll(as)
		if (isIn(meeting, as)) return new Refusal('already-so', 'the one of the roll is in the meeting already')
		if (presides(meeting.members.get(as)?.role ?? entry.role)) {
			return new Refusal('not-allowed', `nobody becomes the ${entry.role} by a shared link`)
		}
	}
	return [{ type: 'lobby.admitted', person, as: as ?? person, by: by.id }]
}

function changeRole(meeting: Meeting, { who: person, role, by }: Of<'person.role'>): Happening[] | Refusal {
	const member = meeting.members.get(person)
	const before = member?.role ?? meeting.roll.get(person)?.role
	if (before === undefined) return new Refusal('no-person', 'nobody of this id is in the meeting or on its roll')
	if (before === role) return []
	if (before === 'room' || role === 'room')
		return new Refusal('not-allowed', 'a room stays a room, and nobody becomes one')
	if (!member && !isRollRole(role)) return new Refusal('not-allowed', `nobody is expected as ${role}`)
	return mayNotBe(meeting, person, role, by) ?? [{ type: 'person.roled', person, role, by: by.id }]
}

/** Out they go, and in again only by the door. A clerk puts out no chair, and nobody themselves. */
function removePerson(meeting: Meeting, { who: person, by }: Of<'person.remove'>): Happening[] | Refusal {
	const member = meeting.members.get(person)
	if (!member || !isIn(meeting, person)) return new Refusal('no-person', 'nobody of this id is in the meeting')
	if (person === by.id) return new Refusal('not-allowed', 'whoever wants to go leaves')
	if (member.role === 'room') return new Refusal('not-allowed', 'a room leaves by its own panel')
	if (member.role === 'chair' && !by.chair) return new Refusal('not-allowed', 'a clerk does not remove the chair')
	return [
		{ type: 'person.removed', person, by: by.id },
		{ type: 'person.left', person },
	]
}

function rename(meeting: Meeting, { who: person, name, by }: Of<'person.rename'>): Happening[] | Refusal {
	const member = meeting.members.get(person)
	if (!member || !isIn(meeting, person)) return new Refusal('no-person', 'nobody of this id is in the meeting')
	if (meeting.roll.has(person) || member.role === 'room')
		return new Refusal('not-allowed', 'this one is named by the roll, or is a room')
	return member.name === name ? [] : [{ type: 'person.named', person, name, by: by.id }]
}

function light(meeting: Meeting, { who: person, by }: Of<'spotlight.set'>): Happening[] | Refusal {
	if (person !== null && !isIn(meeting, person)) return new Refusal('no-person', 'nobody of this id is in the meeting')
	return meeting.spotlight === person ? [] : [{ type: 'spotlight.set', person, by: by.id }]
}

/** A chair is made by a chair or from the house; and nobody who is the last to preside locks themselves out. */
function mayNotBe(meeting: Meeting, person: string, role: MeetingRole, by: Actor): Refusal | null {
	if (role === 'chair' && !by.chair) return new Refusal('not-allowed', 'a clerk gives nobody the chair')
	if (person !== by.id || presides(role)) return null
	const others = [...meeting.members.values()].some(
		({ id, role }) => id !== person && presides(role) && isIn(meeting, id),
	)
	return others ? null : new Refusal('not-allowed', 'somebody else must preside first')
}

/** The latest declaration counts: a room that starts again comes by another link. */
function declareHall(meeting: Meeting, { person, seats, gated }: Of<'hall.declare'>): Happening[] | Refusal {
	const member = meeting.members.get(person)
	if (!member || !isIn(meeting, person)) return new Refusal('not-joined', 'this room is not in the meeting')
	if (member.role !== 'room') return new Refusal('not-allowed', 'only a room has a hall')
	if (new Set(seats.map(({ id }) => id)).size < seats.length) {
		return new Refusal('bad-message', 'two seats have the same id')
	}
	const { hall } = meeting
	const known = [...meeting.seats]
	const same =
		hall?.person === person &&
		hall.gated === gated &&
		known.length === seats.length &&
		known.every(([id, { name }], place) => seats[place]?.id === id && seats[place]?.name === name)
	return same ? [] : [{ type: 'hall.declared', person, seats, gated }]
}

/** Told again although it is muted: the room may have been opened meanwhile, and this one has not seen it yet. */
function muteHall({ hall, members }: Meeting, by: Actor): Happening[] | Refusal {
	if (!by.runs) return new Refusal('not-allowed', 'this is for those who run the meeting')
	if (!hall || !members.has(hall.person)) return new Refusal('no-person', 'no room is in the meeting')
	return [{ type: 'hall.muted', by: by.id }]
}

function takeSeat(meeting: Meeting, seat: string, person: string | null, by: Actor): Happening[] | Refusal {
	if (!isSeat(meeting, seat)) return noSeat(seat)
	if (person !== null) {
		const role = meeting.members.get(person)?.role ?? meeting.roll.get(person)?.role
		if (role === undefined || role === 'room') return new Refusal('no-person', 'nobody of this id can sit there')
	}
	const same = (meeting.seats.get(seat)?.person ?? null) === person
	return same ? [] : [{ type: 'seat.taken', seat, person, by: by.id }]
}

/** Until a room has declared its hall, the roll may say who will sit where. */
function isSeat({ hall, seats }: Meeting, seat: string): boolean {
	return hall === null || seats.has(seat)
}

function notOfRoll(person: string): Refusal {
	return new Refusal('no-person', `the roll has no ${person}`)
}

function notWaiting(person: string): Refusal {
	return new Refusal('no-person', `nobody waits as ${person}`)
}

function noSeat(seat: string): Refusal {
	return new Refusal('no-seat', `there is no seat ${seat}`)
}
