import { randomUUID } from 'node:crypto'
import { decide } from '../meeting/decide.ts'
import { evolve } from '../meeting/evolve.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import type { Actor, MeetingRequest } from '../meeting/requests.ts'
import { system } from '../meeting/who.ts'
import { Refusal } from '../protocol/errors.ts'
import type { BallotBox } from './ballot-box.ts'
import { certificateNumbers } from './certificates.ts'
import type { Journal } from './journal.ts'
import { SecretVotes } from './secret-votes.ts'

/** Who acts where nobody does: time that is up, a disk that is full. */
export const clock: Actor = { id: system, runs: true, chair: true }

/** From one phase to the next. */
export type Step = 'open' | 'suspend' | 'resume' | 'close'

/** What has become of a meeting. */
export interface Change {
	before: Meeting
	events: readonly MeetingEvent[]
	/** performance.now() when it was asked for. */
	begun: number
}

export interface CourseSources {
	journal: Journal
	box: BallotBox
	now: () => number
	/** Whether there is something to relay and record with. */
	broadcasts: boolean
	/** Does whatever the change brings about. */
	follow: (change: Change) => void
}

/** The course of a meeting: its state, and the one way to change it. */
export class Course {
	readonly #sources: CourseSources
	readonly #secret: SecretVotes
	#meeting: Meeting
	#seq: number

	/** `seq`: of the last event in the journal that led to `meeting`. */
	constructor(meeting: Meeting, seq: number, sources: CourseSources) {
		this.#meeting = meeting
		this.#seq = seq
		this.#sources = sources
		this.#secret = new SecretVotes(sources.box, () => this.#meeting)
	}

	get state(): Meeting {
		return this.#meeting
	}

	/** How many events the journal has of it. */
	get seq(): number {
		return this.#seq
	}

	/** Decided, journaled (with `also`, in one transaction), and only then told. Throws the Refusal. */
	change(request: MeetingRequest, also?: () => void): MeetingEvent[] {
		const begun = performance.now()
		const { journal, now, follow } = this.#sources
		const before = this.#meeting
		const events = decide(before, request, now())
		if (events instanceof Refusal) throw events
		if (events.length === 0) return events
		const ended = this.#secret.endedBy(events)
		journal.append(before.id, this.#seq, events, () => {
			also?.()
			this.#secret.empty(ended)
		})
		if (ended.length > 0) this.#secret.seal()
		this.#seq += events.length
		for (const event of events) this.#meeting = evolve(this.#meeting, event) ?? this.#meeting
		follow({ before, events, begun })
		return events
	}

	/** What is relayed and recorded by rule begins with it. Throws the Refusal. */
	step(type: Step, by: string): MeetingEvent[] {
		if (type === 'close') this.#certify()
		const begins = type === 'open' && this.#sources.broadcasts
		return this.change(begins ? { type, recording: randomUUID(), by } : { type, by })
	}

	/** A secret vote's box is emptied in the same transaction. Throws the Refusal. */
	closeVote(vote: string, by: Actor): MeetingEvent[] {
		return this.change({ type: 'vote.close', vote, box: this.#secret.take(vote), by })
	}

	/** What a secret ballot says goes into the box and nowhere else. Throws the Refusal. */
	castBallot(request: Extract<MeetingRequest, { type: 'vote.cast' }>): MeetingEvent[] {
		return this.change(request, this.#secret.keeping(request))
	}

	/** What is due by now: the end of a vote; then a warning, the end of a speech. False where there was none of the latter. */
	tick(): boolean {
		const now = this.#sources.now()
		for (const { id, phase, closesAt } of this.#meeting.votes.values()) {
			if (phase === 'open' && closesAt !== null && closesAt <= now) this.closeVote(id, clock)
		}
		return this.change({ type: 'tick' }).length > 0
	}

	/** Whoever meets the rule of the class at its end has a certificate. */
	#certify() {
		const { kind, phase, lesson } = this.#meeting
		if (kind !== 'class' || phase === 'planned' || phase === 'closed') return
		this.change({ type: 'certificates.issue', numbers: certificateNumbers(lesson.stays.keys()), by: clock })
	}
}
