import { draftOf, happen } from './draft.ts'
import { countOpen, end, endAll, settle } from './grants.ts'
import type { Happening, Meeting } from './meeting.ts'
import { isChair, maySpeak, system } from './who.ts'

/**
 * What has been decided, and what it means for the floor: who has gone, or may not speak any more, loses it and stands in
 * no line; whoever is next follows. A dropped line takes nothing from anybody: the clock runs on.
 */
export function withFloorConsequences(before: Meeting, happenings: readonly Happening[], now: number): Happening[] {
	const draft = draftOf(before, now)
	for (const happening of happenings) happen(draft, happening)
	for (const speech of draft.meeting.floor.speaking) {
		if (!maySpeak(draft.meeting, speech.who)) end(draft, speech, 'left', system)
	}
	for (const { who } of draft.meeting.floor.asking) {
		if (!maySpeak(draft.meeting, who)) happen(draft, { type: 'floor.withdrawn', who, by: system })
	}
	// A chair's speech takes no room; one who is chair no longer does, and must not be one too many.
	const most = Math.max(countOpen(before), draft.meeting.rules.floor.maxOpen)
	for (const speech of draft.meeting.floor.speaking) {
		const demoted = isChair(before, speech.who) && !isChair(draft.meeting, speech.who)
		if (demoted && countOpen(draft.meeting) > most) end(draft, speech, 'revoked', system)
	}
	settle(draft)
	return draft.happenings
}

/** What ends before the meeting itself does. */
export function floorEndings(meeting: Meeting, by: string, now: number): Happening[] {
	const draft = draftOf(meeting, now)
	endAll(draft, 'closed', by)
	return draft.happenings
}
