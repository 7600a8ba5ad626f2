import type { Keep } from '../lib/keep.ts'

/** How loud it is, kept on this screen; and whether the browser lets it be heard before anybody has pressed something. */

const kept = 'maru.volume'

export class Sound {
	/** 0..1 */
	volume = $state(1)
	muted = $state(false)
	/** The browser plays nothing aloud yet: a press is needed. */
	held = $state(false)
	readonly #keep: Keep
	#presses = 0

	constructor(keep: Keep) {
		this.#keep = keep
		const volume = Number(keep.getItem(kept) ?? 1)
		if (volume > 0 && volume <= 1) this.volume = volume
	}

	get silent(): boolean {
		return this.muted || this.held || this.volume === 0
	}

	setVolume(volume: number) {
		this.volume = Math.round(Math.min(1, Math.max(0, volume)) * 100) / 100
		this.muted = this.volume === 0
		this.#pressed()
		if (this.volume > 0) this.#keep.setItem(kept, String(this.volume))
	}

	/** Pressed: from here on the browser has nothing against it. */
	toggle() {
		const open = this.silent
		this.#pressed()
		this.muted = !open
		if (open && this.volume === 0) this.volume = 0.5
	}

	#pressed() {
		this.held = false
		this.#presses++
	}

	/** Plays, without sound where the browser asks for a press first. False: not even so. */
	async play(video: HTMLVideoElement, audible: boolean): Promise<boolean> {
		video.muted = this.silent || !audible
		const presses = this.#presses
		try {
			await video.play()
			return true
		} catch (error) {
			if (!(error instanceof Error) || error.name !== 'NotAllowedError' || video.muted) return false
			// That was the answer to a question from before the press, which two pictures may have asked.
			if (presses !== this.#presses) return this.play(video, audible)
		}
		this.held = true
		video.muted = true
		return video.play().then(
			() => true,
			() => false,
		)
	}
}
