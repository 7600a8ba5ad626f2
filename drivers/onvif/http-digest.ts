import { createHash } from 'node:crypto'
import type { Credentials } from './username-token.ts'

/** HTTP digest (RFC 7616), with what older cameras still ask: no algorithm named, no quality of protection (RFC 2069). */

export interface Challenge {
	readonly realm: string
	readonly nonce: string
	/** Null: none, so none is given back. */
	readonly opaque: string | null
	readonly hash: 'md5' | 'sha256'
	/** The algorithm as it was named; null: it was not, so it is not named in return. */
	readonly algorithm: string | null
	/** The variant that hashes the nonces into the password once more. */
	readonly session: boolean
	/** Whether requests are counted. */
	readonly qop: boolean
	/** The former nonce was right once. */
	readonly stale: boolean
}

/** Those of the WWW-Authenticate lines that we can answer, in their order, which is the server's preference. */
export function readChallenges(lines: readonly string[]): Challenge[] {
	return lines.flatMap((line) => splitSchemes(line)).flatMap(readChallenge)
}

export interface Request {
	readonly method: string
	readonly uri: string
	/** Which request with this nonce it is, from 1. */
	readonly count: number
	readonly cnonce: string
}

/** The value of an Authorization header. */
export function authorization(challenge: Challenge, who: Credentials, { method, uri, count, cnonce }: Request): string {
	const { realm, nonce, opaque, algorithm, qop } = challenge
	const hash = (...parts: string[]) => createHash(challenge.hash).update(parts.join(':')).digest('hex')
	const known = hash(who.username, realm, who.password)
	const secret = challenge.session ? hash(known, nonce, cnonce) : known
	const nc = count.toString(16).padStart(8, '0')
	const asked = hash(method, uri)
	const response = qop ? hash(secret, nonce, nc, cnonce, 'auth', asked) : hash(secret, nonce, asked)
	return [
		`Digest username="${quoted(who.username)}"`,
		`realm="${quoted(realm)}"`,
		`nonce="${quoted(nonce)}"`,
		`uri="${uri}"`,
		`response="${response}"`,
		...(algorithm === null ? [] : [`algorithm=${algorithm}`]),
		...(opaque === null ? [] : [`opaque="${quoted(opaque)}"`]),
		...(qop ? ['qop=auth', `nc=${nc}`] : []),
		...(qop || challenge.session ? [`cnonce="${cnonce}"`] : []),
	].join(', ')
}

interface Scheme {
	readonly name: string
	readonly parameters: ReadonlyMap<string, string>
}

const separator = /[\s,]*/y
const word = /([^\s,="]+)\s*(=?)\s*/y
const value = /"((?:[^"\\]|\\.)*)"|([^\s,"]*)/sy

/** A line may hold several schemes, each with parameters, all of them set apart by commas. */
function splitSchemes(line: string): Scheme[] {
	const schemes: { name: string; parameters: Map<string, string> }[] = []
	let at = 0
	const take = (pattern: RegExp): RegExpExecArray | null => {
		pattern.lastIndex = at
		const match = pattern.exec(line)
		if (match) at = pattern.lastIndex
		return match
	}
	for (;;) {
		take(separator)
		const [whole, name = '', equals] = take(word) ?? []
		if (whole === undefined) return schemes
		if (equals !== '=') {
			schemes.push({ name: name.toLowerCase(), parameters: new Map() })
			continue
		}
		const [, inQuotes, bare = ''] = take(value) ?? []
		schemes.at(-1)?.parameters.set(name.toLowerCase(), inQuotes?.replace(/\\(.)/gs, '$1') ?? bare)
	}
}

const hashes: ReadonlyMap<string, Challenge['hash']> = new Map([
	['md5', 'md5'],
	['sha-256', 'sha256'],
])

function readChallenge({ name, parameters }: Scheme): Challenge[] {
	const [realm, nonce, algorithm] = ['realm', 'nonce', 'algorithm'].map((key) => parameters.get(key))
	const session = /-sess$/i.test(algorithm ?? '')
	const hash = hashes.get((algorithm ?? 'MD5').replace(/-sess$/i, '').toLowerCase())
	const qops = parameters
		.get('qop')
		?.toLowerCase()
		.split(/[\s,]+/)
	// A quality that covers the body as well is more than any camera was seen to insist on.
	if (name !== 'digest' || realm === undefined || !nonce || !hash || (qops && !qops.includes('auth'))) return []
	return [
		{
			...{ realm, nonce, hash, session },
			opaque: parameters.get('opaque') ?? null,
			algorithm: algorithm ?? null,
			qop: qops !== undefined,
			stale: parameters.get('stale')?.toLowerCase() === 'true',
		},
	]
}

const quoted = (text: string) => text.replace(/["\\]/g, '\\$&')
