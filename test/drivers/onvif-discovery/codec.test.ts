import { describe, expect, it } from 'vitest'
import { readAnnouncement, writeProbe } from '../../../drivers/onvif/discovery.ts'
import { childOf, expandedName, readXml } from '../../../drivers/virtual/onvif-xml.ts'
import { asked, bye, gsoap, hello, onvifCore, printer, windows } from './messages.ts'

const read = (text: string) => readAnnouncement(Buffer.from(text))
const soap = 'http://www.w3.org/2003/05/soap-envelope'
const addressing = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
const discovery = 'http://schemas.xmlsoap.org/ws/2005/04/discovery'

describe('a Probe', () => {
	// WS-Discovery §5.2 with the types of ONVIF Core §7.3.2, as a strict reader of XML sees it.
	it.each([
		['NetworkVideoTransmitter', 'full', 'http://www.onvif.org/ver10/network/wsdl', 'urn:uuid:'],
		['NetworkVideoTransmitter', 'plain', 'http://www.onvif.org/ver10/network/wsdl', 'uuid:'],
		['Device', 'full', 'http://www.onvif.org/ver10/device/wsdl', 'urn:uuid:'],
		['Device', 'plain', 'http://www.onvif.org/ver10/device/wsdl', 'uuid:'],
	] as const)('for %s in the %s hand is as the specification has it', (type, hand, namespace, urn) => {
		const envelope = readXml(writeProbe(asked, type, hand))
		expect([envelope.namespace, envelope.name]).toEqual([soap, 'Envelope'])
		const header = childOf(envelope, soap, 'Header')
		const text = (name: string) => childOf(header, addressing, name)?.text
		expect(text('MessageID')).toBe(`${urn}${asked}`)
		expect(text('To')).toBe('urn:schemas-xmlsoap-org:ws:2005:04:discovery')
		expect(text('Action')).toBe('http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe')
		const types = childOf(childOf(childOf(envelope, soap, 'Body'), discovery, 'Probe'), discovery, 'Types')
		expect(expandedName(types?.text ?? '', types?.prefixes ?? {})).toEqual({ namespace, name: type })
	})

	it('fits into one datagram of any network', () => {
		for (const hand of ['full', 'plain'] as const)
			expect(writeProbe(asked, 'NetworkVideoTransmitter', hand).length).toBeLessThan(1_200)
	})
})

