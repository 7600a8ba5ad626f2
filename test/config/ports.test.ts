import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { certificateNames, placePorts, publicOrigin } from '../../appliance/config-ports.ts'
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

	it('is covered by the certificate, whether a name or an address', () => {
		expect(certificateNames('https://maru.city:8443').names).toContain('maru.city')
		expect(certificateNames('https://192.0.2.7:8443').addresses).toContain('192.0.2.7')
		expect(certificateNames('https://maru.city').addresses).toContain('127.0.0.1')
		expect(certificateNames('https://maru.city').names).toContain('localhost')
	})
})
