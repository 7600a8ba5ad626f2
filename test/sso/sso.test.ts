import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openAccountStore } from '../../appliance/identity/account-store.ts'
import type { AccountSession } from '../../appliance/protocol/accounts.ts'
import { openSite, ownOrigin, type Site } from '../http/site.ts'
import { type City, clientSecret, openCity } from './city.ts'
import { type Seen, Surfer } from './surfer.ts'

/** The city's sign-in over real HTTP, with a real provider, and with everything that may come of it. */

let city: City
let site: Site
let surfer: Surfer

beforeAll(async () => {
	city = await openCity()
	city.serve(ownOrigin)
})
afterAll(() => city?.close())
beforeAll(async () => {
	await anew()
})
beforeEach(() => {
	city.tamper = null
	city.people.clear()
	city.people.set('p-kim', { name: '김시설', groups: ['staff', 'building'] })
	city.people.set('p-boss', { name: '박관리', groups: ['building', 'maru-admins'] })
	surfer = anybody()
})
afterAll(() => site.close())

/** Another appliance, which knows nothing yet. */
async function anew(more?: Parameters<City['part']>[1]) {
	await site?.close()
	site = await openSite({ proxies: ['127.0.0.1'], sso: city.part(() => ownOrigin, more) })
	surfer = anybody()
}

const anybody = () => new Surfer({ ca: city.ca, front: { origin: ownOrigin, to: site.origin } })
const atCallback = /\/sign-in\/sso\/callback/

/** Up to the way back, which is not gone yet. */
async function reach(who: string, { by = surfer, back = '' } = {}): Promise<URL> {
	const form = await by.go(`${ownOrigin}/sign-in/sso${back && `?back=${encodeURIComponent(back)}`}`, {
		stop: atCallback,
	})
	if (atCallback.test(form.url.href)) return form.url // the city knows them already
	return (await by.go(form.url.href, { form: { login: who }, stop: atCallback })).url
}

async function signIn(who: string, options: Parameters<typeof reach>[1] = {}): Promise<Seen> {
	return (options.by ?? surfer).go((await reach(who, options)).href)
}

const faultOf = ({ url }: Seen) => url.searchParams.get('fault')
const session = (by = surfer) => by.cookie(ownOrigin, '__Host-maru-account')
const get = async (path: string, by = surfer) => {
	const headers = { ...by.headers(ownOrigin), 'x-forwarded-proto': 'https' }
	return site.fetch('GET', path, { headers })
}
const standing = async (by?: Surfer) => (await get('/api/v1/session', by)).json()
const audited = () =>
	site.db
		.prepare("SELECT role, action, place FROM audit WHERE action LIKE 'sign-%'")
		.all()
		.map(({ role, action }) => `${role}: ${String(action).replace(/[0-9a-f-]{36}/, 'ID')}`)

