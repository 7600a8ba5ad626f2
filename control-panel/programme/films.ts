import type { Incoming } from '../lib/meeting/media-call.ts'

/** The moving pictures that are received, ready to be drawn. */
export class Films {
	readonly #videos = new Map<string, { id: string; video: HTMLVideoElement }>()

	/** These are there from now on, and no others. */
	follow(incoming: ReadonlyMap<string, Incoming>) {
		for (const [source, { id, video }] of this.#videos) {
			if (incoming.get(source)?.id === id) continue
			video.srcObject = null
			this.#videos.delete(source)
		}
		for (const { id, source, kind, track } of incoming.values()) {
			if (kind !== 'video' || this.#videos.has(source)) continue
			const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true })
			video.srcObject = new MediaStream([track])
			video.play().catch(() => {}) // a track that is gone by now
			this.#videos.set(source, { id, video })
		}
	}

	/** Null: no picture has come yet. */
	frameOf(source: string): { image: CanvasImageSource; width: number; height: number } | null {
		const video = this.#videos.get(source)?.video
		if (!video || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return null
		return { image: video, width: video.videoWidth, height: video.videoHeight }
	}
}
