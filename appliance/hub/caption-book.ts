import type { CaptionSource } from '../protocol/captions.ts'

/**
 * What was said, by the id of each caption: of all that was ever written of it, the word that counts. Which one that is does
 * not depend on the order in which they came, so that a recogniser and a corrector need not wait for each other. Pure.
 */

export interface Caption {
	readonly id: string
	readonly revision: number
	readonly source: CaptionSource
	readonly final: boolean
	/** It was not said after all. */
	readonly retracted: boolean
	/** Milliseconds since 1970, as `toMs`; null: they still speak. */
	readonly fromMs: number
	readonly toMs: number | null
	readonly text: string
	/** The speaker as the meeting knows them. Null: it does not. */
	readonly person: string | null
	/** The speaker as the captioner calls them. Null: nobody knows, or the meeting does. */
	readonly name: string | null
	/** When it came. */
	readonly at: number
}

/** A machine says much and takes it back; a human's last word stands over both, and only a human takes that back. */
function weight({ source, final, retracted }: Caption): number {
	if (retracted) return source === 'human' ? 3 : 1
	return source === 'human' && final ? 2 : 0
}

/** Whether `a` counts and `b` no longer does. Of two that differ one always counts, or words would go by who came first. */
export function outranks(a: Caption, b: Caption): boolean {
	if (weight(a) !== weight(b)) return weight(a) > weight(b)
	if (a.retracted) return false
	if (a.revision !== b.revision) return a.revision > b.revision
	if (a.final !== b.final) return a.final
	if (a.source !== b.source) return a.source === 'human'
	return order(a) > order(b)
}

const order = ({ fromMs, toMs, text, person, name }: Caption) => JSON.stringify([fromMs, toMs, text, person, name])

export class CaptionBook {
	readonly #byId = new Map<string, Caption>()

	/** False: what is known counts more. */
	take(caption: Caption): boolean {
		const known = this.#byId.get(caption.id)
		if (known && !outranks(caption, known)) return false
		this.#byId.set(caption.id, caption)
		return true
	}

	/** Retracted ones as well. */
	get(id: string): Caption | null {
		return this.#byId.get(id) ?? null
	}

	get size(): number {
		return this.#byId.size
	}

	/** All that were said and not taken back. */
	*said(): Iterable<Caption> {
		for (const caption of this.#byId.values()) if (!caption.retracted) yield caption
	}

	/** The latest that were said, in the order of their times; `of`: of these alone. */
	latest(most: number, of: (caption: Caption) => boolean = () => true): Caption[] {
		const said = [...this.said()].filter(of)
		return said.sort(byTime).slice(-most)
	}

	/** Somebody was erased. → the ids of what they said */
	forget(person: string): string[] {
		const gone = [...this.#byId.values()].filter((one) => one.person === person).map(({ id }) => id)
		for (const id of gone) this.#byId.delete(id)
		return gone
	}
}

function byTime(a: Caption, b: Caption): number {
	return a.fromMs - b.fromMs || (a.id < b.id ? -1 : 1)
}
