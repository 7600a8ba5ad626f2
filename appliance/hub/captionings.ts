import { Whereabouts } from '../meeting/whereabouts.ts'
import { roleNow } from './admission.ts'
import { CaptionerConnection, type CaptionerPeer } from './captioner-connection.ts'
import { Captioning } from './captioning.ts'
import { Cards } from './cards.ts'
import { replay } from './journal.ts'
import type { MeetingPrincipal } from './meeting-parts.ts'
import { type Meetings, noMeeting } from './meetings.ts'
import type { Stores } from './stores.ts'
import { stripOf } from './strips.ts'

/** Meetings that are over and whose captions are being set right. */
const mostCorrected = 20

/** The captions of all meetings: of those that go on, and for a while of those that are over and set right. */
export class Captionings {
	readonly #meetings: Meetings
	readonly #stores: Pick<Stores, 'journal' | 'vault' | 'captions'>
	readonly #now: () => number
	/** Of meetings that are over, the one that was asked for last at the end. */
	readonly #corrected = new Map<string, Captioning>()

	constructor(meetings: Meetings, stores: Pick<Stores, 'journal' | 'vault' | 'captions'>, now: () => number) {
		this.#meetings = meetings
		this.#stores = stores
		this.#now = now
	}

	/** Throws Refusal('no-meeting'). */
	of(id: string): Captioning {
		return this.#meetings.find(id)?.captions ?? this.#corrected.get(id) ?? this.#open(id)
	}

	/** One who writes captions. Throws Refusal('no-meeting'). */
	connect(principal: MeetingPrincipal, peer: CaptionerPeer): CaptionerConnection {
		const { meeting: id, person, jti } = principal
		const role = () => {
			const state = this.#meetings.find(id)?.state
			return state ? roleNow(state, person, principal) : principal.role
		}
		return new CaptionerConnection(this.of(id), { jti, role }, peer)
	}

	/** This meeting is over. Those who write on after the end and those who come then set right the same. */
	closed(id: string, captioning: Captioning) {
		if (captioning.hasWriters) this.#keep(id, captioning)
	}

	/** A token was withdrawn. Those who write in a meeting that goes on are ended with it. */
	endOf(jti: string) {
		for (const captioning of this.#corrected.values()) captioning.endOf(jti)
	}

	/** Somebody was erased. */
	forget(person: string) {
		for (const captioning of this.#corrected.values()) captioning.forget(person)
	}

	#open(id: string): Captioning {
		const { journal, vault, captions } = this.#stores
		const entries = journal.read(id)
		const meeting = replay(entries)
		if (!meeting) throw noMeeting()
		const cards = new Cards(vault, meeting.sealedAs)
		const now = this.#now
		const captioning = new Captioning({
			...{ meeting: () => meeting, store: captions, now },
			whereabouts: new Whereabouts(entries),
			closedAt: entries.findLast(({ type }) => type === 'meeting.closed')?.at ?? now(),
			strip: (who) => stripOf(meeting, who, cards),
			tell() {},
			tellViewers() {},
			relay() {},
		})
		this.#keep(id, captioning)
		return captioning
	}

	#keep(id: string, captioning: Captioning) {
		this.#corrected.set(id, captioning)
		const idle = [...this.#corrected].find(([of, { hasWriters }]) => of !== id && !hasWriters)
		if (this.#corrected.size > mostCorrected && idle) this.#corrected.delete(idle[0])
	}
}
