import type { MeetingCore } from '../protocol/messages.ts'

/**
 * Of the meeting's core, what whoever watches the relay may know: what is on, who speaks. Not who waits, who votes how many, or
 * what the hall's microphone does; and in a part that is not for viewers, nothing of the floor.
 */
export function publicCore(core: MeetingCore): MeetingCore {
	const { closed } = core.broadcast.programme
	return {
		...core,
		floor: {
			...core.floor,
			speaking: closed ? [] : core.floor.speaking,
			waiting: { speak: 0, respond: 0, order: 0 },
			next: null,
			nextSeat: null,
		},
		item: closed ? null : core.item,
		slide: null,
		spotlight: null,
		drivers: [],
		// What a class is asked is asked of those who watch it as well.
		vote: core.vote?.poll && !closed ? core.vote : null,
		quorum: null,
		hall: null,
		lesson: null,
		broadcast: { ...core.broadcast, consent: null, programme: { ...core.broadcast.programme, source: null } },
	}
}
