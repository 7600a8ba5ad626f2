import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import type { MeetingRequest } from '../meeting/requests.ts'

export interface PresenceSources {
	meeting: () => Pick<Meeting, 'roll' | 'calledAt'>
	/** Somebody who is away has left after this long. */
	awayMs: number
	isConnected: (person: string) => boolean
	/** Journals. Answers nothing where it was so already. */
	change: (request: Extract<MeetingRequest, { type: 'goAway' | 'leave' | 'roll.mark' }>) => readonly MeetingEvent[]
	/** Does it as soon as the disk takes it. */
	byItself: (act: () => void) => void
	/** What they had muted is forgotten. */
	forgetMutes: (person: string) => void
}

/** Whether people whose connections come and go are away, and for how long they are waited for. */
export class Presence {
	readonly #sources: PresenceSources
	/** Away people, until they are said to have left. */
	readonly #waiting = new Map<string, NodeJS.Timeout>()

	constructor(sources: PresenceSources) {
		this.#sources = sources
	}

	/** Nobody waits for them any more: they are connected. */
	isHere(person: string) {
		clearTimeout(this.#waiting.get(person))
		this.#waiting.delete(person)
	}

	/** Their last connection was cut off. */
	goesAway(person: string) {
		const { byItself, isConnected, change } = this.#sources
		byItself(() => {
			if (isConnected(person)) return
			if (change({ type: 'goAway', person }).length > 0) this.#waitFor(person)
		})
	}

	/** They were in the meeting when the service ended, away perhaps. */
	wasHere(person: string) {
		this.goesAway(person)
		this.#waitFor(person)
	}

	/** They ended their last connection themselves, or were ended. */
	leaves(person: string) {
		const { byItself, isConnected, change, forgetMutes } = this.#sources
		byItself(() => {
			if (isConnected(person)) return
			change({ type: 'leave', person })
			// Whoever leaves and comes again chooses anew; whoever was cut off does not.
			forgetMutes(person)
		})
	}

	/** One of the roll who runs the meeting from a desk is there, without a place in it. */
	isAtDesk(person: string) {
		const { meeting, change } = this.#sources
		const { roll, calledAt } = meeting()
		const entry = roll.get(person)
		if (!entry || entry.attendance === 'present' || entry.attendance === 'late') return
		const attendance = calledAt === null ? 'present' : 'late'
		change({ type: 'roll.mark', who: entry.id, attendance, by: { id: entry.id, runs: true, chair: false } })
	}

	close() {
		for (const timer of this.#waiting.values()) clearTimeout(timer)
		this.#waiting.clear()
	}

	#waitFor(person: string) {
		const { awayMs, byItself, isConnected, change } = this.#sources
		clearTimeout(this.#waiting.get(person))
		const leave = () => {
			this.#waiting.delete(person)
			byItself(() => {
				if (!isConnected(person)) change({ type: 'leave', person })
			})
		}
		this.#waiting.set(person, setTimeout(leave, awayMs))
	}
}
