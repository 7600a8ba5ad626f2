import type { VoteView } from '../protocol/floor.ts'
import { mayCastFor } from './eligible.ts'
import type { Meeting, Vote } from './meeting.ts'
import { castOf, tally } from './tally.ts'

/**
 * A vote as all screens see it. While it is open a show of hands shows its counts, because everybody sees the hands;
 * other kinds show only how many have voted, so that nobody votes after the others.
 */
export function voteViewOf(_meeting: Meeting, vote: Vote): VoteView {
	const { id, title, kind, phase, openedAt, closesAt, closedAt, eligible, quorum, majority, result, poll } = vote
	const open = phase === 'open' && kind === 'hands' ? tally(vote, null).counts : null
	const counts = result?.counts ?? open
	return {
		id,
		title,
		kind,
		choices: vote.choices.map(({ id, label }) => ({ id, label })),
		phase,
		openedAt,
		closesAt,
		closedAt,
		eligible: eligible.size,
		cast: castOf(vote),
		quorum,
		majority,
		counts: counts && { ...counts },
		passed: result?.passed ?? null,
		reason: result?.reason ?? null,
		// Which one is right is told when nobody can answer any more.
		poll: poll && { quiz: poll.right !== null, right: phase === 'closed' ? poll.right : null },
	}
}

/** For whom this one may cast a ballot in the vote that is open, and for whom of them one was cast. Null: for nobody. */
export function ballotsOf(meeting: Meeting, who: string): { vote: string; may: string[]; cast: string[] } | null {
	const vote = [...meeting.votes.values()].find(({ phase }) => phase === 'open')
	if (!vote) return null
	const may = [who, ...vote.proxies.keys()].filter((of, i, all) => {
		return all.indexOf(of) === i && mayCastFor(meeting, vote, who, of)
	})
	return may.length > 0 ? { vote: vote.id, may, cast: may.filter((of) => vote.ballots.has(of)) } : null
}
