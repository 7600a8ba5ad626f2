import { describe, expect, it } from 'vitest'
import { quorumOf } from '../../appliance/meeting/quorum.ts'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import type { MeetingRules } from '../../appliance/protocol/rules.ts'
import { as, type Chamber, chair, clerk, desk, enter, entry, join, opened, planned } from './chamber.ts'

const attendance = ({ meeting }: Chamber) =>
	Object.fromEntries([...meeting.roll.values()].map(({ id, attendance }) => [id, attendance]))
const sitting = ({ meeting }: Chamber) => Object.fromEntries([...meeting.seats].map(([id, { person }]) => [id, person]))
const call: MeetingRequest = { type: 'roll.call', by: clerk }
const leave = (person: string): MeetingRequest => ({ type: 'leave', person })
const mark = (who: string, attendance: 'present' | 'late' | 'absent' | 'excused'): MeetingRequest => ({
	type: 'roll.mark',
	who,
	attendance,
	by: clerk,
})
const take = (seat: string, person: string | null): MeetingRequest => ({ type: 'seat.take', seat, person, by: clerk })
const declare = (...seats: string[]): MeetingRequest => ({
	type: 'hall.declare',
	person: 'room',
	seats: seats.map((id) => ({ id, name: `자리 ${id}` })),
	gated: false,
})
const withHall = (...seats: string[]) => {
	const chamber = opened()
	chamber.all(join('room', 'room'), declare(...seats))
	return chamber
}

describe('The roll', () => {
	it('expects whoever is entered, and keeps the attendance of whoever is entered again', () => {
		const chamber = opened()
		chamber.all(enter(['a', 'b']), join('a'))
		expect(attendance(chamber)).toEqual({ a: 'present', b: 'expected' })
		expect(chamber.ask(enter([entry('a', { bureau: '안전국' }), entry('b')]))).toEqual(['roll.entered'])
		expect(chamber.meeting.roll.get('a')).toMatchObject({ bureau: '안전국', attendance: 'present', at: 1000 })
	})

	it('finds somebody present who was in before they were expected', () => {
		const chamber = opened()
		chamber.all(join('a'), enter(['a']))
		expect(attendance(chamber)).toEqual({ a: 'present' })
	})

	it('names nobody twice on one list, and no room', () => {
		expect(opened().ask(enter(['a', 'a']))).toBe('bad-message')
		expect(withHall('1').ask(enter(['room']))).toBe('not-allowed')
	})

	it('loses a slip of the pen, with its seat, and nobody who is in or speaks', () => {
		const chamber = withHall('1')
		chamber.all(enter(['a', 'b'], { a: '1' }), join('b'))
		expect(chamber.ask({ type: 'roll.remove', who: 'b', by: clerk })).toBe('not-allowed')
		chamber.ask({ type: 'floor.grant', who: 'a', seconds: null, kind: null, by: chair })
		expect(chamber.ask({ type: 'roll.remove', who: 'a', by: clerk })).toBe('not-allowed')
		chamber.ask({ type: 'floor.revoke', who: 'a', by: chair })
		expect(chamber.ask({ type: 'roll.remove', who: 'a', by: clerk })).toEqual(['roll.removed'])
		expect(sitting(chamber)).toEqual({ 1: null })
		expect(chamber.ask({ type: 'roll.remove', who: 'a', by: clerk })).toBe('no-person')
	})

	it('is called: who is in is present, who is not is absent, the excused are excused, who comes after is late', () => {
		const chamber = opened()
		chamber.all(enter(['in', 'away', 'gone', 'out', 'excused', 'soon']), join('in'), join('away'), join('gone'))
		chamber.all(leave('gone'), { type: 'goAway', person: 'away' }, mark('excused', 'excused'))
		chamber.now = 2000
		expect(chamber.ask(call)).toEqual(['roll.called'])
		const absent = { gone: 'absent', out: 'absent', soon: 'absent' }
		expect(attendance(chamber)).toEqual({ in: 'present', away: 'present', excused: 'excused', ...absent })
		expect(chamber.meeting.calledAt).toBe(2000)
		chamber.now = 3000
		chamber.ask(join('soon'))
		expect(chamber.meeting.roll.get('soon')).toMatchObject({ attendance: 'late', at: 3000 })
	})

	it('counts whoever the clerk saw: at a seat, without a page, or since they left theirs', () => {
		const chamber = withHall('1', '2')
		chamber.all(enter(['seated', 'seen', 'moved', 'named'], { seated: '1', named: '2' }), join('moved'), join('seated'))
		chamber.all(mark('seen', 'present'), leave('seated'), leave('moved'))
		chamber.now = 2000
		chamber.all(mark('moved', 'late'), call)
		// Who is only named for a seat has not been seen there.
		expect(attendance(chamber)).toEqual({ seated: 'present', seen: 'present', moved: 'late', named: 'absent' })
	})

	it('called again, takes no attendance from whoever was there, and leaves the late late', () => {
		const chamber = opened()
		chamber.all(enter(['early', 'late', 'never']), join('early'), call, join('late'), leave('early'), call)
		expect(attendance(chamber)).toEqual({ early: 'present', late: 'late', never: 'absent' })
	})

	it('cannot be called where there is none, nor mark a stranger', () => {
		expect(opened().ask(call)).toBe('no-person')
		expect(opened().ask(mark('a', 'present'))).toBe('no-person')
	})

	it('marks once', () => {
		const chamber = opened()
		chamber.ask(enter(['a']))
		expect(chamber.ask(mark('a', 'absent'))).toEqual(['roll.marked'])
		expect(chamber.ask(mark('a', 'absent'))).toEqual([])
	})
})

