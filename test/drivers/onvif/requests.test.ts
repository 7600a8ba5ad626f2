import { describe, expect, it } from 'vitest'
import { setEncoder } from '../../../drivers/onvif/encoder.ts'
import {
	getProfiles,
	getStreamUri,
	readEncoder,
	readProfiles,
	readStreamUri,
	setSynchronizationPoint,
} from '../../../drivers/onvif/media.ts'
import {
	absoluteMove,
	continuousMove,
	getStatus,
	gotoHome,
	gotoPreset,
	setPreset,
	stop,
} from '../../../drivers/onvif/ptz.ts'
import { readCapabilities, readServices } from '../../../drivers/onvif/services.ts'
import { envelope, headerLines, readAnswer, type SoapRequest } from '../../../drivers/onvif/soap.ts'
import { readCoordinates } from '../../../drivers/onvif/spaces.ts'
import { parseXml } from '../../../drivers/onvif/xml.ts'
import { childOf, readXml, type XmlElement } from '../../../drivers/virtual/onvif-xml.ts'

/**
 * What goes over the wire, in the notation of ONVIF's WSDL files and specifications (PTZ Service 2.x, Media Service 2.x,
 * Core 5.8 and 5.9). It is read back by a strict reader that is not ours.
 */

const soap = 'http://www.w3.org/2003/05/soap-envelope'
const names: Record<string, string> = {
	'http://www.onvif.org/ver10/schema': 'tt',
	'http://www.onvif.org/ver20/ptz/wsdl': 'tptz',
	'http://www.onvif.org/ver10/media/wsdl': 'trt',
	'http://www.onvif.org/ver20/media/wsdl': 'tr2',
}

/** As the specifications write their examples: names with the usual prefixes, nothing else. */
function written(element: XmlElement): string {
	const name = `${names[element.namespace] ?? `{${element.namespace}}`}:${element.name}`
	const attributes = Object.entries(element.attributes).map(([key, value]) => ` ${key}="${value}"`)
	const inside = element.children.map(written).join('') + element.text
	return `<${name}${attributes.join('')}>${inside}</${name}>`
}

function operationOf(request: SoapRequest): string {
	const root = readXml(envelope(request, ''))
	expect([root.name, root.namespace]).toEqual(['Envelope', soap])
	const [operation, ...more] = childOf(root, soap, 'Body')?.children ?? []
	expect(more).toEqual([])
	return operation ? written(operation) : ''
}

const byTheBook = readCoordinates(undefined, undefined, null)
const space = 'http://www.onvif.org/ver10/tptz/PanTiltSpaces/PositionGenericSpace'
const whole = readCoordinates(
	parseXml(
		`<c><DefaultAbsolutePantTiltPositionSpace>${space}</DefaultAbsolutePantTiltPositionSpace><DefaultAbsoluteZoomPositionSpace>z</DefaultAbsoluteZoomPositionSpace></c>`,
	),
	undefined,
	null,
)
const options = parseXml(
	'<o><Spaces><PanTiltSpeedSpace><URI>s</URI><XRange><Min>0</Min><Max>1</Max></XRange></PanTiltSpeedSpace></Spaces></o>',
)
const place = { pan: 0.1, tilt: -0.2, zoom: 0.3, unit: 'fraction', at: 0 } as const

