import type { Listener } from './listeners.ts'

/** Those who wait before the door of a meeting, each by the id that they knock with. Who they are stands in the meeting. */
export class Door {
	readonly #knocking = new Map<string, Listener>()

	get listeners(): Iterable<Listener> {
		return this.#knocking.values()
	}

	/** Whether somebody who came by this token waits. */
	knocks(jti: string): boolean {
		return [...this.#knocking.values()].some((listener) => listener.jti === jti)
	}

	has(person: string): boolean {
		return this.#knocking.has(person)
	}

	add(person: string, listener: Listener) {
		this.#knocking.set(person, listener)
	}

	/** False: somebody else knocks with this id by now, or nobody. */
	leave(person: string, listener: Listener): boolean {
		return this.#knocking.get(person) === listener && this.#knocking.delete(person)
	}

	/** The door is answered: whoever knocked with this id waits no longer. */
	answer(person: string): Listener | undefined {
		const listener = this.#knocking.get(person)
		this.#knocking.delete(person)
		return listener
	}

	/** `waiting`: all who wait, the first first. Each is told how many come before. */
	tellPlaces(waiting: readonly string[]) {
		for (const [person, listener] of this.#knocking) {
			listener.hear({ type: 'lobby.place', before: Math.max(0, waiting.indexOf(person)) })
		}
	}

	clear() {
		this.#knocking.clear()
	}
}
