/** The canvas as a track: a picture is taken when it is told to, at no other time. */
export interface Capture {
	readonly track: MediaStreamTrack
	take(): void
}

/** Chromium's own way to make a track of pictures (W3C mediacapture-transform, before it was moved to workers). */
declare class MediaStreamTrackGenerator extends MediaStreamTrack {
	constructor(init: { kind: 'video' })
	readonly writable: WritableStream<VideoFrame>
}

/**
 * Not by `captureStream`: that takes its pictures when the page is painted, so it makes the browser paint a page that nobody
 * looks at, and shifts pictures by up to a sixtieth of a second.
 */
export function capture(canvas: HTMLCanvasElement): Capture {
	const track = new MediaStreamTrackGenerator({ kind: 'video' })
	const writer = track.writable.getWriter()
	track.contentHint = 'motion'
	return {
		track,
		take() {
			// Whoever takes them is behind: a picture too many would only wait, and each is some megabytes.
			if ((writer.desiredSize ?? 0) <= 0) return
			const frame = new VideoFrame(canvas, { timestamp: performance.now() * 1000 })
			// Closed by whoever takes it; a track that has ended takes none.
			writer.write(frame).catch(() => frame.close())
		},
	}
}
