import { randomUUID } from 'node:crypto'
import { decide } from '../meeting/decide.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { Refusal } from '../protocol/errors.ts'
import type { ItemEntry, RollEntry } from '../protocol/meeting-commands.ts'
import type { MeetingKind } from '../protocol/room-state.ts'
import { work } from './desk-work.ts'
import { type Journal, replay } from './journal.ts'
import { LiveMeeting } from './live-meeting.ts'
import type { MeetingParts } from './meeting-parts.ts'

export interface MeetingPlan {
	title: string
	kind: MeetingKind
	startsAt?: number
	roll?: RollEntry[]
	agenda?: ItemEntry[]
}

/** The meetings of a hub: those that go on or are planned, and what the journal knows of those that are over. */
export class Meetings implements Iterable<LiveMeeting> {
	readonly #parts: MeetingParts
	readonly #live = new Map<string, LiveMeeting>()

	constructor(parts: MeetingParts) {
		this.#parts = parts
	}

	/** Those that go on or are planned. */
	[Symbol.iterator](): IterableIterator<LiveMeeting> {
		return this.#live.values()
	}

	/** Goes on with all that have not ended. */
	resume() {
		const { journal, snapshots } = this.#parts
		for (const id of journal.going()) {
			const known = snapshots.find(id, (seq) => journal.hashAt(id, seq))
			const rest = journal.readAfter(id, known?.seq ?? 0)
			const meeting = replay(rest, known?.meeting)
			if (meeting) this.#live.set(id, new LiveMeeting(meeting, (known?.seq ?? 0) + rest.length, this.#parts))
		}
	}

	plan({ title, kind, startsAt, roll = [], agenda = [] }: MeetingPlan): LiveMeeting {
		const { journal, now } = this.#parts
		const id = randomUUID()
		const events = decide(null, { type: 'plan', meeting: id, title, kind, startsAt: startsAt ?? null }, now())
		if (events instanceof Refusal) throw events
		journal.append(id, 0, events)
		const meeting = replay(events)
		if (!meeting) throw new Error('a planned meeting was not planned')
		const planned = new LiveMeeting(meeting, events.length, this.#parts)
		this.#live.set(id, planned)
		const by = { id: 'plan', runs: true, chair: true }
		if (roll.length > 0) work(planned, { type: 'roll.enter', entries: roll }, by)
		if (agenda.length > 0) work(planned, { type: 'agenda.set', items: agenda }, by)
		return planned
	}

	/** Undefined: it is over, or there was none of this id. */
	find(id: string): LiveMeeting | undefined {
		return this.#live.get(id)
	}

	/** Throws a Refusal: 'no-meeting', 'meeting-closed'. */
	going(id: string): LiveMeeting {
		const meeting = this.#live.get(id)
		if (meeting) return meeting
		throw this.#isKnown(id) ? new Refusal('meeting-closed', 'the meeting has been closed') : noMeeting()
	}

	/** The whole state, also of one that is over. Throws Refusal('no-meeting'). */
	stateOf(id: string): Meeting {
		return this.#stateBy(id, this.#parts.journal.read)
	}

	/** As `stateOf`; of one that is over only the meeting's own steps, without its people. */
	outlineOf(id: string): Meeting {
		return this.#stateBy(id, this.#parts.journal.readSteps)
	}

	/** Outlines of the latest that are over, the last one first. */
	closed(limit: number): Meeting[] {
		const { journal } = this.#parts
		const closed = journal.closed(limit).map((id) => replay(journal.readSteps(id)))
		return closed.filter((meeting) => meeting !== null)
	}

	/** Throws Refusal('no-meeting') where there was none of this id. */
	check(id: string) {
		if (!this.#isKnown(id)) throw noMeeting()
	}

	/** Those that are over go on no longer. Answers which these are. */
	dropClosed(): LiveMeeting[] {
		const closed = [...this].filter(({ state }) => state.phase === 'closed')
		for (const { state } of closed) this.#live.delete(state.id)
		return closed
	}

	/** The service ends, no meeting does. */
	stop() {
		for (const meeting of this) meeting.stop()
		this.#live.clear()
	}

	/** `read`: of one that is over, what its state is made of. */
	#stateBy(id: string, read: Journal['read']): Meeting {
		const meeting = this.#live.get(id)?.state ?? replay(read(id))
		if (!meeting) throw noMeeting()
		return meeting
	}

	#isKnown(id: string): boolean {
		return this.#live.has(id) || this.#parts.journal.readSteps(id).length > 0
	}
}

export function noMeeting(): Refusal {
	return new Refusal('no-meeting', 'there is no such meeting')
}
