import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeJwt, importJWK, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allowed, type Identity, openIdentity } from '../../appliance/identity/identity.ts'
import { openTokens } from '../../appliance/identity/tokens.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'

const hour = 3_600_000
let dir: string
let db: DatabaseSync
let time: number
let identity: Identity
const now = () => time

beforeEach(async () => {
	dir = mkdtempSync(join(tmpdir(), 'maru-identity-'))
	db = new DatabaseSync(join(dir, 'maru.db'))
	time = Date.UTC(2027, 0, 4)
	identity = await openIdentity({ db, dir: join(dir, 'identity'), now })
})
afterEach(() => {
	db.close()
	rmSync(dir, { recursive: true, force: true })
})

/** The code of the refusal; anything else fails the test. */
async function codeOf(promise: Promise<unknown>): Promise<string> {
	const error = await promise.then(
		() => null,
		(reason: unknown) => reason,
	)
	if (error instanceof Refusal) return error.code
	throw new Error(`no refusal but ${error}`)
}

const jtiOf = (token: string) => String(decodeJwt(token).jti)

describe('A token', () => {
	it('says who its holder is: a role in the house', async () => {
		const token = await identity.issue({ role: 'facilities' })
		expect(await identity.verify(token)).toEqual({ kind: 'house', role: 'facilities', jti: jtiOf(token) })
	})

	it('says who its holder is: a role, a person and a name in one meeting', async () => {
		const token = await identity.issue({ role: 'member', meeting: 'm1', person: 'p1', name: '홍길동' })
		expect(await identity.verify(token)).toEqual({
			kind: 'meeting',
			role: 'member',
			meeting: 'm1',
			person: 'p1',
			name: '홍길동',
			jti: jtiOf(token),
		})
		const shared = await identity.issue({ role: 'observer', meeting: 'm1' })
		expect(await identity.verify(shared)).toMatchObject({ person: null, name: null })
	})

	it('is good until its last second and expired after it', async () => {
		const token = await identity.issue({ role: 'panel', seconds: 60 })
		time += 59_000
		expect(await identity.verify(token)).toMatchObject({ role: 'panel' })
		time += 2_000
		expect(await codeOf(identity.verify(token))).toBe('expired')
	})

	it('is revoked for good, also after a new start, and those who are in are told', async () => {
		const [token, other] = [await identity.issue({ role: 'panel' }), await identity.issue({ role: 'panel' })]
		const told: string[] = []
		const stop = identity.onRevoked((jti) => told.push(jti))
		identity.revoke(jtiOf(token))
		stop()
		identity.revoke('another')
		expect(told).toEqual([jtiOf(token)])
		expect(await codeOf(identity.verify(token))).toBe('revoked')
		const again = await openIdentity({ db, dir: join(dir, 'identity'), now })
		expect(await codeOf(again.verify(token))).toBe('revoked')
		expect(await again.verify(other)).toMatchObject({ role: 'panel' })
	})

	it('is forged when any letter of it is another', async () => {
		const token = await identity.issue({ role: 'viewer', meeting: 'm1' })
		for (const at of [5, token.indexOf('.') + 8, token.lastIndexOf('.') + 3]) {
			const letter = token[at] === 'A' ? 'B' : 'A'
			expect(await codeOf(identity.verify(token.slice(0, at) + letter + token.slice(at + 1)))).toBe('forged')
		}
	})

	it.each(['', 'x', 'a.b.c', '한글', `${'A'.repeat(4000)}`])('is forged when it is none: %s', async (token) => {
		expect(await codeOf(identity.verify(token))).toBe('forged')
	})

	it('is forged when another house signed it', async () => {
		const elsewhere = await openTokens(join(dir, 'elsewhere'), now)
		expect(await codeOf(identity.verify(await elsewhere.issue({ role: 'admin' })))).toBe('forged')
	})

	it('is forged when it says to need no signature, or to be signed with what everybody may know', async () => {
		const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
		const claims = { iss: 'maru', jti: 'x', role: 'admin', exp: Math.floor(time / 1_000) + 60 }
		expect(await codeOf(identity.verify(`${part({ alg: 'none' })}.${part(claims)}.`))).toBe('forged')
		const key = JSON.parse(readFileSync(join(dir, 'identity/tokens.jwk'), 'utf8'))
		const shared = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(key.x, 'base64url'))
		expect(await codeOf(identity.verify(await shared))).toBe('forged')
	})

	it('is forged when it was made by this key for something else', async () => {
		const key = await importJWK(JSON.parse(readFileSync(join(dir, 'identity/tokens.jwk'), 'utf8')), 'EdDSA')
		const make = (iss: string) =>
			new SignJWT({ iss, jti: 'x', role: 'admin', exp: Math.floor(time / 1_000) + 60 })
				.setProtectedHeader({ alg: 'EdDSA' })
				.sign(key)
		expect(await identity.verify(await make('maru'))).toMatchObject({ role: 'admin' })
		expect(await codeOf(identity.verify(await make('updates')))).toBe('forged')
	})

	it('opens one meeting only, so that none is made without it', async () => {
		// What the compiler refuses, a hand-made token could still try.
		const tokens = await openTokens(join(dir, 'identity'), now)
		const token = await tokens.issue({ role: 'chair' } as never)
		expect(await codeOf(identity.verify(token))).toBe('forged')
		expect(await codeOf(identity.verify(await tokens.issue({ role: 'mayor' } as never)))).toBe('forged')
	})
})

