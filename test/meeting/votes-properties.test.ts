import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evolve } from '../../appliance/meeting/evolve.ts'
import type { Meeting, MeetingEvent, Vote } from '../../appliance/meeting/meeting.ts'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { recountFromEvents } from '../../appliance/meeting/tally.ts'
import { as, type Chamber, chair, enter, entry, join, opened } from './chamber.ts'

/** Only a hang takes longer, on whatever machine. */
const patience = 600_000

/** Votes of every kind, asked in whatever order, with a box as the hub keeps one: a ballot goes in when it is journaled. */

const people = ['a', 'b', 'c', 'd', 'e'] as const
const choices = ['for', 'against', 'abstain'] as const
const votes = ['v1', 'v2'] as const
const person = fc.constantFrom(...people)
const vote = fc.constantFrom(...votes)

const request: fc.Arbitrary<MeetingRequest> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			type: fc.constant('vote.open' as const),
			vote,
			title: fc.constant('안건'),
			kind: fc.constantFrom('hands' as const, 'recorded' as const, 'secret' as const, 'secret' as const),
			choices: fc.constant(null),
			majority: fc.constantFrom('more' as const, 'overHalf' as const, 'overHalfOfAll' as const, 'twoThirds' as const),
			quorum: fc.option(fc.integer({ min: 1, max: 4 })),
			eligible: fc.option(fc.array(person, { minLength: 2, maxLength: 5 })),
			weighted: fc.boolean(),
			proxies: fc.oneof(fc.constant({}), fc.dictionary(person, person, { maxKeys: 1 })),
			seconds: fc.option(fc.integer({ min: 5, max: 20 })),
			by: fc.constant(chair),
		}),
	},
	{
		weight: 14,
		arbitrary: fc
			.record({
				vote,
				who: person,
				of: fc.option(person, { freq: 2 }),
				choice: fc.constantFrom(...choices, 'nonsense'),
				own: fc.nat({ max: 3 }).map((one) => one > 0),
			})
			.map(({ of, own, who, ...rest }) => {
				const by = own ? as(who) : chair
				return { type: 'vote.cast' as const, ...rest, who, of: of ?? who, by }
			}),
	},
	fc.record({
		type: fc.constant('vote.count' as const),
		vote,
		counts: fc.dictionary(fc.constantFrom(...choices), fc.integer({ min: 0, max: 50 })),
		by: fc.constant(chair),
	}),
	{
		weight: 2,
		arbitrary: fc.record({
			type: fc.constant('vote.close' as const),
			vote,
			box: fc.constant(null),
			by: fc.constant(chair),
		}),
	},
	fc.record({ type: fc.constant('vote.cancel' as const), vote, by: fc.constant(chair) }),
	person.map((who) => join(who)),
	fc.record({ type: fc.constant('leave' as const), person }),
	fc.constantFrom('suspend' as const, 'resume' as const, 'resume' as const).map((type) => ({ type, by: 'chair' })),
)

/** What was put into boxes, which the journal must agree with. */
function live(requests: readonly MeetingRequest[], weights: readonly number[]): { chamber: Chamber; put: number } {
	const chamber = opened()
	chamber.all(enter(people.map((id, i) => entry(id, { weight: weights[i] ?? 1 }))))
	const boxes = new Map<string, { key: string; choice: string }[]>()
	let put = 0
	for (const request of requests) {
		chamber.now += 700
		const kind = 'vote' in request ? chamber.meeting.votes.get(request.vote)?.kind : undefined
		const box = 'vote' in request ? (boxes.get(request.vote) ?? []) : []
		const filled = request.type === 'vote.close' && kind === 'secret' ? { ...request, box } : request
		const answer = chamber.ask(filled)
		if (request.type !== 'vote.cast' || kind !== 'secret' || typeof answer === 'string' || answer.length === 0) continue
		put += 1
		// Any order that differs from the one they came in.
		boxes.set(request.vote, [{ key: `${(put * 7) % 97}-${put}`, choice: request.choice }, ...box])
	}
	return { chamber, put }
}

function sum(numbers: Iterable<number>): number {
	return [...numbers].reduce((total, number) => total + number, 0)
}

function weightCast({ ballots, eligible, counted }: Vote): number {
	return sum([...ballots.keys()].map((who) => eligible.get(who) ?? Number.NaN)) + sum(Object.values(counted))
}

const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 5, maxLength: 5 })
const sequences = fc.tuple(
	fc.array(request, { minLength: 10, maxLength: 50, size: 'max' }),
	fc.oneof(weights, fc.constant([1, 1, 1, 1, 1])),
)
const runs = { numRuns: 4000 }

describe('Whatever is asked of votes in whatever order', () => {
	it('all ballots are counted, nobody twice, by their weights; recounted from the journal it is the same', {
		timeout: patience,
	}, () => {
		let closed = 0
		fc.assert(
			fc.property(sequences, ([requests, weights]) => {
				const { chamber } = live(requests, weights)
				for (const vote of chamber.meeting.votes.values()) {
					for (const who of vote.ballots.keys()) expect(vote.eligible.has(who)).toBe(true)
					expect(vote.ballots.size).toBeLessThanOrEqual(vote.eligible.size)
					const { result } = vote
					expect(result === null).toBe(vote.phase !== 'closed')
					if (!result) continue
					closed += 1
					expect(result.cast).toBe(vote.ballots.size + sum(Object.values(vote.counted)))
					expect(sum(Object.values(result.counts))).toBe(weightCast(vote))
					expect(result.keys?.length ?? null).toBe(vote.kind === 'secret' ? vote.ballots.size : null)
					expect(recountFromEvents(chamber.events, vote.id)).toEqual(result)
				}
				expect([...chamber.meeting.votes.values()].filter(({ phase }) => phase === 'open').length).toBeLessThanOrEqual(
					1,
				)
			}),
			runs,
		)
		// The sequences do come to what is to be shown.

		expect(closed).toBeGreaterThan(500)
	})

	it('replaying the journal gives the meeting that lived', { timeout: patience }, () => {
		fc.assert(
			fc.property(sequences, ([requests, weights]) => {
				const { chamber } = live(requests, weights)
				const read = JSON.parse(JSON.stringify(chamber.events)) as MeetingEvent[]
				expect(read.reduce<Meeting | null>(evolve, null)).toEqual(chamber.meeting)
			}),
			runs,
		)
	})

	it('no event of a secret vote has a person beside a choice, and each ballot is put once', {
		timeout: patience,
	}, () => {
		let secret = 0
		fc.assert(
			fc.property(sequences, ([requests, weights]) => {
				const { chamber, put } = live(requests, weights)
				let journaled = 0
				for (const event of chamber.events) {
					if (!('vote' in event) || chamber.meeting.votes.get(event.vote)?.kind !== 'secret') continue
					if (event.type === 'ballot.cast') {
						journaled += 1
						expect(event.choice).toBeNull()
						for (const choice of choices) expect(Object.values(event)).not.toContain(choice)
					}
					if (event.type === 'vote.closed') {
						const keys = event.keys?.map(({ key }) => key) ?? []
						expect(keys).toEqual([...keys].sort())
						for (const pair of event.keys ?? []) expect(Object.keys(pair).sort()).toEqual(['choice', 'key'])
					}
				}
				expect(journaled).toBe(put)
				secret += put
			}),
			runs,
		)

		expect(secret).toBeGreaterThan(200)
	})
})
