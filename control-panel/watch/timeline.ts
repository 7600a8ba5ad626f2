import type { ChapterView, RelayView } from '../../appliance/protocol/relay.ts'

/** The stretch of time that a viewer may go back in, and where they are in it. Times are the hub's clock, epoch milliseconds. */

export interface Stretch {
	fromMs: number
	toMs: number
}

/** A piece of media as a playlist dates it. */
interface Dated {
	/** On the player's own time, seconds. */
	start: number
	duration: number
	programDateTime: number | null
}

/** So near to the end one means the present. */
const liveMs = 4000
/** What is shorter is not worth a timeline. */
const leastMs = 10_000
const edgeMs = 10_000
/** A first segment may begin so much later than the relay. */
const wholeMs = 5000

/**
 * What HTTP keeps, by what the hub says of it and, once it plays, its list; null: nothing to go back in. Where the oldest of it is
 * dropped all the time, the very edge would be gone before it is loaded.
 */
export function stretchOf(
	{ since, windowS }: Pick<RelayView, 'since' | 'windowS'>,
	nowMs: number,
	listed: Stretch | null,
): Stretch | null {
	if (since === null || windowS === 0) return null
	const keptMs = Math.max(since, nowMs - windowS * 1000, listed?.fromMs ?? since)
	const fromMs = keptMs - since < wholeMs ? since : keptMs + edgeMs
	return nowMs - fromMs >= leastMs ? { fromMs, toMs: nowMs } : null
}

export function isLive({ toMs }: Stretch, atMs: number): boolean {
	return toMs - atMs <= liveMs
}

export const clampTo = ({ fromMs, toMs }: Stretch, atMs: number) => Math.min(toMs, Math.max(fromMs, atMs))

/** 0..1 */
export function fractionOf(stretch: Stretch, atMs: number): number {
	return (clampTo(stretch, atMs) - stretch.fromMs) / (stretch.toMs - stretch.fromMs)
}

export const timeAt = ({ fromMs, toMs }: Stretch, fraction: number) => fromMs + fraction * (toMs - fromMs)

export interface Mark {
	id: string
	title: string
	/** Where a press leads: the chapter's beginning, or the stretch's where that is gone. */
	atMs: number
	endMs: number
	/** Whether its beginning lies within. */
	whole: boolean
}

/** The chapters that can still be seen at least in part. */
export function marksOf(stretch: Stretch, chapters: readonly ChapterView[]): Mark[] {
	return chapters.flatMap(({ id, title, startsAt }, i) => {
		const endMs = Math.min(stretch.toMs, chapters[i + 1]?.startsAt ?? stretch.toMs)
		if (title === null || endMs <= stretch.fromMs || startsAt >= stretch.toMs) return []
		return [{ id, title, atMs: clampTo(stretch, startsAt), endMs, whole: startsAt >= stretch.fromMs }]
	})
}

/** The chapter of a moment. */
export function markAt(marks: readonly Mark[], atMs: number): Mark | null {
	return marks.findLast((mark) => mark.atMs <= atMs && atMs < mark.endMs) ?? null
}

/** The pieces of a list as a player takes it at first: its own time begins with the list (RFC 8216 §4.3.2.1, §4.3.2.6). */
export function readDates(playlist: string): Dated[] {
	const pieces: Dated[] = []
	let start = 0
	let programDateTime: number | null = null
	for (const line of playlist.split('\n')) {
		const date = /^#EXT-X-PROGRAM-DATE-TIME:(.+)/.exec(line)?.[1]
		const seconds = /^#EXTINF:([\d.]+)/.exec(line)?.[1]
		if (date) programDateTime = Date.parse(date)
		if (!seconds) continue
		const duration = Number(seconds)
		pieces.push({ start, duration, programDateTime })
		start += duration
		programDateTime = null
	}
	return pieces
}

/** The player's own time of a moment: its beginning for one that is gone, its end for one to come. Null: nothing is dated. */
export function mediaTimeOf(pieces: readonly Dated[], atMs: number): number | null {
	const dated = pieces.filter((one) => one.programDateTime !== null)
	const piece = dated.findLast(({ programDateTime }) => (programDateTime ?? 0) <= atMs) ?? dated[0]
	if (!piece) return null
	const into = (atMs - (piece.programDateTime ?? 0)) / 1000
	return piece.start + Math.min(piece.duration, Math.max(0, into))
}

/** The moment that a player shows; where it stands before all that is listed, by the first. */
export function momentOf(pieces: readonly Dated[], mediaTime: number): number | null {
	const dated = pieces.filter((one) => one.programDateTime !== null)
	const piece = dated.findLast(({ start }) => start <= mediaTime) ?? dated[0]
	return piece ? (piece.programDateTime ?? 0) + (mediaTime - piece.start) * 1000 : null
}

/** From the first to the last that is listed. */
export function listedStretch(pieces: readonly Dated[]): Stretch | null {
	const [first, last] = [pieces[0], pieces.at(-1)]
	if (!first || !last || first.programDateTime === null || last.programDateTime === null) return null
	return { fromMs: first.programDateTime, toMs: last.programDateTime + last.duration * 1000 }
}