describe('A request', () => {
	it.each<[string, SoapRequest, string]>([
		[
			// PTZ Service Specification, "ContinuousMove"; the order is that of ptz.wsdl.
			'to move until it is stopped, or for a second',
			continuousMove(byTheBook, 'Profile_1', { pan: 0.5, tilt: -0.25, zoom: 0 }, 'PT1S'),
			'<tptz:ContinuousMove><tptz:ProfileToken>Profile_1</tptz:ProfileToken><tptz:Velocity><tt:PanTilt x="0.5" y="-0.25"></tt:PanTilt><tt:Zoom x="0"></tt:Zoom></tptz:Velocity><tptz:Timeout>PT1S</tptz:Timeout></tptz:ContinuousMove>',
		],
		[
			'to move, without a limit',
			continuousMove(byTheBook, 'a&b <1>', { pan: 0, tilt: 0, zoom: -1 }, null),
			'<tptz:ContinuousMove><tptz:ProfileToken>a&b <1></tptz:ProfileToken><tptz:Velocity><tt:PanTilt x="0" y="0"></tt:PanTilt><tt:Zoom x="-1"></tt:Zoom></tptz:Velocity></tptz:ContinuousMove>',
		],
		[
			// "Stop": PanTilt and Zoom, in that order.
			'to stop',
			stop('Profile_1'),
			'<tptz:Stop><tptz:ProfileToken>Profile_1</tptz:ProfileToken><tptz:PanTilt>true</tptz:PanTilt><tptz:Zoom>true</tptz:Zoom></tptz:Stop>',
		],
		[
			// "AbsoluteMove": Position, then Speed.
			'to go to a place',
			absoluteMove(whole, 'Profile_1', place, null),
			'<tptz:AbsoluteMove><tptz:ProfileToken>Profile_1</tptz:ProfileToken><tptz:Position><tt:PanTilt x="0.1" y="-0.2"></tt:PanTilt><tt:Zoom x="0.3"></tt:Zoom></tptz:Position></tptz:AbsoluteMove>',
		],
		[
			'to go to a place at a speed',
			absoluteMove({ ...whole, speed: readCoordinates(undefined, options, null).speed }, '1.10', place, 0.5),
			'<tptz:AbsoluteMove><tptz:ProfileToken>1.10</tptz:ProfileToken><tptz:Position><tt:PanTilt x="0.1" y="-0.2"></tt:PanTilt><tt:Zoom x="0.3"></tt:Zoom></tptz:Position><tptz:Speed><tt:PanTilt x="0.5" y="0.5"></tt:PanTilt></tptz:Speed></tptz:AbsoluteMove>',
		],
		[
			'to go home',
			gotoHome('1'),
			'<tptz:GotoHomePosition><tptz:ProfileToken>1</tptz:ProfileToken></tptz:GotoHomePosition>',
		],
		[
			'to tell where it is',
			getStatus('1'),
			'<tptz:GetStatus><tptz:ProfileToken>1</tptz:ProfileToken></tptz:GetStatus>',
		],
		[
			'to go to a preset',
			gotoPreset('1', '007'),
			'<tptz:GotoPreset><tptz:ProfileToken>1</tptz:ProfileToken><tptz:PresetToken>007</tptz:PresetToken></tptz:GotoPreset>',
		],
		[
			// "SetPreset": PresetName, then PresetToken; without the token a new one is made.
			'to remember a new preset',
			setPreset('1', 'Maru 3', null),
			'<tptz:SetPreset><tptz:ProfileToken>1</tptz:ProfileToken><tptz:PresetName>Maru 3</tptz:PresetName></tptz:SetPreset>',
		],
		[
			'to remember another place under an old preset',
			setPreset('1', 'Maru 3', '1.10'),
			'<tptz:SetPreset><tptz:ProfileToken>1</tptz:ProfileToken><tptz:PresetName>Maru 3</tptz:PresetName><tptz:PresetToken>1.10</tptz:PresetToken></tptz:SetPreset>',
		],
		['for its profiles', getProfiles('trt'), '<trt:GetProfiles></trt:GetProfiles>'],
		['for its profiles by Media2', getProfiles('tr2'), '<tr2:GetProfiles><tr2:Type>All</tr2:Type></tr2:GetProfiles>'],
		[
			// Media Service Specification, "GetStreamUri": RTP over RTSP over TCP is negotiated by RTSP itself.
			'for a stream',
			getStreamUri('trt', '1'),
			'<trt:GetStreamUri><trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></trt:StreamSetup><trt:ProfileToken>1</trt:ProfileToken></trt:GetStreamUri>',
		],
		[
			'for a stream by Media2',
			getStreamUri('tr2', '1'),
			'<tr2:GetStreamUri><tr2:Protocol>RTSP</tr2:Protocol><tr2:ProfileToken>1</tr2:ProfileToken></tr2:GetStreamUri>',
		],
		[
			'for a key frame',
			setSynchronizationPoint('trt', '1'),
			'<trt:SetSynchronizationPoint><trt:ProfileToken>1</trt:ProfileToken></trt:SetSynchronizationPoint>',
		],
	])('%s is as in the specification', (_, request, expected) => {
		expect(operationOf(request)).toBe(expected)
	})

	it('says in its head what it is (Core 5.8: SOAP 1.2)', () => {
		expect(headerLines(stop('1')).split('\r\n').slice(0, 2)).toEqual([
			'Content-Type: application/soap+xml; charset=utf-8; action="http://www.onvif.org/ver20/ptz/wsdl/Stop"',
			'SOAPAction: "http://www.onvif.org/ver20/ptz/wsdl/Stop"',
		])
	})

	it('has a header only where somebody logs in', () => {
		expect(readXml(envelope(stop('1'), '')).children.map(({ name }) => name)).toEqual(['Body'])
		const signed = readXml(envelope(stop('1'), '<x xmlns="y"/>'))
		expect(signed.children.map(({ name }) => name)).toEqual(['Header', 'Body'])
	})

	it('never has a number with an exponent', () => {
		const { body } = continuousMove(byTheBook, '1', { pan: 1e-7, tilt: 1 / 3, zoom: 0 }, null)
		expect(body).toContain('x="0" y="0.3333"')
	})
})

