import { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { keepingOf, placeOf, traceOf } from '../../appliance/http/trail.ts'
import type { AuditChain, AuditEntry, AuditPage } from '../../appliance/protocol/audit.ts'
import { routes } from '../../appliance/protocol/routes.ts'
import { type Client, openSite, type Site, until } from './site.ts'

let site: Site
beforeEach(async () => {
	site = await openSite()
})
afterEach(() => site.close())

/** All that is kept, but for who opened what. */
const kept = () => site.identity.trail.page({ limit: 1_000 }).entries.filter(({ kind }) => kind !== 'sign-in')
const actions = () => kept().map(({ action }) => action)
const keptOf = (action: string) => until(action, () => kept().find((one) => one.action === action))

async function read(path: string, role: 'audit' | 'admin' = 'audit') {
	return site.fetch('GET', `/api/v1/audit${path}`, { token: await site.token(role) })
}

async function open(name: 'panel' | 'meeting', role: 'panel' | 'member' | 'chair'): Promise<Client> {
	const client = await site.socket(name)
	client.auth(await site.token(role))
	return client
}

describe('The audit', () => {
	it('is read by the role of its name alone, in pages; and that it was read is an entry', async () => {
		const panel = await site.token('panel')
		for (const muted of [true, false, true]) {
			await site.fetch('PUT', '/api/v1/room/mute', { token: panel, body: { muted } })
			await keptOf(`PUT /api/v1/room/mute muted=${muted}`)
		}
		await until('three', () => kept().length === 3)
		const first = (await (await read('?limit=2&kind=microphone')).json()) as AuditPage
		expect(first.entries).toMatchObject([
			{ seq: 1, kind: 'microphone', role: 'panel', place: 'panel', action: 'PUT /api/v1/room/mute muted=true' },
			{ seq: 2, action: 'PUT /api/v1/room/mute muted=false' },
		])
		expect(first.entries[0]?.jti).toBe((await site.identity.verify(panel)).jti)
		const next = (await (await read(`?after=${first.next}&kind=microphone`)).json()) as AuditPage
		expect([next.entries.length, next.next]).toEqual([1, null])
		const newest = (await (await read('?before=999&limit=1&kind=audit')).json()) as AuditPage
		expect(newest.entries).toMatchObject([
			{ kind: 'audit', role: 'audit', place: 'local', action: 'GET /api/v1/audit' },
		])
		expect((await read('', 'admin')).status).toBe(403)
		expect((await read('/chain', 'admin')).status).toBe(403)
		expect((await read('.csv', 'admin')).status).toBe(403)
	})

	it('has a time, which may be asked for in either way of writing one', async () => {
		site.identity.trail.append({ role: 'admin', jti: 'a', action: 'backup x' })
		const [{ at } = { at: 0 }] = kept()
		const count = async (query: string) => ((await (await read(query)).json()) as AuditPage).entries.length
		expect(await count(`?from=${at}&to=${at + 1}&kind=export`)).toBe(1)
		expect(await count(`?from=${encodeURIComponent(new Date(at).toISOString())}&kind=export`)).toBe(1)
		expect(await count(`?to=${encodeURIComponent(new Date(at).toISOString())}&kind=export`)).toBe(0)
		for (const query of ['?from=yesterday', '?limit=-1', '?after=x', '?kind=gossip', '?colour=red']) {
			expect((await read(query)).status, query).toBe(400)
		}
	})

	it('says whether it is as it was written, and from where it is not', async () => {
		for (let n = 0; n < 3; n++) site.identity.trail.append({ role: 'admin', jti: 'a', action: `backup ${n}` })
		const chain = async () => (await (await read('/chain')).json()) as AuditChain
		expect(await chain()).toMatchObject({ fault: null, head: expect.stringMatching(/^[0-9a-f]{64}$/) })
		site.db.exec("DROP TRIGGER audit_unchanged; UPDATE audit SET body = replace(body, 'backup 1', 'backup 9')")
		expect(await chain()).toMatchObject({ entries: 1, fault: { seq: 2, fault: 'changed' } })
	})

	it('is a file for a spreadsheet, whole however long it is', async () => {
		site.db.exec('BEGIN')
		for (let n = 0; n < 2_300; n++) site.identity.trail.append({ role: 'admin', jti: 'a', action: `backup ${n}` })
		site.db.exec('COMMIT')
		const response = await read('.csv?kind=export')
		expect(response.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"')
		const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer())
		expect(text.startsWith('\ufeffseq,at,kind,role,jti,person,place,action,hash\r\n')).toBe(true)
		expect(text.split('\ufeff')).toHaveLength(2)
		const lines = text.trimEnd().split('\r\n')
		expect(lines).toHaveLength(2_301)
		expect(lines[2_300]).toMatch(/^2300,\d{4}-\d\d-\d\dT[\d:.]+Z,export,admin,a,,,backup 2299,[0-9a-f]{64}$/)
	})

	it('has what was done before whoever did it is told: a power cut between the two leaves no act that nobody did', async () => {
		const panel = await open('panel', 'panel')
		await panel.ask({ type: 'room.mute', muted: true })
		const append = vi.spyOn(site.identity.trail, 'append')
		const told = vi.spyOn(ServerResponse.prototype, 'writeHead')
		const said = vi.spyOn(WebSocket.prototype, 'send')
		try {
			await site.fetch('PUT', '/api/v1/room/mute', { token: await site.token('panel'), body: { muted: false } })
			expect(append.mock.lastCall?.[0]).toMatchObject({ action: 'PUT /api/v1/room/mute muted=false' })
			expect(append.mock.invocationCallOrder.at(-1)).toBeLessThan(told.mock.invocationCallOrder.at(-1) ?? 0)
			await panel.ask({ type: 'room.mute', muted: true })
			expect(append.mock.lastCall?.[0]).toMatchObject({ action: 'room.mute muted=true' })
			const result = said.mock.calls.findLastIndex(([data]) => String(data).includes('"type":"result"'))
			expect(append.mock.invocationCallOrder.at(-1)).toBeLessThan(said.mock.invocationCallOrder[result] ?? 0)
		} finally {
			for (const spy of [append, told, said]) spy.mockRestore()
		}
	})

	it('cannot be erased over HTTP or a socket, by an administrator neither', () => {
		const ways = Object.keys(routes).filter((route) => route.includes('/audit'))
		expect(ways.every((way) => way.startsWith('GET '))).toBe(true)
	})
})

describe('What people do', () => {
	it('is one entry for each hold of a camera, on the panel, over HTTP and from a page of the meeting', async () => {
		const [panel, member] = [await open('panel', 'panel'), await open('meeting', 'member')]
		const move = { type: 'camera.move', camera: 'front', pan: 0.5, tilt: 0, zoom: 0 }
		for (let n = 0; n < 20; n++) await panel.ask(move)
		await panel.ask({ type: 'camera.stop', camera: 'front' })
		await panel.ask(move)
		await panel.ask({ ...move, pan: 0 })
		await panel.ask({ ...move, pan: -1 })
		await panel.ask({ ...move, camera: 'rear' })
		for (let n = 0; n < 5; n++) await member.ask({ type: 'feed.move', feed: 'f1', pan: 1, tilt: 0, zoom: 0 })
		const token = await site.token('facilities')
		const body = { pan: 1, tilt: 0, zoom: 0 }
		for (let n = 0; n < 4; n++) await site.fetch('POST', '/api/v1/cameras/front/move', { token, body })
		await site.fetch('POST', '/api/v1/cameras/front/stop', { token })
		await site.fetch('POST', '/api/v1/cameras/front/move', { token, body })
		const expected = [
			...['camera.move front', 'camera.move front', 'camera.move front', 'camera.move rear', 'feed.move m1 f1'],
			...['POST /api/v1/cameras/front/move', 'POST /api/v1/cameras/front/move'],
		]
		await until('the last', () => actions().length >= expected.length)
		expect(actions()).toEqual(expected)
		expect(kept()).toMatchObject(expected.map(() => ({ kind: 'camera' })))
	})

	it('is kept where it gives a microphone or a right to somebody', async () => {
		const chair = await open('meeting', 'chair')
		for (const command of [
			{ type: 'floor.grant', who: 'p1', seconds: 300 },
			{ type: 'floor.next' },
			{ type: 'floor.revoke', who: 'p1' },
			{ type: 'person.ask', who: 'p1', for: 'microphone' },
			{ type: 'person.role', who: 'p1', role: 'clerk' },
			{ type: 'feed.let', who: 'p1', on: true },
			{ type: 'person.rename', who: 'p1', name: '김철수' },
		]) {
			expect(await chair.ask(command)).toMatchObject({ ok: true })
		}
		await keptOf('person.rename m1 p1')
		expect(kept().map(({ kind, action }) => `${kind}: ${action}`)).toEqual([
			'microphone: floor.grant m1 p1',
			'microphone: floor.next m1',
			'microphone: person.ask m1 p1 for=microphone',
			'role: person.role m1 p1 role=clerk',
			'role: feed.let m1 p1 on=true',
			'role: person.rename m1 p1',
		])
		expect(JSON.stringify(kept())).not.toContain('김철수')
	})

	it('is kept where it takes something out of the house; the same film by parts is one entry', async () => {
		site.hub.recording = import.meta.filename
		const token = await site.token('admin')
		const film = '/api/v1/meetings/m1/recordings/r1/recording.mp4'
		for (const path of [
			...['attendance.csv', 'minutes.md', 'minutes.json', 'minutes.json', 'journal', 'relay/viewers.csv'],
			...['recordings/r1/recording.mp4', 'recordings', 'documents'],
		]) {
			expect((await site.fetch('GET', `/api/v1/meetings/m1/${path}`, { token })).status, path).toBe(200)
		}
		for (const range of ['bytes=0-9', 'bytes=10-19']) {
			expect((await site.fetch('GET', film, { token, headers: { range } })).status).toBe(206)
		}
		await site.fetch('GET', '/api/v1/cameras/front/presets', { token })
		await keptOf('GET /api/v1/cameras/front/presets')
		expect(actions().map((action) => action.replace('/api/v1/meetings/m1/', ''))).toEqual([
			...['attendance.csv', 'minutes.md', 'minutes.json', 'journal', 'relay/viewers.csv'].map((path) => `GET ${path}`),
			'GET recordings/r1/recording.mp4',
			'GET /api/v1/cameras/front/presets',
		])
		expect(kept()).toMatchObject(kept().map(() => ({ kind: 'export', role: 'admin' })))
	})

	it('names the tokens and links that were made and withdrawn, and carries none of them', async () => {
		const token = await site.token('admin')
		const made = await site.fetch('POST', '/api/v1/tokens', { token, body: { role: 'kiosk', hours: 2 } })
		const { token: other } = (await made.json()) as { token: string }
		const { jti } = await site.identity.verify(other)
		await site.fetch('POST', '/api/v1/tokens/revoke', { token, body: { token: other } })
		const body = { role: 'member', name: '홍길동' }
		const invited = await site.fetch('POST', '/api/v1/meetings/m1/links', { token, body })
		const { person } = (await invited.json()) as { person: string }
		await site.fetch('GET', '/api/v1/meetings/m1/links', { token })
		await keptOf('GET /api/v1/meetings/m1/links')
		expect(actions()).toEqual([
			`POST /api/v1/tokens role=kiosk hours=2 ${jti}`,
			`POST /api/v1/tokens/revoke ${jti}`,
			`POST /api/v1/meetings/m1/links role=member ${person}`,
			'GET /api/v1/meetings/m1/links',
		])
		expect(kept()).toMatchObject(actions().map(() => ({ kind: 'token' })))
		expect(JSON.stringify(kept())).not.toMatch(/eyJ|홍길동/)
	})
})

describe('Who came in', () => {
	const signIns = () => site.identity.trail.page({ limit: 1_000, kind: 'sign-in' }).entries

	it('is kept once for each that the house let in; of the people of a meeting its own journal says so', async () => {
		const token = await site.token('panel')
		for (let n = 0; n < 3; n++) {
			const client = await site.socket('panel')
			client.auth(token)
			await client.until('the snapshot', () => client.of('state').length > 0)
		}
		const member = await open('meeting', 'member')
		await member.ask({ type: 'meeting.leave' })
		for (const one of [token, await site.token('chair')])
			await site.fetch('POST', '/api/v1/session', { body: { token: one } })
		const { jti } = await site.identity.verify(token)
		expect(signIns()).toMatchObject([
			{ role: 'panel', jti, place: 'panel', action: 'sign-in /ws/panel' },
			{ role: 'panel', jti, place: 'panel', action: 'sign-in /api/v1/session' },
		])
	})

	it('is kept of those too who tried in vain, the first time and the tenth', async () => {
		const expired = await site.identity.issue({ role: 'admin', seconds: -10 })
		for (let n = 0; n < 12; n++) await site.fetch('GET', '/api/v1/room', { token: expired })
		const client = await site.socket('panel')
		client.auth('a.b.c')
		await client.until('the end', () => client.closed)
		await site.fetch('POST', '/api/v1/session', { body: { token: 'x.y.z' } })
		expect(signIns().map(({ role, jti, place, action }) => [role, jti, place, action])).toEqual([
			['nobody', '', 'local', 'token.refused expired'],
			['nobody', '', 'local', 'token.refused expired, 10 times'],
			['nobody', '', 'local', 'token.refused forged'],
		])
	})
})

it('What cannot be kept costs nobody what they asked for, and the log says so', async () => {
	site.db.exec(`CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	const panel = await open('panel', 'panel')
	expect(await panel.ask({ type: 'room.mute', muted: true })).toMatchObject({ ok: true })
	await until('the line', () => site.logged.some((line) => line.includes('what was done could not be kept')))
})

it.each([
	['POST', '/api/v1/meetings', 'each'],
	['DELETE', '/api/v1/meetings/:id/recordings/:recording', 'each'],
	['GET', '/api/v1/meetings/:id', 'no'],
	['GET', '/api/v1/room', 'no'],
	['GET', '/api/v1/meetings/:id/documents/:document', 'no'],
	['GET', '/api/v1/meetings/:id/class/certificates/:person.pdf', 'each'],
	['GET', '/api/v1/meetings/:id/recordings/:recording/recording.mp4', 'hold'],
	['GET', '/api/v1/audit/chain', 'each'],
	['POST', '/api/v1/cameras/:id/move', 'hold'],
	['POST', '/api/v1/cameras/:id/stop', 'end'],
])('%s %s is kept: %s', (method, route, keeping) => {
	expect(keepingOf(method, route)).toBe(keeping)
})

it('Of what was sent along ids and words of ours are kept, and nothing that somebody wrote', () => {
	const sent: Partial<Record<keyof AuditEntry | string, unknown>> = {
		...{ camera: 'front', slot: 3, name: '의장석', title: 'x', link: 'https://maru.test/attend#x', token: 'eyJ.x.y' },
		...{
			who: 'p1',
			role: 'chair',
			on: false,
			text: '비밀',
			pin: '123456',
			password: 'pw',
			seat: 'a seat',
			kind: { a: 1 },
		},
	}
	expect(traceOf(sent)).toBe(' front 3 p1 role=chair on=false')
	for (const nothing of [null, undefined, 'text', 7, [], {}]) expect(traceOf(nothing)).toBe('')
})

it.each([
	['192.0.2.7', '192.0.2.7'],
	['2001:db8::1', '2001:db8::1'],
	['127.0.0.1', 'local'],
	['::1', 'local'],
	['::ffff:127.0.0.1', 'local'],
])('from %s is told as %s', (ip, place) => {
	expect(placeOf({ ip })).toBe(place)
	const panel = { kind: 'house', role: 'panel', jti: 'j' } as const
	expect(placeOf({ ip }, panel)).toBe(place === 'local' ? 'panel' : place)
})
