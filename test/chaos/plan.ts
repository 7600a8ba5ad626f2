/** Which process is to fail next, how, and how long after the one before: the same for the same seed. */

export const parts = ['service', 'devices', 'worker', 'stage', 'renderer', 'programme', 'ingest', 'relay'] as const
export type Part = (typeof parts)[number]
/** 'killed': SIGKILL. 'hung': SIGSTOP. */
export const ways = ['killed', 'hung'] as const
export type Way = (typeof ways)[number]

export interface Fault {
	part: Part
	way: Way
	/** Of all that is at rest before it. */
	restMs: number
}

/** Numbers from 0 to 1 (mulberry32). */
export function randomOf(seed: number): () => number {
	let state = seed >>> 0
	return () => {
		state = (state + 0x6d2b79f5) >>> 0
		let mixed = Math.imul(state ^ (state >>> 15), state | 1)
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
	}
}

/** After another part's failure all is whole already: a moment, so that no two blows fall alike. */
const restMs = { least: 500, most: 2_500 }
/** After the same part's. Less would be a crash loop, against which everybody rightly backs off. */
const againMs = 4_000

/**
 * Round after round of everything there is, each in an order of its own: wherever it ends, everything was tried as often,
 * give or take one.
 */
export function* planOf(seed: number, rounds: number): Generator<Fault> {
	const random = randomOf(seed)
	let last: Part | null = null
	for (let round = 0; round < rounds; round++) {
		const faults = parts.flatMap((part) => ways.map((way) => ({ part, way })))
		for (let left = faults.length; left > 0; left--) {
			const [fault] = faults.splice(Math.floor(random() * left), 1)
			if (!fault) continue
			const rest = restMs.least + random() * (restMs.most - restMs.least)
			yield { ...fault, restMs: fault.part === last ? rest + againMs : rest }
			last = fault.part
		}
	}
}
