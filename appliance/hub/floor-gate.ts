import type { MeetingMedia } from '../media/meeting-media.ts'
import { openGates } from '../meeting/gates.ts'
import { groupOf } from '../meeting/lesson.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { seatOf } from '../meeting/who.ts'
import type { Grants } from './grants.ts'
import { hallOf } from './views.ts'

export interface FloorGateSources {
	meeting: () => Meeting
	media: Pick<MeetingMedia, 'setRooms' | 'setGate' | 'prepare'>
	grants: Grants
}

/** The floor's rule of the moment, kept by the SFU; what that confirms is a step of the grant. */
export class FloorGate {
	readonly #sources: FloorGateSources

	constructor(sources: FloorGateSources) {
		this.#sources = sources
		const meeting = sources.meeting()
		sources.media.setRooms((person) => groupOf(meeting, person))
		void sources.media.setGate(gateOf(meeting))
	}

	/** The meeting has changed. */
	follow(before: Meeting) {
		const { media, grants } = this.#sources
		const after = this.#sources.meeting()
		const same =
			before.floor === after.floor &&
			before.rules === after.rules &&
			before.phase === after.phase &&
			before.seats === after.seats &&
			before.hall === after.hall &&
			before.roll === after.roll &&
			before.members === after.members &&
			before.lesson.groups === after.lesson.groups
		if (same || after.phase === 'closed') return
		// Who is not together any more is parted before a gate opens.
		if (before.lesson.groups !== after.lesson.groups) media.setRooms((person) => groupOf(after, person))
		const speaking = after.floor.speaking
		const confirmed = media.setGate(gateOf(after))
		media.prepare(new Set(after.floor.asking.map(({ who }) => this.#sender(who))))
		void confirmed.then((reports) => {
			const failed = new Set(reports.filter(({ error }) => error !== null).map(({ person }) => person))
			for (const speech of speaking) {
				const bad = failed.has(this.#sender(speech.who))
				grants.settle(speech, 'gate', bad ? 'failed' : 'done', bad ? 'media-failed' : null)
			}
		})
	}

	/** Somebody has the floor. `begun`: performance.now() when that was asked for. */
	granted(who: string, begun: number) {
		const meeting = this.#sources.meeting()
		const speech = meeting.floor.speaking.find((one) => one.who === who)
		if (speech) this.#sources.grants.begin(speech, begun, hallOf(meeting) ? ['gate', 'camera', 'strip'] : ['gate'])
	}

	/** Whose microphone somebody speaks by: their own, or the hall's. */
	#sender(who: string): string {
		const meeting = this.#sources.meeting()
		return seatOf(meeting, who) === null ? who : (meeting.hall?.person ?? who)
	}
}

/** Whether this person's microphone is let through, by the rule of the moment. The hall is one, for all its seats. */
function gateOf(meeting: Meeting): (person: string) => boolean {
	const open = openGates(meeting)
	if (open === 'all') return () => true
	const hall = meeting.hall?.person
	const hallOpen = [...open].some((who) => seatOf(meeting, who) !== null)
	return (person) => open.has(person) || (person === hall && hallOpen)
}
