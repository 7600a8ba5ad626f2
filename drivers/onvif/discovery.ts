import { childOf, childrenOf, escapeXml, parseXml, textAt, type XmlElement } from './xml.ts'

/**
 * WS-Discovery as values (the 2005/04 draft that ONVIF Core §7 prescribes): text in, text out. Everybody on the network may
 * write what is read here, so all of it is bounded, and what makes no sense is nothing and not an exception.
 */

/** SOAP over UDP to 239.255.255.250:3702; an answer comes to the port that asked. */
export const discoveryGroup = { group: '239.255.255.250', port: 3702 } as const

/** What is asked for. Two, because a device must have all types that one Probe names, and cameras differ in what they say. */
export const probeTypes = ['NetworkVideoTransmitter', 'Device'] as const
type ProbeType = (typeof probeTypes)[number]

const soap = 'http://www.w3.org/2003/05/soap-envelope'
const addressing = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
const discovery = 'http://schemas.xmlsoap.org/ws/2005/04/discovery'
const everybody = 'urn:schemas-xmlsoap-org:ws:2005:04:discovery'
const typed = {
	NetworkVideoTransmitter: { prefix: 'dn', namespace: 'http://www.onvif.org/ver10/network/wsdl' }, // since 2008
	Device: { prefix: 'tds', namespace: 'http://www.onvif.org/ver10/device/wsdl' }, // ONVIF Core §7.3.2, since 2.1
} as const

/**
 * A Probe for one type (WS-Discovery §5.2). `id` is a uuid. The same in two hands, because some cameras compare letters
 * where they should read XML: 'full' as ONVIF Core §7 has it, 'plain' as Windows and the oldest programs write it.
 * https://github.com/openhab/openhab-addons/issues/9022 https://github.com/andreikop/python-ws-discovery/issues/56
 */
export function writeProbe(id: string, type: ProbeType, hand: 'full' | 'plain' = 'full'): string {
	const { prefix, namespace } = typed[type]
	if (hand === 'plain')
		return `<Envelope xmlns="${soap}"><Header xmlns:a="${addressing}"><a:Action mustUnderstand="1">${discovery}/Probe</a:Action><a:MessageID>uuid:${escapeXml(id)}</a:MessageID><a:To mustUnderstand="1">${everybody}</a:To></Header><Body><Probe xmlns="${discovery}"><Types xmlns:dp0="${namespace}">dp0:${type}</Types></Probe></Body></Envelope>`
	return `<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="${soap}" xmlns:w="${addressing}" xmlns:d="${discovery}" xmlns:${prefix}="${namespace}"><e:Header><w:MessageID>urn:uuid:${escapeXml(id)}</w:MessageID><w:ReplyTo><w:Address>${addressing}/role/anonymous</w:Address></w:ReplyTo><w:To e:mustUnderstand="true">${everybody}</w:To><w:Action e:mustUnderstand="true">${discovery}/Probe</w:Action></e:Header><e:Body><d:Probe><d:Types>${prefix}:${type}</d:Types></d:Probe></e:Body></e:Envelope>`
}

/** What a camera says of itself. */
export interface Announced {
	/** Its endpoint, which stays the same whatever its address is. Without `urn:uuid:`, in lower case; opaque. */
	uuid: string
	name: string | null
	model: string | null
	/** Where its device service is to be found: as it believes. Only addresses of IP, names left out. */
	addresses: Address[]
}

/** `host` is an IPv4 address, or an IPv6 address without brackets. */
export interface Address {
	host: string
	port: number
	https: boolean
}

export interface Announcement {
	/** 'matches' answers a Probe; 'hello' and 'bye' are told to all. */
	kind: 'matches' | 'hello' | 'bye'
	/** The uuid of the message that is answered; null: none. */
	relatesTo: string | null
	devices: Announced[]
}

const longest = 16 * 1024
/** Of devices in one message, and of addresses and scopes of one device. */
const most = 16
const longestName = 80
const longestId = 120
const bodies = [
	['matches', 'ProbeMatches'],
	['hello', 'Hello'],
	['bye', 'Bye'],
] as const

