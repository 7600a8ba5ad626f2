import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '../../appliance/protocol/errors.ts'
import type { meetingCommands } from '../../appliance/protocol/meeting-commands.ts'
import type { Role } from '../../appliance/protocol/roles.ts'
import { meetingBodies as commands } from './command-bodies.ts'
import { type Client, openSite, type Site, until } from './site.ts'

let site: Site
beforeEach(async () => {
	site = await openSite()
})
afterEach(() => site.close())

async function enter(role: Role, meeting = 'm1'): Promise<Client> {
	const client = await site.socket('meeting')
	client.auth(await site.token(role, meeting))
	return client
}

describe('On the meeting socket', () => {
	// Written by hand: what must never be, whatever the table says.
	it.each<[Role, keyof typeof meetingCommands]>([
		['viewer', 'meeting.join'],
		['viewer', 'media.produce'],
		['observer', 'media.produce'],
		['member', 'meeting.close'],
		['room', 'meeting.close'],
		['chair', 'feed.open'],
		['observer', 'feed.move'],
		['member', 'feed.let'],
		['member', 'meetings.create'],
		['panel', 'meeting.join'],
	])('%s never may %s', async (role, type) => {
		const client = await enter(role)
		expect(await client.ask({ type, ...commands[type] })).toMatchObject({ ok: false, code: 'not-allowed' })
		expect(site.hub.done).toEqual([])
	})

	it('the hub learns who speaks, and what it says arrives', async () => {
		const client = await enter('chair')
		await client.ask({ type: 'meeting.open' })
		const [[principal, peer] = []] = site.hub.connected
		expect(principal).toMatchObject({ kind: 'meeting', role: 'chair', meeting: 'm1' })
		peer?.send({ type: 'feed.lost', feed: 'f1' })
		await client.until('the message', () => client.of('feed.lost').length > 0)
		peer?.close()
		await client.until('the end', () => client.closed)
		await until('the hub to be told', () => site.hub.connected.size === 0)
	})

	it('what goes to everybody is the same text', async () => {
		const clients = [await enter('member'), await enter('member'), await enter('observer')]
		for (const client of clients) await client.ask({ type: 'meeting.join', device: { media: false } })
		const message = { type: 'media.lost' } as const
		for (const peer of site.hub.connected.values()) peer.send(message)
		for (const client of clients) await client.until('the message', () => client.of('media.lost').length === 1)
	})

	it('a command of another shape is told where it is wrong', async () => {
		const client = await enter('member')
		const result = await client.ask({ type: 'media.mute', source: 'p1', muted: 'yes' })
		expect(result).toMatchObject({ ok: false, code: 'bad-message', message: expect.stringContaining('/muted') })
		expect(await client.ask({ type: 'meeting.join', device: { media: true }, rank: 1 })).toMatchObject({
			code: 'bad-message',
		})
		expect(await client.ask({ type: 'meeting.erase' })).toMatchObject({ ok: false, code: 'unknown-command' })
		expect(site.hub.done).toEqual([])
	})

	it('a hub that refuses or breaks answers the one command', async () => {
		const client = await enter('member')
		site.hub.answer = async () => {
			throw new Refusal('full', 'eighty are in')
		}
		expect(await client.ask({ type: 'meeting.leave' })).toMatchObject({ ok: false, code: 'full' })
		site.hub.answer = () => {
			throw new Error('thrown before any promise')
		}
		expect(await client.ask({ type: 'meeting.leave' })).toMatchObject({ ok: false, code: 'internal' })
		site.hub.answer = async () => ({ ok: true, data: { a: 1 } })
		expect(await client.ask({ type: 'meeting.leave' })).toMatchObject({ ok: true, data: { a: 1 } })
	})

	it('a hub that takes nobody in says why, and the socket ends', async () => {
		site.hub.connect = () => {
			throw new Refusal('meeting-closed', 'it is over')
		}
		const client = await enter('member')
		await client.until('the end', () => client.closed)
		expect(client.of('error')).toMatchObject([{ code: 'meeting-closed' }])
	})

	it("what rules the meeting is kept in the audit; media, and who came, are the journal's", async () => {
		const client = await enter('chair')
		for (const [type, fields] of Object.entries(commands)) await client.ask({ type, ...fields })
		const rows = () => site.db.prepare('SELECT action FROM audit').all() as { action: string }[]
		await until('the last entry', () => rows().some(({ action }) => action.startsWith('feed.let')))
		expect(rows().map(({ action }) => action)).toEqual([
			'meeting.open m1',
			'meeting.suspend m1',
			'meeting.resume m1',
			'meeting.close m1',
			'floor.grant m1 p1',
			'floor.next m1',
			'roll.enter m1',
			'roll.remove m1 p1',
			'roll.links m1',
			'person.mute m1 p1',
			'person.muteAll m1',
			'person.stopCamera m1 p1',
			'person.ask m1 p1 for=microphone',
			'person.still m1 p1',
			'person.remove m1 p1',
			'person.rename m1 p1',
			'question.answer m1',
			'question.drop m1',
			'question.bring m1',
			'question.send-back m1',
			'person.role m1 p1 role=observer',
			'meeting.kind m1 kind=class',
			'feed.move m1 f1',
			'feed.let m1 p1 on=true',
		])
	})

	it('and anywhere else the log keeps no token, no cookie and no name', async () => {
		const token = await site.token('chair')
		const { value } = await site.identity.startSession(token)
		const client = await site.socket('meeting', { headers: { cookie: `maru=${value}` } })
		client.auth(token)
		await client.ask({ type: 'meeting.join', device: { media: false }, name: '홍길동' })
		await site.fetch('POST', '/api/v1/session', { body: { token } })
		await site.fetch('GET', '/api/v1/meetings/m1', { token })
		await site.fetch('GET', `/api/v1/nothing?token=${token}`)
		await site.fetch('POST', '/api/v1/session', { body: { token: `${token}x` } })
		site.room.answer = () => {
			throw new Error('a bug')
		}
		await site.fetch('POST', '/api/v1/room/leave', { token: await site.token('panel') })
		const log = site.logged.join('\n')
		expect(log).toContain('a bug')
		expect(log).not.toMatch(/eyJ[\w-]+\.[\w-]+/)
		expect(log).not.toContain(value)
		expect(log).not.toContain('홍길동')
	})
})
