import { gridOf, type Tile } from './tiles.ts'

/** Everybody in pages of equal tiles. Who stands where changes only for a reason that the one who looks can see. */

/** design.md §5. */
const most = 25
export const galleryGap = 10
/** In CSS pixels: a face is known at this width, and a name of three syllables with a title fits under it. */
const leastWidth = 200
const leastWidthNarrow = 150
const narrow = 600

/** How many tiles a page in a box of this size has. */
export function pageSize(width: number, height: number): number {
	const least = width < narrow ? leastWidthNarrow : leastWidth
	const across = (room: number, size: number) => Math.max(1, Math.floor((room + galleryGap) / (size + galleryGap)))
	return Math.min(most, across(width, least) * across(height, (least * 9) / 16))
}

/** The width of each of `count` tiles of 16:9 in a box of this size. */
export function tileWidth(count: number, width: number, height: number): number {
	const { columns, rows } = gridOf(count, width, height)
	const across = (width - galleryGap * (columns - 1)) / columns
	const down = (height - galleryGap * (rows - 1)) / rows
	return Math.max(1, Math.floor(Math.min(across, (down * 16) / 9)))
}

/** Where a tile stands. A face and the name that is there while the camera is off are the same place. */
export function placeOf({ kind, key, person }: Tile): string {
	if (kind === 'none') return person
	return kind === 'camera' && key.startsWith(`${person}/camera/0/`) ? person : key
}

/**
 * The places in order. Who is there keeps theirs; whoever comes takes one that was left, else the end; an empty one that
 * nobody takes goes to the last of all. Whom `first` names and who is not on the first page changes places with the last
 * there who is not named: two tiles move, and nobody moves back when the reason is gone.
 */
export function arrange(
	before: readonly string[],
	tiles: readonly Tile[],
	first: (tile: Tile) => boolean,
	size: number,
): string[] {
	const there = new Map(tiles.map((tile) => [placeOf(tile), tile]))
	const known = new Set(before)
	const coming = [...there.keys()].filter((place) => !known.has(place))
	const order: (string | null)[] = before.map((place) => (there.has(place) ? place : (coming.shift() ?? null)))
	order.push(...coming)
	for (let index = 0; index < order.length; index++) {
		while (order.at(-1) === null) order.pop()
		if (order[index] === null) order[index] = order.pop() ?? null
	}
	const places = order.filter((place) => place !== null)

	const named = (place: string) => {
		const tile = there.get(place)
		return tile !== undefined && first(tile)
	}
	let giving = Math.min(size, places.length) - 1
	for (let index = size; index < places.length; index++) {
		const place = places[index] ?? ''
		if (!named(place)) continue
		while (giving >= 0 && named(places[giving] ?? '')) giving--
		if (giving < 0) break
		places[index] = places[giving] ?? ''
		places[giving] = place
	}
	return places
}
