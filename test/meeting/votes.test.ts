import { describe, expect, it } from 'vitest'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { recountFromEvents } from '../../appliance/meeting/tally.ts'
import { ballotsOf, voteViewOf } from '../../appliance/meeting/vote-view.ts'
import type { Majority } from '../../appliance/protocol/floor.ts'
import { as, type Chamber, chair, clerk, enter, entry, join, opened, planned } from './chamber.ts'

type Open = Extract<MeetingRequest, { type: 'vote.open' }>

const open = (difference: Partial<Open> = {}): MeetingRequest => ({
	type: 'vote.open',
	vote: 'v1',
	title: '예산안',
	kind: 'recorded',
	choices: null,
	majority: 'more',
	quorum: null,
	eligible: null,
	weighted: false,
	proxies: {},
	seconds: null,
	by: chair,
	...difference,
})
const cast = (who: string, choice: string, difference: { of?: string; by?: typeof chair } = {}): MeetingRequest => ({
	type: 'vote.cast',
	vote: 'v1',
	who,
	of: who,
	choice,
	by: as(who),
	...difference,
})
const count = (counts: Record<string, number>): MeetingRequest => ({
	type: 'vote.count',
	vote: 'v1',
	counts,
	by: clerk,
})
const close = (box: { key: string; choice: string }[] | null = null): MeetingRequest => ({
	type: 'vote.close',
	vote: 'v1',
	box,
	by: chair,
})
const cancel: MeetingRequest = { type: 'vote.cancel', vote: 'v1', by: chair }
const vote = ({ meeting }: Chamber) => {
	const found = meeting.votes.get('v1')
	if (!found) throw new Error('no vote')
	return found
}
const view = (chamber: Chamber) => voteViewOf(chamber.meeting, vote(chamber))
const mayVote = (chamber: Chamber) => [...vote(chamber).eligible.keys()]
/** Four who may vote, `a` to `d`; `a`, `b` and the chair are in. */
const council = (...entries: Parameters<typeof enter>[0]) => {
	const chamber = opened()
	chamber.all(enter(['a', 'b', 'c', 'd', ...entries]), join('a'), join('b'), join('chair', 'chair'))
	return chamber
}

describe('Who may vote', () => {
	it('are members and chairs of the roll, there or not', () => {
		const chamber = council(
			entry('boss', { role: 'chair' }),
			entry('k', { role: 'clerk' }),
			entry('o', { role: 'observer' }),
		)
		expect(chamber.ask(open())).toEqual(['vote.opened'])
		expect(mayVote(chamber)).toEqual(['a', 'b', 'c', 'd', 'boss'])
	})

	it('are members and chairs who are in, where there is no roll', () => {
		const chamber = opened()
		chamber.all(join('a'), join('boss', 'chair'), join('k', 'clerk'), join('gone'), { type: 'leave', person: 'gone' })
		chamber.ask(open())
		expect(mayVote(chamber)).toEqual(['a', 'boss'])
	})

	it('are those who are named, once each', () => {
		const chamber = council()
		chamber.ask(open({ eligible: ['a', 'c', 'a'] }))
		expect(mayVote(chamber)).toEqual(['a', 'c'])
		expect(chamber.ask(cast('b', 'for'))).toBe('not-eligible')
	})

	it.each([
		['stranger', 'no-person'],
		['watcher', 'not-eligible'],
		['room', 'not-eligible'],
	])('are never a %s', (who, code) => {
		const chamber = council(entry('watcher', { role: 'observer' }))
		chamber.ask(join('room', 'room'))
		expect(chamber.ask(open({ eligible: ['a', who] }))).toBe(code)
	})

	it('are somebody', () => {
		expect(opened().ask(open())).toBe('no-person')
	})
})

