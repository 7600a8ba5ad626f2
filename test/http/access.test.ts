import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useAccess } from '../../appliance/http/access.ts'
import { captionCommands } from '../../appliance/protocol/captions.ts'
import { meetingCommands } from '../../appliance/protocol/meeting-commands.ts'
import { counterRoles, houseRoles, meetingRoles, type Role } from '../../appliance/protocol/roles.ts'
import { roomCommands } from '../../appliance/protocol/room-commands.ts'
import { routes } from '../../appliance/protocol/routes.ts'
import { openSite, ownOrigin, type Site, until } from './site.ts'
import { Tablet } from './tablet.ts'

let site: Site
let tablet: Tablet
beforeAll(async () => {
	// Each refusal counts against its address, and there are many.
	site = await openSite({ proxies: ['127.0.0.1'] })
	site.hub.recording = import.meta.filename
	tablet = new Tablet(site)
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
	'PUT /api/v1/panels/:id': { name: '의장석 태블릿' },
	'PUT /api/v1/settings/pin': { pin: '482913' },
}
const endless = 'GET /api/v1/cameras/:id/live.mjpeg'
const ruled = Object.entries(routes).filter(([, rule]) => rule !== 'open') as [string, readonly Role[]][]

/** A document of the member 'p1', which any request may remove. */
async function handIn(): Promise<string> {
	const picture = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex')
	return (await site.documents.add('m1', { name: 'a.png', content: picture, by: 'p1' })).id
}

let shown = ''
/** A screen as the route wants it: one that shows a code, one that is a panel, one that was. */
async function pairingFor(route: string): Promise<{ id: string; code: string }> {
	await tablet.claim(shown)
	const { id, code } = await tablet.shows()
	shown = id
	if (route.startsWith('PUT') || route.endsWith('/look')) return { id, code }
	site.panels.approve(id, { name: '의장석 태블릿' })
	await tablet.claim(id)
	if (route.endsWith('/restore')) site.panels.revoke(id)
	return { id, code }
}

async function statusOf(route: string, token?: string, headers: Record<string, string> = {}): Promise<number> {
	const [method = '', pattern = ''] = route.split(' ')
	const pairing = /\/(panels\/|pairing\/look)/.test(pattern) ? await pairingFor(route) : null
	const id = pairing?.id ?? (pattern.includes('meetings') ? 'm1' : pattern.includes('seats') ? '1' : 'front')
	const path = pattern
		.replace(':id', id)
		.replace(':slot', '1')
		.replace(':document', pattern.includes(':document') ? await handIn() : '')
		.replace(':page', '1')
		.replace(':visit', 'a')
		.replace(':session', 'a')
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
	const body = route === 'POST /api/v1/pairing/look' ? { code: pairing?.code } : bodies[route]
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

/** Tokens that open nothing. */
async function outsiders(): Promise<Record<'expired' | 'forged' | 'revoked', string>> {
	const [good, revoked] = [await site.token('admin'), await site.token('admin')]
	site.identity.revoke((await site.identity.verify(revoked)).jti)
	const dot = good.lastIndexOf('.') + 4
	const forged = `${good.slice(0, dot)}${good[dot] === 'A' ? 'B' : 'A'}${good.slice(dot + 1)}`
	return { expired: await site.identity.issue({ role: 'admin', seconds: -10 }), forged, revoked }
}

interface Key {
	token?: string
	headers?: Record<string, string>
}

/** Every role in each way, and everybody who is nobody. Made once: they are good for every route. */
let roleKeys: { who: string; role: Role; key: Key }[]
let nobodys: { who: string; key: Key }[]
let address = 0
beforeAll(async () => {
	roleKeys = []
	for (const role of everyRole) {
		const token = await tokenOf(role)
		const { value } = await site.identity.startSession(token)
		roleKeys.push({ who: `${role} by token`, role, key: { token } })
		roleKeys.push({ who: `${role} by cookie`, role, key: { headers: { cookie: `maru=${value}` } } })
	}
	const ended = await tokenOf('admin')
	const { value } = await site.identity.startSession(ended)
	site.identity.revoke((await site.identity.verify(ended)).jti)
	nobodys = [
		{ who: 'nobody', key: {} },
		...Object.entries(await outsiders()).map(([who, token]) => ({ who, key: { token } })),
		{ who: 'the session of a revoked one', key: { headers: { cookie: `maru=${value}` } } },
		{ who: 'a cookie that nobody gave', key: { headers: { cookie: `maru=${'A'.repeat(43)}` } } },
	]
})

/** Routes as Fastify itself has them, the names of their parameters left out. */
function registered(): string[] {
	const path: string[] = []
	const lines = site.app.printRoutes({ commonPrefix: false }).trimEnd().split('\n')
	return lines.flatMap((line) => {
		const [, indent = '', name, methods] = /^([│ ]*)[├└]── (\S*) \(([A-Z, ]+)\)$/.exec(line) ?? []
		if (name === undefined || methods === undefined) throw new Error(`this says no route: ${line}`)
		path.length = indent.length / 4
		path.push(name)
		return methods.split(', ').map((method) => `${method} ${nameless(path.join(''))}`)
	})
}
const nameless = (route: string) => route.replace(/:\w+(\|:\w+)*/g, ':')

describe('The table of routes', () => {
	it.each(ruled)('%s is for those roles alone', async (route, roles) => {
		for (const { who, role, key } of roleKeys) {
			const what = `${who}: ${await statusOf(route, key.token, { ...key.headers })}`
			if (roles.includes(role)) expect(what).toMatch(/: 2\d\d$/)
			else expect(what).toBe(`${who}: 403`)
		}
		for (const { who, key } of nobodys) {
			const headers = { ...key.headers, 'x-forwarded-for': `2001:db8::${(++address).toString(16)}` }
			expect(`${who}: ${await statusOf(route, key.token, headers)}`).toBe(`${who}: 401`)
		}
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
		['PUT /api/v1/panels/:id', 'panel', 403],
		['DELETE /api/v1/panels/:id', 'audit', 403],
		['POST /api/v1/pairing/look', 'panel', 403],
		['PUT /api/v1/settings/pin', 'facilities', 403],
		['DELETE /api/v1/settings/pin', 'admin', 200],
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

	it('is whole: no route is served that is not in it', () => {
		const known = new Set(Object.keys(routes).map(nameless))
		const served = registered()
		expect(served.length).toBeGreaterThan(100)
		// Fastify's own list leaves out what stands before a star.
		const star = { method: 'GET', url: '/*' } as const
		expect(site.app.hasRoute(star)).toBe(false)
		expect(served.filter((route) => !known.has(route.replace('GET /*', 'GET /assets/*')))).toEqual([])
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

describe.each(['panel', 'meeting', 'captions'] as const)('The socket of the %s', (name) => {
	const tables = {
		panel: roomCommands,
		meeting: meetingCommands,
		captions: captionCommands,
	}

	it.each(['expired', 'forged', 'revoked'] as const)('shows out whose token is %s', async (fault) => {
		const client = await site.socket(name)
		client.auth((await outsiders())[fault])
		await client.until('the end', () => client.closed)
		expect(client.heard.map(({ type, code }) => code ?? type)).toEqual(['hello', fault])
	})

	it('obeys nobody who has not said who they are, whatever the command', async () => {
		for (const type of Object.keys(tables[name])) {
			const client = await site.socket(name)
			expect(await client.ask({ type }), type).toMatchObject({ ok: false, code: 'unauthorized' })
			client.socket.terminate()
		}
	})

	it('knows no command that is not in its table', async () => {
		const role = { panel: 'admin', meeting: 'chair', captions: 'captioner' } as const
		const client = await site.socket(name)
		client.auth(await site.token(role[name]))
		const foreign = Object.keys({
			...tables.panel,
			...tables.meeting,
			...tables.captions,
			'audit.erase': 0,
			constructor: 0,
		})
		for (const type of foreign.filter((one) => !Object.hasOwn(tables[name], one)).slice(0, 15)) {
			expect(await client.ask({ type }), type).toMatchObject({ ok: false, code: 'unknown-command' })
		}
	})
})

describe('A token', () => {
	it.each(['forged', 'expired', 'revoked'] as const)(
		'that is %s opens nothing, and the answer says so',
		async (fault) => {
			const response = await site.fetch('GET', '/api/v1/room', { token: (await outsiders())[fault] })
			expect(response.status).toBe(401)
			expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
			expect(await response.json()).toMatchObject({ status: 401, code: fault })
		},
	)

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
		await statusOf('POST /api/v1/tokens', token)
		site.room.answer = () => ({ ok: false, code: 'leased', message: 'Panel 2 drives it' })
		expect(await statusOf('POST /api/v1/cameras/:id/home', token)).toBe(409)
		site.room.answer = () => ({ ok: true })
		const rows = () => site.db.prepare('SELECT role, jti, action FROM audit WHERE seq > ?').all(seq)
		await until('the entry', () => rows().length > 0)
		expect(rows()).toEqual([{ role: 'panel', jti, action: 'PUT /api/v1/cameras/front/presets/1' }])
	})
})
