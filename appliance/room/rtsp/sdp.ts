/** A session's description (RFC 8866) as far as it tells of one stream of H.264 (RFC 6184 §8.2.1). */

export interface H264Media {
	payloadType: number
	/** Where to set it up: absolute, or to be put behind the address of the session; null: under that itself. */
	control: string | null
	/** SPS and PPS, as far as they are told here. */
	parameterSets: Buffer[]
	/** Packets come in the order of their pictures (packetization-mode 0 or 1). */
	ordered: boolean
}

export interface Described {
	/** Of the whole session. */
	control: string | null
	/** The first picture; null: there is none, or it is no H.264. */
	video: H264Media | null
}

const mostParameterSets = 8

export function readSdp(text: string): Described {
	const sections = text.split(/^(?=m=)/m)
	const session = sections.find((section) => !section.startsWith('m=')) ?? ''
	const video = sections.find((section) => section.startsWith('m=video '))
	return { control: attributeOf(session, 'control'), video: video === undefined ? null : readVideo(video) }
}

function readVideo(section: string): H264Media | null {
	const payloadTypes = /^m=video \S+ \S+ ([\d ]+)/.exec(section)?.[1]?.trim().split(/ +/) ?? []
	const mapped = /^a=rtpmap:(\d{1,3}) H264\/90000\s*$/im.exec(section)?.[1]
	if (mapped === undefined || !payloadTypes.includes(mapped)) return null
	const format = new RegExp(`^a=fmtp:${mapped} (.*)$`, 'im').exec(section)?.[1] ?? ''
	const sets = /sprop-parameter-sets\s*=\s*([^;\s]*)/i.exec(format)?.[1] ?? ''
	const mode = /packetization-mode\s*=\s*(\d)/i.exec(format)?.[1] ?? '0'
	return {
		payloadType: Number(mapped),
		control: attributeOf(section, 'control'),
		parameterSets: sets
			.split(',', mostParameterSets)
			.map((set) => Buffer.from(set, 'base64'))
			.filter(({ length }) => length > 1),
		ordered: mode !== '2',
	}
}

function attributeOf(section: string, name: string): string | null {
	return new RegExp(`^a=${name}:(.*)$`, 'm').exec(section)?.[1]?.trim() ?? null
}
