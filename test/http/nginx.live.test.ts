import { once } from 'node:events'
import { chmodSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get as getByTls } from 'node:https'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { SegmentFiles } from '../../appliance/relay/segment-files.ts'
import { readMediaPlaylist } from '../relay/rfc8216.ts'
import { startSender } from '../relay/sender.ts'
import { makeSegmentsFolder, type Nginx, nginxProgram, openNginx } from '../scene/nginx.ts'
import { until } from '../scene/wait.ts'
import { openRelaySite, type RelaySite } from './relay-site.ts'
import { Client, type Site } from './site.ts'

/**
 * The configuration that is shipped, in a real nginx, before the real server with a real station behind it. The checks that
 * count requests are of what came up to that server.
 */

if (nginxProgram === null) console.log('skipped: there is no nginx here, and Debian gave none')

const relay = '/api/v1/meetings/m1/relay'

describe.skipIf(nginxProgram === null)('nginx before the relay', () => {
	let site: Site
	let nginx: Nginx
	let relayed: RelaySite
	let viewer: string
	/** The one that takes segments from this folder, and who writes there. */
	let filing: Nginx
	let folder: string
	let files: SegmentFiles
	/** What came up, as 'GET /path?query'. */
	const upstream: { line: string; request: IncomingMessage }[] = []
	const ups = (part: string) => upstream.filter(({ line }) => line.includes(part))

	beforeAll(async () => {
		folder = makeSegmentsFolder()
		files = new SegmentFiles({ dir: folder, reserveBytes: 0, log: pino({ level: 'silent' }) })
		relayed = await openRelaySite(await startSender(600), files.of('m1'))
		site = relayed.site
		site.app.server.on('request', (request) => upstream.push({ line: `${request.method} ${request.url}`, request }))
		viewer = await site.token('viewer')
		nginx = await openNginx({ upstream: new URL(site.origin).host })
		filing = await openNginx({ upstream: new URL(site.origin).host, segments: folder })
	})
	afterAll(async () => {
		await nginx?.close()
		await filing?.close()
		await relayed?.close()
		await files?.close()
		rmSync(folder, { recursive: true, force: true })
	})
	beforeEach(() => {
		upstream.length = 0
	})

	const get = (path: string, token: string | null = viewer, headers: Record<string, string> = {}) =>
		fetch(`${nginx.origin}${path}`, {
			headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
		})
	const statusOf = async (path: string, token: string | null = viewer) => {
		const response = await get(path, token)
		await response.arrayBuffer()
		return response.status
	}
	/** Addresses of the segments, from the root. */
	async function listed(name = 'high.m3u8', token: string | null = viewer): Promise<string[]> {
		const response = await get(`${relay}/${name}`, token)
		if (response.status !== 200) return []
		return readMediaPlaylist(await response.text()).segments.map(({ uri }) => `${relay}/${uri}`)
	}

	it('gives lists to viewers alone, by header and by address', async () => {
		for (const name of ['master.m3u8', 'high.m3u8', 'low.m3u8']) {
			expect(await statusOf(`${relay}/${name}`)).toBe(200)
			expect(await statusOf(`${relay}/${name}?token=${viewer}`, null)).toBe(200)
			// Lists are in the cache by now: whoever may not have them is refused all the same.
			expect(await statusOf(`${relay}/${name}`, null)).toBe(401)
			expect(await statusOf(`${relay}/${name}`, `${viewer.slice(0, -4)}AAAA`)).toBe(401)
			expect(await statusOf(`${relay}/${name}`, await site.token('viewer', 'm2'))).toBe(403)
		}
		expect(await statusOf('/api/v1/meetings/m2/relay/high.m3u8')).toBe(403)
		expect(await statusOf('/.maru-access')).toBe(404)
		const master = await (await get(`${relay}/master.m3u8?token=${viewer}`, null)).text()
		expect(master).toContain(`low.m3u8?token=${viewer}`)
		expect(await (await get(`${relay}/master.m3u8`)).text()).not.toContain('token=')
		expect(await (await get(`${relay}/low.m3u8?token=${viewer}`, null)).text()).not.toContain('token=')
	})

	it('takes a browser by its session too', async () => {
		const { value } = await site.identity.startSession(viewer)
		const byCookie = () => get(`${relay}/high.m3u8`, null, { cookie: `maru=${value}` })
		expect([(await byCookie()).status, (await byCookie()).status]).toEqual([200, 200])
		expect((await get(`${relay}/high.m3u8`, null, { cookie: 'maru=else' })).status).toBe(401)
	})

	it('asks the appliance once for a new segment that two hundred want, and gives all of them the same', async () => {
		const newest = (await listed()).at(-1) ?? ''
		const answers = await Promise.all(Array.from({ length: 200 }, () => get(newest, null)))
		const bodies = await Promise.all(answers.map(async (answer) => Buffer.from(await answer.arrayBuffer())))
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
		const ours = relayed.station.segment(newest.split('/').at(-1) ?? '')
		for (const body of bodies) expect(ours.status === 200 && body.equals(ours.bytes)).toBe(true)
		expect(ups('/segments/').map(({ line }) => line)).toEqual([`GET ${newest}`])
		expect(answers.filter(({ headers }) => headers.get('x-cache') === 'HIT').length).toBeGreaterThan(150)
		expect(answers[0]?.headers.get('cache-control')).toMatch(/immutable/)
		// The same one, whatever is written behind it.
		expect(await statusOf(`${newest}?token=${viewer}&x=1`, null)).toBe(200)
		expect(ups('/segments/')).toHaveLength(1)
	})

	it('asks about a viewer every few seconds and for a list each second, however often they come', async () => {
		const token = await site.token('viewer')
		const begun = performance.now()
		let asked = 0
		while (asked < 500 || performance.now() - begun < 3_000) {
			const lists = Array.from({ length: 20 }, () => statusOf(`${relay}/low.m3u8?x=${asked++}`, token))
			expect(new Set(await Promise.all(lists))).toEqual(new Set([200]))
		}
		const seconds = (performance.now() - begun) / 1_000
		expect(ups('/relay/low.m3u8').length).toBeLessThanOrEqual(seconds + 2)
		// Nothing is kept yet when the first come at once.
		expect(ups('/relay/access').length).toBeLessThanOrEqual(20 * (1 + seconds / 5))
		expect(ups('/relay/access').length).toBeGreaterThanOrEqual(1)
	})

	it('tells the appliance who watches, so that they are counted, and no token by an address', async () => {
		const token = await site.token('viewer')
		site.hub.readers.length = 0
		expect(await statusOf(`${relay}/high.m3u8?token=${token}&from=start`, null)).toBe(200)
		const { jti } = await site.identity.verify(token)
		expect(site.hub.readers).toEqual([`${jti} 127.0.0.1`])
		expect(ups('token=')).toEqual([])
		expect(ups('high.m3u8').map(({ line }) => line)).toEqual([`GET ${relay}/high.m3u8?from=start`])
	})

	it('sends nothing private up with segments, and believes nobody who they are', async () => {
		const forged = { 'x-forwarded-for': '192.0.2.9', 'x-remote-user': 'mayor', 'x-forwarded-host': 'evil.example' }
		await (await get(`${relay}/segments/high-1-${'0'.repeat(32)}.m4s`, viewer, { ...forged, cookie: 'maru=a' })).text()
		await (await get('/api/v1/health', null, forged)).text()
		const [segment, health] = [ups('/segments/'), ups('/health')].map(([first]) => first?.request.headers ?? {})
		expect(segment).not.toHaveProperty('authorization')
		expect(segment).not.toHaveProperty('cookie')
		for (const headers of [segment, health]) {
			expect(headers?.['x-forwarded-for']).toBe('127.0.0.1')
			expect(headers).not.toHaveProperty('x-remote-user')
			expect(headers).not.toHaveProperty('x-forwarded-host')
		}
	})

	it('does no more with segments and lists than to read them', async () => {
		const [newest = ''] = (await listed()).slice(-1)
		const to = (path: string, method: string) =>
			fetch(`${nginx.origin}${path}`, { method, headers: { authorization: `Bearer ${viewer}` } })
		expect((await to(newest, 'HEAD')).status).toBe(200)
		for (const method of ['POST', 'PUT', 'DELETE']) {
			expect((await to(newest, method)).status).toBe(403)
			expect((await to(`${relay}/high.m3u8`, method)).status).toBe(403)
		}
	})

	it('shuts out a revoked viewer within seconds; the others watch on', async () => {
		const token = await site.token('viewer')
		expect(await statusOf(`${relay}/high.m3u8`, token)).toBe(200)
		site.identity.revoke((await site.identity.verify(token)).jti)
		const revoked = performance.now()
		// Others keep the list fresh meanwhile: it is not the appliance that refuses.
		await until('the refusal', async () => {
			expect(await statusOf(`${relay}/high.m3u8`)).toBe(200)
			return (await statusOf(`${relay}/high.m3u8`, token)) === 401
		})
		console.log(`a revoked viewer is refused lists after ${Math.round(performance.now() - revoked)} ms`)
	})

	it('carries sockets: who joins by them is heard and told', async () => {
		const client = new Client(new WebSocket(`${nginx.origin.replace('http', 'ws')}/ws/meeting`))
		await once(client.socket, 'open')
		client.auth(viewer)
		expect(await client.ask({ type: 'relay.join', device: { media: false, name: 'x' } })).toMatchObject({
			type: 'result',
		})
		expect(client.of('hello')).toHaveLength(1)
		client.socket.terminate()
	})

	it('that is started anew has its segments still, and viewers go on', async () => {
		const newest = (await listed()).at(-1) ?? ''
		expect(await statusOf(newest, null)).toBe(200)
		await nginx.stop()
		await expect(get(newest, null)).rejects.toThrow()
		await nginx.start()
		await until('its memory of what it has', async () => {
			const answer = await get(newest, null)
			await answer.arrayBuffer()
			return answer.headers.get('x-cache') === 'HIT'
		})
		expect((await listed()).length).toBeGreaterThan(3)
	})

	it('goes on with what it has while the appliance is away, says so of the rest, and is back with it', async () => {
		const segments = await listed()
		expect(await statusOf(segments.at(-1) ?? '', null)).toBe(200)
		const { server } = site.app
		const port = Number(new URL(site.origin).port)
		server.close()
		server.closeAllConnections()
		await once(server, 'close')
		await sleep(2_500) // what is listed is stale by then
		expect(await statusOf(segments.at(-1) ?? '', null)).toBe(200)
		expect(await statusOf(`${relay}/high.m3u8`)).toBe(200)
		expect(await statusOf(`${relay}/high.m3u8`, await site.token('viewer'))).toBe(503)
		const away = await get(`${relay}/master.m3u8`)
		expect(away.status).toBe(503)
		expect(away.headers.get('retry-after')).toBe('2')
		expect(await away.json()).toMatchObject({ code: 'hub-away', status: 503 })
		server.listen(port, '127.0.0.1')
		await once(server, 'listening')
		await until('a newer list', async () => {
			const now = await listed()
			return now.length > 0 && now.at(-1) !== segments.at(-1)
		})
		expect(await statusOf(`${relay}/master.m3u8`)).toBe(200)
	})

	it('writes no token into its logs, whatever fails', async () => {
		const log = nginx.log('access.log')
		expect(log).toMatch(new RegExp(`"GET ${relay}/high.m3u8" 200 `))
		expect(log).toMatch(/ 503 /)
		for (const text of [log, nginx.log('error.log'), nginx.log('said')]) {
			expect(text).not.toMatch(/token|eyJ|Bearer/)
		}
	})

	it('with TLS tells the appliance so, and is configured as it is shipped', async () => {
		const {
			key,
			cert,
			authority: { pem: ca },
		} = site.certificates
		const secured = await openNginx({ upstream: new URL(site.origin).host, tls: { key, cert } })
		try {
			const answer = await new Promise<IncomingMessage>((resolve, reject) => {
				getByTls(`${secured.origin}/api/v1/health`, { ca, agent: false }, resolve).once('error', reject)
			})
			answer.resume()
			expect(answer.statusCode).toBe(200)
			expect(ups('/health')[0]?.request.headers['x-forwarded-proto']).toBe('https')
		} finally {
			await secured.close()
		}
	})

	describe('with segments as files', () => {
		const ask = (path: string, options: RequestInit = {}) => fetch(`${filing.origin}${path}`, options)
		const fileOf = (path: string) => join(folder, `m1.${path.split('/').at(-1)}`)
		/** Of what is there, the newest but one: it is not about to go. */
		async function one(): Promise<string> {
			const path = (await listed()).at(-2) ?? ''
			await until('its file', () => existsSync(fileOf(path)))
			return path
		}
		async function init(): Promise<string> {
			const list = await (await get(`${relay}/high.m3u8`)).text()
			return `${relay}/${/URI="([^"]+)"/.exec(list)?.[1]}`
		}

		it('gives them without a word to the appliance, in its words', async () => {
			for (const path of [await one(), await init()]) {
				const ours = relayed.station.segment(path.split('/').at(-1) ?? '')
				const straight = await fetch(`${site.origin}${path}`)
				await straight.arrayBuffer()
				upstream.length = 0
				const answer = await ask(path)
				expect(answer.status).toBe(200)
				const body = Buffer.from(await answer.arrayBuffer())
				expect(ours.status === 200 && body.equals(ours.bytes)).toBe(true)
				expect((await ask(`${path}?token=${viewer}`)).status).toBe(200)
				expect(ups('/segments/')).toEqual([])
				const theirOwn = ['date', 'server', 'connection', 'keep-alive', 'accept-ranges', 'transfer-encoding']
				const said = ({ headers }: Response) => [...headers].filter(([name]) => !theirOwn.includes(name)).sort()
				expect(said(answer)).toEqual(said(straight))
			}
		})

		it('asks the appliance for what is no file, or none that it may read', async () => {
			const paths = (await listed()).slice(0, 2)
			const [missing = '', locked = ''] = paths
			rmSync(fileOf(missing))
			chmodSync(fileOf(locked), 0)
			for (const path of paths) {
				await until('the file to be missed', async () => {
					const answer = await ask(path)
					expect(answer.status).toBe(200)
					const body = Buffer.from(await answer.arrayBuffer())
					const ours = relayed.station.segment(path.split('/').at(-1) ?? '')
					expect(ours.status === 200 && body.equals(ours.bytes)).toBe(true)
					return answer.headers.get('x-cache') === 'HIT'
				})
				expect(ups(path)).toHaveLength(1)
			}
		})

		it('gives nothing else that lies in the folder or is linked there, and no way out of it', async () => {
			const name = (digit: string) => `high-1-${digit.repeat(32)}.m4s`
			writeFileSync(join(folder, 'm1.secret.txt'), 'secret')
			writeFileSync(join(folder, `m1.${name('1')}.new`), 'secret')
			writeFileSync(join(folder, `m2.${name('4')}`), 'secret')
			symlinkSync('/etc/passwd', join(folder, `m1.${name('2')}`))
			symlinkSync(fileOf(await one()), join(folder, `m1.${name('3')}`))
			const tricks = ['secret.txt', `${name('1')}.new`, name('2'), name('3'), name('4')]
			for (const trick of [...tricks, '..%2fm1.secret.txt', '%2e%2e/m1.secret.txt', 'x%2f..%2fm1.secret.txt', '']) {
				const answer = await ask(`${relay}/segments/${trick}`)
				expect([400, 401, 404], trick).toContain(answer.status)
				expect(await answer.text()).not.toMatch(/secret|root:/)
			}
			for (const method of ['POST', 'PUT', 'DELETE']) {
				expect((await ask(await one(), { method })).status).toBe(403)
				expect((await ask(`${relay}/segments/${name('5')}`, { method })).status).toBe(403)
			}
		})

		it('says that the appliance is away where neither has what is asked for', async () => {
			const path = await one()
			const { server } = site.app
			const port = Number(new URL(site.origin).port)
			server.close()
			server.closeAllConnections()
			await once(server, 'close')
			const there = await ask(path)
			const nowhere = await ask(`${relay}/segments/high-1-${'6'.repeat(32)}.m4s`)
			expect([there.status, nowhere.status]).toEqual([200, 503])
			server.listen(port, '127.0.0.1')
			await once(server, 'listening')
		})

		it('knows no segment any more that the relay forgets', async () => {
			const [path, before] = [await one(), await listed()]
			expect((await ask(path)).status).toBe(200)
			relayed.station.air(false)
			relayed.station.air(true)
			await until('the end of it', async () => {
				const answer = await ask(path)
				await answer.arrayBuffer()
				return answer.status === 404
			})
			expect(before.filter((path) => existsSync(fileOf(path)))).toEqual([])
		})
	})
})
