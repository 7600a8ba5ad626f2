/**
 * The background of one's own camera, blurred by the camera or the system itself (Media Capture Extensions, backgroundBlur):
 * before a picture reaches the page, and at no cost of this PC's. Where none of them offers it there is no such button.
 */

interface Blurs {
	/** What it may be set to: one value where the person's system decides. */
	backgroundBlur?: boolean[]
}

/** Whether this camera lets the page choose. */
export function canBlur(track: MediaStreamTrack | null): boolean {
	const values = (track?.getCapabilities?.() as Blurs | undefined)?.backgroundBlur ?? []
	return values.includes(true) && values.includes(false)
}

export function isBlurred(track: MediaStreamTrack | null): boolean {
	return (track?.getSettings() as { backgroundBlur?: boolean } | undefined)?.backgroundBlur === true
}

/** Answers how it is then: a camera may say yes and do nothing. */
export async function blur(track: MediaStreamTrack, on: boolean): Promise<boolean> {
	try {
		await track.applyConstraints({ ...track.getConstraints(), ...({ backgroundBlur: on } as MediaTrackConstraints) })
	} catch {
		// It stays as it is, which the answer tells.
	}
	return isBlurred(track)
}
