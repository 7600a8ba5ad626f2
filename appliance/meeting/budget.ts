import { Refusal } from '../protocol/errors.ts'
import type { FloorKind } from '../protocol/floor.ts'
import { spokenByBureau, spokenMsOf, usedMs } from './clock.ts'
import type { Meeting } from './meeting.ts'

const secondsBy = { speak: 'speechSeconds', respond: 'respondSeconds', order: 'orderSeconds' } as const

/**
 * How long a speech that begins now may take, in ms; null: no limit. What was interrupted goes on with what was left; else
 * the rules say it; never more than the person, the bureau and the item have left. Refused (no-time) where that is nothing.
 */
export function limitOf(meeting: Meeting, who: string, kind: FloorKind, now: number): number | null | Refusal {
	const asked = meeting.floor.asking.find((one) => one.who === who && one.kind === kind)
	const seconds = meeting.rules.floor[secondsBy[kind]]
	const own = asked?.leftMs ?? (seconds === null ? null : seconds * 1000)
	const limit = Math.min(own ?? Number.POSITIVE_INFINITY, ...budgetsLeft(meeting, who, now))
	if (limit <= 0) return new Refusal('no-time', 'all the time that the rules give this one has been spoken')
	return Number.isFinite(limit) ? limit : null
}

function budgetsLeft(meeting: Meeting, who: string, now: number): number[] {
	const { personSeconds, bureauSeconds } = meeting.rules.floor
	const left: number[] = []
	if (personSeconds !== null) left.push(personSeconds * 1000 - spokenMsOf(meeting, who, now))
	const bureau = meeting.roll.get(who)?.bureau
	if (bureauSeconds !== null && bureau) {
		left.push(bureauSeconds * 1000 - (spokenByBureau(meeting, now).get(bureau) ?? 0))
	}
	// An item's time is its presenters': what others ask and answer is bounded by their own.
	const item = meeting.agenda.find(({ status, presenters }) => status === 'current' && presenters.includes(who))
	if (item && item.seconds !== null) left.push(item.seconds * 1000 - usedMs(item, now))
	return left
}
