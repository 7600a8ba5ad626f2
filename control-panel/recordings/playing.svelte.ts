import type { RecordingEntry } from '../../appliance/protocol/relay.ts'

/** A film that somebody plays, and the one speech that is all they want to hear. */

/** A player tells its time four times a second, and a key frame stands each second. */
const aroundMs = 1_500

export class Playing {
	#video: HTMLVideoElement | null = null
	atMs = $state(0)
	/** It stops where this ends; null: it goes on. */
	only = $state.raw<RecordingEntry | null>(null)
	failed = $state(false)

	readonly attach = (video: HTMLVideoElement) => {
		this.#video = video
		return () => {
			this.#video = null
			this.atMs = 0
			this.only = null
			this.failed = false
		}
	}

	/** From here on; with `only` until its end. */
	play({ fromMs }: RecordingEntry, only: RecordingEntry | null = null) {
		const video = this.#video
		if (!video) return
		this.only = only
		this.atMs = fromMs
		video.currentTime = fromMs / 1000
		video.play().catch(() => {}) // refused, or given up for the next place: the controls say so
	}

	/** The player tells where it is. */
	moved() {
		const video = this.#video
		if (!video) return
		this.atMs = video.currentTime * 1000
		const { only } = this
		if (!only || video.seeking) return
		// Somebody went elsewhere by the player's own controls: they want more than that speech.
		if (this.atMs < only.fromMs - aroundMs || this.atMs > only.toMs + aroundMs) this.only = null
		else if (this.atMs >= only.toMs) {
			this.only = null
			video.pause()
		}
	}

	again() {
		this.failed = false
		this.#video?.load()
	}
}
