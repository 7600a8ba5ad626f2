import { afterEach, beforeEach, expect, it } from 'vitest'
import { captionCommands } from '../../appliance/protocol/captions.ts'
import { counterRoles, houseRoles, meetingRoles, type Role } from '../../appliance/protocol/roles.ts'
import { type Client, openSite, type Site } from './site.ts'

/** The socket of those who write captions, and what was written over HTTP, by the real server. */

let site: Site

beforeEach(async () => {
	site = await openSite()
})
afterEach(() => site.close())

async function enter(role: Role): Promise<Client> {
	const client = await site.socket('captions')
	client.auth(await site.token(role))
	return client
}

const caption = { type: 'caption', id: 'a-1', revision: 1, from: 1_000, to: null, text: '예산', final: false }

const commands: Record<keyof typeof captionCommands, object> = { caption, retract: { id: 'a-1' }, clock: {} }
const everyRole: Role[] = [...meetingRoles, ...houseRoles, ...counterRoles]

it.each(everyRole)('%s writes captions or has no place there', async (role) => {
	const client = await enter(role)
	if (['captioner', 'chair', 'clerk'].includes(role)) {
		for (const [type, fields] of Object.entries(commands)) {
			expect(await client.ask({ ...fields, type }), type).toMatchObject({ ok: true, data: { taken: true } })
		}
		expect(site.hub.captioned.map(({ command: { type } }) => type)).toEqual(Object.keys(captionCommands))
		expect(site.hub.captioned[0]).toMatchObject({ command: caption, by: { role, meeting: 'm1' } })
	} else {
		await client.until('the refusal', () => client.of('error')[0]?.code === 'not-allowed')
		await client.until('the end', () => client.closed)
	}
})

it('has no other place for a captioner', async () => {
	const token = await site.token('captioner')
	for (const name of ['meeting', 'panel'] as const) {
		const client = await site.socket(name)
		client.auth(token)
		await client.until('the refusal', () => client.of('error')[0]?.code === 'not-allowed')
	}
	for (const path of ['', '/captions', '/minutes.json', '/documents', '/relay', '/journal']) {
		expect((await site.fetch('GET', `/api/v1/meetings/m1${path}`, { token })).status, path).toBe(403)
	}
})

it('says what is wrong with a message, and stays', async () => {
	const client = await enter('captioner')
	const bad = [
		{ ...caption, revision: -1 },
		{ ...caption, text: 'x'.repeat(501) },
		{ ...caption, text: '' },
		{ ...caption, id: 'a 1' },
		{ ...caption, to: 1.5 },
		{ ...caption, source: 'ghost' },
		{ ...caption, extra: true },
		{ type: 'retract' },
	]
	for (const command of bad) expect(await client.ask(command)).toMatchObject({ ok: false, code: 'bad-message' })
	expect(await client.ask({ type: 'floor.grant', who: 'p1' })).toMatchObject({ ok: false, code: 'unknown-command' })
	site.hub.caption = async () => ({ ok: false, code: 'suspended', message: 'it was said in a pause' })
	expect(await client.ask(caption)).toMatchObject({ ok: false, code: 'suspended', message: 'it was said in a pause' })
	expect(await client.ask({ type: 'clock' })).toBeDefined()
	expect(client.closed).toBe(false)
	expect(site.hub.captioned.map(({ command }) => command.type)).toEqual(['caption', 'clock'])
})

it('cuts off who floods, and nobody else', async () => {
	const [client, other] = [await enter('captioner'), await enter('captioner')]
	await client.ask({ type: 'clock' })
	for (let i = 0; i < 1_000; i++) client.send({ type: 'command', id: i + 10, command: caption })
	await client.until('it to be cut off', () => client.closed)
	expect(site.hub.captioned.length).toBeLessThan(400)
	expect(await other.ask(caption)).toMatchObject({ ok: true })
})

it('tells what the hub tells', async () => {
	const client = await enter('captioner')
	await client.ask({ type: 'clock' })
	const [peer] = site.hub.captioners.values()
	peer?.send({ type: 'speaker', at: 5, speaking: [] })
	await client.until('it', () => client.of('speaker')[0]?.at === 5)
	client.socket.close()
	await client.until('it to be gone', () => site.hub.captioners.size === 0)
})

it('is described with the other sockets', async () => {
	const { channels } = (await (await site.fetch('GET', '/api/v1/asyncapi.json')).json()) as {
		channels: Record<string, { address: string; messages: Record<string, object> }>
	}
	expect(channels.captions?.address).toBe('/ws/captions')
	expect(channels.captions?.messages.caption).toMatchObject({ 'x-roles': ['captioner', 'chair', 'clerk'] })
})

it('has captions set right over HTTP by those who run the meeting', async () => {
	const path = '/api/v1/meetings/m1/captions'
	const token = await site.token('clerk')
	expect(await (await site.fetch('GET', path, { token })).json()).toMatchObject({ captions: [{ id: 'a' }] })
	const body = { text: '예산안입니다', speaker: '이과장' }
	const response = await site.fetch('PUT', `${path}/a`, { token, body })
	expect([response.status, await response.json()]).toMatchObject([200, { text: '예산안입니다' }])
	expect((await site.fetch('DELETE', `${path}/a`, { token })).status).toBe(204)
	expect(site.hub.corrected).toEqual([{ caption: 'a', ...body }, { caption: 'a' }])
	for (const body of [{}, { text: '' }, { text: 'a', revision: 3 }]) {
		expect((await site.fetch('PUT', `${path}/a`, { token, body })).status).toBe(400)
	}
	for (const role of ['member', 'viewer', 'audit'] as const) {
		expect((await site.fetch('PUT', `${path}/a`, { token: await site.token(role), body })).status).toBe(403)
	}
})

it('leaves the words out of the minutes where that is asked for', async () => {
	const token = await site.token('clerk')
	const get = async (query: string) =>
		(await site.fetch('GET', `/api/v1/meetings/m1/minutes.md${query}`, { token })).text()
	expect(await get('')).toContain('발언록')
	expect(await get('?verbatim=no')).not.toContain('발언록')
	expect((await site.fetch('GET', '/api/v1/meetings/m1/minutes.md?verbatim=some', { token })).status).toBe(400)
})
