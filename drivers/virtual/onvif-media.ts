import {
	createEncoders,
	type Encoder,
	type EncoderFaults,
	type Encoders,
	longestGop,
	type RealEncoder,
} from './onvif-encoders.ts'
import { invalid, ns, type Operation, Refusal, required, type Service } from './onvif-soap.ts'
import { childOf, escapeXml, type XmlElement } from './onvif-xml.ts'

/** The media services of a virtual ONVIF camera: ver10, and ver20 (Media2) which says the same in other words. */

export type MediaFaults = EncoderFaults

/** What both need to know of the rest of the camera. */
export interface MediaSurroundings {
	/** rtsp://… of the streams, the large one first. */
	rtspUrls(): readonly string[]
	snapshotUrl(): string
	ptzOf(profile: string): { token: string; inner: string } | null
	encoder: RealEncoder | undefined
}

export const profiles = [
	{ token: 'profile_1', name: 'main' },
	{ token: 'profile_2', name: 'sub' },
] as const
export const videoSource = 'source_0'
const sourceConfiguration = 'source_config_0'

export function createMedia(faults: MediaFaults, surroundings: MediaSurroundings): { media: Service; media2: Service } {
	const encoders = createEncoders(faults, surroundings.encoder)
	return {
		media: { prefix: 'trt', path: '/onvif/media_service', operations: media1(encoders, surroundings) },
		media2: { prefix: 'tr2', path: '/onvif/media2_service', operations: media2(encoders, surroundings) },
	}
}

function media1(encoders: Encoders, { rtspUrls, snapshotUrl, ptzOf }: MediaSurroundings): Service['operations'] {
	const encoderXml = (tag: string, encoder: Encoder) =>
		`<${tag} token="${encoder.token}">${encoderInner1(encoder)}</${tag}>`

	function profileXml(tag: string, index: number): string {
		const profile = profiles[index]
		const encoder = encoders.list()[index]
		if (!profile || !encoder) throw invalid('NoProfile')
		const ptz = ptzOf(profile.token)
		return `<${tag} token="${profile.token}" fixed="true"><tt:Name>${profile.name}</tt:Name><tt:VideoSourceConfiguration token="${sourceConfiguration}">${sourceInner()}</tt:VideoSourceConfiguration>${encoderXml('tt:VideoEncoderConfiguration', encoder)}${ptz ? `<tt:PTZConfiguration token="${ptz.token}">${ptz.inner}</tt:PTZConfiguration>` : ''}</${tag}>`
	}

	const uri = (url: string) =>
		`<trt:MediaUri><tt:Uri>${escapeXml(url)}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>`

	return {
		GetServiceCapabilities: () =>
			'<trt:Capabilities SnapshotUri="true"><trt:ProfileCapabilities MaximumNumberOfProfiles="2"/><trt:StreamingCapabilities RTPMulticast="false" RTP_TCP="true" RTP_RTSP_TCP="true"/></trt:Capabilities>',
		GetProfiles: () => profiles.map((_, i) => profileXml('trt:Profiles', i)).join(''),
		GetProfile: (request) => profileXml('trt:Profile', profileIndex(request, ns.trt)),
		GetVideoSources: () =>
			`<trt:VideoSources token="${videoSource}"><tt:Framerate>15</tt:Framerate><tt:Resolution><tt:Width>640</tt:Width><tt:Height>360</tt:Height></tt:Resolution></trt:VideoSources>`,
		GetVideoSourceConfigurations: () =>
			`<trt:Configurations token="${sourceConfiguration}">${sourceInner()}</trt:Configurations>`,
		GetStreamUri(request) {
			const setup = childOf(request, ns.trt, 'StreamSetup')
			if (!childOf(setup, ns.tt, 'Stream') || !childOf(childOf(setup, ns.tt, 'Transport'), ns.tt, 'Protocol'))
				throw new Refusal(['WellFormed'], 'StreamSetup is not whole')
			return uri(rtspUrls()[profileIndex(request, ns.trt)] ?? '')
		},
		GetSnapshotUri(request) {
			profileIndex(request, ns.trt)
			return uri(snapshotUrl())
		},
		SetSynchronizationPoint(request) {
			encoders.keyFrame(profileIndex(request, ns.trt))
			return ''
		},
		GetVideoEncoderConfigurations: () =>
			encoders
				.list()
				.map((encoder) => encoderXml('trt:Configurations', encoder))
				.join(''),
		GetVideoEncoderConfiguration: (request) =>
			encoderXml('trt:Configuration', encoders.get(required(request, ns.trt, 'ConfigurationToken'))),
		GetVideoEncoderConfigurationOptions(request) {
			const { width, height } = wantedEncoder(request, ns.trt, encoders)
			return `<trt:Options><tt:QualityRange><tt:Min>1</tt:Min><tt:Max>6</tt:Max></tt:QualityRange><tt:H264><tt:ResolutionsAvailable><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:ResolutionsAvailable><tt:GovLengthRange><tt:Min>1</tt:Min><tt:Max>${longestGop}</tt:Max></tt:GovLengthRange><tt:FrameRateRange><tt:Min>15</tt:Min><tt:Max>15</tt:Max></tt:FrameRateRange><tt:EncodingIntervalRange><tt:Min>1</tt:Min><tt:Max>1</tt:Max></tt:EncodingIntervalRange><tt:H264ProfilesSupported>Baseline</tt:H264ProfilesSupported><tt:H264ProfilesSupported>Main</tt:H264ProfilesSupported><tt:H264ProfilesSupported>High</tt:H264ProfilesSupported></tt:H264></trt:Options>`
		},
		SetVideoEncoderConfiguration(request) {
			const given = childOf(request, ns.trt, 'Configuration')
			required(request, ns.trt, 'ForcePersistence')
			demand(given, ['Name', 'UseCount', 'Encoding', 'Resolution', 'Quality', 'Multicast', 'SessionTimeout'])
			const h264 = childOf(given, ns.tt, 'H264')
			demand(h264, ['GovLength', 'H264Profile'])
			encoders.set(given?.attributes.token ?? '', {
				...sizeOf(given),
				gop: Number(childOf(h264, ns.tt, 'GovLength')?.text),
				profile: childOf(h264, ns.tt, 'H264Profile')?.text ?? '',
			})
			return ''
		},
	}
}

