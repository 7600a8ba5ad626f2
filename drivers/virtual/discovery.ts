import { randomUUID } from 'node:crypto'
import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import { type Identity, scopesOf } from './onvif-device.ts'
import { childOf, escapeXml, expandedName, readXml, type XmlElement } from './onvif-xml.ts'

/**
 * What answers when somebody looks for a virtual ONVIF camera: WS-Discovery (2005/04) and ONVIF Core §7 from the device's
 * side, on the real group, written without our driver. Its bad habits are data, as those of the camera.
 */

export interface DiscoveryFaults {
	/** Hears nothing. */
	silent?: boolean
	/** So many probes are lost on the way. */
	loseProbes?: number
	/** Each answer twice. */
	twice?: boolean
	/** Answers so much later. */
	lateMs?: number
	/** RelatesTo names a question that nobody asked; or none is named. */
	relatesTo?: 'wrong' | 'none'
	/** Said before its own address: of another network, of IPv6, or what is none. */
	addressesBefore?: readonly string[]
	/** Its own address is not said at all. */
	withholdsAddress?: boolean
	noScopes?: boolean
	/** Says that it is something else. */
	types?: string
	/** An endpoint as it is: a camera without its own, or one that another has as well. */
	endpoint?: string
	/** Before each answer comes what is none: bytes, half of an answer, an answer to another protocol. */
	garbage?: boolean
	/** The answer stands behind a document type whose entities would grow to gigabytes. */
	doctype?: boolean
	/** The zero that ends a string in C is sent as well. */
	trailingZero?: boolean
	/** So many answers of cameras that are not there, before its own. */
	flood?: number
}

export interface DiscoverableOptions {
	identity: Identity
	/** Of its device service. */
	url: string
	/** IPv4 address of ours in the network where it answers. */
	address: string
	/** Default 3702. */
	port?: number
	/** May be changed while it runs. */
	faults?: DiscoveryFaults
}

export interface Discoverable {
	readonly faults: DiscoveryFaults
	/** The types of the probes that it answered, oldest first. */
	readonly answered: readonly string[]
	/** Says to all that it is there, or that it goes. */
	say(what: 'Hello' | 'Bye'): Promise<void>
	close(): Promise<void>
}

const group = '239.255.255.250'
const soap = 'http://www.w3.org/2003/05/soap-envelope'
const addressing = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
const discovery = 'http://schemas.xmlsoap.org/ws/2005/04/discovery'
const network = 'http://www.onvif.org/ver10/network/wsdl'
const device = 'http://www.onvif.org/ver10/device/wsdl'
const everybody = 'urn:schemas-xmlsoap-org:ws:2005:04:discovery'
const anonymous = `${addressing}/role/anonymous`
const declared = `xmlns:SOAP-ENV="${soap}" xmlns:wsa="${addressing}" xmlns:d="${discovery}" xmlns:dn="${network}" xmlns:tds="${device}"`
const ownTypes: readonly string[] = [`${network} NetworkVideoTransmitter`, `${device} Device`]

