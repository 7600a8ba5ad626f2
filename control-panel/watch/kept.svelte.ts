import type { Turn } from '../lib/meeting/captions.ts'
import type { Link } from '../lib/meeting/link.ts'
import { type HttpPlayer, openHttpPlayer } from './http-player.ts'
import { relayPath } from './view.ts'

/** The relay by HTTP, while it is wanted: the present some seconds late, and what is kept of it. */

interface Around {
	onFailed(): void
	/** It was played to its end. */
	onEnded(): void
}

export class Kept {
	player = $state.raw<HttpPlayer | null>(null)
	/** Its picture is there. */
	plays = $state(false)
	captionsThere = $state(false)
	captionsOn = $state(false)
	/** What is said at this moment. */
	captions = $state.raw<readonly Turn[]>([])
	readonly #link: Link
	readonly #around: Around
	/** Counts openings; what belongs to an earlier one is dropped. */
	#turn = 0
	#wanted = false

	constructor(link: Link, around: Around) {
		this.#link = link
		this.#around = around
	}

	/** `fromMs` null: with the present. One that is open stays as it is. */
	open(video: HTMLVideoElement, fromMs: number | null, saves: boolean) {
		if (this.#wanted) return
		this.#wanted = true
		const turn = ++this.#turn
		const current = () => turn === this.#turn
		const url = new URL(`${relayPath(this.#link)}/master.m3u8`, location.href).href
		openHttpPlayer({
			...{ video, url, token: this.#link.token, fromMs, saves },
			onStatus: (status) => {
				if (!current()) return
				this.plays = status === 'playing' || (status === 'failed' && this.plays)
				if (status === 'failed') this.#around.onFailed()
				if (status === 'ended') {
					this.close()
					this.#around.onEnded()
				}
			},
			onCaptions: (there) => {
				if (current()) this.captionsThere = there
			},
		}).then(
			(player) => {
				if (!current()) return player.close()
				this.player = player
				if (this.captionsOn) player.caption(true)
			},
			// The library did not come: the network is away, and the next attempt may have it.
			() => {
				if (!current()) return
				this.#wanted = false
				this.#around.onFailed()
			},
		)
	}

	showCaptions(on: boolean) {
		this.captionsOn = on
		this.player?.caption(on)
	}

	beat() {
		this.captions = this.captionsOn ? (this.player?.captions ?? []) : []
	}

	close() {
		if (!this.#wanted) return
		this.#wanted = false
		this.#turn++
		this.player?.close()
		this.player = null
		this.plays = false
		this.captionsThere = false
	}
}
