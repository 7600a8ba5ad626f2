import type { FloorKind, NameStrip, SpeechView } from '../../appliance/protocol/floor.ts'
import type { MeetingCore } from '../../appliance/protocol/messages.ts'
import { speakerTiles, type Tile } from '../lib/meeting/tiles.ts'

/** Who speaks and who spoke before, with the picture that shows them: what the programme follows. */

export interface Strip extends NameStrip {
	/** What they have the floor for; null: they are only heard. */
	kind: FloorKind | null
}

export interface Turn {
	/** A person, or a seat that nobody is named for. */
	who: string
	strip: Strip
	/** Where they are seen; null: nowhere. Of the hall it is right only while they speak: cameras there are aimed anew. */
	tile: Tile | null
	inHall: boolean
	/** To whom they reply; null: to nobody. */
	answers: string | null
	from: number
	/** Null: they speak now. */
	until: number | null
}

export interface Moment {
	/** Null: not in the meeting yet. */
	core: MeetingCore | null
	/** Everybody's, the programme's own left out. */
	tiles: readonly Tile[]
	/** Who has been heard for two seconds, whether they have the floor or not. */
	talking: ReadonlySet<string>
	nameOf: (who: string) => NameStrip
	/** By the hub's clock, in milliseconds. */
	now: number
}

/** The two who spoke last are asked for also when they did so a while ago. */
const keptMs = 600_000
const most = 4
/** Who replies within this time replies to the one before. */
const exchangeMs = 60_000
/** A camera that stands aimed answers a grant within a few milliseconds: to wait for it spares a second cut. */
const aimMs = 250

/** The turns until now, those who speak at the end, the one who came last as the very last. */
export function turnsOf(before: readonly Turn[], moment: Moment): Turn[] {
	const { core, tiles, now } = moment
	if (!core) return []
	const heard = core.floor.speaking.length > 0 ? ofFloor(core, moment) : ofVoices(before, moment)
	const speaking = heard.map((turn) => ({ ...turn, answers: known(before, turn)?.answers ?? null }))
	const over = before.flatMap((turn): Turn[] => {
		if (speaking.some(({ who }) => who === turn.who)) return []
		const until = turn.until ?? now
		const tile = turn.inHall ? tiles.find(({ key }) => key === turn.tile?.key) : faceOf(tiles, turn.who)
		return tile?.here && now - until < keptMs ? [{ ...turn, tile, until }] : []
	})
	return [...over.sort((a, b) => (a.until ?? now) - (b.until ?? now)), ...speaking].slice(-most).map(answering)
}

/** Known at the beginning of a reply, and as long as it is remembered. */
function answering(turn: Turn, index: number, turns: readonly Turn[]): Turn {
	if (turn.strip.kind !== 'respond' || turn.answers !== null) return turn
	const asker = turns.findLast(({ until, from }, at) => at < index && turn.from - (until ?? from) < exchangeMs)
	return asker ? { ...turn, answers: asker.who } : turn
}

/** The same turn, as it was before. */
function known(before: readonly Turn[], { who, from }: Turn): Turn | undefined {
	return before.find((turn) => turn.who === who && turn.from === from)
}

/** Somebody in the hall has just got the floor, and no camera has answered yet. */
export function isAiming({ core, now }: Moment): boolean {
	return core?.floor.speaking.some((speech) => waits(speech, now)) ?? false
}

/** A person's own picture, else their name; screens are shown in another place. */
export function faceOf(tiles: readonly Tile[], person: string): Tile | null {
	const own = tiles.filter((tile) => tile.person === person && tile.kind !== 'screen')
	return own.find(({ source }) => source !== null) ?? own[0] ?? null
}

function ofFloor(core: MeetingCore, { tiles, now }: Moment): Turn[] {
	return core.floor.speaking
		.filter((speech) => !waits(speech, now))
		.map((speech) => {
			const { who, name, title, bureau, kind, grantedAt, seat } = speech
			return {
				who,
				strip: { name, title, bureau, kind },
				tile: seat === null ? faceOf(tiles, who) : aimedAt(core, speech, tiles),
				inHall: seat !== null,
				answers: null,
				from: grantedAt,
				until: null,
			}
		})
}

/** The room's camera that shows them. Null: none does; who has all of the hall before them is shown in the wide. */
function aimedAt(core: MeetingCore, speech: SpeechView, tiles: readonly Tile[]): Tile | null {
	if (speech.feed === null) return null
	const [aimed] = speakerTiles([...tiles], { ...core, floor: { ...core.floor, speaking: [speech] } })
	return aimed?.source === speech.feed ? aimed : null
}

function waits({ seat, feed, steps, grantedAt }: SpeechView, now: number): boolean {
	return seat !== null && feed === null && steps.camera?.state === 'asked' && now - grantedAt < aimMs
}

/**
 * Where nobody has the floor, whoever is heard is followed. Who was first stays the last of the list, and so on the screen,
 * for as long as they go on.
 */
function ofVoices(before: readonly Turn[], { core, tiles, talking, nameOf, now }: Moment): Turn[] {
	const last = before.at(-1)
	const heard = [...talking].flatMap((who): Turn[] => {
		const inHall = who === core?.hall?.person
		const tile = inHall ? null : faceOf(tiles, who)
		if (!inHall && !tile?.here) return []
		const since = before.find((turn) => turn.who === who && turn.until === null)?.from
		return [
			{ who, strip: { ...nameOf(who), kind: null }, tile, inHall, answers: null, from: since ?? now, until: null },
		]
	})
	return heard.sort((a, b) => Number(a.who === last?.who) - Number(b.who === last?.who))
}