describe('Seats', () => {
	it('hold one person each, and a person sits on one', () => {
		const chamber = withHall('1', '2')
		chamber.all(enter(['a', 'b'], { a: '1', b: '2' }))
		expect(sitting(chamber)).toEqual({ 1: 'a', 2: 'b' })
		expect(chamber.ask(take('2', 'a'))).toEqual(['seat.taken'])
		expect(sitting(chamber)).toEqual({ 1: null, 2: 'a' })
		expect(chamber.ask(enter([], {}))).toEqual([])
		expect(chamber.ask(enter(['a'], { a: null }))).toEqual(['seat.taken'])
		expect(sitting(chamber)).toEqual({ 1: null, 2: null })
	})

	it('are taken by people of the meeting only, and only where there are such seats', () => {
		const chamber = withHall('1')
		chamber.ask(join('a'))
		expect(chamber.ask(take('9', 'a'))).toBe('no-seat')
		expect(chamber.ask(take('1', 'stranger'))).toBe('no-person')
		expect(chamber.ask(take('1', 'room'))).toBe('no-person')
		expect(chamber.ask(enter(['b'], { b: '9' }))).toBe('no-seat')
	})

	it('keep who is named for them when the room declares its hall again, or for the first time', () => {
		const chamber = opened()
		chamber.all(enter(['a', 'b'], { a: '1', b: '7' }), join('room', 'room'))
		expect(chamber.ask(declare('1', '2'))).toEqual(['hall.declared'])
		expect([...chamber.meeting.seats]).toEqual([
			['1', { name: '자리 1', person: 'a' }],
			['2', { name: '자리 2', person: null }],
		])
		expect(chamber.ask(declare('1', '2'))).toEqual([])
		expect(chamber.ask(declare('2', '1'))).toEqual(['hall.declared'])
		expect(sitting(chamber)).toEqual({ 1: 'a', 2: null })
	})

	it('are declared by a room that is in', () => {
		const chamber = opened()
		expect(chamber.ask(declare('1'))).toBe('not-joined')
		chamber.ask(join('room', 'member'))
		expect(chamber.ask(declare('1'))).toBe('not-allowed')
		expect(withHall('1').ask(declare('1', '1'))).toBe('bad-message')
	})
})

const knock = (person: string, name = person): MeetingRequest => ({ type: 'lobby.knock', person, role: 'member', name })
const admit = (who: string, as: string | null = null): MeetingRequest => ({ type: 'lobby.admit', who, as, by: clerk })

