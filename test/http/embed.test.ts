import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addressList } from '../../appliance/config-relay.ts'
import { personOf, readHeader, userOf } from '../../appliance/http/portal.ts'
import { openSite, ownOrigin, type Site } from './site.ts'

const portal = { header: 'x-remote-user', name: 'x-remote-name', isPortal: addressList(['127.0.0.1']) }
const embed = ['https://intra.city.example', 'http://old.city.example:8000']

let site: Site
let elsewhere: Site
let bare: Site
beforeAll(async () => {
	site = await openSite({ embed, portal })
	elsewhere = await openSite({ portal: { ...portal, isPortal: addressList(['10.0.0.5']) } })
	bare = await openSite()
})
afterAll(() => Promise.all([site.close(), elsewhere.close(), bare.close()]))
beforeEach(() => {
	site.logged.length = 0
})

const kim = { 'x-remote-user': 'kim.ms', 'x-remote-name': encodeURIComponent('김민수') }
const enter = (from: Site, headers: Record<string, string>, meeting = 'm1') =>
	from.fetch('POST', '/api/v1/relay/session', { headers, body: { meeting } })
/** Of the answer, as the browser would send it back. */
const cookieOf = (response: Response) => response.headers.getSetCookie().map((one) => one.split(';')[0])[0] ?? ''
const whoIs = async (response: Response) => site.identity.verify(((await response.json()) as { token: string }).token)

describe('Frames', () => {
	it('of the sites in the configuration may hold the watch page, and no other page', async () => {
		const watch = await site.fetch('GET', '/watch')
		expect(watch.headers.get('content-security-policy')).toMatch(new RegExp(`frame-ancestors ${embed.join(' ')}$`))
		expect(watch.headers.get('content-security-policy')).toContain("object-src 'none'")
		expect(watch.headers.get('x-frame-options')).toBeNull()
		for (const path of ['/panel', '/stage', '/programme', '/', '/trust', '/watch/embed.js', '/api/v1/health']) {
			const { headers } = await site.fetch('GET', path)
			expect(headers.get('content-security-policy'), path).toMatch(/frame-ancestors 'none'$/)
			expect(headers.get('x-frame-options'), path).toBe('SAMEORIGIN')
		}
		// The kiosk's, on the same origin, holds a session.
		const attend = await site.fetch('GET', '/attend')
		expect(attend.headers.get('content-security-policy')).toMatch(/frame-ancestors 'self'$/)
	})

	it('hold nothing where the configuration names no site', async () => {
		const { headers } = await bare.fetch('GET', '/watch')
		expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'$/)
		expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
	})
})

