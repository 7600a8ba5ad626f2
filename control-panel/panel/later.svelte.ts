/**
 * What a panel does not start with, loaded apart, so that it starts sooner, and before anybody asks for it, so that it is
 * there at once and also when the connection is not.
 */

const againMs = 3000

export class Later {
	/** Null until they are loaded. */
	screens = $state.raw<typeof import('./later-screens.ts') | null>(null)

	constructor() {
		void this.#load()
	}

	async #load() {
		try {
			this.screens = await import('./later-screens.ts')
		} catch {
			setTimeout(() => this.#load(), againMs) // the room is away
		}
	}
}
