import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DeviceError } from '../../../drivers/device.ts'
import { CameraClock, readDateAndTime } from '../../../drivers/onvif/clock.ts'
import { plainestProfile, setEncoder } from '../../../drivers/onvif/encoder.ts'
import { authorization, readChallenges } from '../../../drivers/onvif/http-digest.ts'
import { readEncoder, readProfiles, readStreamUri } from '../../../drivers/onvif/media.ts'
import { continuousMove, readPresets } from '../../../drivers/onvif/ptz.ts'
import { readCapabilities, readServices } from '../../../drivers/onvif/services.ts'
import { readAnswer } from '../../../drivers/onvif/soap.ts'
import { readCoordinates, readPosition } from '../../../drivers/onvif/spaces.ts'
import { parseXml, type XmlElement } from '../../../drivers/onvif/xml.ts'
import { mutatedText, survives } from '../fuzz.ts'

/** Whatever a camera says is read or refused; nothing of it is thrown, takes long or fills the memory. */

const range = (name: string) => `<tt:${name}><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:${name}>`
const body = (inside: string) =>
	`<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tptz='http://www.onvif.org/ver20/ptz/wsdl'><s:Header/><s:Body>${inside}</s:Body></s:Envelope>`
const answers = {
	GetStatus: `<tptz:PTZStatus><tt:Position><tt:PanTilt x="0.1" y="-0.2" space="u"/><tt:Zoom x="1"/></tt:Position><tt:MoveStatus><tt:PanTilt>IDLE</tt:PanTilt></tt:MoveStatus></tptz:PTZStatus>`,
	GetConfigurationOptions: `<tptz:PTZConfigurationOptions><tt:Spaces><tt:AbsolutePanTiltPositionSpace><tt:URI>u</tt:URI>${range('XRange')}${range('YRange')}</tt:AbsolutePanTiltPositionSpace><tt:ContinuousPanTiltVelocitySpace><tt:URI>v</tt:URI>${range('XRange')}</tt:ContinuousPanTiltVelocitySpace></tt:Spaces><tt:PTZTimeout><tt:Min>PT0S</tt:Min><tt:Max>P1DT2H3M4.5S</tt:Max></tt:PTZTimeout></tptz:PTZConfigurationOptions>`,
	GetProfiles: `<trt:Profiles token="1.10"><tt:VideoSourceConfiguration><tt:SourceToken>0</tt:SourceToken></tt:VideoSourceConfiguration><tt:VideoEncoderConfiguration token="e"><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>1920</tt:Width></tt:Resolution><tt:H264><tt:GovLength>30</tt:GovLength><tt:H264Profile>High</tt:H264Profile></tt:H264><tt:Multicast/></tt:VideoEncoderConfiguration><tt:PTZConfiguration token="p"><tt:PanTiltLimits><tt:Range><tt:URI>u</tt:URI>${range('XRange')}</tt:Range></tt:PanTiltLimits></tt:PTZConfiguration></trt:Profiles>`,
	GetPresets: `<tptz:Preset token="1&amp;2"><tt:Name>Maru 3</tt:Name></tptz:Preset><!-- one --><tptz:Preset token="2"/>`,
	GetServices: `<tds:Service><tds:Namespace>http://www.onvif.org/ver20/ptz/wsdl</tds:Namespace><tds:XAddr>http://10.0.0.1/onvif/ptz?x=1</tds:XAddr></tds:Service>`,
	GetCapabilities: `<tds:Capabilities><tt:Media><tt:XAddr>http://10.0.0.1/m</tt:XAddr></tt:Media></tds:Capabilities>`,
	GetStreamUri: `<trt:MediaUri><tt:Uri><![CDATA[rtsp://10.0.0.1:554/a?b&c]]></tt:Uri></trt:MediaUri>`,
	GetSystemDateAndTime: `<tds:SystemDateAndTime><tt:TimeZone><tt:TZ>KST-9</tt:TZ></tt:TimeZone><tt:UTCDateTime><tt:Time><tt:Hour>1</tt:Hour><tt:Minute>2</tt:Minute><tt:Second>3</tt:Second></tt:Time><tt:Date><tt:Year>2026</tt:Year><tt:Month>1</tt:Month><tt:Day>2</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime>`,
	Stop: '',
} as const
const fault = body(
	'<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>',
)
const operations = Object.keys(answers) as (keyof typeof answers)[]
const whole = [...operations.map((name) => body(`<r:${name}Response>${answers[name]}</r:${name}Response>`)), fault]

/** Everything that reads an answer, as the driver does: each in turn, whatever it is an answer to. */
function readAll(response: XmlElement): void {
	const [inside] = response.children
	const coordinates = readCoordinates(inside, inside, null)
	readPosition(coordinates, inside, 0)
	continuousMove(coordinates, 'p', { pan: 1, tilt: -1, zoom: 0.5 }, 'PT1S')
	for (const { encoder, ptz } of readProfiles(response)) {
		readCoordinates(ptz, inside, { pan: [-170, 170], tilt: [-30, 90] })
		if (!encoder) continue
		readEncoder(encoder)
		parseXml(setEncoder('trt', encoder, 30, plainestProfile(response)).body.replace(/<trt:Force.*/, ''))
	}
	readPresets(response)
	for (const path of [...readServices(response).values(), ...readCapabilities(response).values()])
		expect(path).toMatch(/^\/[\x21-\x7e]*$/)
	const uri = readStreamUri(response, '192.0.2.6', { username: 'u', password: 'p' })
	if (uri !== null) expect(new URL(uri).hostname).toBe('192.0.2.6')
	const ms = readDateAndTime(response)
	if (ms === null) return
	const clock = new CameraClock()
	clock.measured(ms, 0, 0)
	// It is written into the next log-in.
	expect(new Date(clock.now(0)).toISOString()).toContain('T')
}

describe('Whatever a camera says', () => {
	it('as XML, is an element or refused as such', () => {
		survives(fc.oneof(mutatedText(whole), fc.string({ maxLength: 100 })), (text) => {
			try {
				parseXml(text)
			} catch (error) {
				if (!(error instanceof DeviceError) || error.code !== 'protocol') throw error
			}
		})
	})

	it('as an answer, is one of four things, and what it says is read as far as it goes', () => {
		const given = fc.record({
			text: fc.oneof(mutatedText(whole), fc.constantFrom(...whole)),
			status: fc.constantFrom(200, 400, 401, 500),
			operation: fc.constantFrom(...operations),
		})
		survives(given, ({ text, status, operation }) => {
			const reply = { status, headers: [], body: Buffer.from(text), reusable: true }
			const answer = readAnswer(reply, operation)
			expect(answer.kind).toMatch(/^(done|fault|login|unreadable)$/)
			if (answer.kind === 'done') readAll(answer.response)
		})
	})

	it('to challenge us, is answered or not, in one line', () => {
		const lines = [
			'Digest realm="a \\"b\\"", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv", opaque="FQhe", stale=FALSE',
			'Basic realm="x", Digest realm="y",nonce="z",algorithm=MD5-sess , Negotiate',
		]
		survives(fc.array(fc.oneof(mutatedText(lines), fc.string({ maxLength: 100 })), { maxLength: 3 }), (given) => {
			for (const challenge of readChallenges(given)) {
				const who = { username: 'a"b', password: 'c' }
				const header = authorization(challenge, who, { method: 'POST', uri: '/x', count: 1, cnonce: 'd' })
				expect(header).toContain('response="')
			}
		})
	})
})
