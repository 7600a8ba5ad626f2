import type { Outgoing } from '../lib/meeting/media-call.ts'

/** A screen or window that somebody shows to all. The browser itself asks which, and keeps a way to end it at hand. */
export class ScreenShare {
	track = $state.raw<MediaStreamTrack | null>(null)
	readonly #onEnded: () => void

	/** `onEnded`: ended from outside, by the browser's own button or because the window closed. */
	constructor(onEnded: () => void) {
		this.#onEnded = onEnded
	}

	/** Where the browser can show a screen at all: not on a phone, not without a certificate. */
	get possible(): boolean {
		return typeof navigator.mediaDevices?.getDisplayMedia === 'function'
	}

	/** Null: nobody chose anything, or the browser refused. */
	async choose(): Promise<MediaStreamTrack | null> {
		try {
			// Slides and text: sharp rather than smooth.
			const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false })
			const [track] = stream.getVideoTracks()
			if (!track) return null
			track.contentHint = 'detail'
			track.addEventListener('ended', () => {
				if (this.track !== track) return
				this.track = null
				this.#onEnded()
			})
			this.track = track
			return track
		} catch {
			return null
		}
	}

	drop() {
		this.track?.stop()
		this.track = null
	}

	/** What a return brings along. */
	outgoing(label: string): Outgoing[] {
		return this.track ? [{ track: this.track, use: 'screen', label, muted: false }] : []
	}
}
