import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evolve } from '../../appliance/meeting/evolve.ts'
import type { Meeting } from '../../appliance/meeting/meeting.ts'
import { isIn } from '../../appliance/meeting/people.ts'
import type { Actor, MeetingRequest } from '../../appliance/meeting/requests.ts'
import { meetingRoles } from '../../appliance/protocol/roles.ts'
import type { MeetingKind } from '../../appliance/protocol/room-state.ts'
import { as, type Chamber, chair, desk, join, opened } from './chamber.ts'

const ask = (by: Actor = chair): MeetingRequest => ({ type: 'consent.ask', keepDays: 90, by })
const give = (person: string, recording = 'r1'): MeetingRequest => ({ type: 'consent.give', recording, by: as(person) })
const withdraw = (person: string): MeetingRequest => ({ type: 'consent.withdraw', by: as(person) })
const record = (by: Actor = chair): MeetingRequest => ({ type: 'recording.start', recording: 'r9', by })
const turn = (kind: MeetingKind): MeetingRequest => ({ type: 'kind', kind, by: chair })

function withBoth(): Chamber {
	const chamber = opened('counsel')
	chamber.all(join('chair', 'chair'), join('visitor'), join('room', 'room'))
	return chamber
}

function recorded(): Chamber {
	const chamber = withBoth()
	chamber.all(ask(), give('visitor'))
	return chamber
}

describe('A counselling session', () => {
	it('is recorded from the last word that was missing, and what was told of it stands in the journal', () => {
		const chamber = withBoth()
		expect(chamber.ask(record())).toBe('no-consent')
		expect(chamber.ask(ask())).toEqual(['consent.asked', 'consent.given'])
		expect(chamber.ask(record())).toBe('no-consent')
		expect(chamber.ask(give('visitor'))).toEqual(['consent.given', 'recording.started'])
		expect(chamber.meeting.broadcast).toMatchObject({
			recording: { id: 'r1' },
			consent: { by: 'chair', keepDays: 90, agreed: ['chair', 'visitor'], ended: null },
		})
		expect(chamber.events.at(-1)).toMatchObject({ recording: 'r1', by: 'chair' })
	})

	it('is asked for by those who run it alone, once, and agreed to by nobody for another', () => {
		const chamber = withBoth()
		expect(chamber.ask(ask(as('visitor')))).toBe('not-allowed')
		expect(chamber.ask(give('visitor'))).toBe('no-consent')
		chamber.ask(ask())
		expect(chamber.ask(ask())).toEqual([])
		expect(chamber.ask({ type: 'consent.give', recording: 'r1', by: desk })).toBe('not-joined')
		expect(chamber.ask(give('room'))).toBe('not-joined')
		expect(chamber.ask(give('chair'))).toEqual([])
		expect(chamber.meeting.broadcast.recording).toBeNull()
	})

	it('that is asked for from a desk of the house waits for all who are there', () => {
		const chamber = withBoth()
		expect(chamber.ask(ask(desk))).toEqual(['consent.asked'])
		expect(chamber.ask(give('visitor'))).toEqual(['consent.given'])
		expect(chamber.ask(give('chair'))).toEqual(['consent.given', 'recording.started'])
	})

	it('has two sides: one person with a room is none', () => {
		const chamber = opened('counsel')
		chamber.all(join('chair', 'chair'), join('room', 'room'))
		expect(chamber.ask(ask())).toEqual(['consent.asked', 'consent.given'])
		expect(chamber.ask(record())).toBe('no-consent')
	})

	it('is not recorded where somebody says no, until it is asked anew', () => {
		const chamber = withBoth()
		chamber.ask(ask())
		expect(chamber.ask(withdraw('visitor'))).toEqual(['consent.refused'])
		expect(chamber.meeting.broadcast.consent?.ended).toEqual({ person: 'visitor', how: 'refused' })
		expect(chamber.ask(give('visitor'))).toBe('no-consent')
		expect(chamber.ask(ask())).toEqual(['consent.asked', 'consent.given'])
		expect(chamber.ask(give('visitor'))).toEqual(['consent.given', 'recording.started'])
	})

	it.each(['visitor', 'chair'])('stops being recorded when the %s takes their word back', (person) => {
		const chamber = recorded()
		expect(chamber.ask(withdraw(person))).toEqual(['recording.stopped', 'consent.withdrawn'])
		expect(chamber.events.at(-2)).toMatchObject({ recording: 'r1', cause: 'consent-withdrawn', by: 'system' })
		expect(chamber.meeting.broadcast.consent?.ended).toEqual({ person, how: 'withdrawn' })
		expect(chamber.ask(record())).toBe('no-consent')
	})

	it('stops being recorded when an interpreter comes in, and goes on with their word', () => {
		const chamber = recorded()
		expect(chamber.ask(join('interpreter'))).toEqual(['recording.stopped', 'person.joined'])
		expect(chamber.events.at(-2)).toMatchObject({ cause: 'consent-missing' })
		expect(chamber.ask(give('interpreter', 'r2'))).toEqual(['consent.given', 'recording.started'])
		// Whoever comes again is asked again.
		expect(chamber.ask({ type: 'leave', person: 'interpreter' })).toEqual(['person.left'])
		expect(chamber.ask(join('interpreter'))).toEqual(['recording.stopped', 'person.joined'])
	})

	it('stops being recorded when one side is alone, and goes on where a page only reloads', () => {
		const chamber = recorded()
		chamber.all({ type: 'goAway', person: 'visitor' }, join('visitor'))
		expect(chamber.meeting.broadcast.recording).not.toBeNull()
		expect(chamber.ask({ type: 'leave', person: 'visitor' })).toEqual(['recording.stopped', 'person.left'])
	})

	it('is asked anew after its recording was ended by hand', () => {
		const chamber = recorded()
		expect(chamber.ask({ type: 'recording.stop', cause: 'asked', by: chair })).toEqual(['recording.stopped'])
		expect(chamber.meeting.broadcast.consent).toBeNull()
		expect(chamber.ask(record())).toBe('no-consent')
	})

	it('does not lose its rule by being turned into something else', () => {
		const chamber = recorded()
		expect(chamber.ask(turn('council'))).toEqual(expect.arrayContaining(['recording.stopped', 'meeting.turned']))
		expect(chamber.ask(record())).toBe('no-consent')
	})
})

