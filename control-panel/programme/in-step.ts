import { arrivedOf, meanMs, type Spent } from '../lib/meeting/arrivals.ts'

/**
 * Picture and sound come by ways of different length, pictures are drawn and encoded besides, and sound is only mixed: it
 * waits for them. The browser's own keeping in step goes by the reports of whoever sends, and the SFU's tell when it forwarded:
 * within a minute that wanders by a tenth of a second.
 */

/**
 * What sound takes through Web Audio into packets of Opus, in milliseconds. No statistics tell it: by a lamp and a whistle it is
 * between 30 and 80, another each time that the mix is opened.
 */
const soundMs = 60
/** Sound that is later by so much disturbs nobody (ITU-R BT.1359: 125 ms); to hold pictures back makes all that is relayed later. */
const borneMs = 40
/** Longer is no composing any more, but a machine that stands. */
const longestMs = 250
/** Milliseconds a second: one per cent of a tone, which nobody hears in speech. */
const most = 10

export interface Spans {
	/** Pictures a second that are drawn. */
	fps: number
	/** Of a picture in the encoder; null: nothing is sent. */
	encodeMs: number | null
	/** From their arrival here until they are decoded and played. Null: it is not one person who is seen and heard. */
	picturesMs: number | null
	soundsMs: number | null
}

/** What waits for the other, in milliseconds: sound before it is mixed, or the picture before it is decoded. */
export interface Waits {
	soundMs: number
	pictureMs: number
}

/** In the coming second. */
export function nextWaits({ soundMs: sound, pictureMs: picture }: Waits, spans: Spans): Waits {
	const { fps, encodeMs, picturesMs, soundsMs } = spans
	if (encodeMs === null) return { soundMs: sound, pictureMs: picture }
	const known = picturesMs !== null && soundsMs !== null
	// A picture that is received lies for half a frame on average until it is drawn. What it was held back for is in it.
	const lateMs = (known ? picturesMs - soundsMs : 0) + 500 / fps + encodeMs - soundMs
	const heldMs = known ? picture - borneMs - lateMs : 0
	return { soundMs: towards(sound, lateMs), pictureMs: towards(picture, heldMs) }
}

function towards(beforeMs: number, dueMs: number): number {
	const reachableMs = Math.min(longestMs, Math.max(0, dueMs))
	return beforeMs + Math.min(most, Math.max(-most, reachableMs - beforeMs))
}

/** How long what comes here waits until it is played, since this was asked last. Null: nothing came. */
export class Arrivals {
	readonly #before = new WeakMap<RTCRtpReceiver, Spent>()

	async look(receiver: RTCRtpReceiver | undefined): Promise<number | null> {
		if (!receiver) return null
		const now = arrivedOf(await receiver.getStats())
		const before = this.#before.get(receiver)
		if (now) this.#before.set(receiver, now)
		return now && before ? meanMs(before, now) : null
	}
}
