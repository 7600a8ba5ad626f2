import { viewOf } from '../meeting/meeting.ts'
import { compose } from '../minutes/compose.ts'
import type { Minutes } from '../minutes/minutes.ts'
import type { CertificateView, ClassView } from '../protocol/lesson.ts'
import type { MeetingKind, MeetingView } from '../protocol/room-state.ts'
import { Cards } from './cards.ts'
import { readNumber } from './certificates.ts'
import type { Entry } from './journal.ts'
import { certificateView, classView, noCertificate } from './lessons.ts'
import { type Meetings, noMeeting } from './meetings.ts'
import type { Stores } from './stores.ts'
import { type Watched, watchedOf } from './viewings.ts'

const closedShown = 200

/** What is known of each meeting, while it goes on and when it is over. All throw Refusal('no-meeting'). */
export interface Records {
	/** All that go on or are planned, and the latest 200 that were closed. */
	list(): MeetingView[]
	get(id: string): MeetingView
	journal(id: string): { events: Entry[] }
	/** What was said and decided, from the journal, and word by word where there are captions. */
	minutes(id: string): Minutes
	/** Who watched, and for how long, those who came first first. */
	viewers(id: string): Watched[]
	/** How the trainees of a class stand. */
	lesson(id: string): ClassView
	/** What the certificate of this number says, however it is written. Throws 'no-document'. */
	certificate(number: string): CertificateView
	/** That of one person in this class. Throws 'no-document'. */
	certificateOf(id: string, person: string): CertificateView
}

export function openRecords(meetings: Meetings, stores: Stores, now: () => number): Records {
	const { journal, vault, captions, viewings } = stores

	/** Those who watch now count as well. */
	function watched(id: string, kind: MeetingKind): Watched[] {
		const cards = new Cards(vault, kind)
		meetings.find(id)?.air.viewings.write()
		return watchedOf(viewings.read(id), (person, hash) => cards.open(person, hash))
	}

	function certificateOf(id: string, person: string): CertificateView {
		const meeting = meetings.stateOf(id)
		return certificateView(meeting, person, new Cards(vault, meeting.sealedAs))
	}

	return {
		list: () => [...[...meetings].map(({ state }) => state), ...meetings.closed(closedShown)].map(viewOf),
		get: (id) => viewOf(meetings.outlineOf(id)),
		journal(id) {
			meetings.check(id)
			return { events: journal.read(id) }
		},
		minutes(id) {
			const entries = journal.read(id)
			const [first] = entries
			if (first?.type !== 'meeting.planned') throw noMeeting()
			const cards = new Cards(vault, first.kind)
			return compose(entries, (person, hash) => cards.open(person, hash), captions.read(id))
		},
		viewers: (id) => watched(id, meetings.outlineOf(id).sealedAs),
		lesson(id) {
			const meeting = meetings.stateOf(id)
			return classView(meeting, now(), new Cards(vault, meeting.sealedAs), watched(id, meeting.sealedAs))
		},
		certificate(number) {
			const read = readNumber(number)
			const found = read === null ? null : journal.findCertificate(read)
			if (!found) throw noCertificate()
			return certificateOf(found.meeting, found.person)
		},
		certificateOf,
	}
}