function media2(encoders: Encoders, { rtspUrls, snapshotUrl, ptzOf }: MediaSurroundings): Service['operations'] {
	const encoderXml = (tag: string, encoder: Encoder) =>
		`<${tag} token="${encoder.token}" GovLength="${encoder.gop}" Profile="${encoder.profile}">${encoderInner2(encoder)}</${tag}>`

	/** Only the configurations that were asked for are told. */
	function profileXml(index: number, wanted: readonly string[]): string {
		const profile = profiles[index]
		const encoder = encoders.list()[index]
		if (!profile || !encoder) throw invalid('NoProfile')
		const ptz = ptzOf(profile.token)
		const asked = (name: string) => wanted.includes('All') || wanted.includes(name)
		const configurations = [
			asked('VideoSource') ? `<tr2:VideoSource token="${sourceConfiguration}">${sourceInner()}</tr2:VideoSource>` : '',
			asked('VideoEncoder') ? encoderXml('tr2:VideoEncoder', encoder) : '',
			ptz && asked('PTZ') ? `<tr2:PTZ token="${ptz.token}">${ptz.inner}</tr2:PTZ>` : '',
		].join('')
		return `<tr2:Profiles token="${profile.token}" fixed="true"><tr2:Name>${profile.name}</tr2:Name>${configurations === '' ? '' : `<tr2:Configurations>${configurations}</tr2:Configurations>`}</tr2:Profiles>`
	}

	const one: Record<string, Operation> = {
		GetServiceCapabilities: () =>
			'<tr2:Capabilities SnapshotUri="true"><tr2:ProfileCapabilities MaximumNumberOfProfiles="2" ConfigurationsSupported="VideoSource VideoEncoder PTZ"/><tr2:StreamingCapabilities RTSPStreaming="true" RTPMulticast="false" RTP_RTSP_TCP="true"/></tr2:Capabilities>',
		GetProfiles(request) {
			const wanted = request.children.filter(({ name, namespace }) => name === 'Type' && namespace === ns.tr2)
			const token = childOf(request, ns.tr2, 'Token')?.text
			if (token !== undefined && !profiles.some((profile) => profile.token === token)) throw invalid('NoProfile')
			return profiles
				.map((profile, i) =>
					token === undefined || token === profile.token
						? profileXml(
								i,
								wanted.map(({ text }) => text),
							)
						: '',
				)
				.join('')
		},
		GetVideoSourceConfigurations: () =>
			`<tr2:Configurations token="${sourceConfiguration}">${sourceInner()}</tr2:Configurations>`,
		GetStreamUri(request) {
			const protocol = required(request, ns.tr2, 'Protocol')
			if (!['RtspUnicast', 'RTSP', 'RtspOverHttp'].includes(protocol)) throw invalid('InvalidStreamSetup')
			return `<tr2:Uri>${escapeXml(rtspUrls()[profileIndex(request, ns.tr2)] ?? '')}</tr2:Uri>`
		},
		GetSnapshotUri(request) {
			profileIndex(request, ns.tr2)
			return `<tr2:Uri>${escapeXml(snapshotUrl())}</tr2:Uri>`
		},
		SetSynchronizationPoint(request) {
			encoders.keyFrame(profileIndex(request, ns.tr2))
			return ''
		},
		GetVideoEncoderConfigurations(request) {
			const token = childOf(request, ns.tr2, 'ConfigurationToken')?.text
			const wanted = token === undefined ? encoders.list() : [encoders.get(token)]
			return wanted.map((encoder) => encoderXml('tr2:Configurations', encoder)).join('')
		},
		GetVideoEncoderConfigurationOptions(request) {
			const { width, height } = wantedEncoder(request, ns.tr2, encoders)
			return `<tr2:Options GovLengthRange="1 ${longestGop}" FrameRatesSupported="15" ProfilesSupported="Baseline Main High" ConstantBitRateSupported="false"><tt:Encoding>H264</tt:Encoding><tt:QualityRange><tt:Min>1</tt:Min><tt:Max>6</tt:Max></tt:QualityRange><tt:ResolutionsAvailable><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:ResolutionsAvailable><tt:BitrateRange><tt:Min>64</tt:Min><tt:Max>2000</tt:Max></tt:BitrateRange></tr2:Options>`
		},
		SetVideoEncoderConfiguration(request) {
			const given = childOf(request, ns.tr2, 'Configuration')
			demand(given, ['Name', 'UseCount', 'Encoding', 'Resolution', 'Quality'])
			encoders.set(given?.attributes.token ?? '', {
				...sizeOf(given),
				gop: Number(given?.attributes.GovLength),
				profile: given?.attributes.Profile ?? '',
			})
			return ''
		},
	}
	return one
}

