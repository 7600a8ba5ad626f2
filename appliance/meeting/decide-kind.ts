import { Refusal } from '../protocol/errors.ts'
import { rulesOfKind } from '../protocol/rules.ts'
import { broadcastEndings } from './broadcast.ts'
import { needsConsent } from './consent.ts'
import { decideFloor } from './decide-floor.ts'
import { lessonEndings } from './decide-lesson.ts'
import { cancelOpenVotes } from './decide-vote.ts'
import { draftOf, happen } from './draft.ts'
import type { Happening, Meeting } from './meeting.ts'
import type { MeetingRequest } from './requests.ts'

/**
 * The same room under other rules, with whoever is in: a vote or a question that is open ends without a result, because its
 * kind does; groups come back. What goes out of a counsel (민원 상담), or would go out of what becomes one, ends.
 */
export function decideKind(
	meeting: Meeting,
	{ kind, by }: Extract<MeetingRequest, { type: 'kind' }>,
	now: number,
): Happening[] | Refusal {
	if (!by.runs) return new Refusal('not-allowed', 'this is for those who run the meeting')
	if (kind === meeting.kind) return []
	const draft = draftOf(meeting, now)
	for (const ending of [...cancelOpenVotes(meeting, by.id), ...lessonEndings(meeting, by.id)]) happen(draft, ending)
	if (kind === 'counsel' || needsConsent(meeting))
		for (const ending of broadcastEndings(meeting, by.id)) happen(draft, ending)
	happen(draft, { type: 'meeting.turned', kind, by: by.id })
	const ruled = decideFloor(draft.meeting, { type: 'rules', ...rulesOfKind[kind], by }, now)
	if (ruled instanceof Refusal) return ruled
	return [...draft.happenings, ...ruled]
}
