import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRange } from '../../appliance/http/range.ts'
import type { Role } from '../../appliance/protocol/roles.ts'
import { openSite, type Site } from './site.ts'

let site: Site
let viewer: string
let dir: string
beforeAll(async () => {
	site = await openSite()
	viewer = await site.token('viewer')
	dir = mkdtempSync(join(tmpdir(), 'maru-recording-'))
})
afterAll(async () => {
	await site.close()
	rmSync(dir, { recursive: true })
})
beforeEach(() => {
	site.hub.asked.length = 0
	site.hub.acts.length = 0
})

const relay = '/api/v1/meetings/m1/relay'
const get = (path: string, options: Parameters<Site['fetch']>[2] = { token: viewer }) =>
	site.fetch('GET', path, options)

describe('The relay over HTTP', () => {
	it('gives segments to whoever knows their names, with how long they may be kept', async () => {
		const response = await get(`${relay}/segments/high-1-5ea1.m4s`, {})
		expect(response.status).toBe(200)
		expect(response.headers.get('content-type')).toBe('video/mp4')
		expect(response.headers.get('cache-control')).toBe('public, max-age=60, immutable')
		expect(response.headers.get('access-control-allow-origin')).toBe('*')
		expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
		expect(response.headers.get('set-cookie')).toBeNull()
		expect(await response.text()).toBe('segment')
	})

	it('tells those who know none nothing, not even whether there is such a meeting', async () => {
		const [here, nowhere] = ['m1', 'm2'].map((id) => get(`/api/v1/meetings/${id}/relay/segments/high-2-5ea1.m4s`, {}))
		expect(await (await nowhere)?.text()).toBe(await (await here)?.text())
		expect([(await here)?.status, (await nowhere)?.status]).toEqual([404, 404])
		for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
			expect((await site.fetch(method, `${relay}/segments/high-1-5ea1.m4s`)).status).toBe(404)
		}
	})

	it('takes the token of an address, hands it on in playlists, and takes it nowhere else', async () => {
		expect((await get(`${relay}/high.m3u8?token=${viewer}`, {})).status).toBe(200)
		expect(site.hub.asked.at(-1)?.query).toBe(`?token=${viewer}`)
		const response = await get(`${relay}/high.m3u8`)
		expect(site.hub.asked.at(-1)?.query).toBe('')
		expect(response.headers.get('cache-control')).toBe('public, max-age=0, s-maxage=1')
		expect((await get(`${relay}/low.m3u8`)).status).toBe(404)
		expect((await get(`${relay}/high.m3u8?token=forged`, {})).status).toBe(401)
		expect((await get(`${relay}/high.m3u8`, {})).status).toBe(401)
		expect((await get(`${relay}?token=${viewer}`, {})).status).toBe(401)
		const other = await site.token('viewer', 'm2')
		expect((await get(`${relay}/high.m3u8`, { token: other })).status).toBe(403)
	})

	it('lets no cache keep a playlist with tokens in it', async () => {
		site.hub.playlists.set('master.m3u8', '#EXTM3U\n')
		expect((await get(`${relay}/master.m3u8`)).headers.get('cache-control')).toBe('private, no-store')
	})

	it('packs playlists for those who can unpack them', async () => {
		const whole = `#EXTM3U\n${'#EXTINF:1.000000,\nsegments/high-1.m4s\n'.repeat(100)}`
		site.hub.playlists.set('low.m3u8', whole)
		const ask = (encoding: string) =>
			site.app.inject({
				...{ method: 'GET', url: `${relay}/low.m3u8` },
				headers: { authorization: `Bearer ${viewer}`, 'accept-encoding': encoding },
			})
		const [packed, plain] = [await ask('br, gzip'), await ask('br')]
		expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
		expect(gunzipSync(packed.rawPayload).toString()).toBe(whole)
		expect(plain.headers).not.toHaveProperty('content-encoding')
		expect(plain.payload).toBe(whole)
		site.hub.playlists.delete('low.m3u8')
	})

	it('tells a cache who may have playlists, and counts those who may', async () => {
		const ask = async (token?: string) => (await get(`${relay}/access`, token === undefined ? {} : { token })).status
		expect(await ask(viewer)).toBe(204)
		const { jti } = await site.identity.verify(viewer)
		expect(site.hub.readers).toEqual([`${jti} 127.0.0.1`])
		expect(await ask()).toBe(401)
		expect(await ask('forged')).toBe(401)
		expect(await ask(await site.token('viewer', 'm2'))).toBe(403)
		expect(await ask(await site.token('audit'))).toBe(403)
		expect(site.hub.readers).toHaveLength(1)
	})

	it('is closed to a link at the moment it is revoked, however often it was shown', async () => {
		const token = await site.token('viewer')
		for (let i = 0; i < 3; i++) expect((await get(`${relay}/high.m3u8`, { token })).status).toBe(200)
		site.identity.revoke((await site.identity.verify(token)).jti)
		expect((await get(`${relay}/high.m3u8`, { token })).status).toBe(401)
		expect((await get(`${relay}/access`, { token })).status).toBe(401)
	})

	it('never tires of viewers, only of those who show nothing good', async () => {
		const asks = (url: string, headers: Record<string, string> = {}) =>
			site.app.inject({ method: 'GET', url, headers, remoteAddress: '192.0.2.9' })
		const authorization = `Bearer ${viewer}`
		for (let i = 0; i < 6_100; i++) await asks('/api/v1/health')
		expect((await asks('/api/v1/health')).statusCode).toBe(429)
		expect((await asks(`${relay}/high.m3u8`, { authorization })).statusCode).toBe(200)
		expect((await asks(`${relay}/access`, { authorization })).statusCode).toBe(204)
		expect((await asks(`${relay}/segments/high-1-5ea1.m4s`)).statusCode).toBe(200)
		expect((await asks(`${relay}/high.m3u8`)).statusCode).toBe(429)
		expect((await asks(`${relay}/high.m3u8`, { authorization: 'Bearer a.b.c' })).statusCode).toBe(429)
	})

	it('begins at the beginning where that is asked for', async () => {
		await get(`${relay}/high.m3u8?from=start`)
		expect(site.hub.asked.at(-1)).toMatchObject({ name: 'high.m3u8', fromStart: true })
		expect((await get(`${relay}/high.m3u8?from=middle`)).status).toBe(400)
	})

	it.each([
		['..%2f..%2fmaru.db'],
		['high-1.exe'],
		['HIGH.m3u8'],
		[`${'a'.repeat(60)}.m3u8`],
		['high-1-5ea1.m4s'],
		['segments/high.m3u8'],
		['segments/..%2fmaster.m3u8'],
		['segments/high-1-5ea1.m4s?token=a'],
	])('knows no %s', async (name) => {
		expect((await get(`${relay}/${name}`)).status).toBe(400)
		expect(site.hub.asked).toEqual([])
	})

	it('is begun and ended by those who run the meeting', async () => {
		const clerk = await site.token('clerk')
		for (const step of ['relay/start', 'relay/stop', 'recording/start', 'recording/stop']) {
			expect((await site.fetch('POST', `/api/v1/meetings/m1/${step}`, { token: clerk })).status).toBe(200)
		}
		expect(site.hub.acts.map(({ type }) => type)).toEqual([
			'relay.start',
			'relay.stop',
			'recording.start',
			'recording.stop',
		])
		expect((await site.fetch('POST', '/api/v1/meetings/m1/relay/start', { token: viewer })).status).toBe(403)
	})
})