describe('The key', () => {
	it('is readable by its owner alone', () => {
		expect(statSync(join(dir, 'identity')).mode & 0o777).toBe(0o700)
		expect(statSync(join(dir, 'identity/tokens.jwk')).mode & 0o777).toBe(0o600)
	})

	it.each(['', '{', '{"kty":"OKP"}', 'null'])('is left to a person when its file is damaged: %s', async (text) => {
		const place = join(dir, 'identity')
		writeFileSync(join(place, 'tokens.jwk'), text)
		await expect(openTokens(place, now)).rejects.toThrow(/tokens\.jwk is damaged.*backup/)
		expect(readFileSync(join(place, 'tokens.jwk'), 'utf8')).toBe(text)
	})

	it('is made once, however many start at the same time', async () => {
		const place = join(dir, 'race')
		const all = await Promise.all(Array.from({ length: 8 }, () => openTokens(place, now)))
		for (const tokens of all) {
			const token = await tokens.issue({ role: 'panel' })
			for (const other of all) expect((await other.read(token)).principal.role).toBe('panel')
		}
		expect(readdirSync(place)).toEqual(['tokens.jwk'])
	})
})

describe('A session', () => {
	it('has the rights of the token that it was opened with', async () => {
		const token = await identity.issue({ role: 'panel' })
		const { principal, value } = await identity.startSession(token)
		expect(identity.findSession(value)).toEqual(principal)
		expect(identity.findSession('x')).toBeNull()
	})

	it('is not kept as its cookie says it', async () => {
		const { value } = await identity.startSession(await identity.issue({ role: 'panel' }))
		db.exec('PRAGMA wal_checkpoint')
		expect(readFileSync(join(dir, 'maru.db')).includes(value)).toBe(false)
	})

	it('lasts twelve hours from its last use', async () => {
		const { value } = await identity.startSession(await identity.issue({ role: 'panel' }))
		for (let i = 0; i < 4; i++) {
			time += 11 * hour
			expect(identity.findSession(value)).not.toBeNull()
		}
		time += 12 * hour + 1
		expect(identity.findSession(value)).toBeNull()
	})

	it('counts twelve hours from any use, also from one soon after the last', async () => {
		const { value } = await identity.startSession(await identity.issue({ role: 'panel' }))
		time += 5 * hour
		expect(identity.findSession(value)).not.toBeNull()
		time += 11.5 * hour
		expect(identity.findSession(value)).not.toBeNull()
	})

	it('never outlives its token', async () => {
		const { value, maxAgeSeconds } = await identity.startSession(
			await identity.issue({ role: 'panel', seconds: 72_000 }),
		)
		expect(maxAgeSeconds).toBe(72_000)
		time += 11 * hour
		expect(identity.findSession(value)).not.toBeNull()
		time += 8 * hour
		expect(identity.findSession(value)).not.toBeNull()
		time += hour + 1
		expect(identity.findSession(value)).toBeNull()
	})

	it('ends with the revocation of its token, or by itself', async () => {
		const token = await identity.issue({ role: 'panel' })
		const [one, two] = [await identity.startSession(token), await identity.startSession(token)]
		identity.endSession(one.value)
		expect(identity.findSession(one.value)).toBeNull()
		expect(identity.findSession(two.value)).not.toBeNull()
		identity.revoke(jtiOf(token))
		expect(identity.findSession(two.value)).toBeNull()
		expect(await codeOf(identity.startSession(token))).toBe('revoked')
	})

	it('survives a new start of the service', async () => {
		const { value } = await identity.startSession(await identity.issue({ role: 'panel' }))
		const again = await openIdentity({ db, dir: join(dir, 'identity'), now })
		expect(again.findSession(value)).toMatchObject({ role: 'panel' })
	})
})

describe('The audit', () => {
	it('keeps who did what and when, and no name', async () => {
		const principal = await identity.verify(await identity.issue({ role: 'chair', meeting: 'm1', name: '홍길동' }))
		identity.audit(principal, 'POST /api/v1/meetings/m1/close')
		const rows = db.prepare('SELECT * FROM audit').all()
		expect(rows).toEqual([
			expect.objectContaining({
				at: time,
				role: 'chair',
				jti: principal.jti,
				action: 'POST /api/v1/meetings/m1/close',
			}),
		])
		expect(JSON.stringify(rows)).not.toContain('홍길동')
	})
})

describe('A role', () => {
	it('may what it is named for, and nothing else', async () => {
		const clerk = await identity.verify(await identity.issue({ role: 'clerk', meeting: 'm1' }))
		expect(allowed(clerk, ['chair', 'clerk'])).toBe(true)
		expect(allowed(clerk, ['admin'])).toBe(false)
		expect(allowed(clerk, [])).toBe(false)
	})
})
