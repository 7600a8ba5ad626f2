import type { SlideView } from '../../appliance/protocol/floor.ts'
import type { MeetingCore } from '../../appliance/protocol/messages.ts'
import type { ProgrammeLayout } from '../../appliance/protocol/relay.ts'
import { screenOf, type Tile } from '../lib/meeting/tiles.ts'
import { evenPlaces, full, type Place, pagePlaces } from './places.ts'
import { faceOf, isAiming, type Moment, type Strip, type Turn, turnsOf } from './turns.ts'

/**
 * What viewers see, as the meeting goes: made anew for each picture from the moment and the scene before, so that nothing
 * jumps. Whoever gets the floor is cut to at once; the wide shot comes only when it has been quiet for a while.
 */

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

/** Instead of pictures: not in yet, before the opening, nobody to be seen, a break, a part that is not public, the end. */
type SlateKind = 'waiting' | 'planned' | 'title' | 'suspended' | 'closed' | 'ended'

export interface Scene {
	layout: 'slate' | Exclude<ProgrammeLayout, 'auto'>
	slate: { kind: SlateKind; since: number | null } | null
	pictures: readonly Picture[]
	/** The lower third. */
	strip: Strip | null
	turns: readonly Turn[]
	/** The key of the hall's picture that serves as the wide. */
	wide: string | null
}

/** After the last word; somebody who takes a breath is not left. */
const quietMs = 4000
/** Who answers within this time is in a conversation with the one before. */
const exchangeMs = 60_000
const mostFaces = 4

export const firstScene: Scene = {
	layout: 'slate',
	slate: { kind: 'waiting', since: null },
	pictures: [],
	strip: null,
	turns: [],
	wide: null,
}

export function nextScene(before: Scene, moment: Moment): Scene {
	const turns = turnsOf(before.turns, moment)
	const wide = wideOf(before, turns, moment)
	const kept = { turns, wide: wide?.key ?? null }
	const slate = slateOf(before, moment)
	if (slate || !moment.core) return { ...firstScene, ...kept, slate }
	if (moment.core.broadcast.programme.hold) {
		const held = heldOf(before, moment)
		if (held) return { ...held, ...kept }
	}
	const stage = { core: moment.core, moment, before, turns, wide }
	return { ...arrange(stage), ...kept }
}

/** What is wanted soon: the hall's cameras, who is next, who spoke last. Of each, its source. */
export function likelyNext({ turns }: Scene, { core, tiles }: Moment): string[] {
	const feeds = tiles.filter(({ kind }) => kind === 'feed')
	const next = core?.floor.next ? faceOf(tiles, core.floor.next) : null
	return [...feeds, next, ...turns.map(({ tile }) => tile)].flatMap((tile) => tile?.source ?? [])
}

interface Stage {
	core: MeetingCore
	moment: Moment
	before: Scene
	turns: readonly Turn[]
	wide: Tile | null
}

type Arrangement = Pick<Scene, 'layout' | 'slate' | 'pictures' | 'strip'>

function arrange(stage: Stage): Arrangement {
	const { core, moment } = stage
	const { layout, source } = core.broadcast.programme
	const chosen = source === null ? null : (moment.tiles.find((tile) => tile.source === source && tile.here) ?? null)
	const present = presentOf(stage)
	const lit = litOf(stage)
	const shared = sharedOf(stage, chosen)

	if (layout === 'wide') return wideShot(stage, present?.strip ?? null)
	if (layout === 'two') return twoShot(stage, pairOf(stage, chosen, true)) ?? single(stage, chosen, present, lit)
	if (layout === 'slides' || (layout === 'auto' && !chosen)) {
		const pair = lit || chosen ? null : pairOf(stage, null, false)
		if (shared) return pageShot(stage, shared, pair ?? [facing(stage, chosen, present, lit)])
		if (layout === 'auto' && pair) return twoShot(stage, pair) ?? single(stage, chosen, present, lit)
	}
	return single(stage, chosen, present, lit)
}

/** Who is seen, and how they are named. */
interface Face {
	tile: Tile | null
	strip: Strip | null
}

/** The one whom the meeting is about: chosen by hand, put before all, or speaking; else the hall as a whole. */
function facing({ wide, moment }: Stage, chosen: Tile | null, present: Turn | null, lit: Tile | null): Face {
	const tile = chosen ?? lit
	if (tile) return { tile, strip: stripOf(tile, present, moment) }
	if (present) return { tile: present.tile ?? wide, strip: present.strip }
	return { tile: wide, strip: null }
}

function single(stage: Stage, chosen: Tile | null, present: Turn | null, lit: Tile | null): Arrangement {
	const face = facing(stage, chosen, present, lit)
	if (!face.tile && !face.strip) return wideShot(stage, null)
	if (face.tile === stage.wide && !chosen && !lit && !present?.tile) return wideShot(stage, face.strip)
	return { layout: 'speaker', slate: null, pictures: [pictureOf(face, full, null, true)], strip: face.strip }
}

