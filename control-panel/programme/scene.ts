import type { SlideView } from '../../appliance/protocol/floor.ts'
import type { MeetingCore } from '../../appliance/protocol/messages.ts'
import type { ProgrammeLayout } from '../../appliance/protocol/relay.ts'
import { screenOf, type Tile } from '../lib/meeting/tiles.ts'
import {
	type Arrangement,
	type Face,
	type Picture,
	pageShot,
	type Stage,
	soloShot,
	stripOf,
	twoShot,
	wideShot,
} from './shots.ts'
import { faceOf, isAiming, type Moment, type Strip, type Turn, turnsOf } from './turns.ts'

/**
 * What viewers see, as the meeting goes: made anew for each picture from the moment and the scene before, so that nothing
 * jumps. Whoever gets the floor is cut to at once; the wide shot comes only when it has been quiet for a while.
 */

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
		const beside = shared === chosen ? null : chosen
		if (shared) return pageShot(stage, shared, pair ?? [facing(stage, beside, present, lit)])
		if (layout === 'auto' && pair) return twoShot(stage, pair) ?? single(stage, chosen, present, lit)
	}
	return single(stage, chosen, present, lit)
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
	return soloShot(face)
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

/** One replies to the other, or the other goes on after the reply. */
function isAnswer(first: Turn, last: Turn, now: number): boolean {
	if (last.until !== null && now - last.until >= quietMs) return false
	return last.answers === first.who || first.answers === last.who
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
	const tile = core.spotlight === null ? null : faceOf(moment.tiles, core.spotlight)
	return tile?.source && tile.here ? tile : null
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
