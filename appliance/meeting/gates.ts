import type { Meeting } from './meeting.ts'
import { isChair } from './who.ts'

/**
 * Whose gates the rule of the moment opens: people, and seats as `seat-<id>`. A suspension changes nothing here: only
 * clocks stand. Which microphone that is, and the hall as a whole, is for those who know the media.
 */
export function openGates(meeting: Meeting): ReadonlySet<string> | 'all' {
	if (meeting.phase === 'closed') return new Set()
	const { mode, chairOpen } = meeting.rules.floor
	if (mode === 'open') return 'all'
	// In a group everybody may speak: who hears them is for those who know the media.
	const open = new Set([...meeting.floor.speaking.map(({ who }) => who), ...(meeting.lesson.groups?.of.keys() ?? [])])
	if (!chairOpen) return open
	for (const who of meeting.members.keys()) if (isChair(meeting, who)) open.add(who)
	for (const { person } of meeting.seats.values()) if (person !== null && isChair(meeting, person)) open.add(person)
	return open
}
