import { createHash, randomBytes } from 'node:crypto'
import { afterAll } from 'vitest'
import { type OnvifCamera, type OnvifFaults, startOnvifCamera } from '../../../drivers/virtual/onvif-camera.ts'

/** ONVIF with nothing but `fetch`, written out by hand: neither our driver nor a library stands between test and camera. */

export const login = { username: 'admin', password: 'p&ss 암호' }

const namespaces = {
	tds: 'http://www.onvif.org/ver10/device/wsdl',
	trt: 'http://www.onvif.org/ver10/media/wsdl',
	tr2: 'http://www.onvif.org/ver20/media/wsdl',
	tptz: 'http://www.onvif.org/ver20/ptz/wsdl',
	timg: 'http://www.onvif.org/ver20/imaging/wsdl',
} as const
type Service = keyof typeof namespaces

const paths: Record<Service, string> = {
	tds: '/onvif/device_service',
	trt: '/onvif/media_service',
	tr2: '/onvif/media2_service',
	tptz: '/onvif/ptz_service',
	timg: '/onvif/imaging_service',
}

export interface Reply {
	status: number
	text: string
	headers: Headers
	/** The text of each element of that name, prefixes left out. */
	all(name: string): string[]
	/** Of the first; undefined: there is none. */
	one(name: string): string | undefined
	/** The subcodes of a fault: 'InvalidArgVal/NoToken'. Empty: it is none. */
	fault: string
}

export interface Ask {
	/** Inside of the operation's element, whose namespace is the default one. */
	inside?: string
	/** Inside of the SOAP header. */
	header?: string
	authorization?: string
	signal?: AbortSignal
	service?: Service
}

const ending: (() => unknown)[] = []
afterAll(async () => {
	for (const end of ending.splice(0)) await end()
})

/** A camera, and what asks it: with WS-UsernameToken by the camera's clock, unless told otherwise. */
export async function cameraThat(faults: OnvifFaults = {}, clock: () => number = Date.now) {
	const virtual = await startOnvifCamera({
		...{ host: '127.0.0.1', port: 0, ...login, faults, clock },
		rtspUrls: ['rtsp://127.0.0.1:8554/main', 'rtsp://127.0.0.1:8554/sub'],
	})
	ending.push(() => virtual.close())
	const now = () => clock() + (faults.clockOffsetMs ?? 0)
	const ask = (operation: string, inside = '', more: Ask = {}) =>
		post(virtual, operation, { header: usernameToken({ created: now() }), ...more, inside })
	/** Of the first profile. */
	const ptz = (operation: string, inside = '') =>
		ask(operation, `<ProfileToken>profile_1</ProfileToken>${inside}`, { service: 'tptz' })
	return { virtual, faults, ask, ptz }
}

async function post(
	{ url }: Pick<OnvifCamera, 'url'>,
	operation: string,
	{ inside = '', header = '', authorization, signal, service = 'tds' }: Ask,
): Promise<Reply> {
	const body = `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema"><s:Header>${header}</s:Header><s:Body><${operation} xmlns="${namespaces[service]}">${inside}</${operation}></s:Body></s:Envelope>`
	const response = await fetch(new URL(paths[service], url), {
		method: 'POST',
		headers: {
			'Content-Type': `application/soap+xml; charset=utf-8; action="${namespaces[service]}/${operation}"`,
			...(authorization === undefined ? {} : { Authorization: authorization }),
		},
		body,
		signal: signal ?? null,
	})
	const text = await response.text()
	const all = (name: string) =>
		Array.from(
			text.matchAll(new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*[^/>])?>([^<]*)<`, 'g')),
			([, inner = '']) => inner,
		)
	const subcodes = Array.from(text.matchAll(/<[\w-]+:Value>ter:(\w+)</g), ([, code]) => code)
	const { status, headers } = response
	return { status, headers, text, all, one: (name) => all(name)[0], fault: subcodes.join('/') }
}

/** OASIS UsernameToken Profile 1.0: Base64(SHA-1(nonce + created + password)). */
export function usernameToken({
	username = login.username,
	password = login.password,
	created = Date.now(),
	nonce = randomBytes(16),
}): string {
	const time = new Date(created).toISOString()
	const digest = createHash('sha1').update(nonce).update(time).update(password).digest('base64')
	const secext = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
	const utility = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
	const type = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest'
	return `<Security xmlns="${secext}"><UsernameToken><Username>${username}</Username><Password Type="${type}">${digest}</Password><Nonce>${nonce.toString('base64')}</Nonce><Created xmlns="${utility}">${time}</Created></UsernameToken></Security>`
}

interface DigestAsk {
	/** One WWW-Authenticate line. */
	challenge: string
	uri: string
	method?: string
	count?: number
	password?: string
}

/** HTTP digest (RFC 7616) for one of the lines that the camera showed. */
export function digest({ challenge, uri, method = 'POST', count = 1, password = login.password }: DigestAsk): string {
	const of = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(challenge)?.[1]
	const algorithm = of('algorithm')
	const hash = (text: string) =>
		createHash(algorithm === 'SHA-256' ? 'sha256' : 'md5')
			.update(text)
			.digest('hex')
	const [nonce, realm, nc, cnonce] = [of('nonce'), of('realm'), count.toString(16).padStart(8, '0'), '0a4f113b']
	const secret = hash(`${login.username}:${realm}:${password}`)
	const response = hash(`${secret}:${nonce}:${nc}:${cnonce}:auth:${hash(`${method}:${uri}`)}`)
	const named = algorithm === undefined ? '' : `, algorithm=${algorithm}`
	return `Digest username="${login.username}", realm="${realm}", nonce="${nonce}", uri="${uri}", qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}"${named}`
}

/** The lines of WWW-Authenticate, which `fetch` gives as one. */
export const challengesOf = ({ headers }: Reply) =>
	(headers.get('www-authenticate') ?? '').split(/, (?=Digest )/).filter((line) => line !== '')
