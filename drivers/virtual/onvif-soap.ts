import { childOf, escapeXml, readXml, type XmlElement } from './onvif-xml.ts'

/** SOAP 1.2 as ONVIF uses it: envelopes, operations and faults (ONVIF Core specification 5.8, 5.9). */

export const ns = {
	env: 'http://www.w3.org/2003/05/soap-envelope',
	tds: 'http://www.onvif.org/ver10/device/wsdl',
	trt: 'http://www.onvif.org/ver10/media/wsdl',
	tr2: 'http://www.onvif.org/ver20/media/wsdl',
	tptz: 'http://www.onvif.org/ver20/ptz/wsdl',
	timg: 'http://www.onvif.org/ver20/imaging/wsdl',
	tev: 'http://www.onvif.org/ver10/events/wsdl',
	tt: 'http://www.onvif.org/ver10/schema',
	ter: 'http://www.onvif.org/ver10/error',
} as const

/** Answers with what stands inside of the response element. Throws a Refusal. */
export type Operation = (request: XmlElement) => string

export interface Service {
	readonly prefix: 'tds' | 'trt' | 'tr2' | 'tptz' | 'timg' | 'tev'
	readonly path: string
	readonly operations: Readonly<Record<string, Operation>>
}

/** A SOAP fault that the operation answers with: `ter:` subcodes, the outer first. */
export class Refusal extends Error {
	readonly subcodes: readonly string[]
	readonly by: 'Sender' | 'Receiver'

	constructor(subcodes: readonly string[], message: string, by: 'Sender' | 'Receiver' = 'Sender') {
		super(message)
		this.subcodes = subcodes
		this.by = by
	}
}

/** What the caller sent makes no sense: InvalidArgVal and why. */
export const invalid = (subcode: string, message = subcode) => new Refusal(['InvalidArgVal', subcode], message)
export const unsupported = (message: string) => new Refusal(['ActionNotSupported'], message, 'Receiver')

export interface SoapRequest {
	readonly header: XmlElement | undefined
	readonly operation: XmlElement
}

/** Throws where it is not SOAP. */
export function readRequest(text: string): SoapRequest {
	const envelope = readXml(text)
	const [operation, more] = childOf(envelope, ns.env, 'Body')?.children ?? []
	if (envelope.name !== 'Envelope' || envelope.namespace !== ns.env || !operation || more)
		throw new Error('not SOAP 1.2')
	return { header: childOf(envelope, ns.env, 'Header'), operation }
}

const declarations = Object.entries(ns).map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`)

export function envelope(body: string): string {
	return `<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope ${declarations.join(' ')}><env:Body>${body}</env:Body></env:Envelope>`
}

export function faultBody({ subcodes, by, message }: Refusal): string {
	const nested = subcodes.reduceRight(
		(inner, code) => `<env:Subcode><env:Value>ter:${code}</env:Value>${inner}</env:Subcode>`,
		'',
	)
	return `<env:Fault><env:Code><env:Value>env:${by}</env:Value>${nested}</env:Code><env:Reason><env:Text xml:lang="en">${escapeXml(message)}</env:Text></env:Reason></env:Fault>`
}

/** The same document with prefixes that other makers use: what they are called means nothing. */
export function withOtherPrefixes(document: string): string {
	const other: Record<string, string> = { env: 'SOAP-ENV', tt: 'ns1', tptz: 'ns7', trt: 'media', tds: 'dev' }
	return document.replace(
		/(<\/?|xmlns:|>)(env|tt|tptz|trt|tds)(:|=)/g,
		(_, before: string, prefix: string, after: string) => `${before}${other[prefix]}${after}`,
	)
}

/** What was asked in one line: the operation and every value in the request, in order. */
export function describe(operation: XmlElement): string {
	const words = [operation.name]
	const visit = (element: XmlElement) => {
		for (const [name, value] of Object.entries(element.attributes)) words.push(`${element.name}.${name}=${value}`)
		if (element.text !== '') words.push(`${element.name}=${element.text}`)
		for (const one of element.children) visit(one)
	}
	for (const one of operation.children) visit(one)
	return words.join(' ')
}

/** The text of a child that must be there. */
export function required(request: XmlElement, namespace: string, name: string): string {
	const text = childOf(request, namespace, name)?.text
	if (text === undefined) throw new Refusal(['WellFormed'], `${name} is missing`)
	return text
}

/** xs:duration in milliseconds; days and less, which is all that a timeout needs. */
export function durationMs(text: string): number {
	const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text)
	if (!match || /[PT]$/.test(text)) throw new Refusal(['InvalidArgVal'], `${text} is no duration`)
	const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0))
	return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000
}
