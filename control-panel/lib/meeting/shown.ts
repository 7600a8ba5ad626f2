import type { Wanted } from '../../../appliance/protocol/media.ts'
import { type Saving, type Sight, spared } from './saving.ts'

type Pictures = Wanted['video']

/** design.md §5: pages of at most 25. */
const most = 25
/** Device pixels, more than any camera's. */
const largest = 4320

/**
 * What is on the screen, so that the hub sends that and nothing else: each visible tile with its height in device
 * pixels. A hidden tab shows nothing. `onChange` is called when sizes have settled, and only when something differs.
 */
export class Shown {
	readonly #onChange: (video: Pictures) => void
	readonly #whenHidden: 'pause' | 'keep'
	readonly #tiles = new Map<Element, { source: string; large: boolean; visible: boolean }>()
	readonly #sizes: ResizeObserver
	readonly #sights: IntersectionObserver
	#timer: ReturnType<typeof setTimeout> | undefined
	#last = ''
	#saving: Saving = 'off'
	/** Stands in a window of its own, and is seen there while the page is hidden. */
	#floating: Sight | null = null
	/** Wanted as large as it comes, however small it stands here. */
	readonly #large = new Set<string>()

	constructor(onChange: (video: Pictures) => void, whenHidden: 'pause' | 'keep') {
		this.#onChange = onChange
		this.#whenHidden = whenHidden
		this.#sizes = new ResizeObserver(() => this.#soon())
		this.#sights = new IntersectionObserver((entries) => {
			for (const entry of entries) {
				const tile = this.#tiles.get(entry.target)
				if (tile) tile.visible = entry.isIntersecting
			}
			this.#soon()
		})
		document.addEventListener('visibilitychange', this.#soon)
	}

	save(saving: Saving) {
		this.#saving = saving
		this.#soon()
	}

	/** The picture in a window of its own (picture-in-picture); null: there is none. */
	float(sight: Sight | null) {
		this.#floating = sight
		this.#soon()
	}

	/** As large as it comes; answers how to stop. */
	want(source: string): () => void {
		this.#large.add(source)
		this.#soon()
		return () => {
			this.#large.delete(source)
			this.#soon()
		}
	}

	/** Watches a tile's element; answers how to stop. */
	add(element: Element, source: string, large = false): () => void {
		// Visible until the observer says otherwise, so that the first report does not come too late.
		this.#tiles.set(element, { source, large, visible: true })
		this.#sizes.observe(element)
		this.#sights.observe(element)
		this.#soon()
		return () => {
			this.#tiles.delete(element)
			this.#sizes.unobserve(element)
			this.#sights.unobserve(element)
			this.#soon()
		}
	}

	/** What is shown this moment. */
	now(): Pictures {
		const sights: Sight[] = [...this.#large].map((source) => ({ source, height: largest, large: true }))
		if (this.#floating) sights.push(this.#floating)
		if (!document.hidden || this.#whenHidden === 'keep') {
			for (const [element, { source, large, visible }] of this.#tiles) {
				if (visible) sights.push({ source, large, height: element.clientHeight * devicePixelRatio })
			}
		}
		return wantedOf(spared(sights, this.#saving).map(({ source, height }) => [source, height]))
	}

	close() {
		clearTimeout(this.#timer)
		this.#sizes.disconnect()
		this.#sights.disconnect()
		document.removeEventListener('visibilitychange', this.#soon)
	}

	readonly #soon = () => {
		clearTimeout(this.#timer)
		this.#timer = setTimeout(() => {
			const video = this.now()
			const text = JSON.stringify(video)
			if (text === this.#last) return
			this.#last = text
			this.#onChange(video)
		}, 120)
	}
}

/** One entry a source, the largest first: its tallest tile, rounded up so that a small change of layout asks for nothing new. */
export function wantedOf(heights: Iterable<readonly [string, number]>): Pictures {
	const tallest = new Map<string, number>()
	for (const [source, height] of heights) {
		if (height < 1) continue
		const rounded = Math.min(largest, Math.ceil(height / 30) * 30)
		tallest.set(source, Math.max(tallest.get(source) ?? 0, rounded))
	}
	return [...tallest]
		.map(([source, height]) => ({ source, height }))
		.sort((a, b) => b.height - a.height)
		.slice(0, most)
}
