import type { Incoming } from './media-call.ts'
import type { People } from './people.ts'
import type { Tile } from './tiles.ts'

/**
 * The hall's sound and its cameras come by different ways (design.md §5): a camera whose picture comes later tells by how
 * much, and the sound waits for it in the browser's own jitter buffer, which makes up for a change without a gap. It goes by
 * the camera that is shown large; while somebody else is, by the one that was.
 */

const everyMs = 1000
/** A change that nobody hears is not worth the stretching of the sound. */
const worthMs = 15
/** From the decoder to the screen, which no statistics count: some 30 ms, measured with Chromium at 60 pictures a second. */
const shownMs = 30
/** What the standard allows (W3C webrtc-extensions, jitterBufferTarget). */
const longestMs = 4000

export interface LipSyncOptions {
	incoming: () => Iterable<Incoming>
	focus: () => Tile | null
	people: () => People
}

export class LipSync {
	readonly #options: LipSyncOptions
	readonly #timer: ReturnType<typeof setInterval>
	/** By person: the camera that was shown large last. */
	readonly #shown = new Map<string, string>()
	/** What was asked of each sound, in milliseconds. */
	readonly #asked = new WeakMap<RTCRtpReceiver, number>()
	#last = new Map<string, PictureCounts>()
	#busy = false

	constructor(options: LipSyncOptions) {
		this.#options = options
		this.#timer = setInterval(() => void this.#look(), everyMs)
	}

	close() {
		clearInterval(this.#timer)
	}

	async #look(): Promise<void> {
		if (this.#busy) return
		this.#busy = true
		try {
			await this.#follow()
		} catch {
			// A call that ends while it is looked at keeps nothing in step.
		} finally {
			this.#busy = false
		}
	}

	async #follow(): Promise<void> {
		const { incoming, focus } = this.#options
		const tile = focus()
		if (tile?.kind === 'feed' && tile.source !== null) this.#shown.set(tile.person, tile.source)
		const all = [...incoming()]
		const counts = new Map<string, PictureCounts>()
		for (const { kind, person, receiver } of all) {
			if (kind !== 'audio' || !receiver || !('jitterBufferTarget' in receiver)) continue
			const delayMs = this.#delayOf(person)
			const picture = all.find((one) => one.kind === 'video' && one.source === this.#shown.get(person))
			if (delayMs === 0 || !picture?.receiver) {
				if (delayMs === 0) this.#ask(receiver, null)
				continue
			}
			const now = countsOf(await picture.receiver.getStats())
			if (now) counts.set(picture.id, now)
			const lagMs = now && lagBetween(this.#last.get(picture.id) ?? noPictures, now)
			if (lagMs !== null) this.#ask(receiver, Math.min(longestMs, delayMs + lagMs + shownMs))
		}
		this.#last = counts
	}

	#delayOf(person: string): number {
		const sources = this.#options.people().byId.get(person)?.sources ?? []
		return sources.find(({ id }) => id === this.#shown.get(person))?.delayMs ?? 0
	}

	#ask(receiver: RTCRtpReceiver, targetMs: number | null) {
		const before = this.#asked.get(receiver) ?? 0
		if (Math.abs((targetMs ?? 0) - before) < worthMs) return
		this.#asked.set(receiver, targetMs ?? 0)
		receiver.jitterBufferTarget = targetMs
	}
}

/** Of one picture, since it began (W3C webrtc-stats §8.3). */
interface PictureCounts {
	/** Seconds from the first packet to the decoded frame, summed over all frames. */
	processed: number
	frames: number
}

const noPictures: PictureCounts = { processed: 0, frames: 0 }

function countsOf(report: Iterable<[string, Record<string, unknown>]> | RTCStatsReport): PictureCounts | null {
	for (const [, entry] of report as Iterable<[string, Record<string, unknown>]>) {
		if (entry.type !== 'inbound-rtp' || entry.kind !== 'video') continue
		return { processed: Number(entry.totalProcessingDelay ?? 0), frames: Number(entry.framesDecoded ?? 0) }
	}
	return null
}

/** Milliseconds from the arrival of a picture to its being decoded, since the look before. Null: there was none. */
function lagBetween(before: PictureCounts, now: PictureCounts): number | null {
	const frames = now.frames - before.frames
	return frames > 0 ? Math.round(((now.processed - before.processed) / frames) * 1000) : null
}
