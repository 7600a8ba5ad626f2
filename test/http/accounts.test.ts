import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openAccountStore } from '../../appliance/identity/account-store.ts'
import type { AccountSession } from '../../appliance/protocol/accounts.ts'
import type { AccountRole } from '../../appliance/protocol/roles.ts'
import { openSite, ownOrigin, type Site, until } from './site.ts'

let site: Site
beforeEach(async () => {
	site = await openSite()
})
afterEach(() => site.close())

const own = '비 오는 날의 회의실 창가 자리'
const other = '눈 오는 날의 회의실 창가 자리'
type Headers = Record<string, string>

const make = (name: string, role: AccountRole) => openAccountStore(site.db, Date.now).create(name, role).password

async function post(path: string, body: object, headers: Headers = {}) {
	const response = await site.fetch('POST', path, { body, headers })
	const cookies = response.headers.getSetCookie()
	const answer = (await response.json()) as { code?: string; role?: string }
	const cookie = cookies.map((one) => one.split(';')[0]).join('; ')
	return { status: response.status, ...answer, cookies, headers: { cookie }, wait: response.headers.get('retry-after') }
}
const signIn = (name: string, password: string, headers?: Headers) =>
	post('/api/v1/session', { name, password }, headers)

/** Signed in as an account whose owner has chosen a password. */
async function settled(name: string, role: AccountRole) {
	return post('/api/v1/session/password', { name, password: make(name, role), next: own })
}
const statusOf = async (path: string, headers: Headers, method = 'GET') =>
	(await site.fetch(method, path, { headers })).status
const sessionsOf = async (headers: Headers) => {
	const { sessions } = (await (await site.fetch('GET', '/api/v1/sessions', { headers })).json()) as {
		sessions: AccountSession[]
	}
	return sessions
}

describe('Signing in with an account', () => {
	it('takes another password first, and then opens what the role may, by a cookie that no script reads', async () => {
		const first = make('kim', 'facilities')
		expect(await signIn('kim', first)).toMatchObject({ status: 403, code: 'must-change', cookies: [] })
		const weak = await post('/api/v1/session/password', { name: 'kim', password: first, next: 'kim' })
		expect(weak).toMatchObject({ status: 400, code: 'weak-password' })
		const { status, role, cookies, headers } = await post('/api/v1/session/password', {
			...{ name: 'kim', password: first, next: own },
		})
		expect([status, role]).toEqual([200, 'facilities'])
		expect(cookies.map((one) => one.split('=')[0])).toEqual(['maru-account', 'maru-device'])
		for (const cookie of cookies) expect(cookie).toMatch(/Path=\/; HttpOnly; SameSite=Strict$/)
		expect(await statusOf('/api/v1/room', headers)).toBe(200)
		expect(await statusOf('/api/v1/tokens/revoke', headers, 'POST')).toBe(403)
		const told = await site.fetch('GET', '/api/v1/session', { headers })
		expect(await told.json()).toEqual({ role: 'facilities', name: 'kim' })
		expect(told.headers.get('cache-control')).toBe('no-store')
		expect((await signIn('kim', own)).status).toBe(200)
	})

	it('is refused in one word, whatever is wrong, and after five times waits', async () => {
		await settled('kim', 'facilities')
		expect(await signIn('nobody', own)).toMatchObject({ status: 403, code: 'bad-password', cookies: [], wait: null })
		for (let index = 0; index < 5; index++) {
			expect(await signIn('kim', other)).toMatchObject({ status: 403, code: 'bad-password' })
		}
		expect(await signIn('kim', own)).toMatchObject({ status: 429, code: 'too-many' })
		expect(Number((await signIn('kim', own)).wait)).toBeGreaterThan(0)
		expect(site.logged.join()).not.toContain('kim')
	})

	it('is no business of another site’s page', async () => {
		const origin = 'https://evil.test'
		await settled('kim', 'facilities')
		expect((await signIn('kim', own, { origin })).status).toBe(403)
		const change = { name: 'kim', password: own, next: other }
		expect((await post('/api/v1/session/password', change, { origin })).status).toBe(403)
		expect((await signIn('kim', own, { origin: ownOrigin })).status).toBe(200)
	})

	it.each([
		{ name: 'kim' },
		{ name: '', password: 'x' },
		{ name: 'kim', password: 'x', token: 'y' },
		{ name: 'kim', password: 7 },
		{ name: 'x'.repeat(101), password: 'x' },
	])('is not what %j asks', async (body) => {
		expect((await post('/api/v1/session', body)).status).toBe(400)
	})

	it('takes nothing from a link that is opened in the same browser, nor the link from it', async () => {
		const account = await settled('lee', 'official')
		const link = await post('/api/v1/session', { token: await site.token('panel') }, account.headers)
		const both = { cookie: `${account.headers.cookie}; ${link.headers.cookie}` }
		expect(await statusOf('/api/v1/counsel/desk', both)).toBe(200)
		expect(await statusOf('/api/v1/room', both)).toBe(200)
		expect(await statusOf('/api/v1/facilities/cameras', both)).toBe(403)
	})
})

