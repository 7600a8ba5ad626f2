/**
 * Media playlists by RFC 8216. Everything that belongs to a segment stands with it and never changes: a list may only grow at
 * its end and shrink at its beginning (§6.2.1).
 */

/** As much of a segment as a playlist tells. */
export interface Listed {
	number: number
	name: string
	/** EXT-X-MAP; null: it needs none (WebVTT). */
	initName: string | null
	/** How many breaks of time came before it, its own one counted. */
	timeline: number
	durationS: number
	/** Milliseconds since 1970. */
	startsAtMs: number
}

/** A part of the meeting, by its agenda. It lasts until the next one. */
export interface Chapter {
	/** Never given to another. */
	id: string
	/** Null: from here on none. */
	title: string | null
	startsAtMs: number
}

export interface MediaPlaylist {
	/** Whole seconds, the same for as long as the playlist lives (§6.2.1). */
	targetS: number
	/** Their numbers follow one another. At least one: before that there is no playlist to be asked for. */
	segments: readonly Listed[]
	/**
	 * Where a player begins (EXT-X-START): with what is still there, or as close to live as players do well with. Told here and
	 * not in the playlist of playlists, where it makes ffmpeg 5.1 take that one for a list of segments.
	 */
	start: 'live' | 'beginning'
	/** There will be no more. */
	ended: boolean
	/** By their time. */
	chapters: readonly Chapter[]
}

export function writeMediaPlaylist({ targetS, segments, start, ended, chapters }: MediaPlaylist): string {
	const [first] = segments
	return lines([
		'#EXTM3U',
		'#EXT-X-VERSION:6', // §7: EXT-X-MAP for segments that are no lists of key frames
		`#EXT-X-TARGETDURATION:${targetS}`,
		`#EXT-X-MEDIA-SEQUENCE:${first?.number ?? 0}`,
		`#EXT-X-DISCONTINUITY-SEQUENCE:${first?.timeline ?? 0}`,
		'#EXT-X-INDEPENDENT-SEGMENTS',
		// §4.3.5.2: no nearer to the end than three target durations.
		`#EXT-X-START:TIME-OFFSET=${start === 'live' ? -3 * targetS : 0}`,
		...segments.flatMap((segment, i) => {
			const before = segments[i - 1] ?? null
			return [...marks(segment, before), ...dateRanges(chapters, segment, before), ...entry(segment)]
		}),
		...(ended ? ['#EXT-X-ENDLIST'] : []),
	])
}

/** What has changed since the segment before. */
function marks(segment: Listed, before: Listed | null): string[] {
	// §6.2.4: numbers of breaks match between rungs, so a break that brought this one nothing is told as well.
	const breaks = before ? segment.timeline - before.timeline : 0
	// §4.3.2.5: it holds for what follows, so the first listed segment brings its own.
	const map = segment.initName !== null && segment.initName !== before?.initName
	return [
		...Array.from({ length: breaks }, () => '#EXT-X-DISCONTINUITY'),
		...(map ? [`#EXT-X-MAP:URI="${segment.initName}"`] : []),
	]
}

/** §4.3.2.6: a date at each segment, for the first listed one needs it, and what is listed may not change. */
const entry = ({ startsAtMs, durationS, name }: Listed) => [
	`#EXT-X-PROGRAM-DATE-TIME:${date(startsAtMs)}`,
	`#EXTINF:${durationS.toFixed(6)},`,
	name,
]

/**
 * §4.3.2.7. A chapter stands before the segment within which it begins; the one that the list begins within before the first.
 * Titles are ours; whoever reads minutes in a player needs no more.
 */
function dateRanges(chapters: readonly Chapter[], segment: Listed, before: Listed | null): string[] {
	const end = endMs(segment)
	const begun = chapters.filter(({ startsAtMs }) => startsAtMs < end)
	const since = before ? begun.filter(({ startsAtMs }) => startsAtMs >= endMs(before)) : begun
	// Of several the first listed segment tells all that begin within it, and the one before these.
	const earlier = before ? 0 : since.findLastIndex(({ startsAtMs }) => startsAtMs <= segment.startsAtMs)
	return since.slice(Math.max(0, earlier)).map(({ id, title, startsAtMs }) => {
		const named = title === null ? '' : `,X-MARU-TITLE=${quoted(title)}`
		return `#EXT-X-DATERANGE:ID=${quoted(id)},CLASS="maru.agenda",START-DATE="${date(startsAtMs)}",END-ON-NEXT=YES${named}`
	})
}

const endMs = ({ startsAtMs, durationS }: Listed) => startsAtMs + durationS * 1_000
const date = (ms: number) => new Date(ms).toISOString()

/** §4.2: a quoted string has no line feeds and no quotation marks in it. */
export function quoted(text: string): string {
	return `"${text
		.toWellFormed()
		.normalize('NFC')
		.replaceAll('"', '”')
		.replace(/\p{Cc}+/gu, ' ')}"`
}

/** §4.1: UTF-8 without control characters, each line ended. */
export const lines = (all: readonly string[]) => `${all.join('\n')}\n`
