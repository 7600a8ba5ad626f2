import type { Keep } from '../lib/keep.ts'
import { Captions } from '../lib/meeting/captions.svelte.ts'
import type { Turn } from '../lib/meeting/captions.ts'
import type { Kept } from './kept.svelte.ts'
import type { Live } from './live.svelte.ts'
import type { Place } from './place.svelte.ts'
import type { Standing } from './standing.svelte.ts'
import type { Way } from './way.ts'

/** What is said, beside the picture that is shown: of the present by the socket, else as the playlists have it, whichever came with it. */

interface Around {
	live: Live
	kept: Kept
	place: Place
	standing: Standing
	shown(): Way
	keep: Keep
}

export class WatchCaptions {
	readonly #around: Around
	readonly #socket: Captions
	readonly there: boolean = $derived.by(() => {
		const { kept, standing } = this.#around
		return this.#socket.there || (kept.captionsThere && (standing.view?.captions ?? false))
	})
	readonly turns: readonly Turn[] = $derived.by(() => {
		const { kept, shown, standing } = this.#around
		if (shown() === 'http') return kept.captions
		return standing.view?.closed ? [] : this.#socket.turns
	})
	/** Read out as it changes. */
	readonly aloud: string = $derived.by(() => (this.#around.shown() === 'webrtc' ? this.#socket.aloud : ''))

	constructor(around: Around) {
		this.#around = around
		const { live, place, keep } = around
		this.#socket = new Captions({ state: () => live.client.state, now: () => place.nowMs, storage: keep })
		around.kept.showCaptions(this.on)
	}

	get on(): boolean {
		return this.#socket.on
	}

	toggle() {
		this.#socket.show(!this.on)
		this.#around.kept.showCaptions(this.on)
	}
}
