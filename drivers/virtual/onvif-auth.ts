import { createHash, randomBytes } from 'node:crypto'
import { ns } from './onvif-soap.ts'
import { childOf, type XmlElement } from './onvif-xml.ts'

/**
 * Who may ask a virtual ONVIF camera: WS-UsernameToken in the SOAP header (OASIS UsernameToken Profile 1.0, ONVIF Core 5.9.4)
 * and HTTP digest (RFC 7616). The token is judged by the camera's own clock, as in real ones.
 */

export interface AuthFaults {
	/** What it demands; default 'either'. */
	auth?: 'ws' | 'digest' | 'either' | 'none'
	/** What HTTP digest it offers, one line each; 'unnamed' is MD5 without saying so. Default MD5 and SHA-256. */
	digestAlgorithms?: readonly ('MD5' | 'SHA-256' | 'unnamed')[]
	/** A digest nonce serves so many requests, then it is stale. */
	digestNonceUses?: number
	/** Refuses who sends both kinds at once. */
	notBoth?: boolean
	/** A login also for what the specification leaves open (GetServices, GetCapabilities …); only the clock is told to all. */
	loginForAll?: boolean
	/** After so many wrong logins it refuses right ones as well. */
	lockAfter?: number
}

export interface Credentials {
	username: string
	password: string
}

/** Null: come in. Otherwise how it is refused, and the WWW-Authenticate lines to show. */
type Verdict = { reason: string; challenges: string[] } | null

export interface Guard {
	check(request: {
		header: XmlElement | undefined
		authorization: string | undefined
		method: string
		url: string
	}): Verdict
	/** Logins that were refused; a request without any is not counted. */
	readonly wrongLogins: number
	/** A reboot forgets every nonce. */
	forget(): void
}

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
const digestType = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest'
const realm = 'virtual camera'
/** Axis and Dahua take 5 to 10 s. */
const toleranceMs = 5_000
/** Nonces that are remembered of each kind: more than anybody uses within the tolerance. */
const mostNonces = 10_000
const wrongDate = 'Wsse authorized time check failed'

export function createGuard({ username, password }: Credentials, faults: AuthFaults, cameraTime: () => number): Guard {
	const seen = new Set<string>()
	const issued = new Map<string, { uses: number; count: number }>()
	let wrongLogins = 0

	/** Null: right. */
	function tokenFault(token: XmlElement): string | null {
		const given = childOf(token, wsse, 'Password')
		const nonce = childOf(token, wsse, 'Nonce')?.text ?? ''
		const created = childOf(token, wsu, 'Created')?.text ?? ''
		const bytes = Buffer.concat([Buffer.from(nonce, 'base64'), Buffer.from(created + password)])
		const wanted = createHash('sha1').update(bytes).digest('base64')
		if (childOf(token, wsse, 'Username')?.text !== username || given?.text !== wanted) return 'Sender not Authorized'
		if (given.attributes.Type !== digestType || nonce === '') return 'Sender not Authorized'
		// A date that is none compares as false: refused as well.
		if (!(Math.abs(Date.parse(created) - cameraTime()) <= toleranceMs)) return wrongDate
		if (seen.has(nonce)) return 'the nonce was used before'
		keepNewest(seen)
		seen.add(nonce)
		return null
	}

	/** Null: right. 'stale': right, with a nonce that no longer serves. */
	function digestFault(authorization: string, method: string, url: string): string | null {
		const given = parametersOf(authorization)
		const algorithm = given.algorithm ?? 'MD5'
		const offered = algorithms().map((one) => (one === 'unnamed' ? 'MD5' : one))
		if (!offered.some((one) => one === algorithm)) return 'no such algorithm'
		const hash = (...parts: string[]) =>
			createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
				.update(parts.join(':'))
				.digest('hex')
		const { nonce = '', nc = '', cnonce = '', qop = '' } = given
		const wanted = hash(hash(username, realm, password), nonce, nc, cnonce, qop, hash(method, url))
		if (given.username !== username || given.realm !== realm || given.uri !== url) return 'Sender not Authorized'
		if (given.response !== wanted || qop !== 'auth' || !/^[0-9a-f]{8}$/i.test(nc)) return 'Sender not Authorized'
		const known = issued.get(nonce)
		const count = Number.parseInt(nc, 16)
		if (!known || count <= known.count || known.uses >= (faults.digestNonceUses ?? Number.POSITIVE_INFINITY))
			return 'stale'
		issued.set(nonce, { uses: known.uses + 1, count })
		return null
	}

	const algorithms = () => faults.digestAlgorithms ?? (['MD5', 'SHA-256'] as const)

	function challenges(stale: boolean): string[] {
		return algorithms().map((algorithm) => {
			const nonce = randomBytes(16).toString('hex')
			keepNewest(issued)
			issued.set(nonce, { uses: 0, count: 0 })
			const name = algorithm === 'unnamed' ? '' : `, algorithm=${algorithm}`
			return `Digest realm="${realm}", qop="auth", nonce="${nonce}"${name}${stale ? ', stale=TRUE' : ''}`
		})
	}

	return {
		get wrongLogins() {
			return wrongLogins
		},

		check({ header, authorization, method, url }) {
			const demanded = faults.auth ?? 'either'
			if (demanded === 'none') return null
			const token = childOf(childOf(header, wsse, 'Security'), wsse, 'UsernameToken')
			const byToken = token && demanded !== 'digest'
			const byDigest = authorization?.startsWith('Digest ') && demanded !== 'ws'
			const refuse = (reason: string): Verdict => {
				const stale = reason === 'stale'
				if ((byToken || byDigest) && !stale) wrongLogins += 1
				return { reason, challenges: demanded === 'ws' ? [] : challenges(stale) }
			}
			if (faults.notBoth && token && authorization) return refuse('two logins at once')
			const fault = byDigest
				? digestFault(authorization ?? '', method, url)
				: byToken
					? tokenFault(token)
					: 'Sender not Authorized'
			if (fault !== null) return refuse(fault)
			if (wrongLogins >= (faults.lockAfter ?? Number.POSITIVE_INFINITY)) return refuse('locked')
			return null
		},

		forget() {
			seen.clear()
			issued.clear()
		},
	}
}

/** Makes room for one more. */
function keepNewest(nonces: Set<string> | Map<string, unknown>): void {
	const [oldest] = nonces.keys()
	if (nonces.size >= mostNonces && oldest !== undefined) nonces.delete(oldest)
}

function parametersOf(authorization: string): Record<string, string> {
	const found: Record<string, string> = {}
	for (const [, name = '', quoted, bare] of authorization.matchAll(/([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/gi))
		found[name.toLowerCase()] = quoted ?? bare ?? ''
	return found
}

/** Not asked for a login (access class PRE_AUTH, ONVIF Core 5.9.4.3 and the device service's table). */
export const openToAll: Readonly<Record<string, true>> = {
	[`${ns.tds} GetSystemDateAndTime`]: true,
	[`${ns.tds} GetServices`]: true,
	[`${ns.tds} GetServiceCapabilities`]: true,
	[`${ns.tds} GetCapabilities`]: true,
	[`${ns.tds} GetHostname`]: true,
	[`${ns.tds} GetEndpointReference`]: true,
}
