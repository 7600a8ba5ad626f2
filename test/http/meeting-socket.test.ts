import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '../../appliance/protocol/errors.ts'
import { meetingCommands } from '../../appliance/protocol/meeting-commands.ts'
import { counterRoles, houseRoles, meetingRoles, type Role } from '../../appliance/protocol/roles.ts'
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

const wanted = { audio: true, video: [] }
const producer = { id: 'p1', kind: 'audio', use: 'microphone', label: 'mic', rtpParameters: {}, muted: false }
const commands: Record<keyof typeof meetingCommands, object> = {
	'meetings.list': {},
	'meetings.create': { title: '회의', kind: 'council' },
	'meetings.enter': { meeting: 'm1' },
	'meetings.close': { meeting: 'm1' },
	'meeting.join': { device: { media: true }, name: '홍길동' },
	'meeting.leave': {},
	'meeting.open': {},
	'meeting.suspend': {},
	'meeting.resume': {},
	'meeting.close': {},
	'desk.open': { meeting: 'm1' },
	'desk.close': {},
	'floor.request': { kind: 'order' },
	'floor.withdraw': {},
	'floor.yield': {},
	'floor.interrupt': {},
	'floor.grant': { who: 'p1', seconds: 300 },
	'floor.next': {},
	'floor.decline': { who: 'p1' },
	'floor.revoke': { who: 'p1' },
	'floor.revokeAll': {},
	'floor.extend': { who: 'p1', seconds: -30 },
	'floor.sort': { by: 'spoken' },
	'floor.mode': { mode: 'chair' },
	'chat.say': { to: 'all', text: '자료 2쪽입니다.' },
	'chat.remove': { line: 'l1' },
	'rules.set': { floor: { maxOpen: 2 }, lobby: 'shared', quorum: { part: 'half' } },
	'roll.enter': {
		entries: [{ name: '홍길동', title: '국장', bureau: '도시국', role: 'member', email: null, order: 1 }],
	},
	'roll.remove': { who: 'p1' },
	'roll.links': {},
	'roll.mark': { who: 'p1', attendance: 'excused' },
	'roll.call': {},
	'seat.take': { seat: '1', person: null },
	'lobby.admit': { who: 'p1', as: 'p2' },
	'lobby.admitAll': {},
	'lobby.refuse': { who: 'p1' },
	'person.mute': { who: 'p1' },
	'person.muteAll': {},
	'person.stopCamera': { who: 'p1' },
	'person.ask': { who: 'p1', for: 'microphone' },
	'person.still': { who: 'p1' },
	'person.remove': { who: 'p1' },
	'person.rename': { who: 'p1', name: '김철수' },
	'spotlight.set': { who: null },
	'relay.start': {},
	'relay.stop': {},
	'relay.join': { device: { media: true }, meeting: 'm1' },
	'relay.ask': { question: 'q1', text: '자료는 어디에서 받습니까?' },
	'relay.look': {},
	'question.answer': { question: 'q1', text: '누리집에 있습니다.' },
	'question.drop': { question: 'q1' },
	'question.bring': { question: 'q1' },
	'question.send-back': { question: 'q1' },
	'recording.start': {},
	'recording.stop': {},
	'consent.ask': {},
	'consent.give': {},
	'consent.withdraw': {},
	'programme.set': { layout: 'wide', hold: true },
	'reaction.show': { kind: 'clap' },
	'person.role': { who: 'p1', role: 'observer' },
	'readiness.report': { microphone: 'ok', camera: 'none', network: 'weak', rttMs: 20, lossPercent: null },
	'agenda.set': {
		items: [{ title: '보고', kind: 'report', bureau: '', presenters: ['p1'], seconds: 300, documents: [] }],
	},
	'agenda.start': { item: 'i1' },
	'agenda.end': {},
	'agenda.skip': { item: 'i1' },
	'agenda.move': { item: 'i1', to: 0 },
	'slide.show': { document: 'd1', page: 2 },
	'slide.hide': {},
	'vote.open': { title: '조례안', kind: 'recorded', proxies: { p1: 'p2' } },
	'vote.cast': { vote: 'v1', choice: 'for', for: 'p1' },
	'vote.count': { vote: 'v1', counts: { for: 3 } },
	'vote.close': { vote: 'v1' },
	'vote.cancel': { vote: 'v1' },
	'meeting.kind': { kind: 'class' },
	'presence.ask': { seconds: 60 },
	'presence.answer': { check: 'c1' },
	'groups.open': { groups: ['1조', '2조'].map((name) => ({ name, people: [] })), seconds: 600 },
	'groups.move': { group: null },
	'groups.close': {},
	'groups.tell': { text: '5분 남았습니다' },
	'question.ask': { text: '언제까지 보관합니까?' },
	'question.vote': { question: 'q1', on: true },
	'certificates.issue': {},
	'minutes.note': { text: '자료 배부' },
	'minutes.correct': { of: 3, text: '3분' },
	'hall.declare': { seats: [{ id: '1', name: '의장석' }], gated: false },
	'hall.mute': {},
	'hall.mic': { seat: '1', state: 'request' },
	'grant.step': { who: 'p1', grantedAt: 1, step: 'camera', state: 'wide', reason: null, feed: 'f1' },
	'media.open': { send: null, producers: [], rtpCapabilities: {}, wanted },
	'media.ready': { receive: null, consumers: [] },
	'media.show': { wanted },
	'media.produce': { send: null, producers: [producer] },
	'media.close': { sources: ['p1'] },
	'media.mute': { source: 'p1', muted: true },
	'media.restart-ice': { transport: 'send' },
	'feed.open': { name: '정면', camera: 'front', codec: 'h264', ssrc: 1, payloadType: 96, srtp: null },
	'feed.close': { feed: 'f1' },
	'feed.move': { feed: 'f1', pan: -0.5, tilt: 0, zoom: 1 },
	'feed.stop': { feed: 'f1' },
	'feed.ask': { feed: 'f1' },
	'feed.let': { who: 'p1', on: true },
	'feed.refused': { who: ['p1'], feed: 'f1', code: 'leased' },
}

describe('On the meeting socket', () => {
	const everyRole: Role[] = [...meetingRoles, ...houseRoles, ...counterRoles]
	it.each(everyRole)('%s may what the table says, command by command', async (role) => {
		const client = await enter(role)
		if (['audit', 'captioner', ...counterRoles].includes(role)) {
			await client.until('the end', () => client.closed)
			expect(client.of('error')).toMatchObject([{ code: 'not-allowed' }])
			return
		}
		const asked: string[] = []
		for (const [type, fields] of Object.entries(commands)) {
			const { roles } = meetingCommands[type as keyof typeof meetingCommands]
			const may = (roles as readonly Role[]).includes(role)
			if (may) asked.push(type)
			expect(await client.ask({ type, ...fields }), `${role} ${type}`).toMatchObject(
				may ? { ok: true } : { ok: false, code: 'not-allowed' },
			)
		}
		expect(site.hub.done.map(({ command }) => command.type)).toEqual(asked)
	})

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