describe('The lobby', () => {
	it('hears a knock once, a new name again, and keeps the place', () => {
		const chamber = opened()
		expect(chamber.all(knock('x'), knock('y'))).toEqual(['lobby.knocked'])
		expect(chamber.ask(knock('x'))).toEqual([])
		chamber.now = 2000
		expect(chamber.ask(knock('x', 'other'))).toEqual(['lobby.knocked'])
		expect([...chamber.meeting.lobby.values()]).toMatchObject([{ id: 'x', name: 'other', at: 1000 }, { id: 'y' }])
	})

	it('lets in as oneself or as one of the roll', () => {
		const chamber = opened()
		chamber.all(enter(['a']), knock('x'), knock('y'))
		expect(chamber.ask(admit('x', 'a'))).toEqual(['lobby.admitted'])
		expect(chamber.ask(admit('y'))).toEqual(['lobby.admitted'])
		expect(Object.fromEntries(chamber.meeting.admitted)).toEqual({ x: 'a', y: 'y' })
		expect(chamber.meeting.lobby.size).toBe(0)
		expect(chamber.ask(knock('x'))).toEqual([])
	})

	it('lets nobody in for one who is in already, for one the roll has not, or for one who presides', () => {
		const chamber = opened()
		chamber.all(enter(['a', entry('boss', { role: 'chair' })]), join('a'), knock('x'))
		expect(chamber.ask(admit('x', 'a'))).toBe('already-so')
		expect(chamber.ask(admit('x', 'nobody'))).toBe('no-person')
		expect(chamber.ask(admit('x', 'boss'))).toBe('not-allowed')
		expect(chamber.ask(admit('stranger'))).toBe('no-person')
	})

	it('is left, and sends away', () => {
		const chamber = opened()
		chamber.all(knock('x'), knock('y'))
		expect(chamber.ask({ type: 'lobby.refuse', who: 'x', by: clerk })).toEqual(['lobby.refused'])
		expect(chamber.ask({ type: 'lobby.refuse', who: 'x', by: clerk })).toBe('no-person')
		expect(chamber.ask({ type: 'lobby.leave', person: 'y' })).toEqual(['lobby.left'])
		expect(chamber.ask({ type: 'lobby.leave', person: 'y' })).toEqual([])
	})

	it('is passed by nobody who waits there, until it is ruled off', () => {
		const chamber = opened()
		chamber.all({ type: 'rules', lobby: 'shared', by: chair }, knock('x'))
		expect(chamber.ask(join('x'))).toBe('not-allowed')
		chamber.ask({ type: 'rules', lobby: 'off', by: chair })
		expect(chamber.ask(join('x'))).toEqual(['person.joined'])
		expect(chamber.meeting.lobby.size).toBe(0)
		expect(chamber.ask(knock('x'))).toBe('already-so')
	})
})

const roled = (who: string, role: 'chair' | 'clerk' | 'member' | 'observer' | 'viewer' | 'room', by = clerk) =>
	({ type: 'person.role', who, role, by }) satisfies MeetingRequest

