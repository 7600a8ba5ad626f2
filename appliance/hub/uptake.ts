import type { Logger } from 'pino'
import type { Tap } from '../media/tap.ts'
import type { Station } from '../relay/station.ts'

export interface UptakeOptions {
	station: Pick<Station, 'begin' | 'halt' | 'runs' | 'init'>
	/** What the programme's page sends; null: not both picture and sound yet. */
	tap: () => Promise<Tap | null>
	/** Whether that page hangs perhaps: what it sent is not taken up again then. */
	isSilent: () => boolean
	log: Logger
}

const keyFrameMs = 1_000
/** A run that begins: until it is told of its streams it would hear none. */
const beginMs = 150
/**
 * Before the first picture of a run, and once after it: so the first segment is short, and viewers have it soon. Oftener, the
 * encoder has used up its bits and sends nothing at all for a second.
 */
const firstKeyFrameMs = 500
/** A run that went on for so long was not broken: the next one need not wait. */
const soundMs = 3_000
const againMs = 500

/** Takes up what the programme's page sends for a station, run after run, and keeps its key frames coming. */
export class Uptake {
	readonly #options: UptakeOptions
	#on = false
	#tap: Tap | null = null
	#tapping = false
	/** When the latest run began. */
	#begunAt = 0
	#keys: NodeJS.Timeout | undefined
	#again: NodeJS.Timeout | undefined

	constructor(options: UptakeOptions) {
		this.#options = options
	}

	begin() {
		this.#on = true
		this.#askKeyFrames()
	}

	end() {
		this.#on = false
		clearTimeout(this.#keys)
		clearTimeout(this.#again)
		this.#drop()
	}

	/** Takes it up, when both its picture and its sound are there. */
	look() {
		const { station, tap, isSilent, log } = this.#options
		if (!this.#on || station.runs || this.#tap || this.#tapping) return
		if (isSilent()) return this.#soon()
		this.#tapping = true
		const opening = tap().finally(() => {
			this.#tapping = false
		})
		opening.then(
			(tap) => (tap ? this.#take(tap) : this.#soon()),
			(error: unknown) => {
				log.warn({ err: error }, 'the programme can not be taken up')
				this.#soon()
			},
		)
	}

	/** The station knows what its run is made of. */
	flows() {
		this.#askKeyFramesIn(firstKeyFrameMs)
	}

	/** The station's run is over. */
	over() {
		this.#drop()
		this.#soon(performance.now() - this.#begunAt > soundMs ? 0 : againMs)
	}

	#take(tap: Tap) {
		if (!this.#on) return tap.close()
		const { station, log } = this.#options
		this.#tap = tap
		this.#begunAt = performance.now()
		station.begin(tap.sdp, tap.pictures)
		void tap.start()
		this.#askKeyFramesIn(beginMs)
		void tap.ended.then((reason) => {
			if (tap !== this.#tap) return
			log.debug({ reason }, 'what is relayed ended at its source')
			station.halt()
		})
	}

	#drop() {
		this.#tap?.close()
		this.#tap = null
	}

	#soon(ms = againMs) {
		clearTimeout(this.#again)
		this.#again = setTimeout(() => this.look(), ms)
	}

	#askKeyFrames() {
		this.#tap?.askKeyFrames()
		const begins = this.#tap !== null && this.#options.station.init === null
		this.#askKeyFramesIn(begins ? firstKeyFrameMs : keyFrameMs)
	}

	#askKeyFramesIn(ms: number) {
		clearTimeout(this.#keys)
		this.#keys = setTimeout(() => this.#askKeyFrames(), ms)
	}
}
