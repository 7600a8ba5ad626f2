import { type IncomingHttpHeaders, request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSite, type Site, until } from './site.ts'

let site: Site
beforeEach(async () => {
	site = await openSite()
})
afterEach(() => site.close())

const live = '/api/v1/cameras/front/live.mjpeg'

/** Somebody who looks, as an <img> does. */
async function look(token: string) {
	const { port } = new URL(site.origin)
	let text = ''
	let status = 0
	let type = ''
	let received: IncomingHttpHeaders = {}
	let ended = false
	const headers = { authorization: `Bearer ${token}` }
	const asked = request({ host: '127.0.0.1', port, path: live, headers }, (response) => {
		status = response.statusCode ?? 0
		type = response.headers['content-type'] ?? ''
		received = response.headers
		response.on('data', (chunk) => (text += chunk))
		response.on('close', () => {
			ended = true
		})
		response.on('error', () => {})
	})
	asked.on('error', () => {})
	asked.end()
	await until('the answer', () => status > 0)
	return { asked, text: () => text, status, type, headers: () => received, ended: () => ended }
}

describe('The live picture', () => {
	it('is one picture after the other, each with its length', async () => {
		const viewer = await look(await site.token('panel'))
		expect(viewer.status).toBe(200)
		expect(viewer.type).toBe('multipart/x-mixed-replace; boundary=maru-frame')
		await until('the wish for a picture', () => site.room.wanted)
		site.room.show('first')
		await until('the first', () => viewer.text().includes('first\r\n'))
		await until('the wish for another', () => site.room.wanted)
		site.room.show('second')
		await until('the second', () => viewer.text().includes('second\r\n'))
		expect(viewer.text()).toBe(
			'--maru-frame\r\ncontent-type: image/jpeg\r\ncontent-length: 5\r\n\r\nfirst\r\n' +
				'--maru-frame\r\ncontent-type: image/jpeg\r\ncontent-length: 6\r\n\r\nsecond\r\n',
		)
	})

	it('is read by nobody any more as soon as the one who looked has gone', async () => {
		const viewers = [await look(await site.token('panel')), await look(await site.token('panel'))]
		await until('both readers', () => site.room.readers === 2)
		viewers[0]?.asked.destroy()
		await until('one reader', () => site.room.readers === 1)
		viewers[1]?.asked.destroy()
		await until('no reader', () => site.room.readers === 0)
	})

	it('reaches a slow reader in fewer pictures, and costs no more the longer it lasts', async () => {
		const warnings: Error[] = []
		const hear = (warning: Error) => warnings.push(warning)
		process.on('warning', hear)
		const viewer = await look(await site.token('panel'))
		const large = 'x'.repeat(200_000)
		for (let i = 0; i < 60; i++) {
			await until('the wish for a picture', () => site.room.wanted)
			site.room.show(large)
		}
		await until('all of them', () => viewer.text().length > 60 * large.length)
		process.off('warning', hear)
		expect(warnings).toEqual([])
	})

	it('may be shown by our own pages alone', async () => {
		const viewer = await look(await site.token('panel'))
		expect(viewer.headers()['cross-origin-resource-policy']).toBe('same-origin')
		expect(viewer.headers()['x-content-type-options']).toBe('nosniff')
	})

	it('ends for a token that is withdrawn', async () => {
		const token = await site.token('panel')
		const [viewer, other] = [await look(token), await look(await site.token('panel'))]
		site.identity.revoke((await site.identity.verify(token)).jti)
		await until('the end', viewer.ended)
		expect(other.ended()).toBe(false)
		await until('one reader', () => site.room.readers === 1)
	})

	it('does not keep the server from ending', async () => {
		const viewer = await look(await site.token('panel'))
		await site.app.close()
		await until('the end', viewer.ended)
	})

	it('of a camera that is not there is a problem, not a picture', async () => {
		const token = await site.token('panel')
		const response = await site.fetch('GET', '/api/v1/cameras/dome/live.mjpeg', { token })
		expect(response.status).toBe(404)
		expect(await response.json()).toMatchObject({ code: 'no-camera' })
	})
})

