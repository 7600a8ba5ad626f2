import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useAccess } from '../../appliance/http/access.ts'
import { counterRoles, houseRoles, meetingRoles, type Role } from '../../appliance/protocol/roles.ts'
import { routes } from '../../appliance/protocol/routes.ts'
import { openSite, ownOrigin, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
	site = await openSite()
	site.hub.recording = import.meta.filename
})
afterAll(() => site.close())

const everyRole: Role[] = [...meetingRoles, ...houseRoles, ...counterRoles]

const upload = 'POST /api/v1/meetings/:id/documents'
const roll = 'POST /api/v1/meetings/:id/roll'
const floor = 'POST /api/v1/meetings/:id/floor/:step'
const onAir = /\/(relay|recording)\/:step$/
/** Requests that are good, so that nothing but the role decides. */
const bodies: Record<string, unknown> = {
	'POST /api/v1/tokens': { role: 'panel' },
	'POST /api/v1/tokens/revoke': { jti: '00000000-0000-4000-8000-000000000000' },
	'POST /api/v1/room/join': { link: 'https://maru.test/attend#x' },
	'PUT /api/v1/room/mute': { muted: true },
	'POST /api/v1/cameras/:id/move': { pan: 0, tilt: 0, zoom: 0 },
	'PUT /api/v1/cameras/:id/presets/:slot': { name: '의장석' },
	'POST /api/v1/meetings/:id/links': { role: 'member', name: '홍길동' },
	'POST /api/v1/meetings': { title: '회의', kind: 'council' },
	[upload]: 'a text',
	[floor]: { person: 'p1' },
	'POST /api/v1/meetings/:id/votes': { title: '안건', kind: 'recorded' },
	[roll]: '이름\n홍길동',
	'POST /api/v1/seats/:id/mic': { state: 'request' },
	'PUT /api/v1/cameras/:id/presets': { kind: 'maru-presets', version: 1, presets: [] },
	'PUT /api/v1/facilities/cameras/:id': { name: '정면', driver: 'visca-ip', host: '192.0.2.5' },
	'PUT /api/v1/meetings/:id/captions/:caption': { text: '예산안' },
	'PUT /api/v1/seats/:id': { camera: 'front', preset: 1 },
	'POST /api/v1/counsel/tickets': { topic: 'passport' },
	'POST /api/v1/counsel/appointments': { name: '홍길동', startsAt: 1, topic: 'passport', official: '김주무관' },
	'POST /api/v1/counsel/calls': { department: 'civil', desk: '1' },
	'POST /api/v1/counsel/visits/:visit/:step': {},
	'POST /api/v1/counsel/visits/:visit/seats': { seat: 'official' },
}
const endless = 'GET /api/v1/cameras/:id/live.mjpeg'
const ruled = Object.entries(routes).filter(([, rule]) => rule !== 'open') as [string, readonly Role[]][]

/** A document of the member 'p1', which any request may remove. */
async function handIn(): Promise<string> {
	const picture = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex')
	return (await site.documents.add('m1', { name: 'a.png', content: picture, by: 'p1' })).id
}

async function statusOf(route: string, token?: string, headers: Record<string, string> = {}): Promise<number> {
	const [method = '', pattern = ''] = route.split(' ')
	const id = pattern.includes('meetings') ? 'm1' : pattern.includes('seats') ? '1' : 'front'
	const path = pattern
		.replace(':id', id)
		.replace(':slot', '1')
		.replace(':document', pattern.includes(':document') ? await handIn() : '')
		.replace(':page', '1')
		.replace(':visit', 'a')
		.replace(
			':step',
			route.includes('/counsel/') ? 'end' : route === floor ? 'request' : onAir.test(route) ? 'start' : 'close',
		)
		.replace(':file', 'high.m3u8')
		.replace(':recording', 'r1')
		.replace(':vote', 'v1')
		.replace(':caption', 'a')
		.replace(':person.pdf', 'p1.pdf')
		.replace(':person', 'p2')
		.replace(':number', 'AAAA-BBBB-CCCC')
	const body = bodies[route]
	if (route === roll) Object.assign(headers, { 'content-type': 'text/csv' })
	if (route === upload) Object.assign(headers, { 'content-type': 'application/octet-stream' })
	const options = { headers, ...(token === undefined ? {} : { token }), ...(body === undefined ? {} : { body }) }
	const response = await site.fetch(method, route === upload ? `${path}?name=a.txt` : path, options)
	await response.body?.cancel()
	return response.status
}

