/**
 * What RFC 8216 says a playlist must be, read from its text alone: nothing here knows how ours are written. Each rule that is
 * broken is a line that begins with its section.
 */

interface ReadSegment {
	uri: string
	number: number
	/** Its discontinuity sequence number (§6.2.4). */
	discontinuity: number
	durationS: number
	map: string | null
	/** By its own tag; null: it has none. */
	dateMs: number | null
}

export interface ReadPlaylist {
	faults: string[]
	targetS: number
	mediaSequence: number
	discontinuitySequence: number
	breaks: number
	ended: boolean
	/** Null: not told. */
	startS: number | null
	segments: ReadSegment[]
	dateRanges: Map<string, string>[]
}

const attributePattern = /^([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)/

/** §4.2. Null: it is no attribute list. */
export function attributes(text: string): Map<string, string> | null {
	const found = new Map<string, string>()
	let rest = text
	while (rest !== '') {
		const [all = '', name = '', value = ''] = attributePattern.exec(rest) ?? []
		if (all === '' || found.has(name)) return null
		found.set(name, value)
		rest = rest.slice(all.length)
		if (rest === '' && all.endsWith(',')) return null
	}
	return found
}

const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** §4.1: what any playlist must be. */
function linesOf(text: string, faults: string[]): string[] {
	if (/[^\P{Cc}\r\n]/u.test(text)) faults.push('4.1: control characters')
	if (text.startsWith('\uFEFF')) faults.push('4.1: byte order mark')
	if (text.normalize('NFC') !== text) faults.push('4.1: not normalised')
	if (!text.endsWith('\n')) faults.push('4.1: the last line is not ended')
	const lines = text.split(/\r?\n/).slice(0, -1)
	if (lines[0] !== '#EXTM3U') faults.push('4.3.1.1: it does not begin with EXTM3U')
	if (lines.some((line) => line === '' || line.trim() !== line)) faults.push('4.1: blanks')
	return lines
}

const once = ['EXTM3U', 'EXT-X-VERSION', 'EXT-X-TARGETDURATION', 'EXT-X-MEDIA-SEQUENCE', 'EXT-X-DISCONTINUITY-SEQUENCE']
const headers = new Set([...once, 'EXT-X-INDEPENDENT-SEGMENTS', 'EXT-X-START'])

export function readMediaPlaylist(text: string): ReadPlaylist {
	const faults: string[] = []
	const lines = linesOf(text, faults)
	const read: ReadPlaylist = {
		...{ faults, targetS: Number.NaN, mediaSequence: 0, discontinuitySequence: 0, breaks: 0, ended: false },
		...{ startS: null, segments: [], dateRanges: [] },
	}
	const seen = new Map<string, number>()
	let version = 1
	let durationS: number | null = null
	let dateMs: number | null = null
	let map: string | null = null
	for (const line of lines) {
		if (!line.startsWith('#')) {
			if (durationS === null) faults.push(`4.3.2.1: no EXTINF before ${line}`)
			else if (Math.round(durationS) > read.targetS) faults.push(`4.3.3.1: ${durationS} s above the target`)
			const number = read.mediaSequence + read.segments.length
			const discontinuity = read.discontinuitySequence + read.breaks
			read.segments.push({ uri: line, number, discontinuity, durationS: durationS ?? 0, map, dateMs })
			durationS = null
			dateMs = null
			continue
		}
		const [, name = '', value = ''] = /^#([A-Z0-9-]+)(?::(.*))?$/.exec(line) ?? []
		seen.set(name, (seen.get(name) ?? 0) + 1)
		if (headers.has(name) && read.segments.length > 0) faults.push(`4.3.3: ${name} behind the first segment`)
		const integer = () => {
			if (!/^\d{1,20}$/.test(value)) faults.push(`4.2: ${line} is no decimal integer`)
			return Number(value)
		}
		switch (name) {
			case 'EXTM3U':
			case 'EXT-X-INDEPENDENT-SEGMENTS':
				break
			case 'EXT-X-START':
				read.startS = Number(attributes(value)?.get('TIME-OFFSET'))
				if (!Number.isFinite(read.startS)) faults.push('4.3.5.2: no TIME-OFFSET')
				break
			case 'EXT-X-VERSION':
				version = integer()
				break
			case 'EXT-X-TARGETDURATION':
				read.targetS = integer()
				break
			case 'EXT-X-MEDIA-SEQUENCE':
				read.mediaSequence = integer()
				break
			case 'EXT-X-DISCONTINUITY-SEQUENCE':
				if (read.breaks > 0) faults.push('4.3.3.3: behind a discontinuity')
				read.discontinuitySequence = integer()
				break
			case 'EXT-X-DISCONTINUITY':
				read.breaks += 1
				break
			case 'EXT-X-ENDLIST':
				read.ended = true
				break
			case 'EXT-X-PROGRAM-DATE-TIME':
				if (!isoDate.test(value)) faults.push(`4.3.2.6: ${value} is no date`)
				dateMs = Date.parse(value)
				break
			case 'EXTINF': {
				const [, seconds = ''] = /^(\d+(?:\.\d+)?),/.exec(value) ?? []
				if (seconds === '') faults.push(`4.3.2.1: ${line}`)
				if (seconds.includes('.') && version < 3) faults.push('7: decimals need version 3')
				durationS = Number(seconds)
				break
			}
			case 'EXT-X-MAP': {
				map = attributes(value)?.get('URI')?.slice(1, -1) ?? null
				if (map === null) faults.push(`4.3.2.5: ${line}`)
				if (version < 6) faults.push('7: EXT-X-MAP needs version 6')
				break
			}
			case 'EXT-X-DATERANGE':
				read.dateRanges.push(dateRange(value, faults))
				break
			default:
				faults.push(`4.3: ${line} is unknown`)
		}
	}
	if (durationS !== null) faults.push('4.3.2.1: EXTINF without a segment')
	for (const name of once) if ((seen.get(name) ?? 0) > 1) faults.push(`4.3: ${name} more than once`)
	if (!seen.has('EXT-X-TARGETDURATION')) faults.push('4.3.3.1: no target duration')
	if (read.dateRanges.length > 0 && !seen.has('EXT-X-PROGRAM-DATE-TIME'))
		faults.push('4.3.2.7: no date in the playlist')
	sameRanges(read)
	return read
}

/** §4.3.2.7 */
function dateRange(value: string, faults: string[]): Map<string, string> {
	const range = attributes(value) ?? new Map<string, string>()
	if (!/^".+"$/.test(range.get('ID') ?? '')) faults.push(`4.3.2.7: no ID in ${value}`)
	if (!isoDate.test(range.get('START-DATE')?.slice(1, -1) ?? '')) faults.push(`4.3.2.7: no START-DATE in ${value}`)
	if (range.has('END-ON-NEXT')) {
		if (range.get('END-ON-NEXT') !== 'YES') faults.push('4.3.2.7: END-ON-NEXT is YES or not there')
		if (!range.has('CLASS')) faults.push('4.3.2.7: END-ON-NEXT without CLASS')
		if (range.has('DURATION') || range.has('END-DATE')) faults.push('4.3.2.7: END-ON-NEXT and another end')
	}
	return range
}

/** §4.3.2.7: two of one ID say nothing different. */
function sameRanges({ dateRanges, faults }: ReadPlaylist) {
	for (const one of dateRanges) {
		for (const other of dateRanges) {
			if (one.get('ID') !== other.get('ID')) continue
			for (const [name, value] of one) {
				if (other.has(name) && other.get(name) !== value) faults.push(`4.3.2.7: ${name} of ${one.get('ID')} differs`)
			}
		}
	}
}

/** §6.2.1, §6.2.2: what may become of a playlist. */
export function changes(before: ReadPlaylist, after: ReadPlaylist): string[] {
	const faults: string[] = []
	if (before.targetS !== after.targetS) faults.push('6.2.1: the target duration changed')
	if (before.startS !== after.startS) faults.push('6.2.1: the start changed')
	if (before.ended && JSON.stringify(before) !== JSON.stringify(after)) faults.push('6.2.1: changed behind its end')
	const removed = after.mediaSequence - before.mediaSequence
	if (removed < 0) faults.push('6.2.2: the media sequence went back')
	if (removed > before.segments.length) faults.push('6.2.2: segments nobody saw were removed')
	const stayed = before.segments.slice(removed)
	if (stayed.length > after.segments.length) faults.push('6.2.2: segments were removed from the end')
	for (const [i, one] of stayed.entries()) {
		if (JSON.stringify(one) !== JSON.stringify(after.segments[i])) faults.push(`6.2.1: ${one.uri} changed`)
	}
	const lastRemoved = before.segments[removed - 1]
	const gone = lastRemoved ? lastRemoved.discontinuity - before.discontinuitySequence : 0
	const counted = after.discontinuitySequence - before.discontinuitySequence
	// The tags of the first segment that stayed may have gone with those before it, as long as they are counted.
	const own = (stayed[0]?.discontinuity ?? before.discontinuitySequence + before.breaks) - before.discontinuitySequence
	if (counted < gone || (stayed.length > 0 && counted > own)) faults.push('6.2.2: breaks are miscounted')
	const lengthS = after.segments.reduce((sum, { durationS }) => sum + durationS, 0)
	if (removed > 0 && !after.ended && lengthS < 3 * after.targetS - 1e-3) {
		faults.push(`6.2.2: ${lengthS} s are left, which is less than three targets`)
	}
	return faults
}

/** §4.3.4 */
export function readMultivariantPlaylist(text: string) {
	const faults: string[] = []
	const lines = linesOf(text, faults)
	const variants: { uri: string; attributes: Map<string, string> }[] = []
	const media: Map<string, string>[] = []
	for (const [i, line] of lines.entries()) {
		const [, name = '', value = ''] = /^#([A-Z0-9-]+)(?::(.*))?$/.exec(line) ?? []
		const list = attributes(value)
		if (name === 'EXT-X-STREAM-INF') {
			const uri = lines[i + 1] ?? ''
			if (uri === '' || uri.startsWith('#')) faults.push('4.3.4.2: no URI behind a variant')
			if (!/^[1-9]\d*$/.test(list?.get('BANDWIDTH') ?? '')) faults.push('4.3.4.2: no BANDWIDTH')
			if (list?.has('RESOLUTION') && !/^\d+x\d+$/.test(list.get('RESOLUTION') ?? '')) faults.push('4.2: RESOLUTION')
			if (!/^".+"$/.test(list?.get('CODECS') ?? '"-"')) faults.push('4.3.4.2: CODECS')
			variants.push({ uri, attributes: list ?? new Map() })
		} else if (name === 'EXT-X-MEDIA') {
			for (const one of ['TYPE', 'GROUP-ID', 'NAME', 'URI']) if (!list?.has(one)) faults.push(`4.3.4.1: no ${one}`)
			media.push(list ?? new Map())
		} else if (name.startsWith('EXTINF') || name === 'EXT-X-TARGETDURATION')
			faults.push('4.1: neither one nor the other')
	}
	for (const variant of variants) {
		const group = variant.attributes.get('SUBTITLES')
		if (group && !media.some((one) => one.get('GROUP-ID') === group)) faults.push('4.3.4.2: a group that is not there')
	}
	return { faults, variants, media }
}