/** Null: not an announcement of cameras. Never throws. */
export function readAnnouncement(datagram: Uint8Array): Announcement | null {
	if (datagram.length > longest) return null
	// Some send the zero that ends a string in C as well.
	const text = new TextDecoder().decode(datagram).replace(/\0+$/, '')
	let envelope: XmlElement
	try {
		envelope = parseXml(text)
	} catch {
		return null
	}
	// By what it holds: some write the Action of another year's draft, or none.
	const inside = childOf(envelope, 'Body')
	const [kind, tag] = bodies.find(([, name]) => childOf(inside, name)) ?? []
	const body = tag && childOf(inside, tag)
	if (envelope.name !== 'Envelope' || !kind || !body) return null
	const told = kind === 'matches' ? childrenOf(body, 'ProbeMatch') : [body]
	const relatesTo = textAt(envelope, 'Header', 'RelatesTo')
	return {
		kind,
		relatesTo: relatesTo === undefined ? null : uuidOf(relatesTo),
		devices: told.slice(0, most).flatMap((one) => readDevice(one, kind) ?? []),
	}
}

/** Null: it is no camera, or cannot be told from others. */
function readDevice(element: XmlElement, kind: Announcement['kind']): Announced | null {
	const uuid = uuidOf(textAt(element, 'EndpointReference', 'Address') ?? '')
	const types = wordsOf(textAt(element, 'Types'))
	const scopes = wordsOf(textAt(element, 'Scopes')).filter((scope) => /^onvif:\/\//i.test(scope))
	const urls = wordsOf(textAt(element, 'XAddrs')).slice(0, most)
	// Windows answers also where it was not asked, and `Device` is a type of printers as well.
	const camera =
		types.some((type) => /(^|:)NetworkVideoTransmitter$/.test(type)) ||
		scopes.length > 0 ||
		urls.some((url) => /\/onvif\//i.test(url))
	if (uuid === '' || uuid.length > longestId || (kind !== 'bye' && !camera)) return null
	return {
		uuid,
		name: scopeValue(scopes, 'name'),
		model: scopeValue(scopes, 'hardware'),
		addresses: urls.flatMap(readAddress),
	}
}

/** `onvif://www.onvif.org/name/AXIS%20P5655` (ONVIF Core §7.3.3.2); null: it has no such scope. */
function scopeValue(scopes: readonly string[], what: 'name' | 'hardware'): string | null {
	const prefix = new RegExp(`^onvif://www\\.onvif\\.org/${what}/`, 'i')
	const scope = scopes.find((one) => prefix.test(one))
	if (scope === undefined) return null
	// It is shown to people: signs that steer a screen or turn the direction of writing are no part of a name.
	const value = percentDecoded(scope.replace(prefix, '').slice(0, 4 * longestName))
		.replace(/[\p{Cc}\p{Cf}]/gu, ' ')
		.trim()
	return value === '' ? null : Array.from(value).slice(0, longestName).join('')
}

/** As it stands where it is no percent-encoded UTF-8: some send a bare `%`, some EUC-KR. */
function percentDecoded(text: string): string {
	try {
		return decodeURIComponent(text)
	} catch {
		return text
	}
}

/** `http://192.0.2.6/onvif/device_service`. Names are left out: resolving them takes time, and the answer came from somewhere. */
function readAddress(text: string): Address[] {
	const url = URL.parse(text)
	const https = url?.protocol === 'https:'
	if (!url || !(https || url.protocol === 'http:')) return []
	const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
	if (!/^[\d.]+$|:/.test(host)) return []
	return [{ host, port: Number(url.port || (https ? 443 : 80)), https }]
}

/** The uuid of `urn:uuid:…`, and of `uuid:…` as the first cameras wrote it. What is neither is kept as it is. */
function uuidOf(text: string): string {
	return text
		.trim()
		.replace(/^(urn:)?uuid:/i, '')
		.toLowerCase()
}

const wordsOf = (text: string | undefined) => (text ?? '').split(/\s+/).filter((word) => word !== '')
