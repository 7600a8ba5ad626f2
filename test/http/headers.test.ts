import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stored } from '../../appliance/http/pages.ts'
import { createAsk, registered } from './requests.ts'
import { openSite, type Site } from './site.ts'

/** What every answer tells browsers to refuse, whoever asks and for whatever. */

let site: Site
const html = stored(Buffer.from('<!doctype html><title>page</title>'), '.html')
beforeAll(async () => {
	site = await openSite({
		proxies: ['127.0.0.1'],
		pages: { page: () => html, asset: () => html, build: 'test' },
		embed: ['https://intra.city.example'],
	})
})
afterAll(() => site.close())

/** Each thing that may be loaded, and from where. */
function policyOf(headers: Headers): Map<string, string[]> {
	const text = headers.get('content-security-policy') ?? ''
	return new Map(
		text.split(';').map((one) => {
			const [name = '', ...sources] = one.trim().split(/\s+/)
			return [name, sources]
		}),
	)
}

function expectWell(headers: Headers, what: string) {
	const policy = policyOf(headers)
	expect(policy.get('default-src'), what).toEqual(["'self'"])
	expect(policy.get('object-src'), what).toEqual(["'none'"])
	expect(policy.get('base-uri'), what).toEqual(["'none'"])
	expect(policy.has('frame-ancestors'), what).toBe(true)
	for (const [name, sources] of policy) {
		expect(
			sources.filter((source) => /unsafe|^data:$|^https?:$|\*/.test(source)),
			`${what}: ${name}`,
		).toEqual([])
	}
	// Nothing but default-src says which scripts and styles.
	for (const name of policy.keys()) expect(name, what).not.toMatch(/^(script|style|worker)-src/)
	expect(headers.get('x-content-type-options'), what).toBe('nosniff')
	expect(headers.get('referrer-policy'), what).toBe('no-referrer')
	expect(headers.get('cross-origin-opener-policy'), what).toBe('same-origin')
	expect(headers.get('x-powered-by'), what).toBeNull()
	expect(headers.get('server'), what).toBeNull()
}

/** Pages that somebody else's page may show in a frame, and whose. */
const framed: Record<string, string[]> = {
	'GET /watch': ['https://intra.city.example'],
	'GET /attend': ["'self'"],
}

describe('Every answer', () => {
	it('of each route, refused or not, lets a page load its own files alone and run nothing that stands in it', async () => {
		const answers = new Map<string, Headers>()
		const { fetch: original } = site
		const watched = {
			...site,
			fetch: async (...args: Parameters<Site['fetch']>) => {
				const response = await original(...args)
				latest = response.headers
				return response
			},
		}
		let latest = new Headers()
		const ask = createAsk(watched)
		const admin = { token: await site.token('admin') }
		for (const route of registered(site)) {
			for (const key of [{}, admin]) {
				await ask(route.replace(/:(?=\/|$|\.)/g, ':id'), key, true)
				expectWell(latest, route)
			}
			answers.set(route, latest)
		}
		expect(answers.size).toBeGreaterThan(120)
		for (const [route, headers] of answers) {
			const sites = framed[route] ?? ["'none'"]
			expect(policyOf(headers).get('frame-ancestors'), route).toEqual(sites)
			expect(headers.get('x-frame-options'), route).toBe(route in framed ? null : 'SAMEORIGIN')
		}
	})

	it.each(['/nothing', '/api/v1/nothing', '/assets/../../etc/passwd', '/panel/'])(
		'that there is no %s as well',
		async (path) => {
			const response = await site.fetch('GET', path)
			expect(response.status).toBe(404)
			expectWell(response.headers, path)
		},
	)

	it('to an address that cannot be read as well', async () => {
		const socket = connect(Number(new URL(site.origin).port), '127.0.0.1')
		socket.write('GET /%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
		let text = ''
		socket.on('data', (chunk) => {
			text += chunk
		})
		await once(socket, 'close')
		const [head = ''] = text.split('\r\n\r\n')
		const headers = new Headers(
			head
				.split('\r\n')
				.slice(1)
				.map((line) => line.split(/:\s*(.*)/s).slice(0, 2) as [string, string]),
		)
		expect(policyOf(headers).get('default-src')).toEqual(["'none'"])
		expect(policyOf(headers).get('frame-ancestors')).toEqual(["'none'"])
		expect(headers.get('x-content-type-options')).toBe('nosniff')
	})
})
