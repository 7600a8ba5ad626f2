import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openGates } from '../../appliance/meeting/gates.ts'
import { groupOf } from '../../appliance/meeting/lesson.ts'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { standingOf } from '../../appliance/meeting/trainees.ts'
import { ballotsOf, voteViewOf } from '../../appliance/meeting/vote-view.ts'
import { as, type Chamber, chair, join, opened } from './chamber.ts'

/** A class (교육): questions, presence checks, groups, certificates. */

const minute = 60_000
const people = ['kim', 'lee', 'park']

function lesson(...present: string[]): Chamber {
	const chamber = opened()
	chamber.all({ type: 'kind', kind: 'class', by: chair }, join('chair', 'chair'), ...present.map((one) => join(one)))
	return chamber
}
const question = (more: Partial<Extract<MeetingRequest, { type: 'vote.open' }>> = {}): MeetingRequest => ({
	type: 'vote.open',
	vote: 'q1',
	title: '개인정보를 보낼 때 맞는 것은?',
	kind: 'recorded',
	choices: ['a', 'b', 'c'].map((id) => ({ id, label: id })),
	majority: 'more',
	quorum: null,
	eligible: null,
	weighted: false,
	proxies: {},
	seconds: null,
	poll: { right: 'b' },
	by: chair,
	...more,
})
const answer = (who: string, choice: string): MeetingRequest => ({
	type: 'vote.cast',
	vote: 'q1',
	who,
	of: who,
	choice,
	by: as(who),
})
const close: MeetingRequest = { type: 'vote.close', vote: 'q1', box: null, by: chair }
const check = (seconds = 60): MeetingRequest => ({ type: 'presence.ask', check: 'c1', seconds, by: chair })
const here = (who: string): MeetingRequest => ({ type: 'presence.answer', check: 'c1', by: as(who) })
const groups = (seconds: number | null = null): MeetingRequest => ({
	type: 'groups.open',
	groups: [
		{ id: 'g1', name: '1조', people: ['kim', 'lee'] },
		{ id: 'g2', name: '2조', people: ['park'] },
	],
	seconds,
	by: chair,
})
const certify: MeetingRequest = {
	type: 'certificates.issue',
	numbers: Object.fromEntries(people.map((one) => [one, `no-${one}`])),
	by: chair,
}
const standing = (chamber: Chamber, person: string) =>
	standingOf(chamber.meeting, chamber.now).trainees.find((one) => one.person === person)

describe('A question to a class', () => {
	it('tells which answer is right only once nobody can give it any more', () => {
		const chamber = lesson('kim', 'lee')
		chamber.all(question(), answer('kim', 'b'), answer('lee', 'a'))
		const view = () => {
			const vote = chamber.meeting.votes.get('q1')
			return vote ? voteViewOf(chamber.meeting, vote) : null
		}
		expect(view()).toMatchObject({ poll: { quiz: true, right: null }, cast: 2, eligible: 2 })
		chamber.ask(close)
		expect(view()).toMatchObject({ poll: { quiz: true, right: 'b' }, counts: { a: 1, b: 1, c: 0 }, passed: null })
		expect(standing(chamber, 'kim')).toMatchObject({ quizzes: 1, quizzesRight: 1, quizPercent: 100 })
		expect(standing(chamber, 'lee')).toMatchObject({ quizzesRight: 0, quizPercent: 0 })
	})

	it('is answered by whoever comes late, and not by those who run the class', () => {
		const chamber = lesson('kim')
		chamber.all(question(), join('late'))
		expect(ballotsOf(chamber.meeting, 'late')).toMatchObject({ may: ['late'], cast: [] })
		expect(ballotsOf(chamber.meeting, 'chair')).toBeNull()
		expect(chamber.ask(answer('late', 'b'))).toEqual(['ballot.cast'])
		expect(chamber.meeting.votes.get('q1')?.eligible.size).toBe(2)
	})

	it('without names has no right answer, and needs a class', () => {
		const chamber = lesson('kim')
		expect(chamber.ask(question({ kind: 'secret' }))).toBe('bad-message')
		expect(chamber.ask(question({ poll: { right: 'x' } }))).toBe('no-choice')
		expect(chamber.ask(question({ kind: 'secret', poll: { right: null } }))).toEqual(['vote.opened'])
		chamber.ask(answer('kim', 'a'))
		expect(chamber.events.at(-1)).toMatchObject({ type: 'ballot.cast', choice: null })
		expect(opened().ask(question())).toBe('not-allowed')
	})
})

