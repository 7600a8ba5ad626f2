/** The canvas as a track: a picture is taken when it is told to, at no other time. */
export interface Capture {
	readonly track: MediaStreamTrack
	take(): void
}

export function capture(canvas: HTMLCanvasElement): Capture {
	const [track] = canvas.captureStream(0).getVideoTracks()
	if (!(track instanceof CanvasCaptureMediaStreamTrack)) throw new Error('this browser does not capture a canvas')
	track.contentHint = 'motion'
	return { track, take: () => track.requestFrame() }
}