/** Of a meeting as 'p1', to whom their own documents belong. */
function tokenOf(role: Role): Promise<string> {
	const inMeeting = meetingRoles.find((one) => one === role)
	return inMeeting ? site.identity.issue({ role: inMeeting, meeting: 'm1', person: 'p1' }) : site.token(role)
}

describe('The table of routes', () => {
	it.each(ruled)('%s is for those roles alone', async (route, roles) => {
		for (const role of everyRole) {
			const token = await tokenOf(role)
			const { value } = await site.identity.startSession(token)
			const ways = {
				token: await statusOf(route, token),
				cookie: await statusOf(route, undefined, { cookie: `maru=${value}` }),
			}
			for (const [way, status] of Object.entries(ways)) {
				const what = `${role} by ${way}: ${status}`
				if (roles.includes(role)) expect(what).toMatch(/: 2\d\d$/)
				else expect(what).toBe(`${role} by ${way}: 403`)
			}
		}
		expect(await statusOf(route)).toBe(401)
	})

	// Written by hand, so that a slip in the table itself is seen.
	it.each<[string, Role, number]>([
		['GET /api/v1/room', 'audit', 200],
		['GET /api/v1/room', 'member', 403],
		['PUT /api/v1/room/mute', 'panel', 200],
		['PUT /api/v1/room/mute', 'audit', 403],
		['PUT /api/v1/room/mute', 'chair', 403],
		['POST /api/v1/cameras/:id/move', 'facilities', 200],
		['POST /api/v1/cameras/:id/move', 'viewer', 403],
		['POST /api/v1/cameras/:id/move', 'room', 403],
		['GET /api/v1/cameras/:id/snapshot.jpg', 'observer', 403],
		['POST /api/v1/tokens', 'admin', 200],
		['POST /api/v1/tokens', 'panel', 403],
		['POST /api/v1/tokens', 'facilities', 403],
		['POST /api/v1/tokens/revoke', 'chair', 403],
		['POST /api/v1/meetings', 'panel', 201],
		['POST /api/v1/meetings', 'chair', 403],
		['POST /api/v1/meetings/:id/close', 'clerk', 200],
		['POST /api/v1/meetings/:id/close', 'member', 403],
		['POST /api/v1/meetings/:id/close', 'room', 403],
		['GET /api/v1/meetings/:id/links', 'chair', 200],
		['GET /api/v1/meetings/:id/links', 'observer', 403],
		['GET /api/v1/meetings/:id/links', 'clerk', 403],
		['POST /api/v1/meetings/:id/links', 'clerk', 201],
		['POST /api/v1/cameras/:id/test', 'facilities', 200],
		['POST /api/v1/cameras/:id/test', 'panel', 403],
		['GET /api/v1/cameras/:id/health', 'panel', 403],
		['PUT /api/v1/cameras/:id/presets', 'panel', 403],
		['GET /api/v1/facilities/cameras', 'panel', 403],
		['PUT /api/v1/facilities/cameras/:id', 'audit', 403],
		['PUT /api/v1/seats/:id', 'panel', 403],
		[floor, 'member', 200],
		[floor, 'observer', 403],
		[roll, 'clerk', 200],
		[roll, 'member', 403],
		['DELETE /api/v1/meetings/:id/people/:person', 'chair', 403],
		['GET /api/v1/meetings/:id/minutes.json', 'member', 403],
		['GET /api/v1/meetings/:id/journal', 'audit', 200],
		['GET /api/v1/meetings/:id/journal', 'panel', 403],
		['GET /api/v1/counsel/board', 'kiosk', 200],
		['GET /api/v1/counsel/desk', 'official', 200],
		['GET /api/v1/counsel/desk', 'kiosk', 403],
		['POST /api/v1/counsel/visits/:visit/seats', 'kiosk', 403],
		['POST /api/v1/counsel/visits/:visit/seats', 'member', 403],
		['GET /api/v1/room', 'official', 403],
		['GET /api/v1/meetings', 'official', 403],
		['GET /api/v1/meetings', 'kiosk', 403],
	])('%s, asked by %s, answers %i', async (route, role, status) => {
		expect(await statusOf(route, await site.token(role))).toBe(status)
	})

	it('is whole: every route of it is served', async () => {
		const admin = await site.token('admin')
		for (const route of Object.keys(routes).filter((route) => !route.includes('/ws/') && route !== endless)) {
			const [method = '', pattern = ''] = route.split(' ')
			expect(site.app.hasRoute({ method: method as 'GET', url: pattern }), route).toBe(true)
		}
		expect(await statusOf('GET /api/v1/nothing', admin)).toBe(404)
	})

	it('lets no route start that is not in it', async () => {
		const app = Fastify({ exposeHeadRoutes: false })
		const limits = { trial: (_: unknown, verify: () => Promise<never>) => verify() }
		useAccess(app, { identity: site.identity, origins: () => [], limits })
		expect(() => app.get('/api/v1/backdoor', async () => 'in')).toThrow(/GET \/api\/v1\/backdoor is not in the table/)
		expect(() => app.get('/api/v1/health', async () => 'ok')).not.toThrow()
		await app.close()
	})
})

