import { Refusal } from '../protocol/errors.ts'
import type { Happening, Meeting } from './meeting.ts'
import type { VoteRequest } from './requests.ts'

/** What follows from this request, or why not. */
export function decideVote(_meeting: Meeting, _request: VoteRequest, _now: number): Happening[] | Refusal {
	return new Refusal('unsupported', 'not yet')
}
