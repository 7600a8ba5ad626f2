/** When something held and when it did not, for whoever hears late of what was said at some time. Milliseconds. */

/** More than so many changes are not remembered: what was before them did not hold. */
const most = 1_000

export class Spans {
	readonly #spans: { fromMs: number; toMs: number }[] = []

	/** `sinceMs`: it holds since then. Null: it does not. */
	constructor(sinceMs: number | null) {
		if (sinceMs !== null) this.set(true, sinceMs)
	}

	/** Whether it holds now. */
	get on(): boolean {
		return this.#spans.at(-1)?.toMs === Number.POSITIVE_INFINITY
	}

	set(on: boolean, atMs: number) {
		if (on === this.on) return
		const last = this.#spans.at(-1)
		if (!on && last) last.toMs = Math.max(last.fromMs, atMs)
		if (on) this.#spans.push({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY })
		if (this.#spans.length > most) this.#spans.shift()
	}

	/** Whether it held all that time. */
	cover(fromMs: number, toMs: number): boolean {
		return this.#spans.some((span) => span.fromMs <= fromMs && toMs <= span.toMs)
	}
}
