/**
 * Pictures are drawn and encoded before they leave, sound is only mixed: it waits for them. Fractions of a frame at a fast
 * machine, several at a slow one.
 */

/** What sound takes by itself: a render quantum of Web Audio, its way into the track and half a packet of Opus. Milliseconds. */
const soundMs = 25
/** Longer is no composing any more, but a machine that stands. */
const longestMs = 200
/** Milliseconds a second: half a per cent of a tone, which nobody hears. */
const most = 5

/** What the encoder has spent since it began (W3C webrtc-stats §8.7). */
export interface Encoded {
	frames: number
	seconds: number
}

/** How long sound waits in the coming second, in milliseconds. `encodeMs` null: nothing is sent that could be waited for. */
export function nextWait(beforeMs: number, { fps, encodeMs }: { fps: number; encodeMs: number | null }): number {
	if (encodeMs === null) return beforeMs
	// A picture that is received lies for half a frame on average until it is drawn.
	const dueMs = Math.min(longestMs, Math.max(0, 500 / fps + encodeMs - soundMs))
	return beforeMs + Math.min(most, Math.max(-most, dueMs - beforeMs))
}

/** Milliseconds a picture, since the look before. Null: there was none, or not of the same. */
export function encodeMsBetween(before: Encoded, now: Encoded): number | null {
	const [frames, seconds] = [now.frames - before.frames, now.seconds - before.seconds]
	// Another rung may have been the one that is sent most.
	return frames > 0 && seconds >= 0 ? (seconds * 1_000) / frames : null
}
