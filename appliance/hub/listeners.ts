import type { EndCode, MeetingMessage } from '../protocol/messages.ts'
import type { MeetingRole } from '../protocol/roles.ts'

/** One who is connected and told. */
export interface Listener {
	/** Null: a desk, which is nobody in the meeting. */
	readonly person: string | null
	/** Who watches a class by it, where the house knows who; null: nobody does, or nobody knows. */
	readonly watches?: string | null
	/** As whom it reads what is written: the person, or what a desk writes as. */
	readonly reads: string
	/** Whether it is told what only those who preside may see. */
	readonly presides: boolean
	/** Whether it joined with media, and so gives way to the same person's next page. */
	readonly hasMedia: boolean
	/** Whether this feed comes by it. */
	sends(feed: string): boolean
	/** By which token it came, so that a revoked one ends it. */
	readonly jti: string
	hear(message: MeetingMessage): void
	mediaLost(): void
	/** From now on people are let in one by one. */
	doorKept(): void
	end(code: EndCode): void
	/** This person's role is another now. */
	roled(role: MeetingRole): void
}

/** Everyone who is connected to a meeting. What many are told is one object for all: it is serialised once. */
export class Listeners implements Iterable<Listener> {
	readonly #all = new Set<Listener>();

	[Symbol.iterator](): IterableIterator<Listener> {
		return this.#all.values()
	}

	add(listener: Listener) {
		this.#all.add(listener)
	}

	delete(listener: Listener) {
		this.#all.delete(listener)
	}

	/** Whether this person is connected, by whichever page. */
	has(person: string): boolean {
		return this.of(person).length > 0
	}

	/** The pages of this person. */
	of(person: string): Listener[] {
		return [...this.#all].filter((listener) => listener.person === person)
	}

	/** Whether this person is in with media by another page. */
	hasOther(page: Listener, person: string): boolean {
		return this.#others(page, person).length > 0
	}

	/** A person has one page with media: an older one gives way. */
	takeOver(page: Listener, person: string) {
		for (const other of this.#others(page, person)) other.end('taken-over')
	}

	tell(message: MeetingMessage, to: (listener: Listener) => boolean = () => true) {
		for (const listener of this.#all) if (to(listener)) listener.hear(message)
	}

	/** What those who do not preside may not see. */
	tellPresiding(message: MeetingMessage) {
		this.tell(message, ({ presides }) => presides)
	}

	/** To each page of this person. */
	tellPerson(person: string, message: MeetingMessage) {
		this.tell(message, (listener) => listener.person === person)
	}

	/** These persons' media are gone. */
	mediaLost(persons: ReadonlySet<string>) {
		for (const listener of this.#all) {
			if (listener.person !== null && persons.has(listener.person)) listener.mediaLost()
		}
	}

	#others(page: Listener, person: string): Listener[] {
		return this.of(person).filter((other) => other !== page && other.hasMedia)
	}
}
