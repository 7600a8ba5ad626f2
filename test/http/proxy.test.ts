import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSite, type Site } from './site.ts'

let behind: Site
let bare: Site
beforeAll(async () => {
	behind = await openSite({ proxies: ['127.0.0.1'] })
	bare = await openSite()
})
afterAll(() => Promise.all([behind.close(), bare.close()]))

const forwarded = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' }

describe('A proxy before the service', () => {
	it.each<[string, () => Site, string]>([
		['that is configured speaks for others', () => behind, '192.0.2.7'],
		['that nobody knows is whoever asks', () => bare, '127.0.0.1'],
	])('%s', async (_, site, address) => {
		const token = await site().token('viewer')
		await site().fetch('GET', '/api/v1/meetings/m1/relay/access', { token, headers: forwarded })
		expect(site().hub.readers).toEqual([expect.stringMatching(new RegExp(` ${address}$`))])
	})

	it('is not believed by way of one that is', async () => {
		const token = await behind.token('viewer')
		const headers = { ...forwarded, 'x-forwarded-for': '198.51.100.1, 192.0.2.8' }
		await behind.fetch('GET', '/api/v1/meetings/m1/relay/access', { token, headers })
		expect(behind.hub.readers.at(-1)).toMatch(/ 192\.0\.2\.8$/)
	})

	it('that ends TLS gives browsers the cookie of a page with TLS', async () => {
		const token = await behind.token('panel')
		const begun = (site: Site, headers: Record<string, string>) =>
			site.fetch('POST', '/api/v1/session', { body: { token }, headers })
		const cookie = (await begun(behind, forwarded)).headers.get('set-cookie') ?? ''
		expect(cookie).toMatch(/^__Host-maru=.*; Secure/)
		const headers = { cookie: cookie.split(';')[0] ?? '' }
		expect((await behind.fetch('GET', '/api/v1/room', { headers: { ...forwarded, ...headers } })).status).toBe(200)
		expect((await begun(behind, {})).headers.get('set-cookie')).toMatch(/^maru=(?!.*Secure)/)
	})
})
