import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSite, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
	site = await openSite()
})
afterAll(() => site.close())

const phone = 'AAAAAAAAAAAAAAAAAAAAAAAA'
const post = (step: string, body: object) => site.fetch('POST', `/api/v1/check-in/${step}`, { body })

it('The code of the hall is shown to those who run the class alone', async () => {
	const path = '/api/v1/meetings/m1/class/check-in'
	for (const role of ['chair', 'clerk', 'panel'] as const) {
		const response = await site.fetch('GET', path, { token: await site.token(role) })
		expect(await response.json()).toMatchObject({ link: 'https://maru.test:8443/check-in#m1.code' })
		expect(response.headers.get('cache-control')).toBe('private, no-store')
	}
	for (const role of ['member', 'viewer'] as const) {
		expect((await site.fetch('GET', path, { token: await site.token(role) })).status).toBe(403)
	}
	expect((await site.fetch('GET', path)).status).toBe(401)
})

it('A phone needs no token: it shows what it read, and is told why it is refused', async () => {
	expect(await (await post('scan', { code: 'm1.code', phone })).json()).toMatchObject({ pass: 'pass', rule: 'roll' })
	const old = await post('scan', { code: 'm1.old', phone })
	expect([old.status, await old.json()]).toMatchObject([401, { code: 'expired' }])
	const link = `https://maru.test:8443/attend#${await site.identity.issue({ role: 'member', meeting: 'm1', person: 'kim' })}`
	expect(await (await post('come', { pass: 'pass', phone, link })).json()).toEqual({ name: 'kim by link' })
	expect((await post('come', { pass: 'pass', phone, link: 'https://maru.test:8443/attend#nothing' })).status).toBe(401)
	const used = await post('come', { pass: 'pass', phone, name: '다른 사람' })
	expect([used.status, await used.json()]).toMatchObject([409, { code: 'phone-used' }])
	expect((await post('go', { meeting: 'm1', phone })).status).toBe(200)
	for (const bad of [{ code: 'm1.code' }, { code: 'm1.code', phone: 'short' }, { code: 1, phone }]) {
		expect((await post('scan', bad)).status).toBe(400)
	}
})
