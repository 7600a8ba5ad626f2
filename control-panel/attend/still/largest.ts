/** The largest picture that a camera far away has to give. */

/** A larger layer begins with a key frame, which is asked for at most once a second. */
const growsMs = 1_200
const mostMs = 4_000

/** A frame of this track once it grows no more. The bitmap is the caller's to close. */
export async function largestFrame(track: MediaStreamTrack): Promise<ImageBitmap> {
	const video = document.createElement('video')
	video.muted = true
	video.playsInline = true
	video.srcObject = new MediaStream([track])
	try {
		await video.play()
		const begun = performance.now()
		let grown = begun
		video.onresize = () => {
			grown = performance.now()
		}
		while (performance.now() - grown < growsMs && performance.now() - begun < mostMs) await frameOf(video)
		return await createImageBitmap(video)
	} finally {
		video.srcObject = null
	}
}

/** The next one; a camera that stands still gives none, and is not waited for. */
function frameOf(video: HTMLVideoElement): Promise<void> {
	return new Promise((resolve) => {
		const late = setTimeout(resolve, 200)
		video.requestVideoFrameCallback(() => {
			clearTimeout(late)
			resolve()
		})
	})
}
