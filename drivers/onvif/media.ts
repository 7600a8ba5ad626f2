import type { CameraStream } from '../camera.ts'
import type { SoapRequest } from './soap.ts'
import { childOf, childrenOf, escapeXml, textAt, type XmlElement } from './xml.ts'

/**
 * Profiles and streams, by either of ONVIF's two media services: Media (ver10) and Media2 (ver20), which says the same in
 * other words and knows H.265. Pure. Tokens of profiles are the same in both.
 */

export type Media = 'trt' | 'tr2'

export interface Profile {
	readonly token: string
	/** The video source that it shows, for imaging; null: none. */
	readonly source: string | null
	/** Its PTZ configuration; undefined: nobody can move it. */
	readonly ptz: XmlElement | undefined
	/** Its video encoder configuration. */
	readonly encoder: XmlElement | undefined
}

export function getProfiles(media: Media): SoapRequest {
	// Media2 tells of each profile only what is asked for.
	return { service: media, operation: 'GetProfiles', body: media === 'trt' ? '' : '<tr2:Type>All</tr2:Type>' }
}

export function readProfiles(response: XmlElement): Profile[] {
	return childrenOf(response, 'Profiles').flatMap((profile) => {
		const token = profile.attributes.get('token')
		if (token === undefined) return []
		const second = childOf(profile, 'Configurations')
		const configuration = (name: string, name2: string) => childOf(profile, name) ?? childOf(second, name2)
		return [
			{
				token,
				source: textAt(configuration('VideoSourceConfiguration', 'VideoSource'), 'SourceToken') ?? null,
				ptz: configuration('PTZConfiguration', 'PTZ'),
				encoder: configuration('VideoEncoderConfiguration', 'VideoEncoder'),
			},
		]
	})
}

const profileToken = (media: Media, profile: string) =>
	`<${media}:ProfileToken>${escapeXml(profile)}</${media}:ProfileToken>`

export function getStreamUri(media: Media, profile: string): SoapRequest {
	const body =
		media === 'trt'
			? `<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></trt:StreamSetup>${profileToken(media, profile)}`
			: `<tr2:Protocol>RTSP</tr2:Protocol>${profileToken(media, profile)}`
	return { service: media, operation: 'GetStreamUri', body, line: `GetStreamUri ${profile}` }
}

/**
 * The address of a stream at the host where we found the camera: what it says of its own host may be another interface's,
 * or another network's. Its port is its own affair. Null: it gave none that can be used.
 */
export function readStreamUri(
	response: XmlElement,
	host: string,
	{ username, password }: { username: string; password: string },
): string | null {
	const given = textAt(response, 'MediaUri', 'Uri') ?? textAt(response, 'Uri')
	const url = given === undefined ? null : URL.parse(given)
	// One without a host ("rtsp:x") takes none either.
	if (!url || !/^rtsps?:$/.test(url.protocol) || url.host === '') return null
	url.hostname = host.includes(':') ? `[${host}]` : host
	url.username = encodeURIComponent(username)
	url.password = encodeURIComponent(password)
	return url.href
}

export function setSynchronizationPoint(media: Media, profile: string): SoapRequest {
	const body = profileToken(media, profile)
	return { service: media, operation: 'SetSynchronizationPoint', body, line: `SetSynchronizationPoint ${profile}` }
}

/** What a profile's encoder is set to. In Media it stands in elements, in Media2 partly in attributes. */
export function readEncoder(encoder: XmlElement): Omit<CameraStream, 'token' | 'url'> {
	const codec = codecs.get((textAt(encoder, 'Encoding') ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '')) ?? 'other'
	const limit = numberAt(encoder, 'RateControl', 'FrameRateLimit')
	const interval = numberAt(encoder, 'RateControl', 'EncodingInterval') || 1
	const gop = numberAt(encoder, 'H264', 'GovLength') ?? whole(encoder.attributes.get('GovLength'))
	const profile = textAt(encoder, 'H264', 'H264Profile') ?? encoder.attributes.get('Profile') ?? ''
	return {
		codec,
		width: numberAt(encoder, 'Resolution', 'Width') ?? 0,
		height: numberAt(encoder, 'Resolution', 'Height') ?? 0,
		rate: limit ? limit / interval : null,
		gop: gop || null,
		profile: codec === 'h264' ? (profiles.find((name) => profile.toLowerCase().includes(name)) ?? null) : null,
	}
}

const codecs: ReadonlyMap<string, CameraStream['codec']> = new Map([
	['H264', 'h264'],
	['H265', 'h265'],
	['HEVC', 'h265'],
])
const profiles = ['baseline', 'main', 'high'] as const

const numberAt = (element: XmlElement, ...path: string[]) => whole(textAt(element, ...path))

function whole(text: string | undefined): number | null {
	const value = Number(text || Number.NaN)
	return Number.isFinite(value) && value >= 0 ? value : null
}