describe('A vote', () => {
	it.each<[string, Partial<Open>, string | string[]]>([
		[
			'with two choices of one id',
			{
				choices: [
					{ id: 'x', label: '1' },
					{ id: 'x', label: '2' },
				],
			},
			'bad-message',
		],
		['with one choice', { choices: [{ id: 'x', label: '1' }] }, 'bad-message'],
		[
			'that weighs the same for all in secret',
			{ kind: 'secret', weighted: true, eligible: ['a', 'b'] },
			['vote.opened'],
		],
		['that weighs differently in secret', { kind: 'secret', weighted: true }, 'weights-secret'],
	])('%s: %o', (_, difference, expected) => {
		expect(council(entry('heavy', { weight: 2 })).ask(open(difference))).toEqual(expected)
	})

	it('is opened while the meeting goes on, one at a time', () => {
		expect(planned().ask(open())).toBe('meeting-not-open')
		const chamber = council()
		chamber.ask(open())
		expect(chamber.ask(open({ vote: 'v2' }))).toBe('already-so')
		chamber.ask(close())
		expect(chamber.ask(open())).toBe('already-so')
		chamber.ask({ type: 'suspend', by: 'chair' })
		expect(chamber.ask(open({ vote: 'v2' }))).toBe('suspended')
	})

	it('takes ballots of those who may, for choices that there are, until it is closed', () => {
		const chamber = council()
		expect(chamber.ask(cast('a', 'for'))).toBe('no-vote')
		chamber.ask(open())
		expect(chamber.ask(cast('a', 'perhaps'))).toBe('no-choice')
		expect(chamber.ask(cast('chair', 'for'))).toBe('not-eligible')
		expect(chamber.ask(cast('a', 'for'))).toEqual(['ballot.cast'])
		expect(chamber.ask(cast('a', 'for'))).toEqual([])
		expect(chamber.ask(cast('a', 'against'))).toEqual(['ballot.cast'])
		expect(chamber.ask(cast('b', 'for', { by: as('a') }))).toBe('not-allowed')
		// A clerk writes down what somebody says in the hall.
		expect(chamber.ask(cast('b', 'against', { by: clerk }))).toEqual(['ballot.cast'])
		chamber.ask(close())
		expect(chamber.ask(cast('c', 'for'))).toBe('vote-closed')
		expect(view(chamber)).toMatchObject({ phase: 'closed', cast: 2, counts: { for: 0, against: 2, abstain: 0 } })
	})

	it('stands while the meeting is suspended, and takes no ballot after its time', () => {
		const chamber = council()
		chamber.ask(open({ seconds: 10 }))
		expect(vote(chamber).closesAt).toBe(11_000)
		chamber.ask({ type: 'suspend', by: 'chair' })
		expect(chamber.ask(cast('a', 'for'))).toBe('suspended')
		chamber.ask({ type: 'resume', by: 'chair' })
		chamber.now = 10_999
		expect(chamber.ask(cast('a', 'for'))).toEqual(['ballot.cast'])
		chamber.now = 11_000
		expect(chamber.ask(cast('b', 'for'))).toBe('vote-closed')
	})

	it('that is cancelled has no result', () => {
		const chamber = council()
		chamber.all(open(), cast('a', 'for'))
		expect(chamber.ask(cancel)).toEqual(['vote.cancelled'])
		expect(view(chamber)).toMatchObject({ phase: 'cancelled', counts: null, passed: null })
		expect(chamber.ask(cancel)).toBe('vote-closed')
		expect(chamber.ask(close())).toBe('vote-closed')
		expect(recountFromEvents(chamber.events, 'v1')).toBeNull()
	})

	it('that is open when the meeting closes is cancelled first', () => {
		const chamber = council()
		chamber.ask(open())
		expect(chamber.ask({ type: 'close', by: 'chair' })).toEqual(['vote.cancelled', 'meeting.closed'])
	})

	it('needs the meeting’s quorum where no other is said', () => {
		const chamber = council()
		chamber.ask({ type: 'rules', quorum: { part: 'overHalf' }, by: chair })
		chamber.all(open(), cast('a', 'for'), cast('b', 'for'))
		expect(view(chamber).quorum).toBe(3)
		chamber.ask(close())
		expect(view(chamber)).toMatchObject({ passed: false, reason: 'quorum', counts: { for: 2 } })
	})

	it.each<[Majority, number, number, number, boolean]>([
		['more', 2, 1, 5, true],
		['more', 2, 2, 0, false],
		['more', 0, 0, 3, false],
		['overHalf', 3, 1, 1, true],
		['overHalf', 2, 1, 1, false],
		['overHalfOfAll', 5, 0, 0, true],
		['overHalfOfAll', 4, 0, 0, false],
		['twoThirds', 4, 1, 1, true],
		['twoThirds', 3, 1, 1, false],
		['twoThirds', 0, 0, 0, false],
	])('by %s of eight, with %i for, %i against and %i abstaining, passes: %s', (majority, yes, no, none, passed) => {
		const chamber = opened()
		const all = Array.from({ length: 8 }, (_, i) => `p${i}`)
		chamber.all(enter(all), open({ majority }))
		const choices = [...Array(yes).fill('for'), ...Array(no).fill('against'), ...Array(none).fill('abstain')]
		choices.forEach((choice, i) => void chamber.ask(cast(`p${i}`, choice)))
		chamber.ask(close())
		expect(view(chamber)).toMatchObject({ passed, reason: passed ? null : 'majority' })
	})

	it('among names counts and passes nothing', () => {
		const chamber = council()
		const choices = [
			{ id: 'kim', label: '김' },
			{ id: 'lee', label: '이' },
		]
		chamber.all(open({ choices }), cast('a', 'kim'), close())
		expect(view(chamber)).toMatchObject({ counts: { kim: 1, lee: 0 }, passed: null, reason: null })
	})

	it('weighs where it is ruled, and asks people for the quorum', () => {
		const chamber = opened()
		chamber.all(enter([entry('heavy', { weight: 5 }), 'a', 'b']), open({ weighted: true, quorum: 3 }))
		chamber.all(cast('heavy', 'for'), cast('a', 'against'), cast('b', 'against'), close())
		expect(view(chamber)).toMatchObject({ counts: { for: 5, against: 2 }, cast: 3, passed: true })
	})

	it('does not weigh where it is not', () => {
		const chamber = opened()
		chamber.all(enter([entry('heavy', { weight: 5 }), 'a']), open(), cast('heavy', 'for'), close())
		expect(view(chamber).counts).toMatchObject({ for: 1 })
	})
})

