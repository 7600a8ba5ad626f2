import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRange } from '../../appliance/http/range.ts'
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
	it('gives segments as they are, with how long they may be kept', async () => {
		const response = await get(`${relay}/high-1.m4s`)
		expect(response.status).toBe(200)
		expect(response.headers.get('content-type')).toBe('video/mp4')
		expect(response.headers.get('cache-control')).toBe('public, max-age=60')
		expect(await response.text()).toBe('segment')
		expect((await get(`${relay}/high-2.m4s`)).status).toBe(404)
	})

	it('takes the token of an address, hands it on in playlists, and takes it nowhere else', async () => {
		expect((await get(`${relay}/high-1.m4s?token=${viewer}`, {})).status).toBe(200)
		expect(site.hub.asked.at(-1)?.query).toBe(`?token=${viewer}`)
		await get(`${relay}/high-1.m4s`)
		expect(site.hub.asked.at(-1)?.query).toBe('')
		expect((await get(`${relay}/high-1.m4s?token=forged`, {})).status).toBe(401)
		expect((await get(`${relay}/high-1.m4s`, {})).status).toBe(401)
		expect((await get(`${relay}?token=${viewer}`, {})).status).toBe(401)
		const other = await site.token('viewer', 'm2')
		expect((await get(`${relay}/high-1.m4s`, { token: other })).status).toBe(403)
	})

	it('begins at the beginning where that is asked for', async () => {
		await get(`${relay}/high.m3u8?from=start`)
		expect(site.hub.asked.at(-1)).toMatchObject({ name: 'high.m3u8', fromStart: true })
		expect((await get(`${relay}/high.m3u8?from=middle`)).status).toBe(400)
	})

	it.each(['..%2f..%2fmaru.db', 'high-1.exe', 'HIGH-1.m4s', `${'a'.repeat(60)}.m4s`])('knows no %s', async (name) => {
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
