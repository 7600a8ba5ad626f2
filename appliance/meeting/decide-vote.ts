import { Refusal } from '../protocol/errors.ts'
import { eligibleFor, mayAnswer, mayCastFor, proxiesFor, weighed } from './eligible.ts'
import { traineesIn, watchersNow } from './lesson.ts'
import type { Happening, Meeting, Vote } from './meeting.ts'
import { quorumOf } from './quorum.ts'
import type { VoteRequest } from './requests.ts'
import { tally } from './tally.ts'

type Of<T extends VoteRequest['type']> = Extract<VoteRequest, { type: T }>

const usualChoices = [
	{ id: 'for', label: '찬성' },
	{ id: 'against', label: '반대' },
	{ id: 'abstain', label: '기권' },
]

/** What follows from this request, or why not. Throws where a secret vote's box does not agree with the journal. */
export function decideVote(meeting: Meeting, request: VoteRequest, now: number): Happening[] | Refusal {
	if (request.type === 'vote.open') return open(meeting, request, now)
	const vote = meeting.votes.get(request.vote)
	if (!vote) return new Refusal('no-vote', `there is no vote ${request.vote}`)
	if (vote.phase !== 'open') return new Refusal('vote-closed', `this vote is ${vote.phase}`)
	const { id, kind } = vote
	const by = request.by.id
	switch (request.type) {
		case 'vote.cast':
			return cast(meeting, vote, request, now)
		case 'vote.count':
			return count(vote, request)
		case 'vote.close':
			// Whoever has the journal counts again what stands here.
			return [{ type: 'vote.closed', vote: id, ...written(tally(vote, kind === 'secret' ? request.box : null)), by }]
		case 'vote.cancel':
			return [{ type: 'vote.cancelled', vote: id, by }]
	}
}

/** What becomes of an open vote when the meeting closes: it has no result. */
export function cancelOpenVotes({ votes }: Meeting, by: string): Happening[] {
	return [...votes.values()]
		.filter(({ phase }) => phase === 'open')
		.map(({ id: vote }) => ({ type: 'vote.cancelled', vote, by }))
}

function open(meeting: Meeting, request: Of<'vote.open'>, now: number): Happening[] | Refusal {
	const { vote, title, kind, majority, seconds, by } = request
	if (meeting.phase === 'planned') return new Refusal('meeting-not-open', 'the meeting has not been opened yet')
	if (meeting.phase === 'suspended') return suspended()
	if (meeting.votes.has(vote)) return new Refusal('already-so', 'there is a vote of this id')
	if ([...meeting.votes.values()].some(({ phase }) => phase === 'open')) {
		return new Refusal('already-so', 'another vote is open')
	}
	const choices = request.choices ?? usualChoices
	if (choices.length < 2 || new Set(choices.map(({ id }) => id)).size < choices.length) {
		return new Refusal('bad-message', 'a vote has two choices at least, no two of the same id')
	}
	const { poll = null } = request
	if (poll) return openPoll(meeting, request, poll, now)
	const eligible = eligibleFor(meeting, request.eligible)
	if (eligible instanceof Refusal) return eligible
	const weights = weighed(meeting, eligible, request)
	if (weights instanceof Refusal) return weights
	const proxies = proxiesFor(meeting, eligible, request.proxies)
	if (proxies instanceof Refusal) return proxies
	const quorum = request.quorum ?? quorumOf(meeting)?.required ?? null
	const closesAt = seconds === null ? null : now + seconds * 1000
	const plan = { vote, title, kind, choices, majority, quorum, eligible: weights, proxies, closesAt }
	return [{ type: 'vote.opened', ...plan, by: by.id }]
}

/** Of a class: its trainees are asked, those who come late as well. A quiz is answered by name. */
function openPoll(
	meeting: Meeting,
	request: Of<'vote.open'>,
	poll: { right: string | null },
	now: number,
): Happening[] | Refusal {
	const { vote, title, kind, choices, majority, seconds, by } = request
	if (meeting.kind !== 'class') return new Refusal('not-allowed', 'this is for a class')
	if (!choices || kind === 'hands' || (poll.right !== null && kind === 'secret')) {
		return new Refusal('bad-message', 'a question has choices of its own, and a quiz is answered by name')
	}
	if (poll.right !== null && !choices.some(({ id }) => id === poll.right)) {
		return new Refusal('no-choice', `this quiz has no choice ${poll.right}`)
	}
	const eligible = [...traineesIn(meeting), ...watchersNow(meeting)].filter((who) => mayAnswer(meeting, who))
	const closesAt = seconds === null ? null : now + seconds * 1000
	const plan = { vote, title, kind, choices, majority, quorum: null, proxies: [], closesAt, poll }
	return [{ type: 'vote.opened', ...plan, eligible: eligible.map((who) => ({ who, weight: 1 })), by: by.id }]
}

function cast(meeting: Meeting, vote: Vote, request: Of<'vote.cast'>, now: number): Happening[] | Refusal {
	const { who, of, choice, by } = request
	if (meeting.phase === 'suspended') return suspended()
	// The clock's own tick may come a moment later.
	if (vote.closesAt !== null && now >= vote.closesAt)
		return new Refusal('vote-closed', 'the time for this vote is over')
	const secret = vote.kind === 'secret'
	if (who !== by.id && (secret || !by.runs))
		return new Refusal('not-allowed', 'a ballot is cast by the one whose it is')
	if (!mayCastFor(meeting, vote, who, of)) {
		return new Refusal(
			'not-eligible',
			who === of ? 'this person has no vote here' : 'there is no proxy for this ballot',
		)
	}
	if (!vote.choices.some(({ id }) => id === choice))
		return new Refusal('no-choice', `this vote has no choice ${choice}`)
	if (secret && vote.ballots.has(of)) return new Refusal('has-voted', 'a secret ballot stays as it was cast')
	if (vote.ballots.get(of) === choice) return []
	return [{ type: 'ballot.cast', vote: vote.id, who: of, choice: secret ? null : choice, by: by.id }]
}

/** Hands in the hall. The latest count replaces those before it. */
function count(vote: Vote, { counts, by }: Of<'vote.count'>): Happening[] | Refusal {
	if (vote.kind !== 'hands') return new Refusal('not-allowed', 'only a show of hands is counted by eye')
	const unknown = Object.keys(counts).find((choice) => !vote.choices.some(({ id }) => id === choice))
	if (unknown !== undefined) return new Refusal('no-choice', `this vote has no choice ${unknown}`)
	const same = vote.choices.every(({ id }) => (vote.counted[id] ?? 0) === (counts[id] ?? 0))
	return same ? [] : [{ type: 'vote.counted', vote: vote.id, counts, by: by.id }]
}

/** A result as an event carries it. */
function written({ counts, cast, passed, reason, keys }: ReturnType<typeof tally>) {
	return { counts: { ...counts }, cast, passed, reason, keys: keys && [...keys] }
}

function suspended(): Refusal {
	return new Refusal('suspended', 'the meeting is suspended')
}
