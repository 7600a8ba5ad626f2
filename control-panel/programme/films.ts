import type { Incoming } from '../lib/meeting/media-call.ts'

/** Chromium's own way to the pictures of a track (W3C mediacapture-transform, before it was moved to workers). */
declare class MediaStreamTrackProcessor {
	constructor(init: { track: MediaStreamTrack })
	readonly readable: ReadableStream<VideoFrame>
}

interface Film {
	id: string
	reader: ReadableStreamDefaultReader<VideoFrame>
	/** The newest picture; null: none has come yet. */
	frame: VideoFrame | null
}

/**
 * The moving pictures that are received, ready to be drawn. Not by video elements: one that is not painted gets no further
 * pictures, and to be painted twice is what the programme cannot afford.
 */
export class Films {
	readonly #films = new Map<string, Film>()

	/** These are there from now on, and no others. */
	follow(incoming: ReadonlyMap<string, Incoming>) {
		for (const [source, film] of this.#films) {
			if (incoming.get(source)?.id === film.id) continue
			this.#films.delete(source)
			film.reader.cancel().catch(() => {}) // its track has ended already
			film.frame?.close()
		}
		for (const { id, source, kind, track } of incoming.values()) {
			if (kind !== 'video' || this.#films.has(source)) continue
			const film: Film = { id, reader: new MediaStreamTrackProcessor({ track }).readable.getReader(), frame: null }
			this.#films.set(source, film)
			void this.#watch(source, film)
		}
	}

	/** Null: no picture has come yet. It is good until the next turn of the event loop. */
	frameOf(source: string): { image: VideoFrame; width: number; height: number } | null {
		const frame = this.#films.get(source)?.frame
		return frame ? { image: frame, width: frame.displayWidth, height: frame.displayHeight } : null
	}

	/** A decoder has few pictures to give away: each is closed when the next has come. */
	async #watch(source: string, film: Film): Promise<void> {
		for (;;) {
			const { value } = await film.reader.read().catch(() => ({ value: undefined }))
			if (!value) return
			if (this.#films.get(source) !== film) return value.close()
			film.frame?.close()
			film.frame = value
		}
	}
}