describe('A show of hands', () => {
	it('adds the hands of the hall to ballots from home, and shows all while it goes on', () => {
		const chamber = council()
		chamber.all(open({ kind: 'hands' }), cast('a', 'for'), count({ for: 9 }), count({ for: 3, against: 2 }))
		expect(view(chamber)).toMatchObject({ phase: 'open', counts: { for: 4, against: 2, abstain: 0 }, cast: 6 })
		expect(chamber.ask(count({ for: 3, against: 2 }))).toEqual([])
		chamber.ask(close())
		expect(view(chamber)).toMatchObject({ counts: { for: 4, against: 2 }, cast: 6, passed: true })
	})

	it('is counted by eye alone, among its choices', () => {
		const chamber = council()
		chamber.ask(open())
		expect(chamber.ask(count({ for: 1 }))).toBe('not-allowed')
		chamber.all(cancel, open({ vote: 'v2', kind: 'hands' }))
		const request: MeetingRequest = { type: 'vote.count', vote: 'v2', counts: { perhaps: 1 }, by: clerk }
		expect(chamber.ask(request)).toBe('no-choice')
	})
})

describe('A proxy', () => {
	it('lets one vote for another who is not there, once in secret', () => {
		const chamber = council()
		chamber.ask(open({ kind: 'secret', proxies: { c: 'a' } }))
		expect(ballotsOf(chamber.meeting, 'a')).toEqual({ vote: 'v1', may: ['a', 'c'], cast: [] })
		expect(chamber.ask(cast('a', 'for', { of: 'c' }))).toEqual(['ballot.cast'])
		expect(chamber.ask(cast('a', 'for', { of: 'c' }))).toBe('has-voted')
		expect(chamber.ask(cast('a', 'for'))).toEqual(['ballot.cast'])
		expect(chamber.ask(cast('b', 'for', { of: 'd' }))).toBe('not-eligible')
		expect(ballotsOf(chamber.meeting, 'a')).toEqual({ vote: 'v1', may: ['a', 'c'], cast: ['a', 'c'] })
	})

	it('rests while its giver is there', () => {
		const chamber = council()
		chamber.all(open({ proxies: { c: 'a' } }), join('c'))
		expect(chamber.ask(cast('a', 'for', { of: 'c' }))).toBe('not-eligible')
		expect(ballotsOf(chamber.meeting, 'a')?.may).toEqual(['a'])
		expect(chamber.ask(cast('c', 'against'))).toEqual(['ballot.cast'])
	})

	it.each([
		['from one who is there', { a: 'b' }, 'not-allowed'],
		['to oneself', { c: 'c' }, 'not-allowed'],
		['that is passed on', { c: 'd', d: 'a' }, 'not-allowed'],
		['to one who may not vote', { c: 'chair' }, 'not-eligible'],
		['from one who may not vote', { chair: 'a' }, 'not-eligible'],
	])('%s is refused', (_, proxies, code) => {
		expect(council().ask(open({ proxies }))).toBe(code)
	})
})

