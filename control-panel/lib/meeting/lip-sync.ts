import { arrivedOf, meanMs, nothingSpent, type Spent } from './arrivals.ts'
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
	/** By picture, since it began: as it was at the look before. */
	#last = new Map<string, Spent>()
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
		const spent = new Map<string, Spent>()
		for (const { kind, person, receiver } of all) {
			if (kind !== 'audio' || !receiver || !('jitterBufferTarget' in receiver)) continue
			const delayMs = this.#delayOf(person)
			const picture = all.find((one) => one.kind === 'video' && one.source === this.#shown.get(person))
			if (delayMs === 0 || !picture?.receiver) {
				if (delayMs === 0) this.#ask(receiver, null)
				continue
			}
			const now = arrivedOf(await picture.receiver.getStats())
			if (now) spent.set(picture.id, now)
			const lagMs = now && meanMs(this.#last.get(picture.id) ?? nothingSpent, now)
			if (lagMs !== null) this.#ask(receiver, Math.min(longestMs, delayMs + Math.round(lagMs) + shownMs))
		}
		this.#last = spent
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
