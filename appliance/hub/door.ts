import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import type { MeetingRequest } from '../meeting/requests.ts'
import type { MeetingRole } from '../protocol/roles.ts'
import type { Cards } from './cards.ts'
import type { Listener } from './listeners.ts'

export interface DoorSources {
	meeting: () => Meeting
	cards: Cards
	/** Journals, with `keep` in the same transaction. */
	change: (request: Extract<MeetingRequest, { type: 'lobby.knock' | 'lobby.leave' }>, keep?: () => void) => void
	/** Does it as soon as the disk takes it. */
	byItself: (act: () => void) => void
	/** The meeting is closed, or the service ends: whoever waits is found where they were. */
	isOver: () => boolean
	/** A secret by which somebody who is let in comes as this person. */
	secret: (person: string) => string
}

/** Those who wait before the door of a meeting, each by the id that they knock with. Who they are stands in the meeting. */
export class Door {
	readonly #sources: DoorSources
	readonly #knocking = new Map<string, Listener>()

	constructor(sources: DoorSources) {
		this.#sources = sources
	}

	get listeners(): Iterable<Listener> {
		return this.#knocking.values()
	}

	/** Whether somebody who came by this token waits. */
	hasToken(jti: string): boolean {
		return [...this.#knocking.values()].some((listener) => listener.jti === jti)
	}

	/** Answers how many come before. */
	knock(listener: Listener, person: string, role: MeetingRole, name: string): number {
		const { meeting, cards, change } = this.#sources
		const known = meeting().lobby.get(person)
		if (!known || cards.open(person, known.name)?.name !== name) {
			const sealed = cards.seal(person, { name, title: '', email: null })
			change({ type: 'lobby.knock', person, role, name: sealed.hash }, sealed.keep)
		}
		this.#knocking.set(person, listener)
		return this.#waiting.indexOf(person)
	}

	/** Went away from the door. Somebody else may knock with this id by now. */
	stopKnocking(listener: Listener, person: string) {
		if (this.#knocking.get(person) !== listener) return
		this.#knocking.delete(person)
		if (!this.#sources.isOver()) this.leaves(person)
	}

	/** Nobody knocks with this id any more. */
	leaves(person: string) {
		const { meeting, change, byItself } = this.#sources
		byItself(() => {
			if (meeting().lobby.has(person) && !this.#knocking.has(person)) change({ type: 'lobby.leave', person })
		})
	}

	follow(event: MeetingEvent) {
		switch (event.type) {
			case 'lobby.admitted': {
				const listener = this.#answer(event.person)
				this.#tellPlaces()
				if (listener) this.#admit(listener, event.as)
				return
			}
			case 'lobby.refused': {
				const listener = this.#answer(event.person)
				this.#tellPlaces()
				listener?.end('refused')
				return
			}
			case 'lobby.left':
			case 'lobby.knocked':
				this.#tellPlaces()
				return
			case 'rules.set':
				if (event.rules.lobby === 'off') this.#open()
		}
	}

	clear() {
		this.#knocking.clear()
	}

	/** All who wait, the first first. */
	get #waiting(): string[] {
		return [...this.#sources.meeting().lobby.keys()]
	}

	/** The door was opened for all who wait before it. */
	#open() {
		const { removed } = this.#sources.meeting()
		for (const person of this.#waiting) {
			const listener = removed.has(person) ? undefined : this.#answer(person)
			if (listener) this.#admit(listener, person)
		}
	}

	/** Whoever knocked with this id waits no longer. */
	#answer(person: string): Listener | undefined {
		const listener = this.#knocking.get(person)
		this.#knocking.delete(person)
		return listener
	}

	#admit(listener: Listener, person: string) {
		listener.hear({ type: 'admitted', resume: this.#sources.secret(person) })
	}

	/** Each is told how many come before. */
	#tellPlaces() {
		const waiting = this.#waiting
		for (const [person, listener] of this.#knocking) {
			listener.hear({ type: 'lobby.place', before: Math.max(0, waiting.indexOf(person)) })
		}
	}
}
