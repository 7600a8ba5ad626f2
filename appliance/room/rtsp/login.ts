import { createHash } from 'node:crypto'

/** Answers to an RTSP server that wants to know who asks: Basic and Digest (RFC 7617, RFC 7616; RTSP has them from HTTP). */

export interface Challenge {
	scheme: 'basic' | 'digest'
	/** Names in small letters. */
	params: Readonly<Record<string, string>>
}

export interface Credentials {
	username: string
	password: string
}

/** A question as it is signed. `nonceCount` and `cnonce`: how often this nonce was used, and a word of our own. */
export interface Question {
	method: string
	uri: string
	nonceCount: number
	cnonce: string
}

const hashes: Readonly<Record<string, string>> = { md5: 'md5', 'sha-256': 'sha256' }
/** The stronger first. */
const algorithms = ['sha-256', 'md5'] as const

/** Of the values of WWW-Authenticate the strongest challenge that can be met; null: there is none. */
export function chooseChallenge(values: readonly string[]): Challenge | null {
	const challenges = values.flatMap(readChallenge)
	for (const algorithm of algorithms) {
		const digest = challenges.find((one) => one.scheme === 'digest' && algorithmOf(one) === algorithm)
		if (digest?.params.nonce !== undefined) return digest
	}
	return challenges.find(({ scheme }) => scheme === 'basic') ?? null
}

/** The value of Authorization. */
export function authorize(challenge: Challenge, who: Credentials, question: Question): string {
	if (challenge.scheme === 'basic') {
		return `Basic ${Buffer.from(`${who.username}:${who.password}`).toString('base64')}`
	}
	const { realm = '', nonce = '', opaque, algorithm } = challenge.params
	const { method, uri, cnonce } = question
	const hash = (text: string) =>
		createHash(hashes[algorithmOf(challenge)] ?? 'md5')
			.update(text)
			.digest('hex')
	const secret = hash(`${who.username}:${realm}:${who.password}`)
	const asked = hash(`${method}:${uri}`)
	const qop = offersAuth(challenge) ? 'auth' : null
	const count = question.nonceCount.toString(16).padStart(8, '0')
	const response = hash([secret, nonce, ...(qop ? [count, cnonce, qop] : []), asked].join(':'))
	const parts = [
		...[`username="${who.username}"`, `realm="${realm}"`, `nonce="${nonce}"`, `uri="${uri}"`, `response="${response}"`],
		...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
		...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
		...(qop ? [`qop=${qop}`, `nc=${count}`, `cnonce="${cnonce}"`] : []),
	]
	return `Digest ${parts.join(', ')}`
}

function readChallenge(value: string): Challenge[] {
	const [, scheme = '', rest = ''] = /^\s*(basic|digest)\s+(.*)$/is.exec(value) ?? []
	if (scheme === '') return []
	const params: Record<string, string> = {}
	for (const [, name = '', quoted, plain] of rest.matchAll(/([a-z-]{1,32})\s*=\s*(?:"([^"]*)"|([^\s,"]+))/gi)) {
		params[name.toLowerCase()] = quoted ?? plain ?? ''
	}
	return [{ scheme: scheme.toLowerCase() === 'basic' ? 'basic' : 'digest', params }]
}

const algorithmOf = ({ params }: Challenge) => (params.algorithm ?? 'MD5').toLowerCase()

/** Without it the server is of the old kind (RFC 2617 §3.2.1). */
const offersAuth = ({ params }: Challenge) => (params.qop ?? '').split(/[\s,]+/).includes('auth')
