import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { openSite, panel } from './site.ts'

it('A client is told of the city’s TURN server, with a name and a password of its own', async () => {
	const turn = { urls: ['turns:turn.city.example:443?transport=tcp'], secret: 'secret', always: true }
	const site = await openSite({ turn })
	try {
		const { id, links } = await site.hub.create({ title: '회의', kind: 'council' })
		site.hub.transition(id, 'open', panel)
		const kim = await site.client(links.member)
		const { media, person } = await kim.join({ name: '김철수' })
		for (const offer of [media?.send, media?.receive]) {
			const [server] = offer?.iceServers ?? []
			expect(server).toMatchObject({ urls: turn.urls })
			const [expiry, who] = server?.username.split(':') ?? []
			expect(who).toBe(person)
			expect(Number(expiry)).toBeGreaterThan(Date.now() / 1_000 + 3_600)
			// The vector is coturn's own rule: base64(HMAC-SHA1(secret, name)).
			const password = createHmac('sha1', turn.secret)
				.update(server?.username ?? '')
				.digest('base64')
			expect(server?.credential).toBe(password)
			expect(offer?.iceTransportPolicy).toBe('relay')
		}
	} finally {
		await site.close()
	}
})
