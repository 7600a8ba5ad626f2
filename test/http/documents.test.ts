import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import Fastify from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { useBodies } from '../../appliance/http/bodies.ts'
import type { DocumentView } from '../../appliance/protocol/floor.ts'
import { pdf, png } from '../documents/files.ts'
import { openSite, ownOrigin, type Site, until } from './site.ts'

let site: Site
let chair: string
beforeAll(async () => {
	site = await openSite()
	chair = await site.token('chair')
})
afterAll(() => site.close())
beforeEach(() => site.documents.removeAll('m1'))

const path = '/api/v1/meetings/m1/documents'
const octets = { 'content-type': 'application/octet-stream' }

interface Sent {
	token?: string
	type?: string
	headers?: Record<string, string>
}

async function upload(name: string, body: Uint8Array | string, { token = chair, type, headers = {} }: Sent = {}) {
	return fetch(`${site.origin}${path}?name=${encodeURIComponent(name)}`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${token}`,
			...octets,
			...(type === undefined ? {} : { 'content-type': type }),
			...headers,
		},
		body: typeof body === 'string' ? body : new Uint8Array(body),
	})
}

async function added(name: string, body: Uint8Array, sent: Sent = {}): Promise<DocumentView> {
	const response = await upload(name, body, sent)
	expect(response.status).toBe(201)
	return (await response.json()) as DocumentView
}

const get = (path: string, token = chair) => site.fetch('GET', path, { token })
const person = (person: string, role: 'member' | 'observer' = 'member') =>
	site.identity.issue({ role, meeting: 'm1', person })

describe('A document over HTTP', () => {
	it('is not for those who stand before the door with a link that others share', async () => {
		site.hub.lobby = true
		const shared = await site.token('member')
		expect((await get('/api/v1/meetings/m1/documents', shared)).status).toBe(403)
		expect((await upload('a.png', 'x', { token: shared })).status).toBe(403)
		expect((await get('/api/v1/meetings/m1/documents', await person('p7'))).status).toBe(200)
		site.hub.lobby = false
	})

	it('is shown page by page to those who wait where it is the one for them, and nothing else is', async () => {
		const shown = await added('안내.pdf', pdf(2))
		const other = await added('감사 초안.pdf', pdf(1))
		site.hub.lobby = true
		site.hub.slides = { document: shown.id, pages: 2 }
		const shared = await site.token('member')
		const status = async (rest: string, token = shared) => (await get(`/api/v1/meetings/m1/${rest}`, token)).status
		expect(await (await get('/api/v1/meetings/m1/waiting', shared)).json()).toEqual({ slides: site.hub.slides })
		expect(await status(`documents/${shown.id}/pages/2.png`)).toBe(200)
		expect(await status(`documents/${other.id}/pages/1.png`)).toBe(403)
		expect(await status(`documents/${shown.id}`)).toBe(403)
		expect(await status('documents')).toBe(403)
		site.hub.slides = null
		expect(await status(`documents/${shown.id}/pages/2.png`)).toBe(403)
		expect(await (await get('/api/v1/meetings/m1/waiting', shared)).json()).toEqual({ slides: null })
		site.hub.lobby = false
	})

	it('is handed in, listed, shown, taken home and removed', async () => {
		const bytes = pdf(2)
		const view = await added('국별 보고.pdf', bytes, { token: await person('p7') })
		expect(view).toMatchObject({ name: '국별 보고.pdf', state: 'ready', pages: 2, by: 'p7' })
		expect(await (await get(path)).json()).toEqual([view])

		const page = await get(`${path}/${view.id}/pages/2.png?width=640`)
		expect(page.status).toBe(200)
		expect(page.headers.get('content-type')).toBe('image/png')
		expect(page.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
		expect(Buffer.from(await page.arrayBuffer()).readUInt32BE(16)).toBe(640)
		expect((await get(`${path}/${view.id}/pages/3.png`)).status).toBe(404)

		const file = await get(`${path}/${view.id}`)
		expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true)
		expect((await site.fetch('DELETE', `${path}/${view.id}`, { token: chair })).status).toBe(200)
		expect((await get(`${path}/${view.id}`)).status).toBe(404)
		expect(await (await get(path)).json()).toEqual([])
	})

	it('is taken home under its own name, and opened as nothing else', async () => {
		const { id } = await added(`"보고's" (1)*.png`, png(1, 1))
		const { headers } = await get(`${path}/${id}`)
		expect(headers.get('content-disposition')).toBe(
			`attachment; filename="___'s_ (1)*.png"; filename*=UTF-8''%22${encodeURIComponent('보고')}%27s%22%20%281%29%2a.png`,
		)
		expect(headers.get('x-content-type-options')).toBe('nosniff')
		expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
		expect(headers.get('content-type')).toBe('image/png')
	})

	it('that says it is a page or a script is neither', async () => {
		const { id } = await added('x.html', Buffer.from('<script>alert(1)</script>'), { type: 'text/html' })
		const response = await get(`${path}/${id}`)
		expect(response.headers.get('content-type')).toBe('application/octet-stream')
		expect(response.headers.get('content-disposition')).toMatch(/^attachment/)
	})

	it('of another meeting is not there', async () => {
		const { id } = await added('a.png', png(1, 1))
		const other = await site.token('chair', 'm2')
		for (const [method, rest] of [
			['GET', ''],
			['GET', '/pages/1.png'],
			['DELETE', ''],
		] as const) {
			const wrong = `/api/v1/meetings/m2/documents/${id}${rest}`
			expect((await site.fetch(method, wrong, { token: other })).status).toBe(404)
			expect((await site.fetch(method, wrong, { token: await site.token('admin') })).status).toBe(404)
			expect((await site.fetch(method, `${path}/${id}${rest}`, { token: other })).status).toBe(403)
		}
		expect(site.documents.list('m1')).toHaveLength(1)
	})

	it('is removed by whoever handed it in, by those who preside, and by no other member', async () => {
		const remove = async (id: string, token: string) => (await site.fetch('DELETE', `${path}/${id}`, { token })).status
		const mine = async () => (await added('a.png', png(1, 1), { token: await person('p7') })).id
		expect(await remove(await mine(), await person('p8'))).toBe(403)
		expect(await remove(await mine(), await site.token('member'))).toBe(403)
		expect(await remove(await mine(), await person('p7'))).toBe(200)
		expect(await remove(await mine(), await site.token('clerk'))).toBe(200)
		expect(await remove(await mine(), await site.token('panel'))).toBe(200)
		// Both came by a shared link, and nobody can tell one from the other.
		const { id } = await added('a.png', png(1, 1), { token: await site.token('member') })
		expect(await remove(id, await site.token('member'))).toBe(403)
	})

	it('is taken from nobody by a page of another origin', async () => {
		const { value } = await site.identity.startSession(chair)
		const send = (origin: string) =>
			site.fetch('POST', `${path}?name=a`, { headers: { cookie: `maru=${value}`, origin, ...octets }, body: 'x' })
		expect((await send('https://evil.test')).status).toBe(403)
		expect((await send(ownOrigin)).status).toBe(201)
	})

	it.each<[string, string, string | Uint8Array, string | undefined, number, string]>([
		['as JSON', 'a', '{"a":1}', 'application/json', 400, 'bad-message'],
		['with nothing in it', 'a', '', undefined, 400, 'bad-message'],
		['without a name', '', 'x', undefined, 400, 'bad-message'],
		['with a name without end', 'x'.repeat(1_001), 'x', undefined, 400, 'bad-message'],
		['of sixty megapixels', 'a.png', png(1, 1, [10_000, 6_000]), undefined, 413, 'too-large'],
	])('%s is refused', async (_, name, body, type, status, code) => {
		const response = await upload(name, body, type === undefined ? {} : { type })
		expect([response.status, await response.json()]).toMatchObject([status, { code, type: `urn:maru:${code}` }])
		expect(site.documents.list('m1')).toEqual([])
	})

	it.each(['0', '01', '1e3', '-1', '99999', '1.5', '%2e%2e'])('has no page %s', async (page) => {
		const { id } = await added('a.png', png(1, 1))
		expect((await get(`${path}/${id}/pages/${page}.png`)).status).toBeGreaterThanOrEqual(400)
		expect((await get(`${path}/${id}/pages/1.png?width=${page}`)).status).toBe(
			page === '99999' || page !== '1' ? 400 : 200,
		)
	})
})

/** A request as it goes over the wire; what comes back, when it does. */
function raw(head: Record<string, string | number>, token: string) {
	const socket = connect(Number(new URL(site.origin).port), '127.0.0.1')
	let heard = ''
	socket.on('data', (data) => {
		heard += data
	})
	socket.on('error', () => {})
	const lines = Object.entries({ host: 'x', authorization: `Bearer ${token}`, ...octets, ...head })
	socket.write(`POST ${path}?name=a HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
	return { socket, heard: () => heard }
}

const arriving = () => readdirSync(join(site.dir, 'documents/.incoming'))

describe('An upload', () => {
	it('that declares more than is taken is refused before any of it is read', async () => {
		const { socket, heard } = raw({ 'content-length': 10 ** 12 }, chair)
		await until('the refusal', () => heard().includes('"too-large"'))
		expect(heard()).toMatch(/^HTTP\/1.1 413 /)
		expect(arriving()).toEqual([])
		socket.destroy()
	})

	it('that declares nothing and sends more than is taken is told so', async () => {
		const { socket, heard } = raw({ 'transfer-encoding': 'chunked' }, chair)
		const mebibyte = Buffer.alloc(1024 * 1024, 1)
		for (let i = 0; i < 101; i++) {
			socket.write('100000\r\n')
			socket.write(mebibyte)
			if (!socket.write('\r\n')) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
		}
		await until('the refusal', () => heard().includes('"too-large"'))
		expect(arriving()).toEqual([])
		socket.destroy()
	})

	it('that breaks off leaves nothing', async () => {
		const { socket } = raw({ 'content-length': 100_000 }, chair)
		socket.write(Buffer.alloc(50_000))
		await until('the first half', () => arriving().length === 1)
		socket.destroy()
		await until('nothing of it', () => arriving().length === 0)
		expect(site.documents.list('m1')).toEqual([])
		expect(readdirSync(join(site.dir, 'documents')).filter((name) => name === 'm1')).toEqual([])
	})

	it('of somebody who may not is refused before any of it is read', async () => {
		const { socket, heard } = raw({ 'content-length': 100_000 }, await site.token('observer'))
		await until('the refusal', () => heard().includes('HTTP/1.1 403'))
		expect(arriving()).toEqual([])
		socket.destroy()
	})
})

describe('A body that does not come', () => {
	it('is not waited for, where it is no file', async () => {
		const app = Fastify({ exposeHeadRoutes: false })
		useBodies(app, 100)
		app.post('/json', { schema: { body: {} } }, async () => 'ok')
		app.post('/file', { config: { takesFiles: true }, schema: { body: {} } }, async () => 'ok')
		const origin = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
		const begin = (path: string) => {
			const socket = connect(Number(origin.port), '127.0.0.1')
			socket.on('error', () => {})
			socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n{`)
			return socket
		}
		const [file, json] = [begin('/file'), begin('/json')]
		await once(json, 'close')
		expect(file.destroyed).toBe(false)
		file.destroy()
		await app.close()
	})
})
