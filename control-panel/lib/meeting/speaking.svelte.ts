import { SvelteSet } from 'svelte/reactivity'
import { loudnessOf } from './level.ts'
import type { Incoming } from './media-call.ts'

/** -30 dBov: a voice near a microphone; the hum of a room stays below (RFC 6464 levels, as Chromium gives them, 0..1). */
const voice = 0.03
const holdMs = 700
const lookMs = 250
/** Looks with a voice in a row: a cough is shorter. */
const talkLooks = 8

/** Who is heard right now, from the levels that come with the packets themselves: it costs no decoding. */
export class Speaking {
	readonly persons = new SvelteSet<string>()
	/** Of those, who has gone on for two seconds. */
	readonly talking = new SvelteSet<string>()
	readonly #looks = new Map<string, number>()
	readonly #heard = new Map<string, number>()
	readonly #timer: ReturnType<typeof setInterval>
	readonly #incoming: () => Iterable<Incoming>

	constructor(incoming: () => Iterable<Incoming>) {
		this.#incoming = incoming
		this.#timer = setInterval(() => this.#look(), lookMs)
	}

	/** The loudest of what is heard at this moment, 0..1 as in level.ts. */
	get loudest(): number {
		return loudnessOf(Math.max(0, ...[...this.#incoming()].map(levelOf)))
	}

	close() {
		clearInterval(this.#timer)
	}

	#look() {
		const now = performance.now()
		for (const one of this.#incoming()) {
			if (levelOf(one) > voice) this.#heard.set(one.person, now)
		}
		for (const [person, at] of this.#heard) {
			if (now - at < holdMs) {
				this.persons.add(person)
				const looks = (this.#looks.get(person) ?? 0) + 1
				this.#looks.set(person, looks)
				if (looks >= talkLooks) this.talking.add(person)
			} else {
				this.persons.delete(person)
				this.talking.delete(person)
				this.#heard.delete(person)
				this.#looks.delete(person)
			}
		}
	}
}

/** As the packets say, 0..1. */
function levelOf({ kind, receiver }: Incoming): number {
	return kind === 'audio' ? (receiver?.getSynchronizationSources()[0]?.audioLevel ?? 0) : 0
}
