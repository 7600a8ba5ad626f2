import type { Meeting } from './meeting.ts'
import { isMarkedAtSeat } from './people.ts'

/**
 * How many must be there and how many are; null: no quorum is ruled. Counted are members and chairs: those of the roll,
 * or those in the meeting where no roll names any. There is who is connected at this moment, or marked present at a seat
 * of the hall. A part is of those on the roll who are not excused, rounded so that it is reached in full: at least half,
 * more than half, at least two thirds. Without a roll there is nothing to be a part of, and one is enough.
 */
export function quorumOf(meeting: Meeting): { required: number; present: number } | null {
	const { quorum } = meeting.rules
	if (quorum === null) return null
	const base = counted(meeting)
	const there = (id: string) => meeting.members.get(id)?.presence === 'here' || isMarkedAtSeat(meeting, id)
	const present = base.filter(there).length
	if ('people' in quorum) return { required: quorum.people, present }
	const due = base.filter((id) => meeting.roll.has(id) && meeting.roll.get(id)?.attendance !== 'excused').length
	const part = {
		half: Math.ceil(due / 2),
		overHalf: Math.floor(due / 2) + 1,
		twoThirds: Math.ceil((due * 2) / 3),
		all: due,
	}
	return { required: Math.max(1, part[quorum.part]), present }
}

function counted({ roll, members }: Meeting): string[] {
	const votes = ({ role }: { role: string }) => role === 'member' || role === 'chair'
	const expected = [...roll.values()].filter(votes)
	return (expected.length > 0 ? expected : [...members.values()].filter(votes)).map(({ id }) => id)
}
