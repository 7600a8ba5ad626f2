import { groupOf } from '../meeting/lesson.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import { isIn } from '../meeting/people.ts'
import type { NameStrip } from '../protocol/floor.ts'
import type { Source } from '../protocol/media.ts'
import type { Person } from '../protocol/messages.ts'

/** The people of a meeting as its pages see them, and when they look different. Pure. */

interface Known {
	strip: (who: string) => NameStrip
	sources: (person: string) => Source[]
}

/** Null: they are not in the meeting. */
export function personView(meeting: Meeting, id: string, known: Known): Person | null {
	const member = meeting.members.get(id)
	if (!member || !isIn(meeting, id)) return null
	const { role, presence, joinedAt } = member
	const group = groupOf(meeting, id)
	return {
		id,
		...known.strip(id),
		order: meeting.roll.get(id)?.order ?? Number.MAX_SAFE_INTEGER,
		role,
		here: presence === 'here',
		joinedAt,
		sources: known.sources(id),
		...(group === null ? {} : { group }),
	}
}

/** Who looks different after this event. `meeting`: as it is then. */
export function lookDifferent(event: MeetingEvent, meeting: Meeting): Iterable<string> {
	switch (event.type) {
		case 'groups.opened':
			return event.groups.flatMap(({ people }) => people)
		case 'groups.closed':
			return meeting.members.keys()
		case 'groups.moved':
		case 'roll.entered':
			return [event.person]
	}
	return event.type.startsWith('person.') && 'person' in event && event.person !== null ? [event.person] : []
}
