import { Refusal } from '../protocol/errors.ts'
import type { MeetingRouter, Sfu } from './sfu.ts'

/**
 * So many people share a worker before a meeting takes another one. The SFU's authors give one about 500 streams to
 * forward, and say that more than 200 to 300 viewers want a second (mediasoup.org, Scalability).
 */
const peopleEach = 100

export interface SpreadOptions {
	sfu: Sfu
	/** Default: `peopleEach`. */
	peopleEach?: number | undefined
	peopleIn: (hold: MeetingRouter) => number
	/** Its worker is gone, and all that lived in it. */
	onLost: (hold: MeetingRouter) => void
}

/** The routers of one meeting, each in a worker of its own: one for most, more where many come (design.md §8). */
export class Spread {
	readonly #options: SpreadOptions
	readonly #holds = new Set<MeetingRouter>()
	#opening: Promise<MeetingRouter> | null = null
	#closed = false

	constructor(options: SpreadOptions) {
		this.#options = options
	}

	/** Where the next one is best placed; `apart`: in a worker of their own, while there is one. Rejects with 'media-unavailable'. */
	async place(apart = false): Promise<MeetingRouter> {
		if (this.#closed) throw mediaLost()
		const { peopleIn, peopleEach: most = peopleEach } = this.#options
		const [emptiest] = [...this.#holds].sort((a, b) => peopleIn(a) - peopleIn(b))
		if (emptiest && peopleIn(emptiest) < (apart ? 1 : most)) return emptiest
		this.#opening ??= this.#open().finally(() => {
			this.#opening = null
		})
		// Where there is no other worker, they move up.
		return emptiest ? this.#opening.catch(() => emptiest) : this.#opening
	}

	/** Whether it is still there. */
	has(hold: MeetingRouter): boolean {
		return this.#holds.has(hold)
	}

	close(): void {
		this.#closed = true
		for (const hold of this.#holds) hold.close()
		this.#holds.clear()
	}

	async #open(): Promise<MeetingRouter> {
		const hold = await this.#options.sfu.openRouter(new Set([...this.#holds].map(({ port }) => port)))
		if (this.#closed) {
			hold.close()
			throw mediaLost()
		}
		this.#holds.add(hold)
		hold.onLost(() => {
			if (this.#holds.delete(hold)) this.#options.onLost(hold)
		})
		return hold
	}
}

export function mediaLost(): Refusal {
	return new Refusal('media-unavailable', 'the media of this meeting were just lost; join again')
}
