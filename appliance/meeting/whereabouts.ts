import type { MeetingEvent } from './meeting.ts'

/**
 * Who of a class was in which group, and when. What is written or said in a group is for those who are there: who comes into it
 * is told what was before, who has left it nothing of what comes after. From the journal, so that a start changes nothing.
 */

interface Stretch {
	readonly group: string
	readonly from: number
	/** Null: they are there. */
	readonly to: number | null
}

export class Whereabouts {
	readonly #names = new Map<string, string>()
	readonly #of = new Map<string, Stretch[]>()

	constructor(events: Iterable<MeetingEvent> = []) {
		for (const event of events) this.follow(event)
	}

	follow(event: MeetingEvent) {
		const { at } = event
		switch (event.type) {
			case 'groups.opened':
				for (const { id, name, people } of event.groups) {
					this.#names.set(id, name)
					for (const person of people) this.#enter(person, id, at)
				}
				return
			case 'groups.moved':
				this.#leave(event.person, at)
				if (event.group !== null) this.#enter(event.person, event.group, at)
				return
			case 'groups.closed':
				for (const person of this.#of.keys()) this.#leave(person, at)
		}
	}

	/** As it is called; also one that is over. */
	nameOf(group: string): string | null {
		return this.#names.get(group) ?? null
	}

	/** Null: with the class. */
	groupAt(person: string, at: number): string | null {
		return this.#of.get(person)?.find(({ from, to }) => from <= at && (to === null || at < to))?.group ?? null
	}

	/** Where something was said that took so long: what was in a group at its beginning or its end was for that group. */
	groupDuring(person: string, from: number, to: number): string | null {
		return this.groupAt(person, from) ?? this.groupAt(person, to)
	}

	/** Whether what came to pass in this group at that time is for them. */
	mayKnow(person: string, group: string, at: number): boolean {
		return this.#of.get(person)?.some((one) => one.group === group && (one.to === null || at <= one.to)) ?? false
	}

	#enter(person: string, group: string, from: number) {
		this.#of.set(person, [...(this.#of.get(person) ?? []), { group, from, to: null }])
	}

	#leave(person: string, at: number) {
		const stretches = this.#of.get(person) ?? []
		this.#of.set(
			person,
			stretches.map((one) => (one.to === null ? { ...one, to: at } : one)),
		)
	}
}