describe('A secret vote', () => {
	const secret = open({ kind: 'secret' })

	it('tells who has voted and not what, and nothing counts before the close', () => {
		const chamber = council()
		chamber.all(secret, cast('a', 'for'), cast('b', 'against'))
		expect(chamber.events.filter(({ type }) => type === 'ballot.cast')).toMatchObject([
			{ who: 'a', choice: null },
			{ who: 'b', choice: null },
		])
		expect(view(chamber)).toMatchObject({ counts: null, cast: 2 })
		expect(chamber.ask(cast('c', 'for', { by: clerk }))).toBe('not-allowed')
	})

	it('is counted from its box, whose keys go into the journal sorted', () => {
		const chamber = council()
		chamber.all(secret, cast('a', 'for'), cast('b', 'against'))
		chamber.ask(
			close([
				{ key: 'ff', choice: 'for' },
				{ key: '0a', choice: 'against' },
			]),
		)
		expect(vote(chamber).result).toEqual({
			counts: { for: 1, against: 1, abstain: 0 },
			cast: 2,
			passed: false,
			reason: 'majority',
			keys: [
				{ key: '0a', choice: 'against' },
				{ key: 'ff', choice: 'for' },
			],
		})
		expect(recountFromEvents(chamber.events, 'v1')).toEqual(vote(chamber).result)
	})

	it.each([
		['no box', null],
		['a ballot too few', []],
		[
			'a ballot too many',
			[
				{ key: '1', choice: 'for' },
				{ key: '2', choice: 'for' },
			],
		],
		['a ballot for what is no choice', [{ key: '1', choice: 'perhaps' }]],
	])('with %s has no result, because that is a fault', (_, box) => {
		const chamber = council()
		chamber.all(secret, cast('a', 'for'))
		expect(() => chamber.ask(close(box))).toThrow(/vote v1/)
		expect(vote(chamber).phase).toBe('open')
	})
})

describe('One’s own standing', () => {
	it('is none where one may not vote or nothing is open', () => {
		const chamber = council()
		expect(ballotsOf(chamber.meeting, 'a')).toBeNull()
		chamber.ask(open())
		expect(ballotsOf(chamber.meeting, 'chair')).toBeNull()
		expect(ballotsOf(chamber.meeting, 'a')).toEqual({ vote: 'v1', may: ['a'], cast: [] })
	})
})

describe('A recount', () => {
	it('notices a result that the ballots do not give', () => {
		const chamber = council()
		chamber.all(open(), cast('a', 'for'), close())
		const forged = chamber.events.map((event) =>
			event.type === 'vote.closed' ? { ...event, counts: { for: 9, against: 0, abstain: 0 } } : event,
		)
		expect(recountFromEvents(forged, 'v1')?.counts).toEqual({ for: 1, against: 0, abstain: 0 })
	})
})
