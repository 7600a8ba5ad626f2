import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '../../appliance/protocol/errors.ts'
import { openSite, type Site, until } from './site.ts'

let site: Site
let token: string
beforeEach(async () => {
	site = await openSite()
	token = await site.token('facilities')
})
afterEach(() => site.close())

async function ask(method: string, path: string, body?: unknown) {
	const response = await site.fetch(method, `/api/v1${path}`, { token, ...(body === undefined ? {} : { body }) })
	return { status: response.status, body: await response.json() }
}

const setup = { name: '천장', driver: 'onvif', host: '192.0.2.6', username: 'admin' }

describe('Facilities over HTTP', () => {
	it('set a camera up, see it without its password, and remove it', async () => {
		const password = 'geheim'
		const made = await ask('PUT', '/facilities/cameras/dome', { ...setup, password })
		expect(made).toEqual({ status: 200, body: { id: 'dome', from: 'console', setup: { ...setup, hasPassword: true } } })
		expect(await ask('DELETE', '/facilities/cameras/dome')).toEqual({ status: 200, body: { ok: true } })
		expect(site.room.facilities).toEqual([{ id: 'dome', setup }, { removed: 'dome' }])
		expect(site.logged.join('')).not.toContain(password)
		// What was done is kept once its answer has gone out.
		const kept = () => site.db.prepare('SELECT action FROM audit').all()
		await until('both', () => kept().length === 2)
		expect(kept().map(({ action }) => action)).toEqual([
			'PUT /api/v1/facilities/cameras/dome',
			'DELETE /api/v1/facilities/cameras/dome',
		])
	})

	it.each<[string, object]>([
		['a key that no camera has', { ...setup, colour: 'red' }],
		['a driver that nobody wrote', { ...setup, driver: 'visca' }],
		['no name', { driver: 'onvif', host: 'h' }],
		['a picture from nowhere', { ...setup, video: { rtsp: 'http://x' } }],
		['a feel that is too fast', { ...setup, feel: { scale: 3 } }],
		['a travel of one end', { ...setup, travel: { pan: [0], tilt: [0, 1] } }],
		['an address that is a list', { ...setup, host: ['a'] }],
	])('are refused with %s', async (_, body) => {
		expect(await ask('PUT', '/facilities/cameras/dome', body)).toMatchObject({
			status: 400,
			body: { code: 'bad-message' },
		})
		expect(site.room.facilities).toEqual([])
	})

	it('may leave out what has a default', async () => {
		await ask('PUT', '/facilities/cameras/dome', { ...setup, feel: { invertPan: true } })
		const feel = { invertPan: true, invertTilt: false, scale: 1 }
		expect(site.room.facilities).toEqual([{ id: 'dome', setup: { ...setup, feel } }])
	})

	it.each([
		['in-file', 409],
		['no-such-driver', 400],
		['no-camera', 404],
		['full', 503],
	] as const)('are told of %s by a problem of status %i', async (code, status) => {
		site.room.refusing = new Refusal(code, 'why')
		const { body, status: told } = await ask('DELETE', '/facilities/cameras/front')
		expect([told, body]).toEqual([status, expect.objectContaining({ code, detail: 'why' })])
	})

	it('search, test, and see how a connection is', async () => {
		expect(await ask('POST', '/facilities/discover')).toMatchObject({ body: { networks: ['192.0.2.0/24'] } })
		expect(await ask('POST', '/cameras/front/test')).toMatchObject({
			status: 200,
			body: { outcome: 'moved', moved: 5 },
		})
		expect(site.room.facilities.at(-1)).toEqual({ tested: 'front', role: 'facilities' })
		expect(await ask('GET', '/cameras/front/health')).toMatchObject({ status: 200, body: { ackMs: 12, log: [] } })
		expect(await ask('GET', '/cameras/attic/health')).toMatchObject({ status: 404, body: { code: 'no-camera' } })
	})

	it('aim a seat, also at nothing', async () => {
		await ask('PUT', '/seats/1', { camera: 'front', preset: 3 })
		await ask('PUT', '/seats/1', { camera: null, preset: null })
		expect(site.room.facilities).toEqual([
			{ id: '1', camera: 'front', preset: 3 },
			{ id: '1', camera: null, preset: null },
		])
		expect(await ask('PUT', '/seats/1', { camera: 'front' })).toMatchObject({ status: 400 })
	})

	it('carry the views of a camera away and back, also where they are many and have pictures', async () => {
		const { body } = await ask('GET', '/cameras/front/presets')
		expect(body).toMatchObject({ kind: 'maru-presets', version: 1, presets: [{ slot: 1, name: '의장석' }] })
		const position = { pan: 1, tilt: 2, zoom: 0.5, unit: 'degrees', focus: null }
		const thumbnail = Buffer.alloc(40_000, 1).toString('base64')
		const presets = Array.from({ length: 100 }, (_, slot) => ({ slot, name: `v${slot}`, position, thumbnail }))
		const file = { kind: 'maru-presets', version: 1, presets }
		expect((await ask('PUT', '/cameras/front/presets', file)).status).toBe(200)
		expect(site.room.facilities).toEqual([{ camera: 'front', file }])
	})

	it.each<[string, object]>([
		['something else', { kind: 'cake', version: 1, presets: [] }],
		['another version', { kind: 'maru-presets', version: 2, presets: [] }],
		['a slot past the last', { kind: 'maru-presets', version: 1, presets: [{ slot: 100, name: 'a' }] }],
	])('cannot bring %s as views', async (_, file) => {
		expect(await ask('PUT', '/cameras/front/presets', file)).toMatchObject({ status: 400 })
	})

	it('are described with all that they may say', async () => {
		const { body } = (await ask('GET', '/openapi.json')) as { body: { paths: Record<string, Record<string, object>> } }
		const put = body.paths['/api/v1/facilities/cameras/{id}']?.put as { summary: string; requestBody: object }
		expect(put.summary).toMatch(/Sets a camera up/)
		expect(JSON.stringify(put.requestBody)).toContain('invertPan')
	})
})
