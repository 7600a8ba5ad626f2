import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PairingAsk, PanelView } from '../../appliance/protocol/pairing.ts'
import { type Client, openSite, type Site, until } from './site.ts'
import { Tablet } from './tablet.ts'

let site: Site
let facilities: string
beforeEach(async () => {
	site = await openSite()
	facilities = await site.token('facilities')
})
afterEach(() => site.close())

async function ask(method: string, path: string, body?: unknown, token: string | null = facilities) {
	const options = { ...(token === null ? {} : { token }), ...(body === undefined ? {} : { body }) }
	const response = await site.fetch(method, `/api/v1/${path}`, options)
	// biome-ignore lint/suspicious/noExplicitAny: whatever the route answers; tests say what it has to be
	return { status: response.status, body: (await response.json()) as any, wait: response.headers.get('retry-after') }
}

const panels = async () => (await ask('GET', 'panels')).body as PanelView[]

/** A socket that was let in. */
async function connect(token: string): Promise<Client> {
	const client = await site.socket('panel')
	client.auth(token)
	await client.until('the room', () => client.of('state')[0])
	return client
}

describe('A tablet', () => {
	it('shows a code, is looked at and let in, and has a token of its own', async () => {
		const tablet = new Tablet(site)
		const { id, code, leftMs, language } = await tablet.shows()
		expect(code).toMatch(/^\d{6}$/)
		expect(language).toBe('ko')
		expect(leftMs).toBeGreaterThan(0)
		expect(await tablet.standing(id)).toMatchObject({ state: 'open' })

		const { body } = await ask('POST', 'pairing/look', { code })
		const found = body as PairingAsk
		expect(found).toMatchObject({ id, browser: 'Chrome · Android', address: '127.0.0.1' })
		expect(await ask('PUT', `panels/${found.id}`, { name: '의장석 태블릿' })).toMatchObject({ status: 200 })
		expect(await tablet.standing(id)).toMatchObject({ state: 'approved' })

		const { token } = (await (await tablet.claim(id)).json()) as { token: string }
		expect(await site.identity.verify(token)).toMatchObject({ kind: 'house', role: 'panel' })
		const client = await connect(token)
		expect(await client.ask({ type: 'room.mute', muted: true })).toMatchObject({ ok: true })
		expect(await panels()).toMatchObject([{ id, name: '의장석 태블릿', here: true, until: null }])
	})

	it('is the only one who gains by its code: who has digits and id, but another key, gets nothing', async () => {
		const [tablet, stranger] = [new Tablet(site), new Tablet(site)]
		const { id } = await tablet.shows()
		site.panels.approve(id, { name: 'a' })
		const refused = await stranger.claim(id)
		expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([401, 'forged'])
		expect((await tablet.claim(id)).status).toBe(200)
	})

	it('gets nothing before it was let in', async () => {
		const tablet = new Tablet(site)
		const { id } = await tablet.shows()
		const refused = await tablet.claim(id)
		expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([404, 'no-panel'])
	})

	it('whose answer was lost on its way is given the same token, and is one panel', async () => {
		const tablet = new Tablet(site)
		const { id, token } = await tablet.paired()
		expect(await (await tablet.claim(id)).json()).toEqual({ token })
		const [both] = await Promise.all([tablet.claim(id), tablet.claim(id)])
		expect(both.status).toBe(200)
		expect(await panels()).toHaveLength(1)
	})

	it('is told so where it shows no key, and where as many codes are shown as may be', async () => {
		const none = { x: 'A'.repeat(43), y: 'A'.repeat(43) }
		expect(await ask('POST', 'pairing/codes', { key: none }, null)).toMatchObject({ status: 400 })
		for (let shown = 0; shown < 3; shown += 1) await new Tablet(site).shows()
		const fourth = await ask('POST', 'pairing/codes', { key: new Tablet(site).key }, null)
		expect(fourth).toMatchObject({ status: 429, body: { code: 'too-many' } })
	})

	it('that is temporary has a token that ends by itself', async () => {
		const { id, token } = await new Tablet(site).paired('방문자', 8)
		const { exp = 0, iat = 0 } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
		expect(exp - iat).toBeLessThanOrEqual(8 * 3_600)
		expect(exp - iat).toBeGreaterThan(7 * 3_600)
		expect((await panels()).find((panel) => panel.id === id)?.until).toBeGreaterThan(Date.now())
	})
})

