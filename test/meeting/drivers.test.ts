import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askingRefusal, drivingRefusal } from '../../appliance/meeting/drivers.ts'
import { evolve } from '../../appliance/meeting/evolve.ts'
import type { Meeting, MeetingEvent } from '../../appliance/meeting/meeting.ts'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { type MeetingRole, meetingRoles, presides } from '../../appliance/protocol/roles.ts'
import type { MeetingRules } from '../../appliance/protocol/rules.ts'
import { as, type Chamber, chair, clerk, join, opened } from './chamber.ts'

type Rule = MeetingRules['cameras']
const rules = ['nobody', 'ask', 'everyone'] as const
const rule = (cameras: Rule, by = clerk): MeetingRequest => ({ type: 'rules', cameras, by })
const allow = (who: string, on = true, by = clerk): MeetingRequest => ({ type: 'cameras.let', who, on, by })

function under(cameras: Rule, role: MeetingRole): Chamber {
	const chamber = opened()
	chamber.all(join('k', 'clerk'), join('a', role), rule(cameras))
	return chamber
}
const may = ({ meeting }: Chamber, person: string) => drivingRefusal(meeting, person)?.code ?? 'may'
const asking = ({ meeting }: Chamber, person: string) => askingRefusal(meeting, person)?.code ?? 'may'

describe('Whoever moves a camera from home', () => {
	it.each<[MeetingRole, Rule, string, string]>([
		['chair', 'nobody', 'may', 'already-so'],
		['clerk', 'nobody', 'may', 'already-so'],
		['clerk', 'ask', 'may', 'already-so'],
		['member', 'nobody', 'not-allowed', 'not-allowed'],
		['member', 'ask', 'not-allowed', 'may'],
		['member', 'everyone', 'may', 'already-so'],
		['observer', 'nobody', 'not-allowed', 'not-allowed'],
		['observer', 'ask', 'not-allowed', 'not-allowed'],
		['observer', 'everyone', 'not-allowed', 'not-allowed'],
		['viewer', 'everyone', 'not-allowed', 'not-allowed'],
		['room', 'everyone', 'not-allowed', 'not-allowed'],
	])('as %s under "%s": %s; asks: %s', (role, cameras, drives, asks) => {
		const chamber = under(cameras, role)
		expect(may(chamber, 'a')).toBe(drives)
		expect(asking(chamber, 'a')).toBe(asks)
		expect(may(chamber, 'nobody-of-this-id')).toBe('not-joined')
	})

	it('was let, until that is taken back', () => {
		const chamber = under('ask', 'member')
		expect(chamber.ask(allow('a'))).toEqual(['cameras.let'])
		expect(may(chamber, 'a')).toBe('may')
		expect(chamber.ask(allow('a'))).toEqual([])
		expect(chamber.ask(allow('a', false))).toEqual(['cameras.let'])
		expect(may(chamber, 'a')).toBe('not-allowed')
		expect(chamber.ask(allow('a', false))).toEqual([])
	})

	it.each<[string, MeetingRequest[]]>([
		['they leave for good and come again', [{ type: 'leave', person: 'a' }, join('a')]],
		['they are another for a while', [role('observer'), role('member')]],
		['nobody may, and then whoever asks', [rule('nobody'), rule('ask')]],
	])('asks anew after %s', (_, happens) => {
		const chamber = under('ask', 'member')
		chamber.all(allow('a'), ...happens)
		expect(may(chamber, 'a')).toBe('not-allowed')
		expect(chamber.meeting.drivers.size).toBe(0)
	})

	it('comes back from a cut and may still', () => {
		const chamber = under('ask', 'member')
		chamber.all(allow('a'), { type: 'goAway', person: 'a' }, join('a'))
		expect(may(chamber, 'a')).toBe('may')
	})

	it('is let by those who run the meeting alone, and only where it is of use', () => {
		const chamber = under('ask', 'member')
		chamber.all(join('o', 'observer'), join('room', 'room'))
		expect(chamber.ask(allow('a', true, as('a')))).toBe('not-allowed')
		expect(chamber.ask(allow('o'))).toBe('not-allowed')
		expect(chamber.ask(allow('room'))).toBe('not-allowed')
		expect(chamber.ask(allow('nobody'))).toBe('no-person')
		expect(chamber.ask(allow('k', true, chair))).toEqual([])
		chamber.ask(rule('nobody'))
		expect(chamber.ask(allow('a'))).toBe('not-allowed')
	})

	it('finds the rule of a journal from before there was one', () => {
		const { cameras: _, ...before } = opened().meeting.rules
		const meeting = evolve(opened().meeting, { type: 'rules.set', rules: before as MeetingRules, by: 'k', at: 1 })
		expect(meeting?.rules.cameras).toBe('ask')
	})
})

function role(role: MeetingRole): MeetingRequest {
	return { type: 'person.role', who: 'a', role, by: chair }
}

const person = fc.constantFrom('a', 'b', 'c')
const request: fc.Arbitrary<MeetingRequest> = fc.oneof(
	fc.tuple(person, fc.constantFrom(...meetingRoles)).map(([id, role]) => join(id, role)),
	fc.record({ type: fc.constantFrom('leave' as const, 'goAway' as const), person }),
	fc.constantFrom(...rules).map((cameras) => rule(cameras)),
	{ weight: 3, arbitrary: fc.tuple(person, fc.boolean()).map(([who, on]) => allow(who, on)) },
	fc
		.tuple(person, fc.constantFrom(...meetingRoles))
		.map(([who, role]): MeetingRequest => ({ type: 'person.role', who, role, by: chair })),
	person.map((who): MeetingRequest => ({ type: 'person.remove', who, by: chair })),
)

describe('In whatever order it is asked', () => {
	it('only members who are in are let, none where nobody may, and a replay comes to the same', () => {
		fc.assert(
			fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
				const chamber = opened()
				for (const one of requests) {
					chamber.ask(one)
					const { meeting } = chamber
					for (const id of meeting.drivers.keys()) {
						expect(meeting.members.get(id)).toMatchObject({ role: 'member' })
						expect(meeting.members.get(id)?.presence).not.toBe('left')
						expect(meeting.rules.cameras).not.toBe('nobody')
						expect(drivingRefusal(meeting, id)).toBeNull()
					}
					for (const { id, role, presence } of meeting.members.values()) {
						if (drivingRefusal(meeting, id) !== null) continue
						expect(presence).not.toBe('left')
						const free = presides(role) || meeting.rules.cameras === 'everyone'
						expect(free || meeting.drivers.has(id)).toBe(true)
					}
				}
				const replayed = chamber.events.reduce<Meeting | null>(
					(meeting, event: MeetingEvent) => evolve(meeting, event),
					null,
				)
				expect(replayed).toEqual(chamber.meeting)
			}),
			{ numRuns: 300 },
		)
	})
})
