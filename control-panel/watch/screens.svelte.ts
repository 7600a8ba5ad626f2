import type { Sound } from './sound.svelte.ts'
import type { Way } from './way.ts'

/**
 * The two pictures, one for each way. They lie over each other: one is seen, and its sound is heard; the other gets ready unseen,
 * so that a change of ways shows no black.
 */

/** Nothing new on the screen for so long is told. */
const stillMs = 3000

interface Around {
	sound: Sound
	/** Which plays, or is about to. */
	shown(): Way
	/** Whether that one has a picture by now; until then the other's last one stays. */
	ready(way: Way): boolean
	paused(): boolean
	/** By the small window, or a key of the keyboard that we are not told of. */
	onPressed(): void
}

export class Screens {
	floating = $state(false)
	/** Since when nothing new was shown; null: it moves, or nothing should. */
	stillSince = $state<number | null>(null)
	readonly seen: Way = $derived.by(() => {
		const shown = this.#around.shown()
		return shown === 'http' && !this.#around.ready('http') && this.#around.ready('webrtc') ? 'webrtc' : shown
	})
	readonly videos: Record<Way, HTMLVideoElement | null> = { webrtc: null, http: null }
	readonly #around: Around
	#mark = 0
	#newAt = 0

	constructor(around: Around) {
		this.#around = around
	}

	get video(): HTMLVideoElement | null {
		return this.videos[this.#around.shown()]
	}

	readonly attach = (way: Way) => (video: HTMLVideoElement) => {
		const { sound, shown, paused, onPressed } = this.#around
		this.videos[way] = video
		const play = () => {
			if (!paused() && video.paused) void sound.play(video, shown() === way)
		}
		$effect(() => {
			video.volume = sound.volume
			video.muted = sound.silent || shown() !== way
		})
		$effect(() => {
			if (paused()) video.pause()
			else if (video.readyState > 0) play()
		})
		const events = new AbortController()
		const { signal } = events
		video.addEventListener('canplay', play, { signal })
		video.addEventListener(
			'pause',
			() => {
				if (paused() || video.ended || shown() !== way) return
				// A browser stops what becomes audible before anything was pressed.
				if (navigator.userActivation?.hasBeenActive === false) play()
				else onPressed()
			},
			{ signal },
		)
		video.addEventListener('play', () => paused() && shown() === way && onPressed(), { signal })
		const float = () => {
			this.floating = document.pictureInPictureElement !== null
		}
		video.addEventListener('enterpictureinpicture', float, { signal })
		video.addEventListener('leavepictureinpicture', float, { signal })
		return () => events.abort()
	}

	/** False: the browser does not let it. */
	async float(): Promise<boolean> {
		if (document.pictureInPictureElement) await document.exitPictureInPicture()
		else if (this.video) {
			const window = this.video.requestPictureInPicture()
			return window.then(
				() => true,
				() => false,
			)
		}
		return true
	}

	/** The small window shows what the page shows; once it is open it needs no press. */
	follow() {
		const { video } = this
		const floats = document.pictureInPictureElement
		if (floats && video && floats !== video && video.readyState > 0) video.requestPictureInPicture().catch(() => {})
	}

	/** `moving`: something new should be seen. */
	look(now: number, moving: boolean) {
		const { video } = this
		const hidden = document.visibilityState === 'hidden'
		const mark = (hidden ? video?.currentTime : video?.getVideoPlaybackQuality().totalVideoFrames) ?? 0
		if (mark !== this.#mark || !moving) this.#newAt = now
		this.#mark = mark
		this.stillSince = now - this.#newAt >= stillMs ? this.#newAt : null
	}
}