describe('A role', () => {
	it('changes while one is in, on the roll too, and holds over leaving and coming again by the same link', () => {
		const chamber = opened()
		chamber.all(enter(['a']), join('a'))
		expect(chamber.ask(roled('a', 'clerk'))).toEqual(['person.roled'])
		expect(chamber.meeting.roll.get('a')?.role).toBe('clerk')
		chamber.ask(leave('a'))
		expect(chamber.ask(join('a', 'member'))).toEqual(['person.joined'])
		expect(chamber.meeting.members.get('a')).toMatchObject({ role: 'clerk', given: 'member' })
		expect(chamber.ask(join('a', 'clerk'))).toEqual([])
	})

	it('is not gained by another link', () => {
		const chamber = opened()
		chamber.all(join('a', 'member'), roled('a', 'observer'))
		expect(chamber.ask(join('a', 'chair'))).toBe('not-allowed')
		chamber.ask(leave('a'))
		expect(chamber.ask(join('a', 'chair'))).toBe('not-allowed')
		expect(chamber.ask(join('a', 'member'))).toEqual(['person.joined'])
		expect(chamber.meeting.members.get('a')?.role).toBe('observer')
	})

	it('is the one of the roll for whoever is on it', () => {
		const chamber = planned()
		chamber.ask(enter(['a', entry('c', { role: 'clerk' })]))
		expect(chamber.ask(join('a', 'chair'))).toBe('not-allowed')
		expect(chamber.ask(join('c', 'clerk'))).toEqual(['person.joined'])
		expect(chamber.ask(join('a', 'member'))).toBe('meeting-not-open')
	})

	it('follows the roll at once where the roll is changed', () => {
		const chamber = opened()
		chamber.all(enter(['a']), join('a'))
		expect(chamber.ask(enter([entry('a', { role: 'observer' })]))).toEqual(['person.roled', 'roll.entered'])
		expect(chamber.meeting.members.get('a')?.role).toBe('observer')
	})

	it.each<[string, MeetingRequest, string | string[]]>([
		['is not changed into what it is', roled('a', 'member'), []],
		['is not changed of a stranger', roled('nobody', 'member'), 'no-person'],
		['is never that of a room', roled('a', 'room'), 'not-allowed'],
		['is not taken from a room', roled('room', 'member'), 'not-allowed'],
		['of the chair is not given by a clerk', roled('a', 'chair'), 'not-allowed'],
		[
			'of the chair is not given by a clerk through the roll',
			enter([entry('a', { role: 'chair' })], {}, clerk),
			'not-allowed',
		],
		['of the chair is given by the chair', roled('a', 'chair', chair), ['person.roled']],
		['of the chair is given from the house', roled('a', 'chair', desk), ['person.roled']],
		['is not laid down by the last who presides', roled('clerk', 'member'), 'not-allowed'],
		['is taken by the house from the last who presides', roled('clerk', 'member', desk), ['person.roled']],
		['is not taken by observers of those only expected', roled('later', 'viewer'), 'not-allowed'],
	])('%s', (_, request, expected) => {
		const chamber = opened()
		chamber.all(enter(['later']), join('a'), join('clerk', 'clerk'), join('room', 'room'))
		expect(chamber.ask(request)).toEqual(expected)
	})

	it('is laid down where somebody else presides', () => {
		const chamber = opened()
		chamber.all(join('clerk', 'clerk'), join('chair', 'chair'))
		expect(chamber.ask(roled('clerk', 'member'))).toEqual(['person.roled'])
		expect(chamber.ask(roled('chair', 'observer', { ...as('chair'), runs: true, chair: true }))).toBe('not-allowed')
	})
})

describe('A quorum', () => {
	const rule = (quorum: MeetingRules['quorum']): MeetingRequest => ({ type: 'rules', quorum, by: chair })

	it('is none where none is ruled', () => {
		expect(quorumOf(opened().meeting)).toBeNull()
	})

	it.each([
		[{ part: 'half' }, 3],
		[{ part: 'overHalf' }, 3],
		[{ part: 'twoThirds' }, 4],
		[{ part: 'all' }, 5],
		[{ people: 7 }, 7],
	] as const)('of %o needs so many of five', (quorum, required) => {
		const chamber = opened()
		const boss = entry('boss', { role: 'chair' })
		chamber.all(
			enter([boss, 'a', 'b', 'c', 'd', 'ill', entry('w', { role: 'observer' }), entry('k', { role: 'clerk' })]),
		)
		chamber.all(mark('ill', 'excused'), rule(quorum))
		expect(quorumOf(chamber.meeting)).toEqual({ required, present: 0 })
	})

	it('counts who is here or marked present at a seat, and nobody whose page is away', () => {
		const chamber = withHall('1', '2')
		chamber.all(rule({ people: 2 }), enter(['a', 'b', 'seated', 'named', 'seen'], { seated: '1', named: '2' }))
		chamber.all(join('a'), join('b'), join('guest'), mark('seated', 'present'), mark('seen', 'present'))
		expect(quorumOf(chamber.meeting)).toEqual({ required: 2, present: 3 })
		chamber.ask({ type: 'goAway', person: 'b' })
		expect(quorumOf(chamber.meeting)?.present).toBe(2)
	})

	it('counts members and chairs who are in where there is no roll', () => {
		const chamber = opened()
		chamber.all(rule({ part: 'half' }), join('a'), join('boss', 'chair'), join('o', 'observer'), join('k', 'clerk'))
		expect(quorumOf(chamber.meeting)).toEqual({ required: 1, present: 2 })
	})
})
