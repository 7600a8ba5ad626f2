import { Refusal } from '../protocol/errors.ts'
import type { Tick } from './decide.ts'
import type { Happening, Meeting } from './meeting.ts'
import type { FloorRequest } from './requests.ts'

/** What follows from this request, or why not. */
export function decideFloor(_meeting: Meeting, _request: FloorRequest | Tick, _now: number): Happening[] | Refusal {
	return new Refusal('unsupported', 'not yet')
}