/** Media Service Specification, "GetVideoEncoderConfiguration", with what a maker adds. */
const encoder1 = `<trt:Configuration xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:x="urn:maker" token="1"><tt:Name>main</tt:Name><tt:UseCount>2</tt:UseCount><tt:Encoding>JPEG</tt:Encoding><tt:Resolution><tt:Width>1920</tt:Width><tt:Height>1080</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality><tt:RateControl><tt:FrameRateLimit>30</tt:FrameRateLimit><tt:EncodingInterval>2</tt:EncodingInterval><tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl><x:Smart>true</x:Smart><tt:Multicast><tt:Port>0</tt:Port></tt:Multicast><tt:SessionTimeout>PT60S</tt:SessionTimeout></trt:Configuration>`
const encoder2 = `<tr2:Configurations xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema" token="2" GovLength="120" Profile="High"><tt:Name>main</tt:Name><tt:Encoding>H265</tt:Encoding><tt:Resolution><tt:Width>3840</tt:Width><tt:Height>2160</tt:Height></tt:Resolution></tr2:Configurations>`

describe('An encoder', () => {
	it('is written as it was read, with H.264 where the schema has it', () => {
		const request = setEncoder('trt', parseXml(encoder1), 15, 'Baseline')
		expect(operationOf(request)).toBe(
			`<trt:SetVideoEncoderConfiguration>${[
				'<trt:Configuration token="1"><tt:Name>main</tt:Name><tt:UseCount>2</tt:UseCount><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>1920</tt:Width><tt:Height>1080</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality><tt:RateControl><tt:FrameRateLimit>30</tt:FrameRateLimit><tt:EncodingInterval>2</tt:EncodingInterval><tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl>',
				'<tt:H264><tt:GovLength>15</tt:GovLength><tt:H264Profile>Baseline</tt:H264Profile></tt:H264>',
				'<tt:Multicast><tt:Port>0</tt:Port></tt:Multicast><tt:SessionTimeout>PT60S</tt:SessionTimeout></trt:Configuration>',
			].join('')}<trt:ForcePersistence>true</trt:ForcePersistence></trt:SetVideoEncoderConfiguration>`,
		)
	})

	it('is written with attributes for Media2', () => {
		const request = setEncoder('tr2', parseXml(encoder2), 30, 'Main')
		expect(operationOf(request)).toContain('<tr2:Configuration token="2" GovLength="30" Profile="Main">')
		expect(operationOf(request)).toContain('<tt:Encoding>H264</tt:Encoding>')
	})

	it('is read in either form', () => {
		expect(readEncoder(parseXml(encoder1))).toEqual({
			...{ codec: 'other', width: 1920, height: 1080, rate: 15, gop: null, profile: null },
		})
		expect(readEncoder(parseXml(encoder2))).toEqual({
			...{ codec: 'h265', width: 3840, height: 2160, rate: null, gop: 120, profile: null },
		})
		expect(
			readEncoder(parseXml('<e GovLength="50" Profile="ConstrainedBaseline"><Encoding>H.264</Encoding></e>')),
		).toMatchObject({
			...{ codec: 'h264', gop: 50, profile: 'baseline' },
		})
	})
})

