import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seesAsked } from '../../appliance/meeting/asked.ts'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { as, type Chamber, chair, join, opened } from './chamber.ts'

/** What the trainees of a class ask in writing. */

const people = ['kim', 'lee', 'park', 'choi']

function lesson(): Chamber {
	const chamber = opened()
	chamber.all({ type: 'kind', kind: 'class', by: chair }, join('chair', 'chair'), ...people.map((one) => join(one)))
	return chamber
}
const ask = (who: string, question: string): MeetingRequest => ({
	...{ type: 'question.ask', question, text: `hash of ${question}`, by: as(who) },
})
const vote = (who: string, question: string, on = true): MeetingRequest => ({
	...{ type: 'question.vote', question, on, by: as(who) },
})
const answer = (question: string, text: string | null = null, by = chair): MeetingRequest => ({
	...{ type: 'question.answer', question, text, by },
})
const remove = (question: string, by = chair): MeetingRequest => ({ type: 'question.remove', question, by })
const groups: MeetingRequest = {
	type: 'groups.open',
	groups: [
		{ id: 'g1', name: '1조', people: ['kim', 'lee'] },
		{ id: 'g2', name: '2조', people: ['park'] },
	],
	seconds: null,
	by: chair,
}
const back: MeetingRequest = { type: 'groups.close', by: chair }
const move = (who: string, group: string | null, by = chair): MeetingRequest => ({
	...{ type: 'groups.move', who, group, by },
})
const votes = ({ meeting }: Chamber, question: string) => meeting.lesson.asked.get(question)?.votes.size
/** Who of them sees it. */
const seen = ({ meeting }: Chamber, question: string) => {
	const asked = meeting.lesson.asked.get(question)
	return asked ? people.filter((person) => seesAsked(meeting, asked, person)) : null
}

describe('A question of a trainee', () => {
	it('is voted for once by each of the others, who may take it back', () => {
		const chamber = lesson()
		expect(chamber.ask(ask('kim', 'q'))).toEqual(['question.asked'])
		expect(chamber.ask(vote('kim', 'q'))).toBe('not-allowed')
		expect(chamber.all(vote('lee', 'q'), vote('park', 'q'))).toEqual(['question.voted'])
		expect(chamber.ask(vote('lee', 'q'))).toEqual([])
		expect(votes(chamber, 'q')).toBe(2)
		expect(chamber.ask(vote('lee', 'q', false))).toEqual(['question.voted'])
		expect(chamber.ask(vote('lee', 'q', false))).toEqual([])
		expect(votes(chamber, 'q')).toBe(1)
		expect(chamber.ask(vote('lee', 'nothing'))).toBe('no-line')
	})

	it('is for trainees who are in, once the class is open', () => {
		const chamber = lesson()
		expect(chamber.ask({ type: 'question.ask', question: 'q', text: 't', by: chair })).toBe('not-allowed')
		expect(chamber.ask(ask('nobody', 'q'))).toBe('not-allowed')
		chamber.all({ type: 'leave', person: 'kim' }, ask('lee', 'of lee'))
		expect(chamber.ask(ask('kim', 'q'))).toBe('not-allowed')
		expect(chamber.ask(vote('kim', 'of lee'))).toBe('not-allowed')
		chamber.ask({ type: 'suspend', by: 'chair' })
		expect(chamber.ask(ask('lee', 'in the break'))).toEqual(['question.asked'])
		chamber.ask({ type: 'kind', kind: 'council', by: chair })
		expect(chamber.ask(ask('lee', 'of a council'))).toBe('not-allowed')
	})

	it('is answered aloud or in writing by those who run the class, and then no longer voted for', () => {
		const chamber = lesson()
		chamber.all(ask('kim', 'q'), ask('kim', 'r'))
		expect(chamber.ask(answer('q', 'hash', as('lee')))).toBe('not-allowed')
		expect(chamber.ask(answer('q'))).toEqual(['question.answered'])
		expect(chamber.ask(answer('q'))).toEqual([])
		expect(chamber.ask(vote('lee', 'q'))).toBe('already-so')
		expect(chamber.ask(answer('q', 'hash'))).toEqual(['question.answered'])
		expect(chamber.meeting.lesson.asked.get('q')?.answer).toMatchObject({ text: 'hash', by: 'chair' })
	})

	it('is removed by them or by its asker, and by nobody else', () => {
		const chamber = lesson()
		chamber.all(ask('kim', 'q'), ask('kim', 'r'))
		expect(chamber.ask(remove('q', as('lee')))).toBe('no-line')
		expect(chamber.ask(remove('q', as('kim')))).toEqual(['question.removed'])
		expect(chamber.ask(remove('r'))).toEqual(['question.removed'])
		expect(chamber.ask(remove('r'))).toBe('no-line')
	})

	it('is the fourth only when one of the three before is answered', () => {
		const chamber = lesson()
		chamber.all(ask('kim', '1'), ask('kim', '2'), ask('kim', '3'))
		expect(chamber.ask(ask('kim', '4'))).toBe('too-many')
		expect(chamber.ask(ask('lee', '4'))).toEqual(['question.asked'])
		chamber.ask(answer('2'))
		expect(chamber.ask(ask('kim', '5'))).toEqual(['question.asked'])
	})

	it('is one of two hundred at most: the oldest that is answered goes, and where none is no more are taken', () => {
		const chamber = lesson()
		const many = Array.from({ length: 67 }, (_, i) => `person-${i}`)
		chamber.all(...many.map((one) => join(one)))
		for (let i = 0; i < 200; i++) expect(chamber.ask(ask(many[i % 67] ?? '', `q${i}`))).toEqual(['question.asked'])
		expect(chamber.ask(ask('kim', 'one more'))).toBe('too-many')
		chamber.all(answer('q7'), ask('kim', 'one more'))
		expect(chamber.meeting.lesson.asked.size).toBe(200)
		expect(chamber.meeting.lesson.asked.has('q7')).toBe(false)
	})
})

