import type { Init } from './fmp4.ts'
import { lines, quoted } from './playlist.ts'

/** The playlist of playlists (RFC 8216 §4.3.4, there called master): which rungs there are, and what they cost. */

interface Variant {
	uri: string
	/** Bits per second: the most in about a second, and on the whole (§4.1). */
	peakBandwidth: number
	averageBandwidth: number
	tracks: Init['tracks']
}

interface Captions {
	uri: string
	/** BCP 47 */
	language: string
	name: string
}

export interface MultivariantPlaylist {
	/** The first is what a player begins with. */
	variants: readonly Variant[]
	captions: Captions | null
}

export function writeMultivariantPlaylist({ variants, captions }: MultivariantPlaylist): string {
	return lines([
		'#EXTM3U',
		'#EXT-X-VERSION:6',
		'#EXT-X-INDEPENDENT-SEGMENTS',
		...(captions ? [media(captions)] : []),
		...variants.flatMap((variant) => [streamInf(variant, captions), variant.uri]),
	])
}

/** §4.3.4.1 */
function media({ uri, language, name }: Captions): string {
	const attributes = [
		'TYPE=SUBTITLES',
		`GROUP-ID=${captionsGroup}`,
		`NAME=${quoted(name)}`,
		`LANGUAGE=${quoted(language)}`,
	]
	return `#EXT-X-MEDIA:${[...attributes, 'DEFAULT=NO', 'AUTOSELECT=YES', 'FORCED=NO', `URI=${quoted(uri)}`].join(',')}`
}

const captionsGroup = '"captions"'

/** §4.3.4.2 */
function streamInf({ peakBandwidth, averageBandwidth, tracks }: Variant, captions: Captions | null): string {
	const attributes = [`BANDWIDTH=${Math.ceil(peakBandwidth)}`, `AVERAGE-BANDWIDTH=${Math.ceil(averageBandwidth)}`]
	const codecs = tracks.map(({ codec }) => codec)
	// It must name every format there is, or not be there.
	if (codecs.length > 0 && !codecs.includes(null)) attributes.push(`CODECS=${quoted([...new Set(codecs)].join(','))}`)
	const picture = tracks.find(({ width, height }) => width > 0 && height > 0)
	if (picture) attributes.push(`RESOLUTION=${picture.width}x${picture.height}`)
	if (captions) attributes.push(`SUBTITLES=${captionsGroup}`)
	return `#EXT-X-STREAM-INF:${attributes.join(',')}`
}