function wideShot({ wide, moment, before }: Stage, strip: Strip | null): Arrangement {
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

function pageShot({ turns }: Stage, shared: Tile | SlideView, all: readonly Face[]): Arrangement {
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
function twoShot({ before, turns }: Stage, pair: readonly Face[] | null): Arrangement | null {
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

/**
 * Two who speak together, or one who answers the other; by hand, the two who spoke last. Somebody in the hall only while
 * they have the floor: after that their camera looks at somebody else.
 */
function pairOf({ turns, moment }: Stage, chosen: Tile | null, byHand: boolean): readonly Face[] | null {
	const seen = turns.filter(({ inHall, until, tile }) => tile !== null && (!inHall || until === null))
	const last = seen.at(-1)
	if (!last?.tile) return null
	if (chosen) {
		const other = seen.findLast(({ tile }) => tile?.key !== chosen.key)
		return other ? [{ tile: chosen, strip: stripOf(chosen, null, moment) }, other] : null
	}
	const first = seen.findLast(({ tile }) => tile?.key !== last.tile?.key)
	if (!first) return null
	const together = first.until === null && last.until === null && first.strip.kind !== null
	return byHand || together || isAnswer(first, last, moment.now) ? [first, last] : null
}

function isAnswer(first: Turn, last: Turn, now: number): boolean {
	if (last.until !== null && now - last.until >= quietMs) return false
	const answers = first.strip.kind === 'respond' || last.strip.kind === 'respond'
	return answers && last.from - (first.until ?? last.from) < exchangeMs
}

/** Who speaks, or did a moment ago. Null: it is quiet. */
function presentOf({ turns, core, moment }: Stage): Turn | null {
	const last = turns.at(-1)
	if (!last || last.until === null) return last ?? null
	if (isAiming(moment)) return last
	// With somebody of the hall next in line, their camera may be on its way already.
	const stands = !last.inHall || core.floor.nextSeat === null
	return stands && moment.now - last.until < quietMs ? last : null
}

function litOf({ core, moment }: Stage): Tile | null {
	const who = core.spotlight
	return who === null
		? null
		: (moment.tiles.find(({ person, source, here }) => person === who && source && here) ?? null)
}

/** What is shown to all: a screen that was chosen by hand, the page of a document, a screen of the one who speaks. */
function sharedOf({ core, moment, turns }: Stage, chosen: Tile | null): Tile | SlideView | null {
	if (chosen?.kind === 'screen') return chosen
	if (core.slide) return core.slide
	const last = turns.at(-1)
	return screenOf(
		moment.tiles,
		moment.tiles.filter(({ person }) => person === last?.who),
	)
}

/** A hall's camera shows whoever speaks; a person's shows them. */
function stripOf(tile: Tile, present: Turn | null, { nameOf }: Moment): Strip | null {
	if (tile.kind === 'feed') return present?.strip ?? null
	return present?.who === tile.person ? present.strip : { ...nameOf(tile.person), kind: null }
}

function isSpeaking(turns: readonly Turn[], { tile, strip }: Face): boolean {
	return turns.some((turn) => turn.until === null && (turn.tile?.key === tile?.key || turn.strip === strip))
}

/** A picture of the hall that stands still, as far as is known: the one that the room showed as such, else the one so far. */
function wideOf(before: Scene, turns: readonly Turn[], { core, tiles }: Moment): Tile | null {
	const feeds = tiles.filter(({ kind, here, source }) => kind === 'feed' && here && source)
	const shown = core?.floor.speaking.find(({ feed, steps }) => feed !== null && steps.camera?.state === 'wide')?.feed
	const aimed = turns.findLast(({ inHall }) => inHall)?.tile?.key
	const others = feeds.filter(({ key }) => key !== aimed)
	return (
		feeds.find(({ source }) => source === shown) ??
		others.find(({ key, live }) => live && key === before.wide) ??
		others.find(({ live }) => live) ??
		feeds.find(({ live }) => live) ??
		feeds[0] ??
		null
	)
}

function slateOf({ slate }: Scene, { core, now }: Moment): Scene['slate'] {
	if (!core) return { kind: 'waiting', since: null }
	const kind = slateKind(core)
	if (kind === null) return null
	if (slate?.kind === kind) return slate
	// A page that comes up in the midst of a break does not know since when it is.
	return { kind, since: slate?.kind === 'waiting' ? null : now }
}

function slateKind({ meeting, broadcast }: MeetingCore): SlateKind | null {
	if (meeting.phase === 'closed') return 'ended'
	if (meeting.phase === 'planned') return 'planned'
	if (meeting.phase === 'suspended') return 'suspended'
	return broadcast.programme.closed ? 'closed' : null
}

/** The scene before with what is in it now; null: something of it is gone. */
function heldOf(before: Scene, { core, tiles }: Moment): Scene | null {
	if (before.pictures.length === 0) return null
	const pictures = before.pictures.flatMap((picture): Picture[] => {
		if (picture.kind === 'slide') return core?.slide ? [{ ...picture, slide: core.slide }] : []
		const tile = tiles.find(({ key, here }) => here && key === picture.key)
		return tile ? [{ ...picture, source: tile.source }] : []
	})
	return pictures.length === before.pictures.length ? { ...before, pictures } : null
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
