/**
 * The camera screen, loaded apart, so that a panel starts without it, and before anybody asks for it, so that it is there
 * at once and also when the connection is not.
 */

const againMs = 3000

export class CameraScreen {
	/** Null until it is loaded. */
	Camera = $state.raw<typeof import('./screens/Camera.svelte').default | null>(null)

	constructor() {
		void this.#load()
	}

	async #load() {
		try {
			this.Camera = (await import('./screens/Camera.svelte')).default
		} catch {
			setTimeout(() => this.#load(), againMs) // the room is away
		}
	}
}