describe('What a camera says of itself', () => {
	it('is where its services are, of which the path counts', () => {
		const service = (namespace: string, address: string) =>
			`<tds:Service><tds:Namespace>http://www.onvif.org/${namespace}</tds:Namespace><tds:XAddr>${address}</tds:XAddr></tds:Service>`
		const response = parseXml(
			`<tds:GetServicesResponse>${service('ver10/device/wsdl', 'http://10.0.0.1:8080/onvif/device?x=1&y=2')}${service('ver20/ptz/wsdl', '/onvif/ptz')}${service('ver10/media/wsdl', 'http://[fe80::1%25eth0]/m')}${service('ver20/imaging/wsdl', 'ftp://x/y')}${service('ver99/unknown/wsdl', 'http://x/y')}</tds:GetServicesResponse>`,
		)
		expect(Object.fromEntries(readServices(response))).toEqual({ tds: '/onvif/device?x=1&y=2', tptz: '/onvif/ptz' })
	})

	it('is the same in the older words', () => {
		const part = (name: string, path: string) => `<tt:${name}><tt:XAddr>http://x${path}</tt:XAddr></tt:${name}>`
		const response = parseXml(
			`<r><tds:Capabilities>${part('Device', '/d')}${part('Media', '/m')}${part('PTZ', '/p')}${part('Imaging', '/i')}${part('Events', '/e')}</tds:Capabilities></r>`,
		)
		expect(Object.fromEntries(readCapabilities(response))).toEqual({ tds: '/d', trt: '/m', tptz: '/p', timg: '/i' })
	})

	it('is profiles, with tokens that are words', () => {
		const response = parseXml(
			'<r><trt:Profiles token="1.10"><tt:VideoSourceConfiguration><tt:SourceToken>007</tt:SourceToken></tt:VideoSourceConfiguration></trt:Profiles><trt:Profiles token="2024-01-01T00:00:00Z"><tt:PTZConfiguration token="1"/></trt:Profiles><trt:Profiles/></r>',
		)
		expect(
			readProfiles(response).map(({ token, source, ptz }) => [token, source, ptz?.attributes.get('token')]),
		).toEqual([
			['1.10', '007', undefined],
			['2024-01-01T00:00:00Z', null, '1'],
		])
	})

	it.each([
		['rtsp://10.0.0.1:8554/main?a=1&b=2', '192.0.2.6', 'rtsp://us%40er:p%20%2Fw%3A@192.0.2.6:8554/main?a=1&b=2'],
		['rtsp://old:pass@camera.local/main', 'fe80::6', 'rtsp://us%40er:p%20%2Fw%3A@[fe80::6]/main'],
		['http://10.0.0.1/main', '192.0.2.6', null],
		['rtsp:main', '192.0.2.6', null],
		['', '192.0.2.6', null],
	])('is the address of a stream %s, at the host where it was found', (uri, host, expected) => {
		const response = parseXml(`<r><trt:MediaUri><tt:Uri>${uri}</tt:Uri></trt:MediaUri></r>`)
		expect(readStreamUri(response, host, { username: 'us@er', password: 'p /w:' })).toBe(expected)
	})
})

describe('An answer', () => {
	const reply = (status: number, body: string, headers: [string, string][] = []) => ({
		...{ status, headers, reusable: true },
		body: Buffer.from(body),
	})
	const inside = (body: string, version = soap) =>
		`<s:Envelope xmlns:s="${version}"><s:Body>${body}</s:Body></s:Envelope>`
	const fault = (code: string, reason = 'why') =>
		inside(
			`<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:InvalidArgVal</s:Value><s:Subcode><s:Value>${code}</s:Value></s:Subcode></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">${reason}</s:Text></s:Reason></s:Fault>`,
		)

	it('is the response to what was asked', () => {
		const answer = readAnswer(reply(200, inside('<p:StopResponse xmlns:p="x"><a/></p:StopResponse>')), 'Stop')
		expect(answer).toMatchObject({ kind: 'done', response: { children: [{ name: 'a' }] } })
	})

	it.each([200, 400, 500])('is a fault with status %s as well', (status) => {
		expect(readAnswer(reply(status, fault('ter:NoToken')), 'Stop')).toEqual({
			...{ kind: 'fault', codes: ['Sender', 'InvalidArgVal', 'NoToken'], reason: 'why' },
		})
	})

	it('is a fault in the words of SOAP 1.1', () => {
		const older = inside(
			'<s:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>no</faultstring></s:Fault>',
			'http://schemas.xmlsoap.org/soap/envelope/',
		)
		expect(readAnswer(reply(500, older), 'Stop')).toEqual({ kind: 'fault', codes: ['Client'], reason: 'no' })
	})

	it.each([
		['a status', reply(401, '', [['www-authenticate', 'Digest x']])],
		['another status', reply(403, '<html/>')],
		['a code', reply(400, fault('ter:NotAuthorized'))],
		['words', reply(400, fault('ter:Other', 'Wsse authorized time check failed'))],
		['a code with status 200', reply(200, fault('wsse:FailedAuthentication'))],
	])('is a question for our name by %s', (_, given) => {
		expect(readAnswer(given, 'Stop').kind).toBe('login')
	})

	it.each([
		['a page', reply(500, '<!DOCTYPE html><html><body>error</body></html>')],
		['a page that is XML', reply(200, '<html><body>log in</body></html>')],
		['nothing', reply(200, '')],
		['the answer to something else', reply(200, inside('<StartResponse/>'))],
		['an empty envelope', reply(200, inside(''))],
	])('is nothing that can be read where it is %s', (_, given) => {
		expect(readAnswer(given, 'Stop').kind).toBe('unreadable')
	})
})
