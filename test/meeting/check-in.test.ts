import { describe, expect, it } from 'vitest'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { standingOf } from '../../appliance/meeting/trainees.ts'
import { type Chamber, chair, enter, entry, join, opened } from './chamber.ts'

/** Trainees who check in at the hall of a class, by phone. */

const minute = 60_000
const come = (person: string, phone = `phone of ${person}`): MeetingRequest => ({
	type: 'presence.come',
	person,
	name: `card of ${person}`,
	phone,
})
const go = (person: string): MeetingRequest => ({ type: 'presence.go', phone: `phone of ${person}` })

function lesson(): Chamber {
	const chamber = opened()
	chamber.all({ type: 'kind', kind: 'class', by: chair }, join('chair', 'chair'))
	return chamber
}
const standing = ({ meeting, now }: Chamber, person: string) =>
	standingOf(meeting, now).trainees.find((one) => one.person === person)

describe('Who checks in at the hall', () => {
	it('is there without a page of their own, until they go or the class ends, and again when they are back', () => {
		const chamber = lesson()
		expect(chamber.ask(come('kim'))).toEqual(['presence.came'])
		chamber.now += 10 * minute
		expect(chamber.ask(go('kim'))).toEqual(['presence.went'])
		expect(chamber.ask(go('kim'))).toEqual([])
		chamber.now += 10 * minute
		expect(standing(chamber, 'kim')).toMatchObject({ way: 'hall', presentMs: 10 * minute, presentPercent: 50 })
		chamber.ask(come('kim'))
		chamber.now += 20 * minute
		chamber.ask({ type: 'close', by: 'chair' })
		chamber.now += 60 * minute
		expect(standing(chamber, 'kim')).toMatchObject({ presentMs: 30 * minute, presentPercent: 75 })
		expect(chamber.ask(come('kim'))).toBe('meeting-closed')
	})

	it('is counted from the opening where they are early, and not while the class is suspended', () => {
		const chamber = lesson()
		chamber.all(come('kim'), { type: 'suspend', by: 'chair' })
		chamber.now += 10 * minute
		chamber.ask({ type: 'resume', by: 'chair' })
		chamber.now += 5 * minute
		expect(standing(chamber, 'kim')).toMatchObject({ presentMs: 5 * minute, presentPercent: 100 })
	})

	it('comes once by one phone: no second person by it, no second phone for them', () => {
		const chamber = lesson()
		chamber.ask(come('kim'))
		expect(chamber.ask(come('kim'))).toEqual([])
		expect(chamber.ask(come('lee', 'phone of kim'))).toBe('phone-used')
		expect(chamber.ask(come('kim', 'phone of lee'))).toBe('elsewhere')
		// Also after they have gone: a phone is not lent.
		chamber.ask(go('kim'))
		expect(chamber.ask(come('lee', 'phone of kim'))).toBe('phone-used')
		expect(chamber.ask(come('kim', 'phone of lee'))).toBe('elsewhere')
		expect(chamber.ask(come('lee'))).toEqual(['presence.came'])
		expect(chamber.ask(go('park'))).toBe('no-person')
	})

	it('has come for the roll as well; those who run the class do not check in, and a meeting has no such thing', () => {
		const chamber = lesson()
		chamber.ask(enter([entry('kim'), entry('lee'), entry('trainer', { role: 'clerk' })]))
		expect(chamber.ask(come('kim'))).toEqual(['presence.came', 'roll.marked'])
		chamber.ask({ type: 'roll.call', by: chair })
		chamber.ask(come('lee'))
		expect(chamber.meeting.roll.get('lee')?.attendance).toBe('late')
		expect([chamber.ask(come('trainer')), chamber.ask(come('chair'))]).toEqual(['not-allowed', 'not-allowed'])
		expect(opened().ask(come('kim'))).toBe('not-allowed')
	})

	it('is known to be there, and asked nothing; by PC as well they are one person', () => {
		const chamber = lesson()
		chamber.all(come('kim'), join('kim'), join('lee'))
		chamber.ask({ type: 'presence.ask', check: 'c1', seconds: 60, by: chair })
		expect([...(chamber.meeting.lesson.check?.asked.keys() ?? [])]).toEqual(['lee'])
		chamber.now += 10 * minute
		chamber.all({ type: 'goAway', person: 'kim' }, { type: 'tick' })
		chamber.now += 10 * minute
		expect(standing(chamber, 'kim')).toMatchObject({ way: 'both', presentPercent: 100 })
		expect(standing(chamber, 'lee')).toMatchObject({ way: 'class', checksAsked: 1, checksAnswered: 0 })
	})

	it('is certified by the rule of the class like everybody', () => {
		const chamber = lesson()
		chamber.ask(come('kim'))
		chamber.now += 10 * minute
		chamber.ask({ type: 'certificates.issue', numbers: { kim: 'no-kim' }, by: chair })
		expect(standing(chamber, 'kim')).toMatchObject({ passes: true, certificate: 'no-kim' })
	})
})
