import type { Meeting, VoteEvent } from './meeting.ts'

/** The votes after this event. */
export function evolveVote(meeting: Meeting, _event: VoteEvent & { at: number }): Meeting {
	return meeting
}
