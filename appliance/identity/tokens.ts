import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { errors, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { Refusal } from '../protocol/errors.ts'
import {
	type CounterRole,
	counterRoles,
	type HouseRole,
	houseRoles,
	type MeetingRole,
	meetingRoles,
	type Principal,
} from '../protocol/roles.ts'
import { makeSecret, readSecret } from './secret-file.ts'

/** Links and tokens: JWS signed with Ed25519. Anybody who holds one has its right, until it expires or is revoked. */

type TokenRequest =
	| { role: HouseRole | CounterRole; seconds?: number }
	| { role: MeetingRole; meeting: string; person?: string | null; name?: string | null; seconds?: number }

export interface Tokens {
	/** A compact JWS. */
	issue(request: TokenRequest): Promise<string>
	/** Rejects with a Refusal: 'expired' or 'forged'. Knows nothing of revocation. `expires` in milliseconds. */
	read(token: string): Promise<Known>
	/** Whether it was read before. */
	knows(token: string): boolean
}

interface Known {
	principal: Principal
	expires: number
}

const issuer = 'maru'
const algorithm = 'EdDSA'
const day = 86_400
/** Links live until the meeting is long over; house tokens are renewed by those who keep them. */
const defaultSeconds = { meeting: 30 * day, house: 365 * day }

/** So many are remembered with what they say: viewers show theirs each second, and a signature that was good stays so. */
const mostKnown = 20_000

/** The key is made at first use and kept in `dir`, readable by its owner alone. `now` in milliseconds. */
export async function openTokens(dir: string, now: () => number): Promise<Tokens> {
	const secret = await loadKey(dir)
	const key = await importJWK(secret, algorithm)
	const { d: _, ...open } = secret
	const publicKey = await importJWK(open, algorithm)
	/** The oldest first. */
	const known = new Map<string, Known>()

	async function check(token: string): Promise<Known> {
		const { payload } = await jwtVerify(token, publicKey, {
			issuer,
			algorithms: [algorithm],
			currentDate: new Date(now()),
			requiredClaims: ['jti', 'exp', 'role'],
		})
		const found = { principal: principalOf(payload), expires: Number(payload.exp) * 1_000 }
		const [oldest] = known.keys()
		if (known.size >= mostKnown && oldest !== undefined) known.delete(oldest)
		known.set(token, found)
		return found
	}

	return {
		async issue(request) {
			const house = isHouseRole(request.role) || isCounterRole(request.role)
			const at = Math.floor(now() / 1_000)
			const claims = 'meeting' in request ? { meeting: request.meeting, name: request.name ?? undefined } : {}
			const token = new SignJWT({ role: request.role, ...claims })
				.setProtectedHeader({ alg: algorithm, typ: 'JWT' })
				.setIssuer(issuer)
				.setJti(randomUUID())
				.setIssuedAt(at)
				.setExpirationTime(at + (request.seconds ?? defaultSeconds[house ? 'house' : 'meeting']))
			if ('person' in request && request.person) token.setSubject(request.person)
			return token.sign(key)
		},
		async read(token) {
			const found = known.get(token)
			if (found && found.expires > now()) return { ...found, principal: { ...found.principal } }
			known.delete(token)
			try {
				return await check(token)
			} catch (error) {
				if (error instanceof errors.JWTExpired) throw new Refusal('expired', 'this link has expired')
				throw new Refusal('forged', 'this link was not made here, or has been altered')
			}
		},
		knows: (token) => known.has(token),
	}
}

function principalOf(claims: Record<string, unknown>): Principal {
	const { role, jti, meeting, sub, name } = claims
	if (isHouseRole(role) || isCounterRole(role)) return { kind: 'house', role, jti: String(jti) }
	if (!isMeetingRole(role) || typeof meeting !== 'string') throw new Error('a token without a role that we know')
	return {
		kind: 'meeting',
		role,
		meeting,
		person: typeof sub === 'string' ? sub : null,
		name: typeof name === 'string' ? name : null,
		jti: String(jti),
	}
}

/** Of two that start at once (service and command line) one makes the key, and both use it. */
async function loadKey(dir: string): Promise<JWK> {
	const file = join(dir, 'tokens.jwk')
	const stored = readSecret(file)
	if (stored !== null) return parseKey(stored, file)
	const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
	return parseKey(makeSecret(file, JSON.stringify(await exportJWK(privateKey))), file)
}

/** A new key would end every link and token there is, and that is for a person to say. */
function parseKey(text: string, file: string): JWK {
	try {
		const key = JSON.parse(text) as JWK
		if (key.crv === 'Ed25519' && key.d && key.x) return key
	} catch {
		// Said below.
	}
	throw new Error(`The key ${file} is damaged: put it back from a backup, or remove it, and every link and token ends`)
}

export function isHouseRole(role: unknown): role is HouseRole {
	return houseRoles.some((known) => known === role)
}

export function isCounterRole(role: unknown): role is CounterRole {
	return counterRoles.some((known) => known === role)
}

function isMeetingRole(role: unknown): role is MeetingRole {
	return meetingRoles.some((known) => known === role)
}
