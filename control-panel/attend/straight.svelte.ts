/**
 * Who comes every week with a link of their own need not pass the preview each time: they are in as soon as the page is
 * there, muted, with the camera as they had it last. Remembered on this PC.
 */

const kept = 'maru.straight'
type Kept = 'camera' | 'no-camera'

export class Straight {
	#kept = $state.raw<Kept | null>(null)
	/** Offered only to who comes by a personal link: others say their name first. */
	readonly offered: boolean
	readonly #storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

	constructor(personal: boolean, storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = localStorage) {
		this.offered = personal
		this.#storage = storage
		const found = storage.getItem(kept)
		if (found === 'camera' || found === 'no-camera') this.#kept = found
	}

	get on(): boolean {
		return this.offered && this.#kept !== null
	}

	/** Whether to come with a picture. */
	get camera(): boolean {
		return this.#kept === 'camera'
	}

	choose(on: boolean, camera: boolean) {
		this.#kept = on ? (camera ? 'camera' : 'no-camera') : null
		if (this.#kept) this.#storage.setItem(kept, this.#kept)
		else this.#storage.removeItem(kept)
	}

	/** The camera was turned on or off by hand. */
	cameraIs(on: boolean) {
		if (this.on) this.choose(true, on)
	}
}
