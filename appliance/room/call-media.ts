import type { StageEvent } from '../protocol/stage.ts'
import { allLive, type ExpectedMedia, nobody, others, type People } from './people.ts'
import type { CallFacts } from './stage-watch.ts'

type Beat = Extract<StageEvent, { type: 'beat' }>

/** What hub and stage have told about the media of this call, and what follows from it. */
export class CallMedia {
	people: People = nobody
	/** Our own person; '' before the join. */
	own = ''
	readonly #expected: () => ExpectedMedia
	#connected = false
	#decoded = 0
	#flowing = false

	constructor(expected: () => ExpectedMedia) {
		this.#expected = expected
	}

	/** A page that is told to join counts from nought. */
	newPage() {
		this.lost()
		this.#decoded = 0
	}

	/** The SFU has lost what flowed. The page counts on: only what it decodes from now on proves anything. */
	lost() {
		this.#connected = false
		this.#flowing = false
	}

	beat({ expected, decoded, ice }: Beat) {
		// More than at the last beat, rather than any: a picture that froze is not seen.
		this.#flowing = expected === 0 || decoded > this.#decoded
		this.#decoded = decoded
		this.#connected = ice === 'connected'
	}

	/** The hub receives all that we should be sending. */
	get live(): boolean {
		return allLive(this.people.byId.get(this.own), this.#expected())
	}

	/** Pictures of others are decoded, or there are none to decode. */
	get seen(): boolean {
		return this.#flowing
	}

	facts(): Omit<CallFacts, 'inside' | 'suspended'> {
		return {
			others: others(this.people, this.own),
			connected: this.#connected,
			missing: !this.live || !this.#flowing,
		}
	}

	/** Our microphones whose gate at the hub stands so. */
	microphones(muted: boolean): string[] {
		const sources = this.people.byId.get(this.own)?.sources ?? []
		return sources.filter((source) => source.use === 'microphone' && source.muted === muted).map(({ id }) => id)
	}
}
