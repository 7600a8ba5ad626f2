import { Refusal } from '../protocol/errors.ts'
import type { Happening, Meeting } from './meeting.ts'
import type { AgendaRequest } from './requests.ts'

/** What follows from this request, or why not. */
export function decideAgenda(_meeting: Meeting, _request: AgendaRequest, _now: number): Happening[] | Refusal {
	return new Refusal('unsupported', 'not yet')
}
