import type { Ffmpeg } from '../ffmpeg/process.ts'

/** When a run flows, the next one is prepared: not before viewers have their picture, which it would keep waiting. */
const prepareMs = 3_000

/** The ffmpeg that takes the place of a run when that is over. */
export class NextRun {
	readonly #start: (rungs: number) => Ffmpeg
	#next: { rungs: number; ffmpeg: Ffmpeg } | null = null
	#preparing: NodeJS.Timeout | undefined

	constructor(start: (rungs: number) => Ffmpeg) {
		this.#start = start
	}

	/** A run of so many rungs flows. */
	prepare(rungs: number) {
		clearTimeout(this.#preparing)
		this.#preparing = setTimeout(() => {
			if (this.#next) return
			const next = { rungs, ffmpeg: this.#start(rungs) }
			this.#next = next
			void next.ffmpeg.ended.then(() => {
				if (this.#next === next) this.#next = null
			})
		}, prepareMs)
	}

	/** Null: none is prepared for so many. */
	take(rungs: number): Ffmpeg | null {
		const next = this.#next?.rungs === rungs ? this.#next : null
		if (next) this.#next = null
		this.drop()
		return next?.ffmpeg ?? null
	}

	drop() {
		clearTimeout(this.#preparing)
		this.#next?.ffmpeg.kill()
		this.#next = null
	}
}