describe('A recording over HTTP', () => {
	it('is given whole, in part, and not beyond its end', async () => {
		const file = join(dir, 'a.mp4')
		writeFileSync(file, '0123456789')
		site.hub.recording = file
		const token = await site.token('clerk')
		const ask = (range?: string) =>
			get('/api/v1/meetings/m1/recordings/r1/recording.mp4', { token, headers: range ? { range } : {} })
		const whole = await ask()
		expect([whole.status, await whole.text()]).toEqual([200, '0123456789'])
		const part = await ask('bytes=2-4')
		expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234'])
		expect((await ask('bytes=20-')).status).toBe(416)
		site.hub.recording = null
		expect((await ask()).status).toBe(404)
		expect((await get('/api/v1/meetings/m1/recordings/r1/recording.mp4')).status).toBe(403)
	})
})

describe('Recordings over HTTP', () => {
	const path = '/api/v1/meetings/m1/recordings'
	const ask = async (method: string, path: string, role?: Role) => {
		const response = await site.fetch(method, path, role ? { token: await site.token(role) } : {})
		return { status: response.status, body: await response.json() }
	}
	beforeEach(() => {
		site.hub.removed.length = 0
	})

	it('are listed and looked up in by those who may have the file', async () => {
		const [recording] = site.hub.recorded
		for (const role of ['chair', 'clerk', 'panel', 'facilities', 'admin', 'audit'] as const) {
			expect(await ask('GET', path, role)).toEqual({
				status: 200,
				body: { title: '확대간부회의', recordings: [recording] },
			})
			const index = { title: '확대간부회의', recording, entries: [] }
			expect(await ask('GET', `${path}/r1/index`, role)).toEqual({ status: 200, body: index })
		}
		for (const role of ['member', 'observer', 'viewer', 'room'] as const) {
			expect((await ask('GET', path, role)).status).toBe(403)
			expect((await ask('GET', `${path}/r1/index`, role)).status).toBe(403)
		}
		expect((await ask('GET', `${path}/r1/index`)).status).toBe(401)
		expect((await ask('GET', `${path}/r2/index`, 'chair')).body).toMatchObject({ code: 'no-recording' })
		expect((await ask('GET', `${path}/..%2f/index`, 'chair')).status).toBe(400)
	})

	it('are removed by the chair and administrators, and by nobody else', async () => {
		for (const role of ['clerk', 'member', 'viewer', 'panel', 'facilities', 'audit'] as const) {
			expect((await ask('DELETE', `${path}/r1`, role)).status).toBe(403)
		}
		expect((await ask('DELETE', `${path}/r1`)).status).toBe(401)
		expect(site.hub.removed).toEqual([])
		expect((await ask('DELETE', `${path}/r1`, 'chair')).body).toMatchObject({ state: 'removed' })
		expect((await ask('DELETE', `${path}/r1`, 'admin')).status).toBe(200)
		expect(site.hub.removed).toEqual(['r1 chair', 'r1 admin'])
	})
})

describe('A range', () => {
	it.each([
		['bytes=0-', 10, { from: 0, to: 9 }],
		['bytes=0-99', 10, { from: 0, to: 9 }],
		['bytes=9-9', 10, { from: 9, to: 9 }],
		['bytes=-3', 10, { from: 7, to: 9 }],
		['bytes=-30', 10, { from: 0, to: 9 }],
		['bytes=10-', 10, 'unsatisfiable'],
		['bytes=-0', 10, 'unsatisfiable'],
		['bytes=0-', 0, 'unsatisfiable'],
		['bytes=4-2', 10, null],
		['bytes=-', 10, null],
		['bytes=0-1,3-4', 10, null],
		['lines=0-1', 10, null],
		[undefined, 10, null],
	])('%s of %i bytes', (header, size, expected) => expect(readRange(header, size)).toEqual(expected))
})