describe('A panel', () => {
	it('that is shut out loses its sockets at once, and everything its token opened', async () => {
		const { id, token } = await new Tablet(site).paired()
		const client = await connect(token)
		expect(await ask('DELETE', `panels/${id}`)).toMatchObject({ status: 200 })
		await client.until('the end', () => client.closed)
		expect(client.of('error')).toMatchObject([{ code: 'revoked' }])
		expect((await ask('GET', 'room', undefined, token)).status).toBe(401)
		expect(await panels()).toEqual([])
	})

	it('that was shut out by mistake is brought back, and fetches a new token without a code', async () => {
		const tablet = new Tablet(site)
		const { id, token } = await tablet.paired()
		await ask('DELETE', `panels/${id}`)
		const again = await tablet.shows()
		expect(await tablet.standing(again.id)).toMatchObject({ state: 'open' })
		expect(await ask('POST', `panels/${id}/restore`)).toMatchObject({ status: 200 })
		expect(await tablet.standing(again.id)).toMatchObject({ state: 'approved' })
		const back = (await (await tablet.claim(again.id)).json()) as { token: string }
		expect(back.token).not.toBe(token)
		await connect(back.token)
		expect(await panels()).toMatchObject([{ id, here: true }])
	})

	it('is there after a restart, with when it was seen last', async () => {
		const { token } = await new Tablet(site).paired()
		const client = await connect(token)
		client.socket.close()
		await until('it is away', () => site.panels.list()[0]?.here === false)
		const { openPanels } = await import('../../appliance/identity/panels.ts')
		const after = openPanels({ db: site.db, identity: site.identity, now: Date.now, log: site.app.log })
		expect(after.list()).toMatchObject([{ name: '의장석 태블릿', here: false, seenAt: expect.any(Number) }])
		after.close()
	})
})

describe('Who lets panels in', () => {
	it('waits after five wrong codes, and is told for how long', async () => {
		for (let wrong = 0; wrong < 5; wrong += 1) {
			expect(await ask('POST', 'pairing/look', { code: '000000' })).toMatchObject({
				status: 403,
				body: { code: 'bad-code' },
			})
		}
		const { code } = await new Tablet(site).shows()
		const refused = await ask('POST', 'pairing/look', { code })
		expect(refused).toMatchObject({ status: 429, body: { code: 'too-many' } })
		expect(Number(refused.wait)).toBeGreaterThan(0)
	})

	it('leaves a trace without a digit: who was let in, who was shut out, and nothing of the code in any log', async () => {
		const tablet = new Tablet(site)
		const { id, code } = await tablet.shows()
		await ask('POST', 'pairing/look', { code })
		await ask('PUT', `panels/${id}`, { name: '의장석 태블릿', hours: 8 })
		await tablet.claim(id)
		await ask('DELETE', `panels/${id}`)
		const kept = () =>
			site.db
				.prepare('SELECT action FROM audit')
				.all()
				.map(({ action }) => String(action))
		const of = (what: string) => kept().filter((action) => action.startsWith(what)).length
		// It is written once the answer is on its way.
		await until('the last entry', () => of(`DELETE /api/v1/panels/${id}`) > 0)
		expect([of(`PUT /api/v1/panels/${id}`), of(`panel.paired ${id}`), of(`DELETE /api/v1/panels/${id}`)]).toEqual([
			1, 1, 1,
		])
		const digits = new RegExp(`\\b${code}\\b`)
		expect(kept().filter((action) => digits.test(action) || action.includes('태블릿'))).toEqual([])
		expect(site.logged.filter((line) => digits.test(line))).toEqual([])
	})
})

