import { Refusal } from '../protocol/errors.ts'
import type { VoteKind } from '../protocol/floor.ts'
import type { MeetingRole } from '../protocol/roles.ts'
import { watchersNow } from './lesson.ts'
import type { Meeting, Vote } from './meeting.ts'
import { isIn, isMarkedAtSeat } from './people.ts'
import { roleOf } from './who.ts'

/** Who may vote, with what weight, and who for whom. */

const voting: readonly MeetingRole[] = ['chair', 'member']

/**
 * Null: all members and chairs of the roll, there or not (재적), or those who are in where the roll names none. Of those
 * who are named, clerks may vote as well; whoever only watches may not.
 */
export function eligibleFor(meeting: Meeting, named: readonly string[] | null): string[] | Refusal {
	if (named !== null) {
		for (const who of named) {
			const role = roleOf(meeting, who) ?? meeting.roll.get(who)?.role
			if (role === undefined)
				return new Refusal('no-person', `nobody of this id is in the meeting or on its roll: ${who}`)
			if (role !== 'clerk' && !voting.includes(role)) return new Refusal('not-eligible', `${who} only watches`)
		}
		return [...new Set(named)]
	}
	const listed = [...meeting.roll.values()].filter(({ role }) => voting.includes(role))
	const here = [...meeting.members.values()].filter(({ id, role }) => voting.includes(role) && isIn(meeting, id))
	const all = listed.length > 0 ? listed : here
	return all.length > 0 ? all.map(({ id }) => id) : new Refusal('no-person', 'there is nobody who may vote')
}

/** Weights as the roll says. A secret vote has none that differ, because a weight would tell whose ballot it is. */
export function weighed(
	meeting: Meeting,
	eligible: readonly string[],
	{ weighted, kind }: { weighted: boolean; kind: VoteKind },
): { who: string; weight: number }[] | Refusal {
	const list = eligible.map((who) => ({ who, weight: (weighted && meeting.roll.get(who)?.weight) || 1 }))
	if (kind === 'secret' && list.some(({ weight }) => weight !== 1)) {
		return new Refusal('weights-secret', 'weights would tell whose secret ballot it is')
	}
	return list
}

/** From one who may vote and is not there, to another who may; nobody passes on what was passed to them. */
export function proxiesFor(
	meeting: Meeting,
	eligible: readonly string[],
	proxies: Readonly<Record<string, string>>,
): { of: string; by: string }[] | Refusal {
	const list = Object.entries(proxies).map(([of, by]) => ({ of, by }))
	for (const { of, by } of list) {
		if (!eligible.includes(of) || !eligible.includes(by)) {
			return new Refusal('not-eligible', 'a proxy goes from one who may vote to another who may')
		}
		if (of === by || Object.hasOwn(proxies, by))
			return new Refusal('not-allowed', 'a proxy is passed on to nobody else')
		if (isThere(meeting, of)) return new Refusal('not-allowed', 'who is there votes without a proxy')
	}
	return list
}

/** Whether this one may cast the ballot of that one now: their own, or by a proxy, which rests while its giver is there. */
export function mayCastFor(meeting: Meeting, vote: Vote, who: string, of: string): boolean {
	if (vote.poll) return who === of && (vote.eligible.has(of) || mayAnswer(meeting, of))
	if (!vote.eligible.has(of)) return false
	return who === of || (vote.proxies.get(of) === who && !isThere(meeting, of))
}

/** Of a class: its trainees, also those who come late, and those who watch it and are known. */
export function mayAnswer(meeting: Meeting, person: string): boolean {
	const role = meeting.members.get(person)?.role
	return role === undefined ? watchersNow(meeting).includes(person) : role === 'member'
}

function isThere(meeting: Meeting, who: string): boolean {
	return isIn(meeting, who) || isMarkedAtSeat(meeting, who)
}