/** Answers probes for a camera. */
export async function answerProbes(options: DiscoverableOptions): Promise<Discoverable> {
	const { identity, url, address, port = 3702, faults = {} } = options
	const socket = createSocket({ type: 'udp4', reuseAddr: true })
	socket.bind(port)
	await once(socket, 'listening')
	socket.addMembership(group, address)
	socket.setMulticastInterface(address)
	const answered: string[] = []
	let sequence = 0
	let closed = false

	function header(action: string, to: string, relatesTo: string | null): string {
		// AppSequence (WS-Discovery §7) comes with everything that a device says.
		sequence += 1
		const relation = relatesTo === null ? '' : `<wsa:RelatesTo>${escapeXml(relatesTo)}</wsa:RelatesTo>`
		return `<SOAP-ENV:Header><wsa:MessageID>urn:uuid:${randomUUID()}</wsa:MessageID>${relation}<wsa:To SOAP-ENV:mustUnderstand="1">${to}</wsa:To><wsa:Action SOAP-ENV:mustUnderstand="1">${discovery}/${action}</wsa:Action><d:AppSequence InstanceId="1" MessageNumber="${sequence}"/></SOAP-ENV:Header>`
	}

	const message = (head: string, body: string) =>
		`<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope ${declared}>${head}<SOAP-ENV:Body>${body}</SOAP-ENV:Body></SOAP-ENV:Envelope>`

	const endpoint = (uuid = faults.endpoint ?? `urn:uuid:${identity.uuid}`) =>
		`<wsa:EndpointReference><wsa:Address>${escapeXml(uuid)}</wsa:Address></wsa:EndpointReference>`

	function myself(uuid?: string): string {
		const scopes = faults.noScopes ? '' : `<d:Scopes>${escapeXml(scopesOf(identity).join(' '))}</d:Scopes>`
		const addresses = [...(faults.addressesBefore ?? []), ...(faults.withholdsAddress ? [] : [url])].join(' ')
		const types = faults.types ?? 'dn:NetworkVideoTransmitter tds:Device'
		return `${endpoint(uuid)}<d:Types>${escapeXml(types)}</d:Types>${scopes}<d:XAddrs>${escapeXml(addresses)}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>`
	}

	function matches(relatesTo: string | null, uuid?: string): string {
		const body = `<d:ProbeMatches><d:ProbeMatch>${myself(uuid)}</d:ProbeMatch></d:ProbeMatches>`
		return message(header('ProbeMatches', anonymous, relatesTo), body)
	}

	function hear(datagram: Buffer, from: RemoteInfo): void {
		if (faults.silent) return
		const probe = readProbe(datagram.toString())
		if (!probe) return
		const left = faults.loseProbes ?? 0
		if (left > 0) {
			faults.loseProbes = left - 1
			return
		}
		if (!probe.types.every((type) => ownTypes.includes(type)) || !fits(probe.scopes, scopesOf(identity))) return
		answered.push(probe.types.join(' '))
		if (answered.length > 1_000) answered.shift()
		setTimeout(() => answer(probe.id, from), faults.lateMs ?? 0)
	}

	function answer(id: string, { address, port }: RemoteInfo): void {
		const send = (what: string | Buffer) => {
			// Whoever asked may be gone; a camera does not learn of that.
			if (!closed) socket.send(what, port, address, () => {})
		}
		const relatesTo = { right: id, wrong: `urn:uuid:${randomUUID()}`, none: null }[faults.relatesTo ?? 'right']
		const whole = matches(relatesTo)
		if (faults.garbage) for (const one of garbage(whole)) send(one)
		for (let i = 0; i < (faults.flood ?? 0); i++) send(matches(id, `urn:uuid:${randomUUID()}`))
		const spoiled = faults.doctype ? withEntities(whole) : whole
		for (let i = 0; i < (faults.twice ? 2 : 1); i++) send(faults.trailingZero ? `${spoiled}\0` : spoiled)
	}

	socket.on('message', hear)
	return {
		faults,
		answered,
		async say(what) {
			const body = what === 'Bye' ? endpoint() : myself()
			const text = message(header(what, everybody, null), `<d:${what}>${body}</d:${what}>`)
			await new Promise((resolve) => socket.send(text, port, group, resolve))
		},
		async close() {
			if (closed) return
			closed = true
			socket.close()
			await once(socket, 'close')
		},
	}
}

/** Null: it is no Probe. Types as 'namespace name'. */
function readProbe(text: string): { id: string; types: string[]; scopes: string[] } | null {
	try {
		const envelope = readXml(text)
		const header = childOf(envelope, soap, 'Header')
		const probe = childOf(childOf(envelope, soap, 'Body'), discovery, 'Probe')
		const id = childOf(header, addressing, 'MessageID')?.text
		const right =
			childOf(header, addressing, 'To')?.text === everybody &&
			childOf(header, addressing, 'Action')?.text === `${discovery}/Probe`
		if (!probe || !id || !right) return null
		const types = childOf(probe, discovery, 'Types')
		return {
			id,
			types: wordsOf(types).map((word) => {
				const { namespace, name } = expandedName(word, types?.prefixes ?? {})
				return `${namespace} ${name}`
			}),
			scopes: wordsOf(childOf(probe, discovery, 'Scopes')),
		}
	} catch {
		return null
	}
}

/** Each scope asked for is one of ours, or the beginning of one up to a slash (RFC 3986 matching, WS-Discovery §5.1). */
function fits(wanted: readonly string[], own: readonly string[]): boolean {
	return wanted.every((scope) => own.some((one) => one === scope || one.startsWith(`${scope.replace(/\/$/, '')}/`)))
}

const wordsOf = (element: XmlElement | undefined) => (element?.text ?? '').split(/\s+/).filter((word) => word !== '')

function garbage(whole: string): (string | Buffer)[] {
	return [
		Buffer.alloc(0),
		Buffer.from('00ff8138ff0000'.repeat(40), 'hex'),
		whole.slice(0, whole.length / 2),
		'HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:MediaServer:1\r\n\r\n', // SSDP has the same group
		'<a/>',
		whole.replaceAll('ProbeMatches', 'ResolveMatches'),
	]
}

function withEntities(whole: string): string {
	const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')
	return whole.replace('?>', `?><!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>`).replace('<d:Types>', '<d:Types>&l9;')
}
