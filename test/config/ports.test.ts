import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { certificateNames, loopbackOrigin, ownOrigins, placePorts, publicOrigin } from '../../appliance/config-ports.ts'
import { defaultConfig } from '../../appliance/config-schema.ts'

const config = defaultConfig('대회의실')

describe('Ports', () => {
	it('stay as configured without MARU_PORT', async () => {
		expect(await placePorts(config, null)).toBe(config)
	})

	it('all move by the distance that the HTTP listener moves', async () => {
		const { listen } = await placePorts(config, 9080)
		expect([listen.http.port, listen.https.port, listen.media.port]).toEqual([9080, 9443, 45300])
		expect(listen.feeds.portRange).toEqual([45400, 45499])
		expect(config.listen.http.port).toBe(8080)
	})

	it('are refused, with the highest that would do, where others would pass 65535', async () => {
		await expect(placePorts(config, 40_000)).rejects.toThrow(/MARU_PORT.*at most 291\d\d/)
	})

	it('are refused, with the lowest that would do, where others would pass below 1', async () => {
		const { listen } = config
		const high = { ...config, listen: { ...listen, http: { ...listen.http, port: 60_000 } } }
		await expect(placePorts(high, 9_000)).rejects.toThrow(/MARU_PORT.*at least 51558/)
		expect((await placePorts(high, 51_558)).listen.https.port).toBe(1)
	})

	it('are free ones for MARU_PORT=0', async () => {
		const { listen } = await placePorts(config, 0)
		for (const { host, port } of [listen.http, listen.https]) {
			expect(port).toBeGreaterThan(0)
			const server = createServer()
			await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
			await new Promise((resolve) => server.close(resolve))
		}
		expect(listen.http.port).not.toBe(listen.https.port)
		expect(listen.media.port).toBe(0)
	})
})

describe('The address that links carry', () => {
	it('is the one that the configuration names', () => {
		expect(publicOrigin({ ...config, publicUrl: 'https://maru.city:8443' })).toBe('https://maru.city:8443')
	})

	it('is otherwise an address of this machine, at the port for everyone', () => {
		expect(publicOrigin(config)).toMatch(/^https:\/\/[\w.:[\]-]+:8443$/)
	})

	it('is written as browsers write an origin, which the sockets compare', () => {
		expect(publicOrigin({ ...config, publicUrl: 'https://Maru.City:443' })).toBe('https://maru.city')
		expect(publicOrigin({ ...config, publicUrl: 'https://마루.kr' })).toBe('https://xn--2s2b1p.kr')
	})

	it.each([
		['192.0.2.7', 443, 'https://192.0.2.7'],
		['fd00::7', 8443, 'https://[fd00::7]:8443'],
		['::', 8443, expect.stringMatching(/^https:\/\/[\d.]+:8443$/)],
		['0.0.0.0', 443, expect.stringMatching(/^https:\/\/[\d.]+$/)],
	])('where %s listens at %i', (host, port, expected) => {
		const { listen } = config
		expect(publicOrigin({ ...config, listen: { ...listen, https: { host, port } } })).toEqual(expected)
	})

	it('is one of our own origins, and so are the other ways to open a page', () => {
		const { listen } = config
		const usual = { ...config, listen: { ...listen, https: { ...listen.https, port: 443 } } }
		const origins = ownOrigins(usual)
		expect(origins).toContain(publicOrigin(usual))
		expect(origins).toContain(`https://${hostname().toLowerCase()}`)
		expect(origins).toContain('http://127.0.0.1:8080')
		expect(origins).toContain('http://localhost:8080')
		for (const origin of origins) expect(new URL(origin).origin).toBe(origin)
	})

	it.each([
		['127.0.0.1', 'http://127.0.0.1:8080'],
		['127.0.0.2', 'http://127.0.0.2:8080'],
		['::1', 'http://[::1]:8080'],
		['localhost', 'http://localhost:8080'],
	])('on this machine is where HTTP listens: %s', (host, expected) => {
		const { listen } = config
		expect(loopbackOrigin({ ...config, listen: { ...listen, http: { ...listen.http, host } } })).toBe(expected)
	})

	it('is covered by the certificate, whether a name or an address', () => {
		expect(certificateNames('https://maru.city:8443').names).toContain('maru.city')
		expect(certificateNames('https://192.0.2.7:8443').addresses).toContain('192.0.2.7')
		expect(certificateNames('https://[fd00::7]:8443').addresses).toContain('fd00::7')
		expect(certificateNames('https://maru.city').addresses).toContain('127.0.0.1')
		expect(certificateNames('https://maru.city').names).toContain('localhost')
	})
})
