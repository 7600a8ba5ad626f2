import type { MeetingCore } from '../../appliance/protocol/messages.ts'
import { arrange, placeOf } from '../lib/meeting/gallery.ts'
import { type Saving, savings } from '../lib/meeting/saving.ts'
import { focusOf, screenOf, speakerTiles, type Tile } from '../lib/meeting/tiles.ts'

/** How one looks at the meeting: the view, what is large, who is hidden, what is spared. One's own, and kept on this PC. */

const views = ['large', 'beside', 'gallery'] as const
/** `large`: the speaker, or what is shown to all. `beside`: what is shown to all and the speaker. */
export type View = (typeof views)[number]

/** More than so many large pictures are a gallery. */
const mostPins = 4

const keys = {
	/** With nothing shown to all, and with something: somebody who likes the gallery may still want to read the slides. */
	view: 'maru.view',
	viewShown: 'maru.viewShown',
	namesHidden: 'maru.namesHidden',
	selfHidden: 'maru.selfHidden',
	saving: 'maru.saving',
}

interface Around {
	tiles(): Tile[]
	core(): MeetingCore | null
	/** Who belongs on the first page: speakers, raised hands. */
	first(tile: Tile): boolean
}

export class Looks {
	readonly #around: Around
	readonly #storage: Pick<Storage, 'getItem' | 'setItem'>
	#plain = $state<View>('large')
	#withShown = $state<View>('beside')
	namesHidden = $state(false)
	selfHidden = $state(false)
	saving = $state<Saving>('off')
	/** Keys of tiles that are kept large. */
	pins = $state.raw<readonly string[]>([])
	/** Whether whoever speaks is large beside them. */
	follows = $state(true)
	/** From 0; the gallery turns it. */
	page = $state(0)
	/** How many tiles a page of the gallery has here. */
	pageSize = $state(25)

	readonly #speakers: Tile[] = $derived.by(() => speakerTiles(this.#around.tiles(), this.#around.core()))
	/** What is shown to all: a slide has its own place in the meeting, a screen is somebody's picture. */
	readonly shared: Tile | 'slide' | null = $derived.by(() =>
		this.#around.core()?.slide ? 'slide' : screenOf(this.#around.tiles(), this.#speakers),
	)
	/** As chosen; out of the gallery a press shows one large, until it is unpinned. */
	readonly view: View = $derived.by(() => {
		const { chosen } = this
		if (chosen !== 'gallery' || this.pinned.length === 0) return chosen
		return this.shared ? 'beside' : 'large'
	})
	readonly chosen: View = $derived.by(() =>
		this.shared ? this.#withShown : this.#plain === 'beside' ? 'large' : this.#plain,
	)
	/** Whom the meeting is about, without what is shown to all. */
	readonly focus: Tile | null = $derived.by(() => {
		const { shared } = this
		const tiles = this.#around.tiles().filter((tile) => tile !== shared)
		const lit = litTile(tiles, this.#around.core()?.spotlight ?? null)
		const tile = focusOf(tiles, lit?.key ?? null, this.#lastFocus, speakerTiles(tiles, this.#around.core()))
		this.#lastFocus = tile?.key ?? null
		return tile
	})
	readonly pinned: Tile[] = $derived.by(() =>
		this.pins.flatMap((key) => this.#around.tiles().find((tile) => tile.key === key && tile.here) ?? []),
	)
	/** The large pictures of people and cameras, the one to follow first. */
	readonly large: Tile[] = $derived.by(() => {
		if (this.view === 'large' && this.shared && this.pinned.length === 0) return []
		const follows = this.follows || this.pinned.length === 0
		const { focus } = this
		const pinned = this.pinned.filter((tile) => tile !== focus || !follows)
		return follows && focus ? [focus, ...pinned] : pinned
	})
	/** Everybody in small, in the order of the meeting. One's own comes last. */
	readonly small: Tile[] = $derived.by(() =>
		this.#around.tiles().filter((tile) => !(this.namesHidden && !tile.source) && !(this.selfHidden && tile.me)),
	)
	/** The same for the gallery, in places that stay. */
	readonly gallery: Tile[] = $derived.by(() => {
		const byPlace = new Map(this.small.map((tile) => [placeOf(tile), tile]))
		this.#order = arrange(this.#order, this.small, (tile) => tile.me || this.#around.first(tile), this.pageSize)
		return this.#order.flatMap((place) => byPlace.get(place) ?? [])
	})
	readonly pages: number = $derived(Math.max(1, Math.ceil(this.gallery.length / this.pageSize)))
	/** Not drawn from: they only keep pictures from jumping when somebody else comes or goes. */
	#lastFocus: string | null = null
	#order: string[] = []

	constructor(around: Around, storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage) {
		this.#around = around
		this.#storage = storage
		this.#plain = oneOf(views, storage.getItem(keys.view)) ?? 'large'
		this.#withShown = oneOf(views, storage.getItem(keys.viewShown)) ?? 'beside'
		this.saving = oneOf(savings, storage.getItem(keys.saving)) ?? 'off'
		this.namesHidden = storage.getItem(keys.namesHidden) === 'yes'
		this.selfHidden = storage.getItem(keys.selfHidden) === 'yes'
	}

	choose(view: View) {
		if (view === 'gallery') this.unpinAll()
		if (this.shared) this.#withShown = view
		else this.#plain = view
		this.#storage.setItem(this.shared ? keys.viewShown : keys.view, view)
	}

	hideNames(on: boolean) {
		this.namesHidden = on
		this.#storage.setItem(keys.namesHidden, on ? 'yes' : 'no')
	}

	hideSelf(on: boolean) {
		this.selfHidden = on
		this.#storage.setItem(keys.selfHidden, on ? 'yes' : 'no')
	}

	save(saving: Saving) {
		this.saving = saving
		this.#storage.setItem(keys.saving, saving)
	}

	/** Large, and nobody else; pressed again: whoever speaks. */
	pin(key: string) {
		const only = this.pins.length === 1 && this.pins[0] === key && !this.follows
		this.pins = only ? [] : [key]
		this.follows = only
	}

	/** Large beside what is large already; the one that is looked at longest gives way. */
	pinBeside(key: string) {
		if (this.pins.includes(key)) return this.unpin(key)
		this.pins = [...this.pins, key].slice(-mostPins)
	}

	unpin(key: string) {
		this.pins = this.pins.filter((one) => one !== key)
		if (this.pins.length === 0) this.follows = true
	}

	unpinAll() {
		this.pins = []
		this.follows = true
	}

	turn(by: number) {
		this.page = Math.min(this.pages - 1, Math.max(0, Math.min(this.page, this.pages - 1) + by))
	}
}

/** The picture of whom all are to see: of the hall its first camera. Oneself is no news to oneself. */
function litTile(tiles: Tile[], who: string | null): Tile | null {
	const theirs = who === null ? [] : tiles.filter(({ person, me, kind }) => person === who && !me && kind !== 'screen')
	return theirs.find(({ live }) => live) ?? theirs[0] ?? null
}

function oneOf<T extends string>(all: readonly T[], text: string | null): T | null {
	return all.find((one) => one === text) ?? null
}
