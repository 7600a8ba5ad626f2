import type { Meeting, Vote, VoteEvent } from './meeting.ts'

/** The votes after this event. */
export function evolveVote(meeting: Meeting, event: VoteEvent & { at: number }): Meeting {
	const before = meeting.votes.get(event.vote)
	const after = voteAfter(before, event)
	return after && after !== before ? { ...meeting, votes: new Map(meeting.votes).set(after.id, after) } : meeting
}

/** One vote after this event of its own; undefined before it was opened. */
export function voteAfter(vote: Vote | undefined, event: VoteEvent & { at: number }): Vote | undefined {
	if (event.type === 'vote.opened') return vote ?? opened(event)
	if (vote?.phase !== 'open') return vote
	switch (event.type) {
		case 'ballot.cast':
			return {
				...vote,
				eligible: eligibleAfter(vote, event.who),
				ballots: new Map(vote.ballots).set(event.who, event.choice),
			}
		case 'vote.counted':
			return { ...vote, counted: event.counts }
		case 'vote.closed': {
			const { counts, cast, passed, reason, keys, at } = event
			return { ...vote, phase: 'closed', closedAt: at, result: { counts, cast, passed, reason, keys } }
		}
		case 'vote.cancelled':
			return { ...vote, phase: 'cancelled', closedAt: event.at }
	}
}

function opened(event: Extract<VoteEvent, { type: 'vote.opened' }> & { at: number }): Vote {
	const { vote: id, title, kind, choices, majority, quorum, closesAt, at } = event
	return {
		id,
		title,
		kind,
		choices,
		majority,
		quorum,
		eligible: new Map(event.eligible.map(({ who, weight }) => [who, weight])),
		proxies: new Map(event.proxies.map(({ of, by }) => [of, by])),
		phase: 'open',
		openedAt: at,
		closesAt,
		closedAt: null,
		ballots: new Map(),
		counted: {},
		result: null,
		poll: event.poll ?? null,
	}
}

/** Who comes into a class late answers as well. */
function eligibleAfter({ eligible, poll }: Vote, who: string): Vote['eligible'] {
	return poll === null || eligible.has(who) ? eligible : new Map(eligible).set(who, 1)
}