describe('A question that is asked in a group', () => {
	it('is seen there, and by all once they are back', () => {
		const chamber = lesson()
		chamber.all(ask('kim', 'before'), groups, ask('kim', 'q'))
		expect(seen(chamber, 'before')).toEqual(people)
		expect(seen(chamber, 'q')).toEqual(['kim', 'lee'])
		expect(chamber.ask(vote('park', 'q'))).toBe('no-line')
		expect(chamber.ask(vote('choi', 'q'))).toBe('no-line')
		chamber.ask(back)
		expect(seen(chamber, 'q')).toEqual(people)
		expect(chamber.ask(vote('park', 'q'))).toEqual(['question.voted'])
	})

	it('is seen by who is sent there, and no longer by who has gone, but for its asker', () => {
		const chamber = lesson()
		chamber.all(groups, ask('kim', 'q'), move('kim', null), move('lee', 'g2'), move('choi', 'g1'))
		expect(seen(chamber, 'q')).toEqual(['kim', 'choi'])
	})
})

describe('Whatever is asked of a class', () => {
	const step = fc.oneof(
		fc.tuple(fc.constant('ask' as const), fc.constantFrom(...people), fc.nat(4)),
		fc.tuple(fc.constant('vote' as const), fc.constantFrom(...people), fc.nat(4)),
		fc.tuple(fc.constant('unvote' as const), fc.constantFrom(...people), fc.nat(4)),
		fc.tuple(fc.constant('answer' as const), fc.constantFrom(...people), fc.nat(4)),
		fc.tuple(fc.constant('groups' as const), fc.constantFrom(...people), fc.nat(4)),
	)
	it('nobody counts twice or for their own, and no other group votes', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
				const chamber = lesson()
				for (const [what, who, i] of steps) {
					const id = `q${i}`
					if (what === 'ask' && !chamber.meeting.lesson.asked.has(id)) chamber.ask(ask(who, id))
					if (what === 'vote' || what === 'unvote') {
						const before = seen(chamber, id)?.includes(who) === true
						const told = chamber.ask(vote(who, id, what === 'vote'))
						if (!before) expect(told).toBe('no-line')
					}
					if (what === 'answer') chamber.ask(answer(id))
					if (what === 'groups') chamber.ask(chamber.meeting.lesson.groups ? back : groups)
				}
				for (const { by, votes: given } of chamber.meeting.lesson.asked.values()) {
					expect(given.has(by)).toBe(false)
					expect(given.size).toBeLessThan(people.length)
				}
			}),
			{ numRuns: 100 },
		)
	})
})