describe('A token', () => {
	it.each(['forged', 'expired', 'revoked'])('that is %s opens nothing, and the answer says so', async (fault) => {
		const good = await site.token('admin')
		const { jti } = await site.identity.verify(good)
		const dot = good.lastIndexOf('.') + 4
		const tokens: Record<string, () => Promise<string> | string> = {
			forged: () => `${good.slice(0, dot)}${good[dot] === 'A' ? 'B' : 'A'}${good.slice(dot + 1)}`,
			expired: () => site.identity.issue({ role: 'admin', seconds: -10 }),
			revoked() {
				site.identity.revoke(jti)
				return good
			},
		}
		const response = await site.fetch('GET', '/api/v1/room', { token: (await tokens[fault]?.()) ?? '' })
		expect(response.status).toBe(401)
		expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
		expect(await response.json()).toMatchObject({ status: 401, code: fault })
	})

	it('of one meeting opens no other', async () => {
		for (const role of ['chair', 'member'] as const) {
			const other = await site.token(role, 'm2')
			expect(await statusOf('GET /api/v1/meetings/:id', other)).toBe(403)
			expect(await statusOf('POST /api/v1/meetings/:id/close', other)).toBe(403)
		}
	})

	it('is not looked for in the address, where logs would keep it', async () => {
		const token = await site.token('admin')
		expect((await site.fetch('GET', `/api/v1/room?token=${token}`)).status).toBe(401)
	})

	it('is made for machines by an administrator, and withdrawn the same way', async () => {
		const admin = await site.token('admin')
		const made = await site.fetch('POST', '/api/v1/tokens', { token: admin, body: { role: 'audit', hours: 1 } })
		const { token } = (await made.json()) as { token: string }
		expect(await statusOf('GET /api/v1/room', token)).toBe(200)
		await site.fetch('POST', '/api/v1/tokens/revoke', { token: admin, body: { token } })
		expect(await statusOf('GET /api/v1/room', token)).toBe(401)
	})

	it('that is to be withdrawn and opens nothing anyway does not throw out the one who asks', async () => {
		const token = await site.token('admin')
		const revoke = async (other: string) => {
			const response = await site.fetch('POST', '/api/v1/tokens/revoke', { token, body: { token: other } })
			return [response.status, ((await response.json()) as { code?: string }).code]
		}
		const other = await site.token('panel')
		expect(await revoke(other)).toEqual([200, undefined])
		expect(await revoke(other)).toEqual([409, 'already-so'])
		expect(await revoke('a.b.c')).toEqual([400, 'bad-message'])
	})

	it('may be announced in small letters, as the standard says', async () => {
		const headers = { authorization: `bearer ${await site.token('panel')}` }
		expect((await site.fetch('GET', '/api/v1/room', { headers })).status).toBe(200)
	})

	it('cannot withdraw itself by mistake', async () => {
		const token = await site.token('admin')
		expect((await site.fetch('POST', '/api/v1/tokens/revoke', { token, body: { token } })).status).toBe(403)
		expect(await statusOf('GET /api/v1/room', token)).toBe(200)
	})
})

