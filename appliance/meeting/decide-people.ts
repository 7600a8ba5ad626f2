import { Refusal } from '../protocol/errors.ts'
import type { Happening, Meeting } from './meeting.ts'
import type { PeopleRequest } from './requests.ts'

/** What follows from this request, or why not. */
export function decidePeople(_meeting: Meeting, _request: PeopleRequest, _now: number): Happening[] | Refusal {
	return new Refusal('unsupported', 'not yet')
}
