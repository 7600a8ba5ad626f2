import { SvelteMap } from 'svelte/reactivity'
import type { ConsumerOffer, Wanted } from '../../../appliance/protocol/media.ts'
import type { Incoming, MediaCall } from './media-call.ts'
import type { People } from './people.ts'
import type { CallAround, Surroundings } from './stay.ts'

/** The first picture is agreed upon before the page draws its call, and comes before the others are asked for; no longer than this. */
const agreedMs = 400
const firstPictureMs = 1000

interface Page extends Pick<Surroundings, 'firstPictures' | 'hears' | 'inStep'> {
	/** Null before the first join. */
	me(): string | null
	people(): People
}

/** What a page receives in its call: what it wants, what the hub offers of that, and what has come. */
export class Receiving {
	/** What is received, by source. */
	readonly incoming = new SvelteMap<string, Incoming>()
	/** The first picture is on its way: nothing else is asked for beside it. */
	arriving = $state(false)
	readonly #around: CallAround
	readonly #page: Page
	/** What the page shows; null: it has not said yet. */
	#pictures: Wanted['video'] | null = null
	#queue: Promise<void> = Promise.resolve()

	constructor(around: CallAround, page: Page) {
		this.#around = around
		this.#page = page
	}

	get wanted(): Wanted {
		const { firstPictures, hears, me, people } = this.#page
		const own = me()
		return {
			audio: hears?.() ?? true,
			video: this.#pictures ?? (own ? firstPictures(people(), own) : []),
		}
	}

	/** A new stay begins: what the page showed before is of no interest. */
	forget() {
		this.#pictures = null
	}

	/** What the page shows now. */
	show(video: Wanted['video']) {
		this.#pictures = video
		if (this.#around.call() && this.#around.isIn() && !this.arriving) this.ask()
	}

	/** Whether this page plays sound has changed. */
	hear() {
		if (this.#around.call() && this.#around.isIn()) this.ask()
	}

	/** Says once more what is wanted. */
	ask(withinMs?: number) {
		void this.#around.ask({ type: 'media.show', wanted: this.wanted }, withinMs)
	}

	/** The call begins with these. */
	begin(offers: ConsumerOffer[]): Promise<unknown> {
		const agreed = this.#inTurn((call) => this.#consume(call, offers))
		return within(agreedMs, agreed)
	}

	/** The picture that is looked at first has the line and the browser for itself, until it is there. */
	awaitFirst(call: MediaCall) {
		this.arriving = call.receiving.some(({ kind }) => kind === 'video')
		if (!this.arriving) return
		void within(firstPictureMs, call.firstPicture()).then(() => {
			if (call !== this.#around.call()) return
			this.arriving = false
			if (this.#pictures) this.show(this.#pictures)
		})
	}

	/** What the hub offers and ends from then on. */
	take(offers: ConsumerOffer[], closed: readonly string[]) {
		void this.#inTurn(async (call) => {
			call.drop(closed)
			await this.#consume(call, offers)
		})
	}

	/** The call is over. */
	end() {
		this.arriving = false
		this.#showIncoming(null)
	}

	async #consume(call: MediaCall, offers: ConsumerOffer[]): Promise<void> {
		const { receive, consumers } =
			offers.length > 0 ? await call.consume(offers, this.#clockOf) : { receive: null, consumers: [] }
		if (call !== this.#around.call()) return
		this.#showIncoming(call)
		if (consumers.length > 0 || receive) {
			void this.#around.ask({ type: 'media.ready', receive: receive ? { ...receive } : null, consumers })
		}
	}

	/** A person's sound and face are in step; a camera of a room that comes by a way of its own has its own clock. */
	readonly #clockOf = (offer: ConsumerOffer): string => {
		if (this.#page.inStep === false) return offer.source
		const source = this.#page
			.people()
			.byId.get(offer.person)
			?.sources.find((one) => one.id === offer.source)
		return source?.use === 'microphone' || source?.use === 'camera' ? offer.person : offer.source
	}

	/** One thing after the other, and none for a call that is over. */
	#inTurn(work: (call: MediaCall) => Promise<void>): Promise<void> {
		const call = this.#around.call()
		this.#queue = this.#queue.then(async () => {
			if (call && call === this.#around.call()) await work(call).catch(() => this.#around.again())
		})
		return this.#queue
	}

	#showIncoming(call: MediaCall | null) {
		const now = new Map((call?.receiving ?? []).map((one) => [one.source, one]))
		for (const source of this.incoming.keys()) if (!now.has(source)) this.incoming.delete(source)
		for (const [source, one] of now) if (this.incoming.get(source)?.id !== one.id) this.incoming.set(source, one)
	}
}

/** Waits for it, and not longer than that. */
function within(ms: number, it: Promise<unknown>): Promise<unknown> {
	const { promise: late, resolve } = Promise.withResolvers<void>()
	const timer = setTimeout(resolve, ms)
	return Promise.race([it, late]).finally(() => clearTimeout(timer))
}
