import { SvelteMap } from 'svelte/reactivity'
import { type Reaction, type ReactionKind, reactionKinds } from '../../appliance/protocol/reactions.ts'

/** Long enough to find the face it belongs to. */
const shownMs = 4000
/** Applause of eighty is read out once. */
const readMs = 5000

/** What people show for a moment: the newest of each, and how many show what. */
export class Reactions {
	readonly byPerson = new SvelteMap<string, ReactionKind>()
	/** In the order of the choices; empty ones left out. */
	readonly counts: { kind: ReactionKind; count: number }[] = $derived.by(() => {
		const kinds = [...this.byPerson.values()]
		return reactionKinds
			.map((kind) => ({ kind, count: kinds.filter((one) => one === kind).length }))
			.filter(({ count }) => count > 0)
	})
	/** The same as it is to be read out: it changes every few seconds at most. */
	read = $state.raw<{ kind: ReactionKind; count: number }[]>([])
	readonly #ends = new Map<string, ReturnType<typeof setTimeout>>()
	#reading: ReturnType<typeof setTimeout> | undefined

	hear(list: readonly Reaction[]) {
		for (const { person, kind } of list) {
			this.byPerson.set(person, kind)
			clearTimeout(this.#ends.get(person))
			this.#ends.set(
				person,
				setTimeout(() => {
					this.byPerson.delete(person)
					this.#ends.delete(person)
				}, shownMs),
			)
		}
		// Late enough that those who follow the first are counted.
		this.#reading ??= setTimeout(() => {
			this.read = this.counts
			this.#reading = setTimeout(() => {
				this.#reading = undefined
				this.read = []
			}, readMs)
		}, 800)
	}
}
