import type { Majority } from '../protocol/floor.ts'
import { voteAfter } from './evolve-vote.ts'
import type { MeetingEvent, Vote, VoteResult } from './meeting.ts'

/**
 * How votes are counted. Quorum and turnout count people; choices and majorities count weights. Hands that were counted
 * by eye weigh one each.
 */

type Ballot = { readonly key: string; readonly choice: string }

/**
 * What comes out. `box`: a secret vote's ballots, null for other kinds. Throws where the box does not hold as many ballots
 * as were cast, or one for a choice that there is not: the hub has a bug, and no result is better than a wrong one.
 */
export function tally(vote: Vote, box: readonly Ballot[] | null): VoteResult {
	const counts = new Map(vote.choices.map(({ id }) => [id, 0]))
	const add = (choice: string, weight: number) => {
		const before = counts.get(choice)
		if (before === undefined) throw new Error(`vote ${vote.id} has a ballot for a choice that it has not`)
		counts.set(choice, before + weight)
	}
	if (vote.kind === 'secret') {
		if (box === null || box.length !== vote.ballots.size || new Set(box.map(({ key }) => key)).size !== box.length) {
			throw new Error(`vote ${vote.id} has ${vote.ballots.size} ballots cast and ${box?.length ?? 'no'} in its box`)
		}
		for (const { choice } of box) add(choice, 1)
	} else {
		for (const [who, choice] of vote.ballots) add(choice ?? '', vote.eligible.get(who) ?? 1)
	}
	for (const [choice, hands] of Object.entries(vote.counted)) add(choice, hands)
	const cast = castOf(vote)
	const keys = vote.kind === 'secret' && box ? [...box].map(({ key, choice }) => ({ key, choice })).sort(byKey) : null
	return { counts: Object.fromEntries(counts), cast, ...outcome(vote, counts, cast), keys }
}

/** How many took part. */
export function castOf({ ballots, counted }: Pick<Vote, 'ballots' | 'counted'>): number {
	return Object.values(counted).reduce((sum, hands) => sum + hands, ballots.size)
}

/** The result as the journal's events alone give it, for anybody who counts again; null: the vote was not closed. */
export function recountFromEvents(events: readonly MeetingEvent[], id: string): VoteResult | null {
	let vote: Vote | undefined
	for (const event of events) {
		if (!('vote' in event) || event.vote !== id) continue
		if (event.type === 'vote.closed' && vote?.phase === 'open') return tally(vote, event.keys)
		vote = voteAfter(vote, event)
	}
	return null
}

/** An election among names has counts and no majority for or against. */
function outcome(vote: Vote, counts: ReadonlyMap<string, number>, cast: number): Pick<VoteResult, 'passed' | 'reason'> {
	const yes = counts.get('for')
	const no = counts.get('against')
	const decides = yes !== undefined && no !== undefined
	if (vote.quorum !== null && cast < vote.quorum) return { passed: decides ? false : null, reason: 'quorum' }
	if (!decides) return { passed: null, reason: null }
	const voted = sum(counts.values())
	// Hands may be of people whom no list names.
	const all = Math.max(sum(vote.eligible.values()), voted)
	const reached: Record<Majority, boolean> = {
		more: yes > no,
		overHalf: yes * 2 > voted,
		overHalfOfAll: yes * 2 > all,
		twoThirds: yes * 3 >= voted * 2,
	}
	const passed = yes > 0 && reached[vote.majority]
	return { passed, reason: passed ? null : 'majority' }
}

function sum(numbers: Iterable<number>): number {
	let total = 0
	for (const number of numbers) total += number
	return total
}

function byKey(a: Ballot, b: Ballot): number {
	return a.key < b.key ? -1 : 1
}