describe('A presence check', () => {
	it('is answered in its time, by those who were asked', () => {
		const chamber = lesson('kim', 'lee')
		expect(chamber.ask(check())).toEqual(['presence.asked'])
		expect(chamber.ask(check())).toBe('already-so')
		chamber.ask(join('park'))
		expect(chamber.ask(here('park'))).toBe('not-eligible')
		expect(chamber.ask(here('kim'))).toEqual(['presence.answered'])
		expect(chamber.ask(here('kim'))).toEqual([])
		chamber.now += minute
		expect(chamber.ask(here('lee'))).toBe('vote-closed')
		expect(chamber.ask({ type: 'tick' })).toEqual(['presence.closed'])
		expect(chamber.events.at(-1)).toMatchObject({ missed: ['lee'] })
		expect(standing(chamber, 'lee')).toMatchObject({ checksAsked: 1, checksAnswered: 0 })
	})

	it('takes from who misses it all that no earlier one confirmed', () => {
		const chamber = lesson('kim', 'lee')
		chamber.now += 9 * minute
		chamber.all(check(), here('kim'), here('lee'))
		chamber.now += minute
		chamber.ask({ type: 'tick' })
		chamber.now += 9 * minute
		chamber.all(check(), here('kim'))
		chamber.now += minute
		chamber.ask({ type: 'tick' })
		chamber.now += 10 * minute
		expect(standing(chamber, 'kim')).toMatchObject({ presentPercent: 100 })
		expect(standing(chamber, 'lee')).toMatchObject({ presentMs: 20 * minute, presentPercent: 66, passes: false })
	})

	it('does not count a pause of the class, and counts nobody who is away', () => {
		const chamber = lesson('kim', 'lee')
		chamber.now += 10 * minute
		chamber.ask({ type: 'suspend', by: 'chair' })
		chamber.now += 30 * minute
		chamber.all({ type: 'resume', by: 'chair' }, { type: 'goAway', person: 'lee' })
		chamber.now += 10 * minute
		expect(standingOf(chamber.meeting, chamber.now).classMs).toBe(20 * minute)
		expect(standing(chamber, 'kim')).toMatchObject({ presentPercent: 100 })
		expect(standing(chamber, 'lee')).toMatchObject({ presentPercent: 50 })
	})
})

describe('Groups', () => {
	it('let everybody in them speak, and bring all back when their time is up', () => {
		const chamber = lesson(...people)
		chamber.ask(groups(300))
		expect(groupOf(chamber.meeting, 'kim')).toBe('g1')
		expect([...(openGates(chamber.meeting) as Set<string>)].sort()).toEqual(['chair', 'kim', 'lee', 'park'])
		chamber.now += 300_000
		expect(chamber.ask({ type: 'tick' })).toEqual(['groups.closed'])
		expect(groupOf(chamber.meeting, 'kim')).toBeNull()
		expect([...(openGates(chamber.meeting) as Set<string>)]).toEqual(['chair'])
	})

	it('are left by oneself, and entered only as those who run the class say', () => {
		const chamber = lesson(...people)
		const move = (who: string, group: string | null, by = as(who)) =>
			chamber.ask({ type: 'groups.move', who, group, by })
		chamber.ask(groups())
		expect(move('park', 'g1')).toBe('not-allowed')
		expect(move('kim', null, as('lee'))).toBe('not-allowed')
		expect(move('kim', null)).toEqual(['groups.moved'])
		expect(move('kim', 'g2')).toBe('not-allowed')
		expect(move('chair', 'g2', chair)).toEqual(['groups.moved'])
		expect(move('kim', 'g9', chair)).toBe('no-line')
		expect(chamber.ask({ type: 'close', by: 'chair' })).toContain('groups.closed')
	})

	it('keep their places for whoever was cut off', () => {
		const chamber = lesson(...people)
		chamber.all(groups(), { type: 'goAway', person: 'kim' }, join('kim'))
		expect(groupOf(chamber.meeting, 'kim')).toBe('g1')
	})

	it('have nobody twice, and nobody who is not there', () => {
		const chamber = lesson('kim', 'lee')
		expect(chamber.ask(groups())).toBe('no-person')
		const twice = {
			type: 'groups.open',
			groups: ['g1', 'g2'].map((id) => ({ id, name: id, people: ['kim'] })),
		} as const
		expect(chamber.ask({ ...twice, seconds: null, by: chair })).toBe('bad-message')
	})
})

