import type { FloorEvent, Meeting } from './meeting.ts'

/** The floor after this event. */
export function evolveFloor(meeting: Meeting, _event: FloorEvent & { at: number }): Meeting {
	return meeting
}

/** All clocks stand: the meeting is suspended or closed. */
export function stopClocks(meeting: Meeting, _at: number): Meeting {
	return meeting
}

/** They go on from where they stood. */
export function resumeClocks(meeting: Meeting, _at: number): Meeting {
	return meeting
}