describe('A session of an account', () => {
	it('ends when its owner signs out, and its cookie with it', async () => {
		const { headers } = await settled('kim', 'facilities')
		const gone = await site.fetch('DELETE', '/api/v1/session', { headers })
		expect(gone.headers.getSetCookie().find((one) => one.startsWith('maru-account=;'))).toMatch(
			/Expires=Thu, 01 Jan 1970/,
		)
		expect(await statusOf('/api/v1/room', headers)).toBe(401)
	})

	it('is ended elsewhere by its owner, who sees where; its open socket is told and closed', async () => {
		const { headers } = await settled('kim', 'facilities')
		const elsewhere = await signIn('kim', own, { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Chrome/156.0' })
		const client = await site.socket('panel', { headers: elsewhere.headers })
		await client.until('the room', () => client.of('state')[0])
		const sessions = await sessionsOf(headers)
		const [foreign] = sessions.filter((session) => !session.own)
		expect(sessions).toHaveLength(2)
		expect(foreign).toMatchObject({ name: 'kim', browser: 'Chrome · Windows', address: '127.0.0.1' })
		const ended = await site.fetch('DELETE', `/api/v1/sessions/${foreign?.id}`, { headers })
		expect(await ended.json()).toEqual({ ended: true })
		await client.until('the refusal', () => client.heard.find(({ code }) => code === 'revoked'))
		await until('the socket is closed', () => client.closed)
		expect(await statusOf('/api/v1/room', elsewhere.headers)).toBe(401)
	})

	it('of somebody else is seen and ended by an admin alone', async () => {
		const kim = await settled('kim', 'facilities')
		const lee = await settled('lee', 'audit')
		const boss = await settled('boss', 'admin')
		const [of] = await sessionsOf(kim.headers)
		const end = async (headers: Headers) =>
			(await site.fetch('DELETE', `/api/v1/sessions/${of?.id}`, { headers })).json()
		expect((await sessionsOf(lee.headers)).map(({ name }) => name)).toEqual(['lee'])
		expect(await end(lee.headers)).toEqual({ ended: false })
		expect((await sessionsOf(boss.headers)).map(({ name }) => name).sort()).toEqual(['boss', 'kim', 'lee'])
		expect(await end(boss.headers)).toEqual({ ended: true })
		expect(await statusOf('/api/v1/room', kim.headers)).toBe(401)
	})

	it('of any other browser ends with another password', async () => {
		const { headers } = await settled('kim', 'facilities')
		const change = { name: 'kim', password: own, next: other }
		const changed = await post('/api/v1/session/password', change, headers)
		expect([await statusOf('/api/v1/room', headers), await statusOf('/api/v1/room', changed.headers)]).toEqual([
			401, 200,
		])
		expect((await signIn('kim', own)).code).toBe('bad-password')
		const kept = site.db.prepare("SELECT action, place FROM audit WHERE action LIKE 'password%'").all()
		expect(kept.map(({ place }) => place)).toEqual(['127.0.0.1', '127.0.0.1'])
	})
})

describe('By TLS', () => {
	let proxied: Site
	beforeAll(async () => {
		proxied = await openSite({ proxies: ['127.0.0.1'] })
	})
	afterAll(() => proxied.close())

	it('the cookies are this host’s alone', async () => {
		const password = openAccountStore(proxied.db, Date.now).create('kim', 'admin').password
		const response = await proxied.fetch('POST', '/api/v1/session/password', {
			headers: { 'x-forwarded-proto': 'https' },
			body: { name: 'kim', password, next: own },
		})
		const cookies = response.headers.getSetCookie()
		expect(cookies.map((one) => one.split('=')[0])).toEqual(['__Host-maru-account', '__Host-maru-device'])
		for (const cookie of cookies) expect(cookie).toMatch(/Path=\/; HttpOnly; Secure; SameSite=Strict$/)
	})
})