describe('A certificate', () => {
	it('is given by the rule of the class, once', () => {
		const chamber = lesson(...people)
		chamber.all(question(), answer('kim', 'b'), answer('lee', 'a'), close)
		chamber.now += 10 * minute
		expect(chamber.ask(certify)).toEqual(['certificate.issued'])
		expect(chamber.events.at(-1)).toMatchObject({
			person: 'kim',
			number: 'no-kim',
			presentPercent: 100,
			quizPercent: 100,
		})
		expect(chamber.ask(certify)).toEqual([])
		chamber.ask({ type: 'rules', certificate: { present: 50, quiz: null }, by: chair })
		expect(chamber.ask(certify)).toEqual(['certificate.issued', 'certificate.issued'])
	})
})

describe('Another kind', () => {
	it('keeps everybody in and rules the floor anew', () => {
		const chamber = opened()
		chamber.all(join('chair', 'chair'), join('kim'))
		expect(openGates(chamber.meeting)).toBe('all')
		expect(chamber.ask({ type: 'kind', kind: 'class', by: chair })).toEqual(['meeting.turned', 'rules.set'])
		expect(chamber.meeting).toMatchObject({ kind: 'class', sealedAs: 'council', rules: { floor: { mode: 'queue' } } })
		expect(openGates(chamber.meeting)).toEqual(new Set(['chair']))
		expect(chamber.ask({ type: 'kind', kind: 'council', by: as('kim') })).toBe('not-allowed')
	})

	it('ends what goes on of the old one, and takes a counsel off the air', () => {
		const chamber = lesson(...people)
		chamber.all(groups(), question(), { type: 'recording.start', recording: 'r1', by: chair })
		const answered = chamber.ask({ type: 'kind', kind: 'counsel', by: chair })
		expect(answered).toEqual(
			expect.arrayContaining(['vote.cancelled', 'groups.closed', 'recording.stopped', 'meeting.turned', 'rules.set']),
		)
		expect(chamber.meeting.rules).toMatchObject({ lobby: 'locked', autoRecord: false })
	})
})

describe('Whatever happens in a class', () => {
	const step = fc.record({
		who: fc.constantFrom(...people),
		does: fc.constantFrom('join', 'goAway', 'leave', 'check', 'here', 'tick', 'suspend', 'resume', 'groups', 'back'),
		wait: fc.integer({ min: 0, max: 5 * minute }),
	})
	const requestOf = (who: string, does: string): MeetingRequest => {
		if (does === 'join') return join(who)
		if (does === 'check') return check()
		if (does === 'here') return here(who)
		if (does === 'groups') return groups(120)
		if (does === 'back') return { type: 'groups.move', who, group: null, by: as(who) }
		if (does === 'tick') return { type: 'tick' }
		if (does === 'suspend' || does === 'resume') return { type: does, by: 'chair' }
		return { type: does as 'goAway' | 'leave', person: who }
	}

	it('nobody was there for longer than the class, or for longer than they were seen', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const chamber = lesson()
				const seen = new Map(people.map((one) => [one, 0]))
				for (const { who, does, wait } of steps) {
					const { members, phase } = chamber.meeting
					for (const one of people) {
						if (phase === 'open' && members.get(one)?.presence === 'here') seen.set(one, (seen.get(one) ?? 0) + wait)
					}
					chamber.now += wait
					chamber.ask({ type: 'tick' })
					chamber.ask(requestOf(who, does))
				}
				const { classMs, trainees } = standingOf(chamber.meeting, chamber.now)
				for (const { person, presentMs, presentPercent, checksAsked, checksAnswered } of trainees) {
					expect(presentMs).toBeLessThanOrEqual(Math.min(classMs, seen.get(person) ?? 0))
					expect(presentPercent).toBeLessThanOrEqual(100)
					expect(checksAnswered).toBeLessThanOrEqual(checksAsked)
				}
			}),
			{ numRuns: 150 },
		)
	})
})
