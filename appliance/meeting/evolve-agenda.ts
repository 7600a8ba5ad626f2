import type { AgendaEvent, Meeting } from './meeting.ts'

/** The agenda and what is shown after this event. */
export function evolveAgenda(meeting: Meeting, _event: AgendaEvent & { at: number }): Meeting {
	return meeting
}