it('Other meetings are recorded without asking', () => {
	const chamber = opened()
	chamber.all(join('chair', 'chair'), join('member'))
	expect(chamber.ask(ask())).toBe('unsupported')
	expect(chamber.ask(record())).toEqual(['recording.started'])
})

describe('Whatever is asked in whatever order', () => {
	const person = fc.constantFrom('chair', 'visitor', 'interpreter', 'room')
	const actor = fc.constantFrom(chair, desk, as('visitor'), as('interpreter'))
	const request: fc.Arbitrary<MeetingRequest> = fc.oneof(
		{
			weight: 3,
			arbitrary: person.map((id) => join(id, id === 'chair' ? 'chair' : id === 'room' ? 'room' : 'member')),
		},
		{ weight: 3, arbitrary: actor.map(ask) },
		{ weight: 6, arbitrary: fc.tuple(person, fc.uuid()).map(([id, recording]) => give(id, recording)) },
		person.map(withdraw),
		actor.map(record),
		actor.map((by): MeetingRequest => ({ type: 'recording.stop', cause: 'asked', by })),
		fc.record({ type: fc.constantFrom('leave' as const, 'goAway' as const), person }),
		fc.record({ type: fc.constant('person.remove' as const), who: person, by: actor }),
		fc
			.tuple(person, fc.constantFrom(...meetingRoles), actor)
			.map(([who, role, by]): MeetingRequest => ({ type: 'person.role', who, role, by })),
		fc.constantFrom<MeetingKind>('council', 'class', 'counsel').map(turn),
		fc.constantFrom('suspend' as const, 'resume' as const).map((type) => ({ type, by: 'chair' })),
	)

	it('nothing is recorded at any moment in which somebody who is there has not agreed, and replaying says the same', {
		timeout: 600_000,
	}, () => {
		let begun = 0
		fc.assert(
			fc.property(fc.array(request, { maxLength: 40, size: 'max' }), (requests) => {
				const chamber = opened('counsel')
				chamber.all(join('chair', 'chair'), ...requests)
				let meeting: Meeting | null = null
				const agreed = new Set<string>()
				for (const event of chamber.events) {
					meeting = evolve(meeting, event)
					// Told by the events alone, and not by the state that the rule itself looks at.
					if (event.type === 'consent.asked') agreed.clear()
					if (event.type === 'consent.given') agreed.add(event.person)
					if (event.type === 'consent.withdrawn' || event.type === 'consent.refused' || event.type === 'person.left') {
						agreed.delete(event.person)
					}
					if (event.type === 'recording.started') begun++
					if (!meeting?.broadcast.recording) continue
					const now = meeting
					const there = [...now.members.values()].filter(({ id, role }) => role !== 'room' && isIn(now, id))
					expect(there.length).toBeGreaterThanOrEqual(2)
					expect(there.filter(({ id }) => !agreed.has(id))).toEqual([])
				}
				expect(meeting).toEqual(chamber.meeting)
			}),
			{ numRuns: 500 },
		)
		expect(begun).toBeGreaterThan(20)
	})
})
