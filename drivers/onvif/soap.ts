import { type HttpReply, headersOf } from '../transport/http-reply.ts'
import { childOf, childrenOf, parseXml, textAt, type XmlElement } from './xml.ts'

/**
 * SOAP 1.2 as ONVIF speaks it (Core Specification 5.8 and 5.9). Values: no sockets, no clock. Envelopes are put together
 * from text, because an XML library would be felt on the way from a tap to the wire.
 */

/** By the prefixes that ONVIF's own documents give them. */
export const namespaces = {
	tds: 'http://www.onvif.org/ver10/device/wsdl',
	trt: 'http://www.onvif.org/ver10/media/wsdl',
	tr2: 'http://www.onvif.org/ver20/media/wsdl',
	tptz: 'http://www.onvif.org/ver20/ptz/wsdl',
	timg: 'http://www.onvif.org/ver20/imaging/wsdl',
} as const
export const schemaNamespace = 'http://www.onvif.org/ver10/schema'
const soapNamespace = 'http://www.w3.org/2003/05/soap-envelope'

export type Service = keyof typeof namespaces

export interface SoapRequest {
	readonly service: Service
	readonly operation: string
	/** What stands inside of the operation: names with the service's prefix or with `tt`. */
	readonly body: string
	/** What is told of it in a log, where its name alone would not do. */
	readonly line?: string
}

/** `header`: what stands in the SOAP header; empty: there is none. */
export function envelope({ service, operation, body }: SoapRequest, header: string): string {
	const head = header === '' ? '' : `<s:Header>${header}</s:Header>`
	const name = `${service}:${operation}`
	return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${soapNamespace}" xmlns:tt="${schemaNamespace}" xmlns:${service}="${namespaces[service]}">${head}<s:Body><${name}>${body}</${name}></s:Body></s:Envelope>`
}

/** The action stands in the content type (SOAP 1.2); some servers still look for the older header. */
export function headerLines({ service, operation }: SoapRequest): string {
	const action = `${namespaces[service]}/${operation}`
	return `Content-Type: application/soap+xml; charset=utf-8; action="${action}"\r\nSOAPAction: "${action}"\r\nConnection: keep-alive\r\n`
}

export type Answer =
	/** The operation's response. */
	| { kind: 'done'; response: XmlElement }
	/** A SOAP fault: its codes without prefixes, the outer first. */
	| { kind: 'fault'; codes: readonly string[]; reason: string }
	/** It wants to know who asks, or does not believe it. */
	| { kind: 'login'; challenges: readonly string[]; reason: string }
	| { kind: 'unreadable'; reason: string }

/** Faults come with 400, 500 or 200, and a login is refused by status or by fault. What it is not, is a value as well. */
export function readAnswer(reply: HttpReply, operation: string): Answer {
	const { status } = reply
	const refused = status === 401 || status === 403
	const login = (reason: string): Answer => ({
		...{ kind: 'login', reason },
		challenges: headersOf(reply.headers, 'www-authenticate'),
	})
	let inside: XmlElement | undefined
	let why = 'no SOAP'
	try {
		inside = childOf(parseXml(new TextDecoder().decode(reply.body)), 'Body')?.children[0]
	} catch (error) {
		why = error instanceof Error ? error.message : String(error)
	}
	if (inside?.name === 'Fault') {
		const fault = readFault(inside)
		return refused || fault.codes.some((code) => notAuthorized.has(code)) || timeFailed.test(fault.reason)
			? login(fault.reason)
			: { kind: 'fault', ...fault }
	}
	if (refused) return login(`status ${status}`)
	if (inside?.name === `${operation}Response`) return { kind: 'done', response: inside }
	return { kind: 'unreadable', reason: `status ${status}, ${inside ? `a <${inside.name}>` : why}` }
}

const notAuthorized: ReadonlySet<string> = new Set(['NotAuthorized', 'FailedAuthentication', 'SenderNotAuthorized'])
/** Of servers made with gSOAP, which say nothing of it in a code. */
const timeFailed = /authorized time check failed|not authorized/i

function readFault(fault: XmlElement): { codes: string[]; reason: string } {
	const codes: string[] = []
	for (let code = childOf(fault, 'Code'); code; code = childOf(code, 'Subcode')) {
		const value = textAt(code, 'Value')
		if (value) codes.push(withoutPrefix(value))
	}
	// SOAP 1.1, which some answer with whatever they were asked in.
	const older = textAt(fault, 'faultcode')
	if (older) codes.push(withoutPrefix(older))
	const words = childrenOf(childOf(fault, 'Reason'), 'Text').map(({ text }) => text)
	return { codes, reason: (words[0] ?? textAt(fault, 'faultstring') ?? '').slice(0, 200) }
}

const withoutPrefix = (name: string) => name.slice(name.lastIndexOf(':') + 1)
