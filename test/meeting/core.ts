import type { Lists, MeetingCore, Person } from '../../appliance/protocol/messages.ts'
import { offAir } from '../../appliance/protocol/relay.ts'
import type { MeetingView } from '../../appliance/protocol/room-state.ts'
import { openRules } from '../../appliance/protocol/rules.ts'

/** A meeting as its clients see it before anybody has ruled it. */
export function plainCore(meeting: MeetingView, difference: Partial<MeetingCore> = {}): MeetingCore {
	const waiting = { speak: 0, respond: 0, order: 0 }
	return {
		meeting,
		rules: openRules,
		floor: { mode: 'open', speaking: [], waiting, next: null, nextSeat: null },
		item: null,
		slide: null,
		spotlight: null,
		drivers: [],
		broadcast: offAir,
		vote: null,
		quorum: null,
		hall: null,
		lesson: null,
		at: 1,
		...difference,
	}
}

export const noLists: Lists = {
	asking: { revision: 1, set: [] },
	seats: { revision: 1, set: [] },
	agenda: { revision: 1, set: [] },
	documents: { revision: 1, set: [] },
}

/** Somebody of no roll. */
export function somebody(id: string, difference: Partial<Person> = {}): Person {
	return {
		id,
		name: id,
		title: '',
		bureau: '',
		order: 0,
		role: 'member',
		here: true,
		joinedAt: 0,
		sources: [],
		...difference,
	}
}
