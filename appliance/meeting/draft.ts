import { evolve } from './evolve.ts'
import type { Happening, Meeting } from './meeting.ts'

/** A decision in the making: each thing that follows is decided upon the meeting as those before it leave it. */
export interface Draft {
	meeting: Meeting
	readonly now: number
	readonly happenings: Happening[]
}

export function draftOf(meeting: Meeting, now: number): Draft {
	return { meeting, now, happenings: [] }
}

export function happen(draft: Draft, happening: Happening) {
	draft.happenings.push(happening)
	draft.meeting = evolve(draft.meeting, { ...happening, at: draft.now }) ?? draft.meeting
}
