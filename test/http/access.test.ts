import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useAccess } from '../../appliance/http/access.ts'
import { captionCommands } from '../../appliance/protocol/captions.ts'
import { meetingCommands } from '../../appliance/protocol/meeting-commands.ts'
import { roomCommands } from '../../appliance/protocol/room-commands.ts'
import { type Ask, createAsk, outsiders } from './requests.ts'
import { openSite, ownOrigin, type Site, until } from './site.ts'

let site: Site
let statusOf: Ask
beforeAll(async () => {
	site = await openSite({ proxies: ['127.0.0.1'] })
	statusOf = createAsk(site)
})
afterAll(() => site.close())

describe('The table of routes', () => {
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
		client.auth((await outsiders(site))[fault])
		await client.until('the end', () => client.closed)
		expect(client.heard.map(({ type, code }) => code ?? type)).toEqual(['hello', fault])
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
			const response = await site.fetch('GET', '/api/v1/room', { token: (await outsiders(site))[fault] })
			expect(response.status).toBe(401)
			expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
			expect(await response.json()).toMatchObject({ status: 401, code: fault })
		},
	)

	it('of one meeting opens no other', async () => {
		for (const role of ['chair', 'member'] as const) {
			const other = await site.token(role, 'm2')
			expect(await statusOf('GET /api/v1/meetings/:id', { token: other })).toBe(403)
			expect(await statusOf('POST /api/v1/meetings/:id/close', { token: other })).toBe(403)
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
		expect(await statusOf('GET /api/v1/room', { token })).toBe(200)
		await site.fetch('POST', '/api/v1/tokens/revoke', { token: admin, body: { token } })
		expect(await statusOf('GET /api/v1/room', { token })).toBe(401)
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
		expect(await statusOf('GET /api/v1/room', { token })).toBe(200)
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
		expect(await statusOf('GET /api/v1/room', { headers: cookies })).toBe(200)
		expect(await statusOf('POST /api/v1/tokens', { headers: cookies })).toBe(403)
	})

	it('ends when it is told to', async () => {
		const { cookies } = await open(await site.token('panel'))
		await site.fetch('DELETE', '/api/v1/session', { headers: cookies })
		expect(await statusOf('GET /api/v1/room', { headers: cookies })).toBe(401)
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
		expect(await statusOf('PUT /api/v1/room/mute', { headers })).toBe(status)
		// A machine's token is nothing that a browser sends by itself.
		const bearer = origin === undefined ? {} : { origin }
		expect(await statusOf('PUT /api/v1/room/mute', { token: await site.token('panel'), headers: bearer })).toBe(200)
	})
})

describe('What was done', () => {
	it('is kept: who, what, when, by ids; reading and refusals are not', async () => {
		const { seq } = site.identity.trail.head()
		const token = await site.token('panel')
		const { jti } = await site.identity.verify(token)
		await statusOf('PUT /api/v1/cameras/:id/presets/:slot', { token })
		await statusOf('GET /api/v1/room', { token })
		await statusOf('POST /api/v1/tokens', { token })
		site.room.answer = () => ({ ok: false, code: 'leased', message: 'Panel 2 drives it' })
		expect(await statusOf('POST /api/v1/cameras/:id/home', { token })).toBe(409)
		site.room.answer = () => ({ ok: true })
		const rows = () => site.db.prepare('SELECT role, jti, action FROM audit WHERE seq > ?').all(seq)
		await until('the entry', () => rows().length > 0)
		expect(rows()).toEqual([{ role: 'panel', jti, action: 'PUT /api/v1/cameras/front/presets/1' }])
	})
})
