import type { Wanted } from '../../appliance/protocol/media.ts'
import { spared } from '../lib/meeting/saving.ts'
import { wantedOf } from '../lib/meeting/shown.ts'
import type { Tile } from '../lib/meeting/tiles.ts'
import type { Looks } from './looks.svelte.ts'

/**
 * As the page will be drawn: one large picture, which the small ones follow once it is there (a browser takes the longer to
 * agree upon pictures the more there are), or a page of the gallery.
 */
export function firstPictures({ view, saving, pageSize, large, shared }: Looks, others: Tile[]): Wanted['video'] {
	if (document.hidden) return []
	const height = innerHeight * 0.65 * devicePixelRatio
	const shown = shared && shared !== 'slide' ? [shared, ...large] : large
	const sights =
		view === 'gallery'
			? others.slice(0, pageSize).map(({ source }) => ({ source, height: 100 * devicePixelRatio, large: false }))
			: shown.map(({ source }) => ({ source, height, large: true }))
	const there = sights.flatMap((sight) => (sight.source ? [{ ...sight, source: sight.source }] : []))
	return wantedOf(spared(there, saving).map(({ source, height }) => [source, height]))
}
