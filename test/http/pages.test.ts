import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { meetingCommands } from '../../appliance/protocol/meeting-commands.ts'
import { roomCommands, settingsCommands } from '../../appliance/protocol/room-commands.ts'
import { routes } from '../../appliance/protocol/routes.ts'
import { openSite, type Site, until } from './site.ts'

let site: Site
let secure: Site
/** Others reach it by a name and by an address. */
let policed: Site
beforeAll(async () => {
	const origins = () => [
		'https://maru.city:8443',
		'https://192.0.2.7:8443',
		'http://127.0.0.1:8080',
		'https://localhost:8443',
	]
	policed = await openSite({ origins })

	site = await openSite()
	secure = await openSite({ tls: true })
})
afterAll(async () => {
	await site.close()
	await secure.close()
	await policed.close()
})

const get = (url: string, headers: Record<string, string> = {}) => site.app.inject({ method: 'GET', url, headers })

describe('A page', () => {
	it.each(['/', '/panel', '/visit', '/stage', '/programme', '/recordings', '/trust'])(
		'%s may load nothing from elsewhere and be framed by nobody',
		async (path) => {
			const { statusCode, headers } = await get(path)
			expect(statusCode).toBe(200)
			expect(headers['content-type']).toBe('text/html; charset=utf-8')
			const policy = String(headers['content-security-policy'])
			expect(policy).toContain("default-src 'self'")
			expect(policy).toContain("frame-ancestors 'none'")
			expect(policy).not.toContain('unsafe')
			expect(headers['x-content-type-options']).toBe('nosniff')
			expect(headers['referrer-policy']).toBe('no-referrer')
		},
	)

	it('that a kiosk shows within its own may be framed by that and by no other site', async () => {
		const { headers } = await get('/attend')
		expect(String(headers['content-security-policy'])).toContain("frame-ancestors 'self'")
		expect(headers['x-frame-options']).toBeUndefined()
	})

	it('has exactly this policy', async () => {
		expect((await get('/panel')).headers['content-security-policy']).toBe(
			"default-src 'self';connect-src 'self' ws: wss:;img-src 'self' blob:;media-src 'self' blob:;object-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
		)
	})

	it.each(['/', '/trust'])('%s keeps to that: no script, no style in it', async (path) => {
		const { body } = await get(path)
		expect(body).not.toMatch(/<script|<style|\sstyle=|\son\w+=|https?:\/\//)
	})

	it('is asked for anew each time, and not sent again while it is the same', async () => {
		const { headers } = await get('/panel')
		expect(headers['cache-control']).toBe('no-cache')
		const again = await get('/panel', { 'if-none-match': String(headers.etag) })
		expect([again.statusCode, again.body]).toEqual([304, ''])
	})

	it('is put into pages of other sites by a script that they may load, the newest each time', async () => {
		const { statusCode, headers } = await get('/watch/embed.js')
		expect([statusCode, headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
		expect([headers['cross-origin-resource-policy'], headers['cache-control']]).toEqual(['cross-origin', 'no-cache'])
		expect((await get('/watch')).headers['cross-origin-resource-policy']).toBe('same-origin')
	})

	it('has its scripts for ever, as small as the browser can take them', async () => {
		const plain = await get('/assets/panel-1234.js')
		expect(plain.headers['cache-control']).toContain('immutable')
		expect(plain.headers['content-type']).toBe('text/javascript; charset=utf-8')
		const brotli = await get('/assets/panel-1234.js', { 'accept-encoding': 'gzip, br' })
		const gzip = await get('/assets/panel-1234.js', { 'accept-encoding': 'gzip' })
		expect(brotli.headers['content-encoding']).toBe('br')
		expect(brotliDecompressSync(brotli.rawPayload)).toEqual(plain.rawPayload)
		expect(gunzipSync(gzip.rawPayload)).toEqual(plain.rawPayload)
		expect(brotli.rawPayload.length).toBeLessThan(plain.rawPayload.length)
	})

	it.each(['/assets/none.js', '/assets/..%2f..%2fpackage.json', '/assets/../package.json', '/panel/x'])(
		'%s is not there',
		async (path) => {
			expect((await get(path)).statusCode).toBe(404)
		},
	)
})

describe('The page about trust', () => {
	it('tells the fingerprint and how to install, in both languages and for every system', async () => {
		const { body } = await get('/trust')
		expect(body).toContain(site.certificates.authority.fingerprint)
		for (const system of ['Windows', 'macOS', 'Android', 'iOS', 'Linux', 'Firefox']) {
			expect(body.split(system).length, system).toBeGreaterThanOrEqual(3)
		}
		expect(body).toContain('lang="en"')
	})

	it('gives the authority, and a client that has it trusts the server: pages and sockets', async () => {
		const { headers, body: ca } = await get('/trust/ca.crt')
		expect(headers['content-type']).toBe('application/x-x509-ca-cert')
		expect(ca).toBe(site.certificates.authority.pem)
		const own = (await secure.app.inject({ method: 'GET', url: '/trust/ca.crt' })).body
		const status = (authority: string) =>
			new Promise<string>((resolve) => {
				secureRequest(`${secure.origin}/panel`, { ca: authority, agent: false }, (response) => {
					response.resume()
					resolve(String(response.statusCode))
				})
					.on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
					.end()
			})
		expect(await status(own)).toBe('200')
		expect(await status(ca)).not.toBe('200') // that of another house

		const socket = new WebSocket(`${secure.origin.replace('http', 'ws')}/ws/panel`, { ca: own })
		const heard: string[] = []
		socket.on('message', (data) => heard.push(String(data)))
		await until('the greeting', () => heard.length > 0)
		socket.terminate()
	})

	it('has policies for all PCs at once: camera and microphone for this server, its authority for its names alone', async () => {
		const { body, headers } = await policed.app.inject({ method: 'GET', url: '/trust/policy.json' })
		expect(headers['content-disposition']).toBe('attachment; filename="maru.json"')
		const { CACertificatesWithConstraints: authorities, ...urls } = JSON.parse(body)
		const both = ['https://maru.city:8443', 'https://192.0.2.7:8443']
		expect(urls).toEqual({ AudioCaptureAllowedUrls: both, VideoCaptureAllowedUrls: both, AutoplayAllowlist: both })
		expect(authorities).toEqual([
			{
				certificate: expect.stringMatching(/^[\w+/]+=*$/),
				constraints: { permitted_dns_names: ['maru.city', 'localhost'], permitted_cidrs: expect.anything() },
			},
		])
		const { permitted_cidrs: networks } = authorities[0].constraints
		expect(networks).toEqual(expect.arrayContaining(['192.0.2.7/32', '192.168.0.0/16']))
		expect(networks).not.toContain('0.0.0.0/0')
		const der = Buffer.from(authorities[0].certificate, 'base64')
		expect(new X509Certificate(der).fingerprint256).toBe(policed.certificates.authority.fingerprint)
	})

	it('has the same for the registry of Windows, in entries that take no other’s place', async () => {
		const { body } = await policed.app.inject({ method: 'GET', url: '/trust/policy.reg' })
		const lines = body.split('\r\n')
		expect(lines[0]).toBe('Windows Registry Editor Version 5.00')
		for (const browser of ['Google\\Chrome', 'Microsoft\\Edge']) {
			const key = `[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\${browser}\\VideoCaptureAllowedUrls]`
			expect(lines.slice(lines.indexOf(key) + 1, lines.indexOf(key) + 3)).toEqual([
				'"8443"="https://maru.city:8443"',
				'"8444"="https://192.0.2.7:8443"',
			])
		}
		const entry = lines.find((line) => line.includes('permitted_cidrs')) ?? ''
		const value = JSON.parse(entry.slice(entry.indexOf('=') + 1)) // a string of the registry is quoted as one of JSON is
		expect(JSON.parse(value).constraints.permitted_cidrs).toContain('192.0.2.7/32')
	})

	it('and its cookie then travels by TLS alone, and stands beside that of the plain listener', async () => {
		const { body: ca } = await secure.app.inject({ method: 'GET', url: '/trust/ca.crt' })
		/** Over a real connection, because it decides which cookie counts. */
		async function ask(on: Site, method: string, path: string, cookie = '', body = '') {
			const headers = { cookie, ...(body === '' ? {} : { 'content-type': 'application/json' }) }
			const options = { method, headers, agent: false, ca }
			const asked = (on === secure ? secureRequest : request)(`${on.origin}/api/v1/${path}`, options).end(body)
			const [response] = (await once(asked, 'response')) as [IncomingMessage]
			response.resume()
			return { status: response.statusCode, cookie: String(response.headers['set-cookie']) }
		}
		for (const [on, name, marks] of [
			[secure, '__Host-maru', /; Secure/],
			[site, 'maru', /^(?!.*; Secure)/],
		] as const) {
			const opened = await ask(on, 'POST', 'session', '', JSON.stringify({ token: await on.token('panel') }))
			expect(opened.cookie).toMatch(new RegExp(`^${name}=[\\w-]{43};`))
			expect(opened.cookie).toMatch(marks)
			const own = opened.cookie.split(';')[0] ?? ''
			expect((await ask(on, 'GET', 'room', own)).status).toBe(200)
			expect((await ask(on, 'GET', 'room', own.replace(name, 'other'))).status).toBe(401)
			const ended = await ask(on, 'DELETE', 'session', own)
			// That of whoever signed in goes as well.
			const gone = ended.cookie.split(/,(?=[\w-]+=;)/)
			expect(gone.map((one) => one.split('=')[0])).toEqual([`${name}-account`, name])
			for (const one of gone) expect(one).toMatch(marks) // a browser ignores it otherwise
			expect((await ask(on, 'GET', 'room', own)).status).toBe(401)
		}
	})
})

describe('What machines may ask', () => {
	it('is described whole: every HTTP route of the table', async () => {
		const { paths } = (await get('/api/v1/openapi.json')).json() as { paths: Record<string, Record<string, unknown>> }
		const described = Object.entries(paths).flatMap(([path, methods]) =>
			Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
		)
		const served = Object.keys(routes).filter((route) => route.includes('/api/'))
		expect(described.sort()).toEqual(served.sort())
	})

	it('says of each route who may, and whether it needs a token', async () => {
		const { paths } = (await get('/api/v1/openapi.json')).json()
		expect(paths['/api/v1/health'].get).toMatchObject({ security: [], 'x-roles': 'open' })
		expect(paths['/api/v1/tokens'].post).toMatchObject({ 'x-roles': ['admin'] })
		expect(paths['/api/v1/room/mute'].put.requestBody.content['application/json'].schema.required).toEqual(['muted'])
	})

	it('is described whole: every command of both sockets, its shape and its roles', async () => {
		const { channels } = (await get('/api/v1/asyncapi.json')).json()
		expect(Object.keys(channels.panel.messages)).toEqual(Object.keys({ ...roomCommands, ...settingsCommands }))
		expect(Object.keys(channels.meeting.messages)).toEqual(Object.keys(meetingCommands))
		const { payload, 'x-roles': roles } = channels.panel.messages['room.mute']
		expect(roles).toEqual(['panel', 'facilities', 'admin'])
		expect(payload.properties.command).toMatchObject({
			required: ['type', 'muted'],
			properties: { type: { const: 'room.mute' }, muted: { type: 'boolean' } },
		})
	})

	it('tells whether the room is well, to anyone', async () => {
		expect((await get('/api/v1/health')).json()).toEqual({ ok: true, build: 'test', stage: 'ready' })
	})
})
