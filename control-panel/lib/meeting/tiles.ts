import type { Source } from '../../../appliance/protocol/media.ts'
import type { MeetingCore, Person } from '../../../appliance/protocol/messages.ts'
import type { People } from './people.ts'

/**
 * Which pictures there are to show, and in which order. One room with several cameras is several tiles, each with
 * the camera's name; a person without a picture is a tile with a name only.
 */
export interface Tile {
	/** Unique on the screen, and the same when somebody comes back with new sources: whoever pinned them sees them again. */
	key: string
	source: string | null
	person: string
	/** What the tile is called: a camera's name for a room, else the person's. */
	title: string
	/** Whose it is, where the title is a camera's; else null. */
	owner: string | null
	kind: 'feed' | 'screen' | 'camera' | 'none'
	/** null: sends no sound at all. */
	muted: boolean | null
	here: boolean
	/** Its packets reach the hub now. */
	live: boolean
	me: boolean
}

const order = { feed: 0, screen: 1, camera: 2, none: 3 }

/**
 * Tiles of everyone whom one is together with (a class may be in groups), one's own last: rooms, then shared screens, then
 * faces, then names (who is away last), each by the time of joining.
 */
export function tilesOf(people: People, me: string | null): Tile[] {
	const group = people.byId.get(me ?? '')?.group
	const together = [...people.byId.values()].filter((person) => person.group === group)
	const persons = together.sort((a, b) => a.joinedAt - b.joinedAt || compare(a.id, b.id))
	const tiles = persons.flatMap((person) => tilesOfPerson(person, me))
	return tiles.sort(
		(a, b) => Number(a.me) - Number(b.me) || order[a.kind] - order[b.kind] || Number(b.here) - Number(a.here),
	)
}

function tilesOfPerson(person: Person, me: string | null): Tile[] {
	const microphone = person.sources.find((source) => source.kind === 'audio')
	// A room's pictures come and go in any order: by name they keep their places.
	const pictures = person.sources
		.filter((source) => source.kind === 'video')
		.sort((a, b) => rankOf(a) - rankOf(b) || compare(a.label, b.label))
	const common = {
		person: person.id,
		muted: microphone ? microphone.muted : null,
		here: person.here,
		me: person.id === me,
	}
	const byName = { owner: null, title: person.name }
	if (pictures.length === 0) {
		// Listeners have no tile: they are counted and listed.
		if (person.role === 'viewer' || person.role === 'observer') return []
		return [{ ...common, ...byName, key: person.id, source: null, kind: 'none', live: false }]
	}
	return pictures.map((source, index) => ({
		...common,
		...(person.role === 'room' || source.use === 'screen' ? { title: source.label, owner: person.name } : byName),
		key: `${person.id}/${source.use}/${pictures.slice(0, index).filter((one) => one.use === source.use && one.label === source.label).length}/${source.label}`,
		source: source.id,
		kind: kindOf(person, source),
		live: source.live && !source.muted,
	}))
}

/** The cameras of the hall before the one that lies on the table. */
function rankOf(source: Source): number {
	return source.use === 'feed' ? 0 : 1
}

function kindOf(person: Person, source: Source): Tile['kind'] {
	if (source.use === 'screen') return 'screen'
	return person.role === 'room' ? 'feed' : 'camera'
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0
}

/** Tiles that show the one who got the floor last: the room's camera on their seat, else all of the room, else their own. */
export function speakerTiles(tiles: Tile[], core: MeetingCore | null): Tile[] {
	const speech = core?.floor.speaking.at(-1)
	if (!speech) return []
	const aimed = tiles.filter((tile) => tile.source !== null && tile.source === speech.feed)
	if (aimed.length > 0) return aimed
	const person = speech.seat === null ? speech.who : core?.hall?.person
	const theirs = tiles.filter((tile) => tile.person === person)
	// Who shows a screen while speaking is followed on it.
	const screens = theirs.filter(({ kind }) => kind === 'screen')
	return screens.length > 0 ? screens : theirs
}

/**
 * The tile to show large: the pinned one; else that of whoever has the floor; else the one shown so far, so that nothing jumps, unless a better kind of
 * picture has come (a room's camera before a face); else the first of somebody else; else one's own.
 */
export function focusOf(tiles: Tile[], pinned: string | null, last: string | null, speakers: Tile[] = []): Tile | null {
	const here = tiles.filter((tile) => tile.here)
	const others = here.filter((tile) => !tile.me)
	const first = others.find((tile) => tile.live) ?? others.find((tile) => tile.source) ?? others[0] ?? here[0] ?? null
	const kept = others.find((tile) => tile.key === last)
	const speaking = speakers.filter((tile) => others.includes(tile))
	return (
		here.find((tile) => tile.key === pinned) ??
		speaking.find((tile) => tile.key === last) ??
		speaking[0] ??
		(kept && kept.kind === first?.kind ? kept : first)
	)
}

/** A screen that somebody else shows to all: that of whoever has the floor, else the one that came first. */
export function screenOf(tiles: readonly Tile[], speakers: readonly Tile[] = []): Tile | null {
	const screens = tiles.filter(({ kind, me, here, source }) => kind === 'screen' && !me && here && source)
	return screens.find((tile) => speakers.includes(tile)) ?? screens[0] ?? null
}

/** The grid that shows `count` pictures of 16:9 largest in a box of the given size. */
export function gridOf(count: number, width: number, height: number): { columns: number; rows: number } {
	let best = { columns: 1, rows: Math.max(1, count), area: 0 }
	for (let columns = 1; columns <= Math.max(1, count); columns++) {
		const rows = Math.ceil(count / columns)
		const tile = Math.min(width / columns, ((height / rows) * 16) / 9)
		if (tile > best.area) best = { columns, rows, area: tile }
	}
	return { columns: best.columns, rows: best.rows }
}
