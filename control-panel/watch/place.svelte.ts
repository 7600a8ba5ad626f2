import type { RelayView } from '../../appliance/protocol/relay.ts'
import { type Mark, markAt, marksOf, type Stretch, stretchOf } from './timeline.ts'
import type { Way } from './way.ts'

/** Where a viewer is in the relay: the moment that is shown, the present, and what lies between. */

/** A pause so short is none: it goes on with the present. */
export const shortPauseMs = 3000
/** Whoever comes so long after the beginning is offered it, for a while. */
const lateMs = 60_000
const offerMs = 20_000

interface Around {
	view(): RelayView | null
	/** By HTTP, as its list says; null: it does not play. */
	listed(): Stretch | null
	canGoBack(): boolean
	shown(): Way
	/** Not in the present, by the viewer's own wish. */
	apart(): boolean
}

export class Place {
	/** The hub's time, and that of what is shown. */
	nowMs = $state(0)
	atMs = $state(0)
	readonly stretch: Stretch | null = $derived.by(() => this.#stretchNow())
	readonly marks: Mark[] = $derived.by(() => {
		return this.stretch ? marksOf(this.stretch, this.#around.view()?.chapters ?? []) : []
	})
	readonly mark: Mark | null = $derived.by(() => markAt(this.marks, this.atMs))
	/** Behind the present, as the viewer chose; null: they watch it as it happens. */
	readonly behindMs: number | null = $derived.by(() => {
		if (!this.stretch || !this.#around.apart()) return null
		const behind = this.nowMs - this.atMs
		return behind < shortPauseMs ? null : behind
	})
	/** The earliest that can be seen; null: nothing but the present. */
	readonly earliest: { atMs: number; whole: boolean } | null = $derived.by(() => {
		const since = this.#around.view()?.since ?? null
		const { stretch } = this
		return stretch && { atMs: stretch.fromMs, whole: stretch.fromMs === since }
	})
	/** Somebody who came a while after the beginning, and has not said yet whether they want to see it. */
	readonly late: { since: number; whole: boolean } | null = $derived.by(() => {
		const since = this.#around.view()?.since ?? null
		const { earliest } = this
		if (!earliest || since === null || this.behindMs !== null || !this.#offers) return null
		return this.#cameAt - since > lateMs ? { since, whole: earliest.whole } : null
	})
	readonly #around: Around
	#offers = $state(true)
	#cameAt = $state(Number.POSITIVE_INFINITY)

	constructor(around: Around) {
		this.#around = around
	}

	/** The hub's time goes on. */
	beat(nowMs: number) {
		this.nowMs = nowMs
		if (this.#around.view() && this.#cameAt > nowMs) this.#cameAt = nowMs
		if (nowMs - this.#cameAt > offerMs) this.#offers = false
	}

	/** The beginning is of no interest. */
	stay() {
		this.#offers = false
	}

	#stretchNow(): Stretch | null {
		const { view, listed, canGoBack, shown } = this.#around
		const now = this.nowMs
		const told = view()
		if (!told || !canGoBack()) return null
		if (told.since === null) return listed()
		return stretchOf(told, now, shown() === 'http' ? listed() : null)
	}
}
