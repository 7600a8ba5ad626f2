import type { SlideView } from '../../appliance/protocol/floor.ts'
import type { MeetingCore } from '../../appliance/protocol/messages.ts'
import type { Tile } from '../lib/meeting/tiles.ts'
import { evenPlaces, full, type Place, pagePlaces } from './places.ts'
import type { Scene } from './scene.ts'
import type { Moment, Strip, Turn } from './turns.ts'

/** The shots that a scene is one of: who is in them was decided before; here they are given their places and names. */

export interface Picture {
	/** Of a tile, or 'slide'. */
	key: string
	/** What moves; null: a slide, or a card with a name. */
	source: string | null
	slide: SlideView | null
	kind: Tile['kind'] | 'slide'
	/** What a card says. */
	name: string
	place: Place
	/** Named on the picture itself, where several stand beside each other. */
	strip: Strip | null
	talks: boolean
}

/** Who is seen, and how they are named. */
export interface Face {
	tile: Tile | null
	strip: Strip | null
}

export interface Stage {
	core: MeetingCore
	moment: Moment
	before: Scene
	turns: readonly Turn[]
	wide: Tile | null
}

export type Arrangement = Pick<Scene, 'layout' | 'slate' | 'pictures' | 'strip'>

const mostFaces = 4

/** One who fills the frame. */
export function soloShot(face: Face): Arrangement {
	return { layout: 'speaker', slate: null, pictures: [pictureOf(face, full, null, true)], strip: face.strip }
}

export function wideShot({ wide, moment, before }: Stage, strip: Strip | null): Arrangement {
	if (wide) {
		const pictures = [pictureOf({ tile: wide, strip: null }, full, null, true)]
		return { layout: 'wide', slate: null, pictures, strip }
	}
	// No hall: a few faces, and who was shown stays.
	const shown = new Set(before.pictures.map(({ key }) => key))
	const faces = moment.tiles.filter(({ kind, live, here }) => kind === 'camera' && live && here)
	const chosen = new Set(
		faces.toSorted((a, b) => Number(shown.has(b.key)) - Number(shown.has(a.key))).slice(0, mostFaces),
	)
	const tiles = faces.filter((tile) => chosen.has(tile))
	if (tiles.length === 0 && strip) {
		const pictures = [pictureOf({ tile: null, strip }, full, null, true)]
		return { layout: 'speaker', slate: null, pictures, strip }
	}
	if (tiles.length === 0) return { layout: 'slate', slate: { kind: 'title', since: null }, pictures: [], strip: null }
	const places = evenPlaces(tiles.length)
	const pictures = tiles.map((tile, index) => {
		const name = stripOf(tile, null, moment)
		return pictureOf({ tile, strip: name }, places[index] ?? full, tiles.length > 1 ? name : null, false)
	})
	return { layout: 'wide', slate: null, pictures, strip: tiles.length > 1 ? null : strip }
}

export function pageShot({ turns }: Stage, shared: Tile | SlideView, all: readonly Face[]): Arrangement {
	const faces = all.filter(({ tile, strip }) => tile !== null || strip !== null)
	const places = pagePlaces(faces.length)
	const page: Picture =
		'document' in shared
			? { ...blank, key: 'slide', kind: 'slide', slide: shared, place: places.page }
			: pictureOf({ tile: shared, strip: null }, places.page, null, false)
	const beside = faces.map((face, index) => {
		const named = faces.length > 1 ? face.strip : null
		return pictureOf(face, places.faces[index] ?? full, named, isSpeaking(turns, face))
	})
	return { layout: 'slides', slate: null, pictures: [page, ...beside], strip: faces.at(-1)?.strip ?? null }
}

/** Null: it takes two pictures. */
export function twoShot({ before, turns }: Stage, pair: readonly Face[] | null): Arrangement | null {
	const [a, b] = pair ?? []
	if (!a || !b) return null
	const keyOf = ({ tile, strip }: Face) => tile?.key ?? strip?.name ?? ''
	// Who stood left stays left, whoever of the two speaks.
	const turned = before.layout === 'two' && before.pictures[0]?.key === keyOf(b)
	const places = evenPlaces(2)
	const pictures = (turned ? [b, a] : [a, b]).map((face, index) =>
		pictureOf(face, places[index] ?? full, face.strip, isSpeaking(turns, face)),
	)
	return { layout: 'two', slate: null, pictures, strip: null }
}

/** A hall's camera shows whoever speaks; a person's shows them. */
export function stripOf(tile: Tile, present: Turn | null, { nameOf }: Moment): Strip | null {
	if (tile.kind === 'feed') return present?.strip ?? null
	return present?.who === tile.person ? present.strip : { ...nameOf(tile.person), kind: null }
}

function isSpeaking(turns: readonly Turn[], { tile, strip }: Face): boolean {
	const isTheirs = (turn: Turn) => (tile === null ? turn.strip === strip : turn.tile?.key === tile.key)
	return turns.some((turn) => turn.until === null && isTheirs(turn))
}

const blank: Omit<Picture, 'key' | 'kind' | 'place'> = {
	source: null,
	slide: null,
	name: '',
	strip: null,
	talks: false,
}

function pictureOf({ tile, strip }: Face, place: Place, named: Strip | null, talks: boolean): Picture {
	const name = strip?.name || tile?.title || ''
	return {
		...blank,
		key: tile?.key ?? name,
		source: tile?.source ?? null,
		kind: tile?.kind ?? 'none',
		name,
		place,
		strip: named,
		talks,
	}
}