describe('an announcement', () => {
	it('is read as the specification writes it', () => {
		expect(read(onvifCore)).toEqual({
			kind: 'matches',
			relatesTo: asked,
			devices: [
				{
					uuid: '98190dc2-0890-4ef8-ac9a-5940995e6119',
					name: 'Camera 1',
					model: 'MODEL1',
					addresses: [
						{ host: '169.254.76.145', port: 80, https: false },
						{ host: '192.0.2.24', port: 80, https: false },
					],
				},
			],
		})
	})

	it('is read as most cameras write it', () => {
		expect(read(gsoap({}))?.devices).toEqual([
			{
				uuid: '00110300-6afb-8301-ac36-001103006afb',
				name: 'IPC1000',
				model: 'HW0100302',
				addresses: [{ host: '192.0.2.87', port: 2000, https: false }],
			},
		])
	})

	it('is read where the zero at the end of a string was sent as well, and behind a byte order mark', () => {
		expect(read(`\ufeff${onvifCore}\0\0`)?.devices).toHaveLength(1)
	})

	it('tells of a device that comes, and of one that goes', () => {
		expect(read(hello)).toMatchObject({ kind: 'hello', relatesTo: null, devices: [{ name: 'Camera 1' }] })
		const [gone] = read(bye)?.devices ?? []
		expect([read(bye)?.kind, gone]).toEqual([
			'bye',
			{ uuid: '98190dc2-0890-4ef8-ac9a-5940995e6119', name: null, model: null, addresses: [] },
		])
	})

	it('tells of several devices, and no more of them than anybody has', () => {
		const [before = '', match = '', after = ''] = gsoap({}).split(/(<wsdd:ProbeMatch>.*<\/wsdd:ProbeMatch>)/)
		const several = (count: number) =>
			Array.from({ length: count }, (_, i) => match.replace('001103006AFB<', `${i}<`)).join('')
		expect(read(before + several(3) + after)?.devices).toHaveLength(3)
		expect(read(before + several(20) + after)?.devices).toHaveLength(16)
	})

	it.each([
		['a printer', printer],
		['a computer', windows],
		['one that has no endpoint', gsoap({ address: '' })],
		['one whose endpoint is endless', gsoap({ address: 'x'.repeat(200) })],
		['a device of which nothing says that it is a camera', gsoap({ types: 'tds:Device', scopes: '', xaddrs: '' })],
	])('of %s is none of a camera', (_what, text) => {
		expect(read(text)?.devices).toEqual([])
	})

	it.each([
		['its type', gsoap({ scopes: '', xaddrs: '' })],
		['its type without a prefix', gsoap({ types: 'NetworkVideoTransmitter', scopes: '', xaddrs: '' })],
		['its scopes', gsoap({ types: '', xaddrs: '' })],
		['its address', gsoap({ types: 'tds:Device', scopes: '' })],
	])('is known by %s alone', (_what, text) => {
		expect(read(text)?.devices).toHaveLength(1)
	})

	it.each([
		['Korean', '%EC%A0%95%EB%A9%B4%20%EC%B9%B4%EB%A9%94%EB%9D%BC', '정면 카메라'],
		['a bare percent sign', '50%-cam', '50%-cam'],
		['what is no UTF-8', '%C1%A4', '%C1%A4'],
		['signs that turn the writing around', 'a%E2%80%AEb%00c%1B', 'a b c'],
		['nothing', '', null],
		['a novel', 'x'.repeat(500), 'x'.repeat(80)],
	])('may call a camera %s', (_what, scope, name) => {
		const [device] = read(gsoap({ scopes: `onvif://www.onvif.org/name/${scope}` }))?.devices ?? []
		expect(device?.name).toBe(name)
	})

	it.each([
		['https', 'https://192.0.2.6/onvif/device_service', [{ host: '192.0.2.6', port: 443, https: true }]],
		['another port', 'http://192.0.2.6:8899/x', [{ host: '192.0.2.6', port: 8899, https: false }]],
		['IPv6', 'http://[2001:DB8::6]:8080/onvif', [{ host: '2001:db8::6', port: 8080, https: false }]],
		['a name', 'http://camera.example/onvif/x', []],
		['another protocol', 'ftp://192.0.2.6/ rtsp://192.0.2.6/', []],
		['a port that is none', 'http://192.0.2.6:99999/', []],
		['half an address', '192.0.2.6 http:// http://[::1', []],
		['a password', 'http://a:b@192.0.2.6/', [{ host: '192.0.2.6', port: 80, https: false }]],
	])('names an address: %s', (_what, xaddrs, addresses) => {
		expect(read(gsoap({ xaddrs }))?.devices[0]?.addresses).toEqual(addresses)
	})

	it.each([
		['nothing', ''],
		['bytes', '\x00\xff\x81\x38'],
		['another protocol of the same group', 'HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\n\r\n'],
		['half of one', onvifCore.slice(0, 900)],
		['a Probe', writeProbe(asked, 'Device')],
		['a fault', onvifCore.replaceAll('ProbeMatches', 'Fault')],
		['one with a document type', onvifCore.replace('?>', '?><!DOCTYPE x [<!ENTITY a "b">]>')],
		['one in a thousand boxes', `${'<a>'.repeat(1_000)}${'</a>'.repeat(1_000)}`],
		['one that is too long', onvifCore.replace('<d:Types>', `<d:Types>${' '.repeat(40_000)}`)],
	])('is not %s', (_what, text) => {
		expect(read(text)).toBeNull()
	})
})