describe('The city’s sign-in', () => {
	it('leads there and back to the page that one came from, and opens what the role may', async () => {
		expect(await (await get('/api/v1/sign-in')).json()).toEqual({ sso: { ko: '시청 통합 로그인', en: 'City sign-in' } })
		const seen = await signIn('p-kim', { back: '/console#cameras' })
		expect(seen.url.href).toBe(`${ownOrigin}/sign-in?back=${encodeURIComponent('/console#cameras')}&done=1`)
		expect(await standing()).toEqual({ role: 'facilities', name: '김시설', sso: true })
		expect((await get('/api/v1/room')).status).toBe(200)
		expect((await get('/api/v1/audit')).status).toBe(403)
		const asked = new URL(surfer.trail.find((one) => one.startsWith(`${city.issuer}/auth?`)) ?? '')
		expect(Object.fromEntries(asked.searchParams)).toMatchObject({
			...{ response_type: 'code', client_id: 'maru', code_challenge_method: 'S256', scope: 'openid profile groups' },
			redirect_uri: `${ownOrigin}/sign-in/sso/callback`,
		})
		expect(session()).toBeDefined()
		expect(surfer.cookie(ownOrigin, '__Host-maru-sso')).toBeUndefined()
	})

	it('keeps its attempt in a cookie that the way back brings along, and the session in one that other sites do not', async () => {
		const begun = await site.fetch('GET', '/sign-in/sso?at=public', { headers: { 'x-forwarded-proto': 'https' } })
		expect(begun.headers.getSetCookie()).toEqual([
			expect.stringMatching(/^__Host-maru-sso=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
		])
		const back = await reach('p-kim')
		const headers = { ...surfer.headers(ownOrigin), 'x-forwarded-proto': 'https' }
		const came = await site.fetch('GET', back.pathname + back.search, { headers })
		const kept = came.headers.getSetCookie().find((one) => one.startsWith('__Host-maru-account='))
		expect(kept).toMatch(/Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
		expect(came.headers.get('cache-control')).toBe('no-store')
	})

	it('leaves in audit and log neither a name, a code nor a token', async () => {
		await anew()
		const back = await reach('p-kim')
		await surfer.go(back.href)
		city.people.set('p-kim', { name: '김시설' })
		await signIn('p-kim')
		expect(audited()).toEqual(['facilities: sign-in sso account ID', 'nobody: sign-in.refused sso-unknown'])
		const written = `${site.logged.join()}${JSON.stringify(site.db.prepare('SELECT * FROM audit').all())}`
		for (const secret of ['김시설', 'p-kim', back.searchParams.get('code'), back.searchParams.get('state'), 'eyJ']) {
			expect(written).not.toContain(secret)
		}
	})

	it('gives a session that stands among all others and is ended by an admin', async () => {
		await anew()
		await signIn('p-kim')
		const boss = anybody()
		await signIn('p-boss', { by: boss })
		const { sessions } = (await (await get('/api/v1/sessions', boss)).json()) as { sessions: AccountSession[] }
		expect(sessions.map(({ name, sso, own }) => [name, sso, own]).sort()).toEqual([
			['김시설', true, false],
			['박관리', true, true],
		])
		const client = await site.socket('panel', {
			headers: { ...surfer.headers(ownOrigin), 'x-forwarded-proto': 'https' },
		})
		await client.until('the room', () => client.of('state')[0])
		const foreign = sessions.find(({ own }) => !own)
		const headers = { ...boss.headers(ownOrigin), 'x-forwarded-proto': 'https' }
		const ended = await site.fetch('DELETE', `/api/v1/sessions/${foreign?.id}`, { headers })
		expect(await ended.json()).toEqual({ ended: true })
		await client.until('the refusal', () => client.heard.find(({ code }) => code === 'revoked'))
		expect((await get('/api/v1/room')).status).toBe(401)
		// Whom the city still lets in comes in anew.
		expect(faultOf(await signIn('p-kim'))).toBeNull()
	})

	it('gives one role, the first of the configuration', async () => {
		await signIn('p-boss')
		expect(await standing()).toMatchObject({ role: 'admin' })
	})

	it.each([
		['no groups at all', { name: '이누구' }],
		['groups of others', { name: '이누구', groups: ['staff', 'maru-admins-2', 'Building', ''] }],
		['groups that are none', { name: '이누구', groups: { 'maru-admins': true } }],
		['a role of ours by its own word', { name: '이누구', groups: ['admin', 'facilities'], role: 'admin' }],
	])('lets nobody in with %s', async (_, said) => {
		city.people.set('p-nobody', said)
		const seen = await signIn('p-nobody', { back: '/console' })
		expect(seen.url.href).toBe(`${ownOrigin}/sign-in?back=%2Fconsole&fault=sso-unknown`)
		expect(session()).toBeUndefined()
	})

	it('ends what was open to one whose role is another now, or none', async () => {
		await signIn('p-kim')
		const later = anybody()
		city.people.set('p-kim', { name: '김시설', groups: ['inspectors'] })
		await signIn('p-kim', { by: later })
		expect((await get('/api/v1/room')).status).toBe(401)
		expect(await standing(later)).toMatchObject({ role: 'audit' })
		city.people.set('p-kim', { name: '김시설', groups: [] })
		expect(faultOf(await signIn('p-kim', { by: anybody() }))).toBe('sso-unknown')
		expect((await get('/api/v1/session', later)).status).toBe(401)
	})

	it('is another one than an account of the same name, which keeps its password and its sessions', async () => {
		const { password } = openAccountStore(site.db, Date.now).create('kim', 'audit')
		city.people.set('p-kim', { name: 'kim', groups: ['maru-admins'] })
		await signIn('p-kim')
		const body = { name: 'kim', password, next: '비 오는 날의 회의실 창가 자리' }
		const changed = await site.fetch('POST', '/api/v1/session/password', { body })
		expect(await changed.json()).toEqual({ role: 'audit' })
		expect(await standing()).toEqual({ role: 'admin', name: 'kim', sso: true })
	})

	it('says that somebody gave up there', async () => {
		const before = audited()
		expect(faultOf(await surfer.go((await reach('')).href))).toBe('sso-refused')
		expect(audited()).toEqual(before)
	})

	it('is signed out of as well, where the city asks once more and leads back', async () => {
		await signIn('p-kim')
		const headers = { ...surfer.headers(ownOrigin), 'x-forwarded-proto': 'https', origin: ownOrigin }
		const { elsewhere } = (await (await site.fetch('DELETE', '/api/v1/session', { headers })).json()) as {
			elsewhere: string
		}
		expect((await get('/api/v1/room')).status).toBe(401)
		const address = new URL(elsewhere)
		expect(`${address.origin}${address.pathname}`).toBe(`${city.issuer}/session/end`)
		expect(decodeJwt(address.searchParams.get('id_token_hint') ?? '')).toMatchObject({ sub: 'p-kim' })
		const asked = await surfer.go(elsewhere)
		const xsrf = /name="xsrf" value="(\w+)"/.exec(asked.text)?.[1] ?? ''
		const left = await surfer.go(`${city.issuer}/session/end/confirm`, { form: { xsrf, logout: 'yes' } })
		expect(left.url.href).toBe(`${ownOrigin}/sign-in`)
		// The next one is asked who they are.
		expect((await surfer.go(`${ownOrigin}/sign-in/sso`)).url.pathname).toMatch(/^\/interaction\//)
	})

	it('asks the city once about itself, however many come', async () => {
		await anew()
		const before = city.asked.length
		for (const who of ['p-kim', 'p-boss', 'p-kim']) expect(faultOf(await signIn(who, { by: anybody() }))).toBeNull()
		const asked = city.asked.slice(before)
		expect(asked.filter((path) => path.startsWith('/.well-known'))).toHaveLength(1)
		expect(asked.filter((path) => path === '/jwks')).toHaveLength(1)
		expect(asked.filter((path) => path === '/token')).toHaveLength(3)
	})

	it('moves whoever came by another address to the one that the city knows, once', async () => {
		const here = await site.fetch('GET', '/sign-in/sso?back=/console')
		expect(here.headers.get('location')).toBe(`${ownOrigin}/sign-in/sso?at=public&back=%2Fconsole`)
		const there = await site.fetch('GET', '/sign-in/sso?at=public')
		expect(there.headers.get('location')).toMatch(new RegExp(`^${city.issuer}/auth\\?`))
	})

	it.each([
		'//evil.test',
		'https://evil.test/console',
		'/\\evil.test',
		'/api/v1/room',
		'/console\n//evil.test',
		'/attend',
	])('leads nobody to %j', async (back) => {
		const seen = await signIn('p-kim', { back })
		expect(seen.url.href).toBe(`${ownOrigin}/sign-in?done=1`)
		for (const address of surfer.trail) expect([ownOrigin, city.issuer]).toContain(new URL(address).origin)
	})

	it('leads nobody elsewhere by a cookie that somebody wrote', async () => {
		const back = await reach('p-kim')
		const cookie = `${surfer.cookie(ownOrigin, '__Host-maru-sso')}.${Buffer.from('//evil.test').toString('base64url')}`
		surfer.jar.get(new URL(ownOrigin).host)?.set('__Host-maru-sso', cookie)
		expect((await surfer.go(back.href)).url.href).toBe(`${ownOrigin}/sign-in?done=1`)
	})

	it('takes so many from one address and no more', async () => {
		await anew()
		const cookie = `__Host-maru-sso=${'A'.repeat(43)}`
		const once = () =>
			site.fetch('GET', '/sign-in/sso/callback?code=x&state=y', { headers: { cookie, 'x-forwarded-proto': 'https' } })
		const answers = await Promise.all(Array.from({ length: 260 }, once))
		const faults = answers.map(({ headers }) => /fault=([\w-]+)/.exec(headers.get('location') ?? '')?.[1])
		expect(faults.filter((fault) => fault === 'sso-failed')).toHaveLength(240)
		expect(faults.filter((fault) => fault === 'too-many')).toHaveLength(20)
		// And the audit is not filled by it.
		expect(audited().length).toBeLessThan(5)
	})
})

describe('Nobody comes in', () => {
	beforeAll(() => anew())

	/** `reason`: as the log has it, for those who look after it. */
	function isRefused(seen: Seen, reason: RegExp) {
		expect(faultOf(seen)).toBe('sso-failed')
		expect(session()).toBeUndefined()
		expect(JSON.parse(site.logged.at(-1) ?? '').reason).toMatch(reason)
	}

	it('with another state', async () => {
		const back = await reach('p-kim')
		back.searchParams.set('state', 'A'.repeat(43))
		isRefused(await surfer.go(back.href), /INVALID_RESPONSE/)
	})

	it.each(['state', 'code', 'iss'])('without a %s', async (part) => {
		const back = await reach('p-kim')
		back.searchParams.delete(part)
		isRefused(await surfer.go(back.href), /INVALID_RESPONSE/)
	})

	it('with the answer of another provider', async () => {
		const back = await reach('p-kim')
		back.searchParams.set('iss', 'https://evil.test')
		isRefused(await surfer.go(back.href), /INVALID_RESPONSE/)
	})

	it('with two codes', async () => {
		const back = await reach('p-kim')
		isRefused(await surfer.go(`${back.href}&code=another`), /INVALID_RESPONSE/)
	})

	it('in a browser that did not begin, nor in one that began something else', async () => {
		const back = await reach('p-boss', { by: anybody() })
		isRefused(await surfer.go(back.href), /has begun nothing/)
		await reach('p-kim')
		isRefused(await surfer.go(back.href), /INVALID_RESPONSE/)
	})

	it('by a code for a second time, also with the cookie of the first', async () => {
		const back = await reach('p-kim')
		const cookie = surfer.cookie(ownOrigin, '__Host-maru-sso') ?? ''
		expect(faultOf(await surfer.go(back.href))).toBeNull()
		const other = anybody()
		other.jar.set(new URL(ownOrigin).host, new Map([['__Host-maru-sso', cookie]]))
		expect(faultOf(await other.go(back.href))).toBe('sso-failed')
		expect(session(other)).toBeUndefined()
		expect(site.logged.join()).toContain('invalid_grant')
	})

	const signed = (claims: JWTPayload, key: CryptoKey | Uint8Array, alg = 'ES256', kid = 'city') =>
		new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key)
	const altered = (change: JWTPayload) => (token: string) => signed({ ...decodeJwt(token), ...change }, city.key)
	const minutesAgo = (minutes: number) => Math.floor(Date.now() / 1_000) - minutes * 60

	it('but with an ID token as the city makes it', async () => {
		const back = await reach('p-kim')
		city.tamper = altered({})
		expect(faultOf(await surfer.go(back.href))).toBeNull()
		expect(session()).toBeDefined()
	})

	it.each<[string, RegExp, City['tamper']]>([
		['of another nonce', /CLAIM/, altered({ nonce: 'A'.repeat(43) })],
		[
			'without a nonce',
			/INVALID_RESPONSE/,
			async (token) => signed((({ nonce: _, ...rest }) => rest)(decodeJwt(token)), city.key),
		],
		['for another audience', /CLAIM/, altered({ aud: 'payroll' })],
		['for several audiences of which another asked', /CLAIM/, altered({ aud: ['payroll', 'maru'], azp: 'payroll' })],
		['of another issuer', /CLAIM/, altered({ iss: 'https://evil.test' })],
		['that is over', /TIMESTAMP/, altered({ iat: minutesAgo(70), exp: minutesAgo(10) })],
		['that is not valid yet', /TIMESTAMP/, altered({ nbf: minutesAgo(-60) })],
		['that nobody signed', /INVALID_RESPONSE/, (token) => new UnsecuredJWT(decodeJwt(token)).encode()],
		['whose signature is of another token', /INVALID_RESPONSE/, (token) => `${token.slice(0, -8)}AAAAAAAA`],
		[
			'that somebody else signed',
			/INVALID_RESPONSE/,
			async (token) => signed(decodeJwt(token), (await generateKeyPair('ES256')).privateKey),
		],
		[
			'signed with the secret',
			/INVALID_RESPONSE/,
			(token) => signed(decodeJwt(token), new TextEncoder().encode(clientSecret), 'HS256'),
		],
		[
			'by a key that is none of the city’s',
			/KEY_SELECTION/,
			(token) => signed(decodeJwt(token), city.key, 'ES256', 'unknown'),
		],
		['of somebody else than userinfo says', /ATTRIBUTE/, altered({ sub: 'p-boss' })],
		['that is no token', /INVALID_RESPONSE/, () => 'nonsense'],
		['that is not there', /INVALID_RESPONSE/, () => undefined],
	])('by an ID token %s', async (_, reason, tamper) => {
		const back = await reach('p-kim')
		city.tamper = tamper
		isRefused(await surfer.go(back.href), reason)
	})

	it('with a secret of the client that the city does not know', async () => {
		await anew({ clientSecret: 'another one' })
		isRefused(await signIn('p-kim'), /invalid_client/)
	})
})

describe('While the city is away', () => {
	beforeEach(() => anew())
	afterEach(() => city.revive().catch(() => {}))

	it('one is told so, and accounts of this appliance go on', async () => {
		await city.die()
		const seen = await surfer.go(`${ownOrigin}/sign-in/sso?back=/console`)
		expect(seen.url.href).toBe(`${ownOrigin}/sign-in?back=%2Fconsole&fault=sso-away`)
		expect(site.logged.join()).toContain('ECONNREFUSED')
		const { password } = openAccountStore(site.db, Date.now).create('lee', 'audit')
		const body = { name: 'lee', password, next: '비 오는 날의 회의실 창가 자리' }
		expect((await site.fetch('POST', '/api/v1/session/password', { body })).status).toBe(200)
	})

	it('also when it dies between, and nothing is left of it once it is back', async () => {
		const back = await reach('p-kim')
		await city.die()
		expect(faultOf(await surfer.go(back.href))).toBe('sso-away')
		expect(session()).toBeUndefined()
		await city.revive()
		expect(faultOf(await signIn('p-kim'))).toBeNull()
	})

	it('who is in stays in, and signs out here', async () => {
		await signIn('p-kim')
		await city.die()
		expect((await get('/api/v1/room')).status).toBe(200)
		const headers = { ...surfer.headers(ownOrigin), 'x-forwarded-proto': 'https', origin: ownOrigin }
		expect((await site.fetch('DELETE', '/api/v1/session', { headers })).status).toBe(200)
		expect((await get('/api/v1/room')).status).toBe(401)
	})

	it.each([
		['has a certificate that nobody knows', { ca: undefined }, /UNABLE_TO_VERIFY|SELF_SIGNED/],
		['says that it is another one', { issuer: 'https://127.0.0.1:PORT' }, /OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED/],
	])('or %s, nobody is sent there', async (_, more, reason) => {
		const { port } = new URL(city.issuer)
		await anew('issuer' in more ? { issuer: more.issuer?.replace('PORT', port) ?? '' } : more)
		const seen = await surfer.go(`${ownOrigin}/sign-in/sso`)
		expect(faultOf(seen)).toBe('sso-away')
		expect(site.logged.join()).toMatch(reason)
	})
})

describe('Without a sign-in of the city', () => {
	it('there is none to choose, and its addresses lead to our own page', async () => {
		const plain = await openSite()
		try {
			expect(await (await plain.fetch('GET', '/api/v1/sign-in')).json()).toEqual({ sso: null })
			for (const path of ['/sign-in/sso', '/sign-in/sso/callback?code=x&state=y']) {
				expect((await plain.fetch('GET', path)).headers.get('location')).toBe('/sign-in')
			}
		} finally {
			await plain.close()
		}
	})
})