/** Which of the profiles is asked about. */
function profileIndex(request: XmlElement, namespace: string): number {
	const token = required(request, namespace, 'ProfileToken')
	const index = profiles.findIndex((profile) => profile.token === token)
	if (index < 0) throw invalid('NoProfile', `no profile ${token}`)
	return index
}

function wantedEncoder(request: XmlElement, namespace: string, encoders: Encoders): Encoder {
	const token = childOf(request, namespace, 'ConfigurationToken')?.text
	const profile = childOf(request, namespace, 'ProfileToken')?.text
	const index = profiles.findIndex((one) => one.token === profile)
	return encoders.get(token ?? encoders.list()[Math.max(0, index)]?.token ?? '')
}

/** These children must be there, in this order, as the schema has it: servers made from the schema refuse anything else. */
function demand(element: XmlElement | undefined, names: readonly string[]): void {
	const given = (element?.children ?? []).filter(({ namespace }) => namespace === ns.tt).map(({ name }) => name)
	const found = given.filter((name) => names.includes(name))
	const missing = names.find((name) => !found.includes(name))
	if (missing !== undefined) throw new Refusal(['WellFormed'], `${missing} is missing`)
	const sorted = found.toSorted((a, b) => names.indexOf(a) - names.indexOf(b))
	if (sorted.some((name, i) => name !== found[i])) throw new Refusal(['WellFormed'], `not in order: ${found}`)
}

function sizeOf(configuration: XmlElement | undefined): { width: number; height: number } {
	if (childOf(configuration, ns.tt, 'Encoding')?.text !== 'H264') throw invalid('ConfigModify', 'H264 only')
	const size = childOf(configuration, ns.tt, 'Resolution')
	return { width: Number(childOf(size, ns.tt, 'Width')?.text), height: Number(childOf(size, ns.tt, 'Height')?.text) }
}

const sourceInner = () =>
	`<tt:Name>source</tt:Name><tt:UseCount>2</tt:UseCount><tt:SourceToken>${videoSource}</tt:SourceToken><tt:Bounds x="0" y="0" width="640" height="360"/>`
const multicast =
	'<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address><tt:Port>0</tt:Port><tt:TTL>1</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>'
const resolution = ({ width, height }: Encoder) =>
	`<tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution>`

const encoderInner1 = (encoder: Encoder) =>
	`<tt:Name>${encoder.token} H.264</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding>${resolution(encoder)}<tt:Quality>4</tt:Quality><tt:RateControl><tt:FrameRateLimit>${encoder.rate}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>${encoder.bitrate}</tt:BitrateLimit></tt:RateControl><tt:H264><tt:GovLength>${encoder.gop}</tt:GovLength><tt:H264Profile>${encoder.profile}</tt:H264Profile></tt:H264>${multicast}<tt:SessionTimeout>PT60S</tt:SessionTimeout>`

const encoderInner2 = (encoder: Encoder) =>
	`<tt:Name>${encoder.token} H.264</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding>${resolution(encoder)}<tt:RateControl ConstantBitRate="false"><tt:FrameRateLimit>${encoder.rate}</tt:FrameRateLimit><tt:BitrateLimit>${encoder.bitrate}</tt:BitrateLimit></tt:RateControl>${multicast}<tt:Quality>4</tt:Quality>`
