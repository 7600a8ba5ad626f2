import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openCertificates } from '../../appliance/identity/certificates.ts'
import { openSite, type Site } from '../scene/appliance.ts'

/** The real service with the city's certificate in maru.yaml. */

const port = 27_480
let site: Site
let ca: string
let chain: string
beforeAll(async () => {
	const certificate = { chain: '', key: '' }
	const config = { publicUrl: `https://localhost:${port + 1}`, certificate }
	// The folder is known only once there is one: the files lie in that of another.
	const other = await openSite({ addresses: [] }, port)
	const options = { dir: join(other.dir, 'city'), names: ['localhost'], addresses: [], now: Date.now }
	;({
		authority: { pem: ca },
	} = await openCertificates(options))
	chain = join(options.dir, 'server.crt')
	Object.assign(certificate, { chain, key: join(options.dir, 'server.key') })
	site = await openSite({ addresses: [] }, port, config)
	const { close } = site
	Object.assign(site, { close: () => Promise.all([close(), other.close()]) })
})
afterAll(() => site?.close())

async function visit(path: string, authority: string): Promise<{ status: number | undefined; body: string }> {
	const options = { host: '127.0.0.1', port: port + 1, path, servername: 'localhost', ca: authority, agent: false }
	const asked = request(options).end()
	const [response] = (await once(asked, 'response')) as [IncomingMessage]
	return { status: response.statusCode, body: await text(response) }
}

it('is shown to browsers, with nothing to install; where its files are broken, ours is, and the log says why', async () => {
	const first = await site.start()
	const { status, body } = await visit('/trust', ca)
	expect(status).toBe(200)
	expect(body).toContain('PC에 설치할 것이 없습니다')
	expect((await visit('/trust/ca.crt', ca)).status).toBe(404)
	expect(JSON.parse((await visit('/trust/policy.json', ca)).body)).toEqual({
		AudioCaptureAllowedUrls: expect.arrayContaining([expect.stringMatching(/^https:/)]),
		VideoCaptureAllowedUrls: expect.anything(),
		AutoplayAllowlist: expect.anything(),
	})
	first.kill('SIGTERM')
	await first.ended

	writeFileSync(chain, 'broken')
	const second = await site.start()
	await expect(visit('/trust', ca)).rejects.toThrow()
	const answer = await fetch(`${second.origin}/trust/ca.crt`)
	expect((await visit('/trust', await answer.text())).status).toBe(200)
	expect(second.output()).toContain('the certificate of maru.yaml cannot be used, ours is shown instead')
})
