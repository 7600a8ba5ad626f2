import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evolve } from '../../appliance/meeting/evolve.ts'
import type { Meeting, MeetingEvent } from '../../appliance/meeting/meeting.ts'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { meetingRoles, presiding } from '../../appliance/protocol/roles.ts'
import { as, type Chamber, chair, clerk, enter, entry, join, opened } from './chamber.ts'

/** Only a hang takes longer, on whatever machine. */
const patience = 600_000

/** The roll, the lobby, seats and the agenda, in whatever order they are asked for. */

const person = fc.constantFrom('a', 'b', 'c', 'd')
const rollRole = fc.constantFrom('chair' as const, 'clerk' as const, 'member' as const, 'observer' as const)
const seat = fc.constantFrom('1', '2', '3')
const item = fc.constantFrom('x', 'y', 'z')
const actor = fc.constantFrom(chair, clerk, as('a'), { ...as('b'), runs: true })

const people: fc.Arbitrary<MeetingRequest> = fc.oneof(
	fc
		.tuple(person, rollRole, fc.option(seat), actor)
		.map(([id, role, at, by]) => enter([entry(id, { role })], { [id]: at }, by)),
	fc.record({ type: fc.constant('roll.remove' as const), who: person, by: actor }),
	fc.record({
		type: fc.constant('roll.mark' as const),
		who: person,
		attendance: fc.constantFrom('present' as const, 'late' as const, 'absent' as const, 'excused' as const),
		by: actor,
	}),
	fc.record({ type: fc.constant('roll.call' as const), by: actor }),
	fc.tuple(person, fc.constantFrom(...meetingRoles)).map(([id, role]) => join(id, role)),
	fc.record({ type: fc.constantFrom('leave' as const, 'goAway' as const), person }),
	fc.record({ type: fc.constant('lobby.knock' as const), person, role: fc.constant('member' as const), name: person }),
	fc.record({ type: fc.constant('lobby.admit' as const), who: person, as: fc.option(person), by: actor }),
	fc.record({
		type: fc.constant('person.role' as const),
		who: person,
		role: fc.constantFrom(...meetingRoles),
		by: actor,
	}),
	fc.record({ type: fc.constant('seat.take' as const), seat, person: fc.option(person), by: actor }),
	fc.uniqueArray(seat).map((ids) => ({
		type: 'hall.declare' as const,
		person: 'room',
		seats: ids.map((id) => ({ id, name: id })),
		gated: false,
	})),
)
const agenda: fc.Arbitrary<MeetingRequest> = fc.oneof(
	fc.uniqueArray(item, { minLength: 2 }).map((ids) => ({
		type: 'agenda.set' as const,
		items: ids.map((id) => ({
			id,
			title: id,
			kind: 'report' as const,
			bureau: '',
			presenters: [],
			seconds: null,
			documents: [],
		})),
		by: clerk,
	})),
	{
		weight: 3,
		arbitrary: fc.record({ type: fc.constant('agenda.start' as const), item, by: actor }),
	},
	fc.record({ type: fc.constant('agenda.skip' as const), item, by: actor }),
	fc.record({ type: fc.constant('agenda.end' as const), by: actor }),
	fc.record({ type: fc.constant('agenda.move' as const), item, to: fc.nat({ max: 4 }), by: actor }),
	fc.constantFrom('suspend' as const, 'resume' as const, 'resume' as const).map((type) => ({ type, by: 'chair' })),
	fc.record({
		type: fc.constant('slide.show' as const),
		document: fc.constant('d'),
		page: fc.nat({ max: 3 }),
		pages: fc.option(fc.constant(2)),
		by: actor,
	}),
)

function play(requests: readonly MeetingRequest[], look: (chamber: Chamber) => void): Chamber {
	const chamber = opened()
	chamber.all(join('room', 'room'), join('chair', 'chair'))
	for (const request of requests) {
		chamber.now += 1000
		chamber.ask(request)
		look(chamber)
	}
	return chamber
}

const some = (request: fc.Arbitrary<MeetingRequest>) => fc.array(request, { maxLength: 40, size: 'max' })
const runs = { numRuns: 2000 }

describe('Whatever is asked in whatever order', () => {
	it('replaying gives the meeting that lived', { timeout: patience }, () => {
		fc.assert(
			fc.property(some(fc.oneof(people, agenda)), (requests) => {
				const { events, meeting } = play([...requests, { type: 'close', by: 'chair' }], () => {})
				const read = JSON.parse(JSON.stringify(events)) as MeetingEvent[]
				expect(read.reduce<Meeting | null>(evolve, null)).toEqual(meeting)
			}),
			runs,
		)
	})

	it('nobody sits on two seats, and nobody presides but by their first link, the roll or a role that was given', {
		timeout: patience,
	}, () => {
		let presided = 0
		fc.assert(
			fc.property(some(people), (requests) => {
				const given = new Set<string>()
				play(requests, ({ meeting, events }) => {
					const sitting = [...meeting.seats.values()].flatMap(({ person }) => person ?? [])
					expect(new Set(sitting).size).toBe(sitting.length)
					for (const event of events) {
						const named =
							event.type === 'roll.entered' || event.type === 'person.roled' || event.type === 'person.joined'
						if (named) given.add(`${event.person} ${event.role}`)
					}
					for (const { id, role } of meeting.members.values()) {
						if (!(presiding as readonly string[]).includes(role)) continue
						presided += 1
						expect(given).toContain(`${id} ${role}`)
						const entry = meeting.roll.get(id)
						if (entry) expect(entry.role).toBe(role)
					}
				})
			}),
			runs,
		)
		expect(presided).toBeGreaterThan(500)
	})

	it('one item is on at a time, and the time of all items is the time that one was on while the meeting went on', {
		timeout: patience,
	}, () => {
		let clocked = 0
		fc.assert(
			fc.property(some(agenda), (requests) => {
				let onMs = 0
				let on = false
				// An item taken off the list takes its time with it.
				const fixed = requests.filter(({ type }, i) => type !== 'agenda.set' || i < 3)
				const used = new Map<string, number>()
				const { events } = play([...fixed, { type: 'close', by: 'chair' }], ({ meeting }) => {
					if (on) onMs += 1000
					const current = meeting.agenda.filter(({ status }) => status === 'current')
					expect(current.length).toBeLessThanOrEqual(1)
					for (const { status, runningSince } of meeting.agenda) {
						expect(runningSince !== null).toBe(status === 'current' && meeting.phase === 'open')
					}
					on = current.length === 1 && meeting.phase === 'open'
				})
				let total = 0
				for (const event of events) {
					if (event.type === 'agenda.set')
						for (const id of used.keys()) if (!event.items.some((one) => one.id === id)) used.delete(id)
					if (event.type !== 'item.ended') continue
					total += event.usedMs - (used.get(event.item) ?? 0)
					used.set(event.item, event.usedMs)
				}
				expect(total).toBe(onMs)
				clocked += total
			}),
			runs,
		)
		expect(clocked).toBeGreaterThan(1_000_000)
	})
})