describe('A camera', () => {
	it('shows a picture, its presets, and where it looks', async () => {
		const token = await site.token('panel')
		const get = (path: string) => site.fetch('GET', `/api/v1/cameras/front/${path}`, { token })
		const picture = await get('snapshot.jpg')
		expect(picture.headers.get('content-type')).toBe('image/jpeg')
		expect(picture.headers.get('cache-control')).toBe('no-store')
		expect(await picture.text()).toBe('picture')
		expect(await (await get('presets/1/thumbnail.jpg')).text()).toBe('thumbnail')
		expect((await get('presets/2/thumbnail.jpg')).status).toBe(404)
		expect(await (await get('position')).json()).toEqual({ pan: 1, tilt: 2, zoom: 0.5, unit: 'degrees', at: 3 })
	})

	it("moves for as long as a machine says, in that machine's name", async () => {
		const token = await site.token('facilities')
		const { jti } = await site.identity.verify(token)
		const origin = { id: `http:${jti}`, label: 'facilities', role: 'facilities' }
		const move = (body: object) => site.fetch('POST', '/api/v1/cameras/front/move', { token, body })
		expect((await move({ pan: 1, tilt: 0, zoom: 0 })).status).toBe(200)
		expect((await move({ pan: 1, tilt: 0, zoom: 0, forMs: 2_000 })).status).toBe(200)
		expect(site.room.moves).toEqual([
			{ camera: 'front', forMs: 400, origin },
			{ camera: 'front', forMs: 2_000, origin },
		])
	})

	it('keeps and recalls presets by slot', async () => {
		const token = await site.token('panel')
		await site.fetch('PUT', '/api/v1/cameras/front/presets/7', { token, body: { name: '의장석' } })
		await site.fetch('POST', '/api/v1/cameras/front/presets/7/recall', { token })
		await site.fetch('DELETE', '/api/v1/cameras/front/presets/7', { token })
		expect(site.room.done.map(({ command }) => command)).toEqual([
			{ type: 'preset.save', camera: 'front', slot: 7, name: '의장석' },
			{ type: 'preset.recall', camera: 'front', slot: 7 },
			{ type: 'preset.remove', camera: 'front', slot: 7 },
		])
	})
})

describe('A meeting', () => {
	it('gives a clerk links for members, and nobody the chair', async () => {
		const invite = async (token: string, role: string) =>
			(await site.fetch('POST', '/api/v1/meetings/m1/links', { token, body: { role, name: '박민정 복지국장' } })).status
		const clerk = await site.token('clerk')
		expect(await invite(clerk, 'member')).toBe(201)
		expect(await invite(clerk, 'chair')).toBe(403)
		expect(await invite(await site.token('chair'), 'chair')).toBe(201)
	})

	it('is made with links on the public address, or on the one that was asked', async () => {
		const token = await site.token('panel')
		const make = async (query: string) => {
			const body = { title: '확대간부회의', kind: 'council' }
			const response = await site.fetch('POST', `/api/v1/meetings${query}`, { token, body })
			return (await response.json()) as { links: Record<string, string> }
		}
		expect((await make('')).links.member).toMatch(/^https:\/\/maru\.test:8443\/attend#/)
		expect((await make('?origin=request')).links.member).toMatch(new RegExp(`^${site.origin}/attend#`))
	})

	it.each(['evil.test', 'a b', '한글'])('has no links by the name of %s, where nobody would get in', async (host) => {
		const payload = { title: '회의', kind: 'council' }
		const headers = { authorization: `Bearer ${await site.token('panel')}`, host }
		const url = '/api/v1/meetings?origin=request'
		expect((await site.app.inject({ method: 'POST', url, payload, headers })).statusCode).toBe(400)
	})

	it('goes its way by those who preside', async () => {
		const token = await site.token('chair')
		for (const way of ['open', 'suspend', 'resume', 'close']) {
			expect((await site.fetch('POST', `/api/v1/meetings/m1/${way}`, { token })).status).toBe(200)
		}
		expect(site.hub.transitions).toEqual(['open', 'suspend', 'resume', 'close'])
	})
})