describe('Whoever comes through the portal', () => {
	it('is a viewer of the meeting by name, and has a session that only this frame keeps', async () => {
		const response = await enter(site, kim)
		expect(response.status).toBe(200)
		expect(response.headers.get('cache-control')).toBe('private, no-store')
		const [cookie] = response.headers.getSetCookie()
		for (const part of ['HttpOnly', 'Secure', 'SameSite=None', 'Partitioned', 'Path=/']) expect(cookie).toContain(part)
		expect(await whoIs(response)).toMatchObject({
			role: 'viewer',
			meeting: 'm1',
			name: '김민수',
			person: personOf('kim.ms'),
		})
	})

	it('reads playlists by that session alone, of that meeting alone, and does nothing else by it', async () => {
		site.hub.playlists.set('high.m3u8', '#EXTM3U\n')
		const headers = { cookie: cookieOf(await enter(site, kim)) }
		const get = async (path: string) => (await site.fetch('GET', path, { headers })).status
		expect(await get('/api/v1/meetings/m1/relay/high.m3u8')).toBe(200)
		expect(await get('/api/v1/meetings/m2/relay/high.m3u8')).toBe(403)
		expect(await get('/api/v1/meetings/m1/relay/viewers')).toBe(403)
		expect(await get('/api/v1/cameras')).toBe(403)
		const ask = (origin: string) =>
			site.fetch('POST', '/api/v1/meetings/m1/relay/start', { headers: { ...headers, origin } })
		expect((await ask(ownOrigin)).status).toBe(403)
		expect((await ask('https://intra.city.example')).status).toBe(403)
	})

	it('is known from the page on, where the portal leads nothing but pages through itself', async () => {
		const page = await site.fetch('GET', '/watch?meeting=m1', { headers: kim })
		expect(page.headers.get('cache-control')).toBe('private, no-store')
		const cookie = cookieOf(page)
		const entered = await enter(site, { cookie })
		expect(await whoIs(entered)).toMatchObject({ name: '김민수', person: personOf('kim.ms') })
		expect(entered.headers.getSetCookie()).toEqual([]) // it lasts as long as what the portal said, and no longer
		expect((await enter(site, { cookie }, 'm2')).status).toBe(401)
		for (const path of ['/watch', '/watch?meeting=../m1', '/attend?meeting=m1']) {
			expect((await site.fetch('GET', path, { headers: kim })).headers.getSetCookie(), path).toEqual([])
		}
	})

	it('keeps that session when they come again, and is somebody else when somebody else signs in', async () => {
		const cookie = cookieOf(await enter(site, kim))
		expect((await enter(site, { ...kim, cookie })).headers.getSetCookie()).toEqual([])
		const other = await enter(site, { 'x-remote-user': 'lee', cookie })
		expect(other.headers.getSetCookie()).toHaveLength(1)
		expect(await whoIs(other)).toMatchObject({ name: 'lee', person: personOf('lee') })
	})

	it.each([
		['without headers', {}],
		['with an empty one', { 'x-remote-user': ' ' }],
		['with one that is too long for an id', { 'x-remote-user': 'k'.repeat(46) }],
		['by name alone', { 'x-remote-name': 'kim' }],
		['with a cookie that is nobody’s', { cookie: 'maru-relay=none' }],
	])('is nobody %s', async (_, headers) => {
		expect((await enter(site, headers)).status).toBe(401)
	})

	it('is nobody where the header stands twice: the second may be their own', async () => {
		// fetch would make one header of them.
		const headers = { 'content-type': 'application/json', 'x-remote-user': ['admin', 'kim.ms'] }
		const asking = request(`${site.origin}/api/v1/relay/session`, { method: 'POST', headers })
		asking.end(JSON.stringify({ meeting: 'm1' }))
		const [answer] = (await once(asking, 'response')) as [IncomingMessage]
		answer.resume()
		expect(answer.statusCode).toBe(401)
	})

	it('is not believed from elsewhere, which the log tells once, without their name', async () => {
		for (let i = 0; i < 3; i++) expect((await enter(elsewhere, kim)).status).toBe(401)
		await elsewhere.fetch('GET', '/watch?meeting=m1', { headers: kim })
		const told = elsewhere.logged.filter((line) => line.includes('x-remote-user'))
		expect(told).toHaveLength(1)
		expect(told[0]).not.toMatch(/kim/)
	})

	it('is not believed where there is no portal', async () => {
		expect((await enter(bare, kim)).status).toBe(401)
		expect((await bare.fetch('GET', '/watch?meeting=m1', { headers: kim })).headers.getSetCookie()).toEqual([])
	})

	it('is not believed past a proxy of ours that the portal does not stand before', async () => {
		const behind = await openSite({
			proxies: ['127.0.0.1'],
			portal: { ...portal, isPortal: addressList(['10.0.0.5']) },
		})
		const by = (address: string) => enter(behind, { ...kim, 'x-forwarded-for': address })
		expect((await by('10.0.0.5')).status).toBe(200)
		expect((await by('10.0.0.6')).status).toBe(401)
		expect((await by('10.0.0.5, 10.0.0.6')).status).toBe(401)
		await behind.close()
	})

	it('asks from our own pages only, and for meetings that there are', async () => {
		expect((await enter(site, { ...kim, origin: 'https://intra.city.example' })).status).toBe(403)
		expect((await enter(site, { ...kim, origin: ownOrigin })).status).toBe(200)
		expect((await enter(site, kim, 'm9')).status).toBe(404)
	})
})

describe('A header with a name', () => {
	it.each([
		['kim', 'kim'],
		[Buffer.from('김민수').toString('latin1'), '김민수'],
		[encodeURIComponent('김민수 국장'), '김민수 국장'],
		['J\xfcrgen', 'Jürgen'],
		['100%', '100%'],
		['%zz', '%zz'],
		['  kim  ', 'kim'],
		['', null],
		['a\u0007b', null],
		['%0d%0aSet-Cookie', null],
		['k'.repeat(81), null],
	])('%j is %j', (value, name) => expect(readHeader(value)).toBe(name))
})

describe('A person of the portal', () => {
	it.each(['kim.ms', '20260001', '김민수@city', 'CITY\\kim', 'k'.repeat(45)])(
		'%s has an id, and is found again',
		(user) => {
			const person = personOf(user) ?? ''
			expect(person).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
			expect(userOf(person)).toBe(user)
		},
	)

	it('is nobody of another kind', () => {
		expect(userOf('1c9d6a52-1111-4c6e-9d55-3a1c3a1c3a1c')).toBeNull()
	})
})