describe('The settings of a panel', () => {
	const pin = '482913'
	const unlock = (given: string) => ({ type: 'settings.unlock', pin: given })

	it('that IT owns are shut to a panel, whatever its page says, until it is shown the PIN', async () => {
		const admin = await site.token('admin')
		const client = await connect(await site.token('panel'))
		expect(await client.ask({ type: 'settings.standing' })).toMatchObject({ data: { set: false, leftMs: 0 } })
		expect(await client.ask(unlock(pin))).toMatchObject({ ok: false, code: 'unsupported' })
		expect(await ask('PUT', 'settings/pin', { pin }, admin)).toMatchObject({ status: 200, body: { set: true } })
		for (const type of ['settings.read', 'settings.unpair']) {
			expect(await client.ask({ type }), type).toMatchObject({ ok: false, code: 'locked' })
		}
		expect(await client.ask(unlock('000000'))).toMatchObject({ ok: false, code: 'bad-code' })
		expect(await client.ask({ type: 'settings.read' })).toMatchObject({ ok: false, code: 'locked' })
		const open = await client.ask(unlock(pin))
		expect(open).toMatchObject({ ok: true, data: { set: true, waitMs: 0 } })
		expect((open.data as { leftMs: number }).leftMs).toBeGreaterThan(0)
		expect(await client.ask({ type: 'settings.read' })).toMatchObject({
			ok: true,
			data: { addresses: ['192.0.2.1'], fingerprint: site.certificates.authority.fingerprint, panel: null },
		})
		expect(await client.ask({ type: 'settings.lock' })).toMatchObject({ ok: true })
		expect(await client.ask({ type: 'settings.read' })).toMatchObject({ ok: false, code: 'locked' })
		expect(site.logged.filter((line) => line.includes(pin))).toEqual([])
		expect(JSON.stringify(site.db.prepare('SELECT action FROM audit').all())).not.toContain(pin)
	})

	it('open on the panel where the PIN was shown, and on no other', async () => {
		await ask('PUT', 'settings/pin', { pin }, await site.token('admin'))
		const token = await site.token('panel')
		const [one, other] = [await connect(token), await connect(token)]
		await one.ask(unlock(pin))
		expect(await other.ask({ type: 'settings.read' })).toMatchObject({ ok: false, code: 'locked' })
	})

	it('wait after five wrong PINs, on every panel, and say for how long', async () => {
		await ask('PUT', 'settings/pin', { pin }, await site.token('admin'))
		const [one, other] = [await connect(await site.token('panel')), await connect(await site.token('panel'))]
		for (let wrong = 0; wrong < 5; wrong += 1)
			expect(await one.ask(unlock('000000'))).toMatchObject({ code: 'bad-code' })
		expect(await other.ask(unlock(pin))).toMatchObject({ ok: false, code: 'too-many' })
		const { data } = await other.ask({ type: 'settings.standing' })
		expect((data as { waitMs: number }).waitMs).toBeGreaterThan(0)
		const kept = site.db.prepare("SELECT action FROM audit WHERE action LIKE 'settings.wrong-pin%'").all()
		expect(kept).toHaveLength(5)
	})

	it('ask no PIN of staff, who have more rights than that', async () => {
		const client = await connect(facilities)
		expect(await client.ask({ type: 'settings.read' })).toMatchObject({ ok: true })
	})

	it('end the panel itself, where that is asked behind the PIN', async () => {
		await ask('PUT', 'settings/pin', { pin }, await site.token('admin'))
		const { token } = await new Tablet(site).paired()
		const client = await connect(token)
		await client.ask(unlock(pin))
		expect(await client.ask({ type: 'settings.read' })).toMatchObject({ data: { panel: { name: '의장석 태블릿' } } })
		client.send({ type: 'command', id: 99, command: { type: 'settings.unpair' } })
		await client.until('the end', () => client.closed)
		expect(client.of('error')).toMatchObject([{ code: 'revoked' }])
		expect(await panels()).toEqual([])
	})
})
