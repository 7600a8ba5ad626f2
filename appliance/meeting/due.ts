import type { FloorRules } from '../protocol/rules.ts'
import { usedMs } from './clock.ts'
import type { Meeting, Speech } from './meeting.ts'

/** What a speech's clock brings about: a warning with so many seconds left, or the end. */
type Due = { warn: number } | 'end'

/** What is due by now: the last of what has come to pass, because nobody is told "three minutes" after "one". */
export function dueOf(speech: Speech, rules: FloorRules, now: number): Due | null {
	const used = usedMs(speech, now)
	return aheadOf(speech, rules).findLast(({ usedMs }) => usedMs <= used)?.due ?? null
}

/** When something is due next by the clock: a warning, the end of a speech or of a vote. Null: nothing is. */
export function nextDue(meeting: Meeting): number | null {
	let next = Number.POSITIVE_INFINITY
	for (const speech of meeting.floor.speaking) {
		const [first] = aheadOf(speech, meeting.rules.floor)
		if (!first || speech.runningSince === null) continue
		next = Math.min(next, speech.runningSince + first.usedMs - speech.usedMs)
	}
	for (const { phase, closesAt } of meeting.votes.values()) {
		if (phase === 'open' && closesAt !== null) next = Math.min(next, closesAt)
	}
	const { check, groups } = meeting.lesson
	if (check) next = Math.min(next, check.until)
	if (groups?.endsAt != null) next = Math.min(next, groups.endsAt)
	return Number.isFinite(next) ? next : null
}

/** All that has not been said, by the time used at which it is due. */
function aheadOf({ limitMs, warned }: Speech, rules: FloorRules): { usedMs: number; due: Due }[] {
	if (limitMs === null) return []
	const said = Math.min(...warned)
	const ahead: { usedMs: number; due: Due }[] = rules.warnSeconds
		// A speech of one minute does not begin with the warning that one minute is left.
		.filter((seconds) => seconds < said && seconds * 1000 < limitMs)
		.sort((a, b) => b - a)
		.map((seconds) => ({ usedMs: limitMs - seconds * 1000, due: { warn: seconds } }))
	if (rules.atEnd === 'revoke') ahead.push({ usedMs: limitMs + rules.graceSeconds * 1000, due: 'end' })
	return ahead
}