describe('A session', () => {
	async function open(token: string, headers: Record<string, string> = {}) {
		const response = await site.fetch('POST', '/api/v1/session', { body: { token }, headers })
		const cookie = response.headers.get('set-cookie') ?? ''
		return { response, cookie, cookies: { cookie: cookie.split(';')[0] ?? '' } }
	}

	it('carries the rights of its token in a cookie that no script and no other site can use', async () => {
		const { cookie, cookies } = await open(await site.token('panel'))
		expect(cookie).toMatch(/HttpOnly/)
		expect(cookie).toMatch(/SameSite=Strict/)
		expect(await statusOf('GET /api/v1/room', undefined, cookies)).toBe(200)
		expect(await statusOf('POST /api/v1/tokens', undefined, cookies)).toBe(403)
	})

	it('ends when it is told to', async () => {
		const { cookies } = await open(await site.token('panel'))
		await site.fetch('DELETE', '/api/v1/session', { headers: cookies })
		expect(await statusOf('GET /api/v1/room', undefined, cookies)).toBe(401)
	})

	it('is not opened by a token that is none, nor by a page of another house', async () => {
		expect((await open('a.b.c')).response.status).toBe(401)
		const foreign = await open(await site.token('panel'), { origin: 'https://evil.test' })
		expect(foreign.response.status).toBe(403)
		expect(foreign.cookie).toBe('')
	})

	it.each([
		['https://evil.test', 403],
		['null', 403],
		['http://127.0.0.1.evil.test', 403],
		['http://localhost:8080', 200],
		['http://127.0.0.1:3000', 200],
		[ownOrigin, 200],
		[undefined, 200],
	])('changes something for a page of %s: %i', async (origin, status) => {
		const { cookies } = await open(await site.token('panel'))
		const headers = { ...cookies, ...(origin === undefined ? {} : { origin }) }
		expect(await statusOf('PUT /api/v1/room/mute', undefined, headers)).toBe(status)
		// A machine's token is nothing that a browser sends by itself.
		const bearer = origin === undefined ? {} : { origin }
		expect(await statusOf('PUT /api/v1/room/mute', await site.token('panel'), bearer)).toBe(200)
	})
})

describe('What was done', () => {
	it('is kept: who, what, when, by ids; reading and refusals are not', async () => {
		const { seq } = site.identity.trail.head()
		const token = await site.token('panel')
		const { jti } = await site.identity.verify(token)
		await statusOf('PUT /api/v1/cameras/:id/presets/:slot', token)
		await statusOf('GET /api/v1/room', token)
		// As often as a joystick is moved: nothing that could be kept.
		await statusOf('POST /api/v1/cameras/:id/move', token)
		await statusOf('POST /api/v1/cameras/:id/stop', token)
		await statusOf('POST /api/v1/tokens', token)
		site.room.answer = () => ({ ok: false, code: 'leased', message: 'Panel 2 drives it' })
		expect(await statusOf('POST /api/v1/cameras/:id/home', token)).toBe(409)
		site.room.answer = () => ({ ok: true })
		const rows = site.db.prepare('SELECT role, jti, action FROM audit WHERE seq > ?').all(seq)
		expect(rows).toEqual([{ role: 'panel', jti, action: 'PUT /api/v1/cameras/front/presets/1' }])
	})
})
