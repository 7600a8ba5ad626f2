import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSite, type Site } from './site.ts'

let site: Site
beforeEach(async () => {
	site = await openSite()
})
afterEach(() => site.close())

/** Every error is a problem document with a code of ours. */
async function problemOf(response: Response) {
	expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
	const body = (await response.json()) as { status: number; code: string; detail: string; title: string; type: string }
	expect(body.status).toBe(response.status)
	expect(body.type).toBe(`urn:maru:${body.code}`)
	return body
}

describe('A request', () => {
	it('for what is not there is answered as a problem', async () => {
		const body = await problemOf(await site.fetch('GET', '/api/v2/room?token=secret'))
		expect(body).toMatchObject({ status: 404, detail: 'there is no GET /api/v2/room' })
	})

	it('whose address cannot be read is answered as a problem', async () => {
		const { port } = new URL(site.origin)
		const socket = connect(Number(port), '127.0.0.1')
		socket.write('GET /%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
		let text = ''
		socket.on('data', (chunk) => (text += chunk))
		await once(socket, 'close')
		expect(text).toMatch(/^HTTP\/1\.1 400 /)
		expect(text).toContain('application/problem+json')
	})

	it.each<[string, unknown, number, string]>([
		['of no JSON', '{"muted": tru', 400, 'bad-message'],
		['of another type', { muted: 'yes' }, 400, 'bad-message'],
		['of a number for a word, which is not turned into one', { muted: 1 }, 400, 'bad-message'],
		['with a field too many, which is not dropped', { muted: true, loud: true }, 400, 'bad-message'],
		['with a field too few', {}, 400, 'bad-message'],
		['of more than 64 KiB', { muted: true, x: 'x'.repeat(65 * 1024) }, 413, 'too-large'],
	])('with a body %s is refused and does nothing', async (_, body, status, code) => {
		const response = await site.fetch('PUT', '/api/v1/room/mute', { token: await site.token('panel'), body })
		expect(await problemOf(response)).toMatchObject({ status, code })
		expect(site.room.done).toEqual([])
	})

	it.each([
		['/api/v1/cameras/front/move', { pan: 2, tilt: 0, zoom: 0 }],
		['/api/v1/cameras/front/move', { pan: 0, tilt: 0, zoom: 0, forMs: 100_000 }],
		['/api/v1/cameras/..%2f..%2fetc/move', { pan: 0, tilt: 0, zoom: 0 }],
		['/api/v1/cameras/front/presets/100/recall', undefined],
	])('%s out of range is refused', async (path, body) => {
		const response = await site.fetch('POST', path, { token: await site.token('panel'), body })
		expect((await problemOf(response)).status).toBe(400)
		expect(site.room.moves).toEqual([])
	})

	it('with a body in another language is refused', async () => {
		const token = await site.token('panel')
		const headers = { 'content-type': 'application/xml' }
		expect((await site.fetch('PUT', '/api/v1/room/mute', { token, body: '<muted/>', headers })).status).toBe(415)
	})

	it('with a body where none belongs is refused, and not taken for a smaller one', async () => {
		const token = await site.token('panel')
		const leave = (options: object) => site.fetch('POST', '/api/v1/room/leave', { token, ...options })
		expect(await problemOf(await leave({ body: { hangUp: false } }))).toMatchObject({
			status: 400,
			code: 'bad-message',
		})
		expect(await problemOf(await leave({ body: '"x"' }))).toMatchObject({ status: 400 })
		expect((await leave({ body: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(415)
		expect(site.room.done).toEqual([])
		// Clients that call everything JSON, also nothing.
		expect((await leave({ headers: { 'content-type': 'application/json' } })).status).toBe(200)
		expect((await leave({ body: {} })).status).toBe(200)
		const mute = { token, headers: { 'content-type': 'application/json' } }
		expect((await problemOf(await site.fetch('PUT', '/api/v1/room/mute', mute))).status).toBe(400)
	})

	it('whose body would change the program itself is refused', async () => {
		const body = '{"muted": true, "__proto__": {"muted": false}}'
		expect((await site.fetch('PUT', '/api/v1/room/mute', { token: await site.token('panel'), body })).status).toBe(400)
	})

	it.each(['/ws/panel', '/ws/meeting'])('for %s that is no socket is told so', async (path) => {
		const response = await site.fetch('GET', path)
		expect(response.headers.get('upgrade')).toBe('websocket')
		expect((await problemOf(response)).status).toBe(426)
	})

	it.each<[string, unknown]>([
		['a string', 'the secret of the house'],
		['nothing', null],
		['an error with a status', Object.assign(new Error('the secret of the house'), { statusCode: 404 })],
		['an error with a code', Object.assign(new Error('the secret of the house'), { code: 'ENOENT' })],
	])('that a bug answers with %s says no word of that', async (_, thrown) => {
		site.room.answer = () => {
			throw thrown
		}
		const response = await site.fetch('POST', '/api/v1/room/leave', { token: await site.token('panel') })
		const body = await problemOf(response)
		expect(body).toMatchObject({ status: 500, code: 'internal' })
		expect(JSON.stringify(body)).not.toContain('secret')
	})

	it('that a bug answers says nothing of it but that it is ours; the log has it', async () => {
		site.room.answer = () => {
			throw new Error('the secret of the house')
		}
		const response = await site.fetch('POST', '/api/v1/room/leave', { token: await site.token('panel') })
		const body = await problemOf(response)
		expect(body).toMatchObject({ status: 500, code: 'internal' })
		expect(JSON.stringify(body)).not.toContain('secret')
		expect(site.logged.join('')).toContain('the secret of the house')
	})

	it('that the room refuses carries its code', async () => {
		site.room.answer = () => ({ ok: false, code: 'leased', message: 'Panel 2 drives it' })
		const response = await site.fetch('POST', '/api/v1/cameras/front/stop', { token: await site.token('panel') })
		expect(await problemOf(response)).toMatchObject({ status: 409, code: 'leased', detail: 'Panel 2 drives it' })
	})
})

describe('An address', () => {
	it('that shows one bad token after the other is told to stop; good ones are taken all the same', async () => {
		const statuses: number[] = []
		for (let i = 0; i < 130; i++) {
			const way =
				i % 2
					? site.fetch('GET', '/api/v1/room', { token: `a.b.${i}` })
					: site.fetch('POST', '/api/v1/session', { body: { token: `a.b.${i}` } })
			statuses.push((await way).status)
		}
		expect(statuses.slice(0, 120).every((status) => status === 401)).toBe(true)
		expect(statuses.slice(120).every((status) => status === 429)).toBe(true)
		expect((await site.fetch('GET', '/api/v1/health')).status).toBe(200)
		// Who shares the address with such a one is let in.
		const token = await site.token('panel')
		expect((await site.fetch('GET', '/api/v1/room', { token })).status).toBe(200)
		expect((await site.fetch('POST', '/api/v1/session', { body: { token } })).status).toBe(200)
	})

	it('that shows good tokens is not counted', async () => {
		const token = await site.token('panel')
		for (let i = 0; i < 200; i++) expect((await site.fetch('GET', '/api/v1/room', { token })).status).toBe(200)
	})

	it('that asks without end is told when to come back', async () => {
		let refused: { statusCode: number; headers: Record<string, unknown>; body: string } | null = null
		for (let i = 0; i < 6_200 && !refused; i++) {
			const response = await site.app.inject({ method: 'GET', url: '/api/v1/health' })
			if (response.statusCode !== 200) refused = response
		}
		expect(refused?.statusCode).toBe(429)
		expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
		expect(JSON.parse(refused?.body ?? '{}')).toMatchObject({ code: 'too-many' })
	})
})
