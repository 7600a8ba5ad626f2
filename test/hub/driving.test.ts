import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type { FeedOpened, Links, MeetingMessage } from '../../appliance/protocol/messages.ts'
import { type Client, openSite, panel, type Site } from './site.ts'

/** Cameras of a room that people move from home: what the hub lets through to the room, and what it says to whom. */

let site: Site
let id: string
let links: Links
let room: Person
let clerk: Person
let kim: Person
let lee: Person
let front: string

type Person = Client & { id: string }

beforeAll(async () => {
	site = await openSite()
})
afterAll(() => site.close())
beforeEach(async () => {
	;({ id, links } = await site.hub.create({ title: '확대간부회의', kind: 'council' }))
	site.hub.transition(id, 'open', panel)
	room = await enter(links.room, '대회의실')
	clerk = await enter(links.clerk, '서기')
	kim = await enter(links.member, '김철수')
	lee = await enter(links.member, '이영희')
	front = await feed('정면', true)
})

async function enter(link: string, name: string): Promise<Person> {
	const client = await site.client(link)
	const { person } = await client.join({ name, media: false })
	return Object.assign(client, { id: person })
}

let ssrcs = 1
async function feed(name: string, movable?: boolean): Promise<string> {
	const stream = { codec: 'h264', ssrc: ++ssrcs, payloadType: 102, srtp: null } as const
	const moves = movable === undefined ? {} : { movable }
	const open = { type: 'feed.open', name, camera: name === '정면' ? 'front' : 'rear', ...stream, ...moves } as const
	return (await room.get<FeedOpened>(open)).feed
}

const move = (from: Client, pan = 0.5, of = front) => from.ask({ type: 'feed.move', feed: of, pan, tilt: 0, zoom: 0 })
const stop = (from: Client, of = front) => from.ask({ type: 'feed.stop', feed: of })
const ask = (from: Client, of = front) => from.ask({ type: 'feed.ask', feed: of })
const allow = (who: Person, on = true) => clerk.ask({ type: 'feed.let', who: who.id, on })
const rule = (cameras: 'nobody' | 'ask' | 'everyone') => clerk.get({ type: 'rules.set', cameras })
const refused = (code: string) => expect.objectContaining({ ok: false, code })
const good = expect.objectContaining({ ok: true })

/** What the room was told to do, in order. */
const told = () =>
	room.messages.filter(({ type }: MeetingMessage) => type === 'feed.move' || type === 'feed.stop').map(brief)
function brief(message: MeetingMessage): string {
	if (message.type === 'feed.move') return `${message.by.name} ${message.pan}`
	return message.type === 'feed.stop' ? `stop ${message.by}` : message.type
}

describe('A camera of the room', () => {
	it('is moved and stopped by the clerk, whatever the rule, and only the room is told', async () => {
		await rule('nobody')
		expect(await move(clerk)).toEqual(good)
		expect(await stop(clerk)).toEqual(good)
		expect(told()).toEqual(['서기 0.5', `stop ${clerk.id}`])
		expect(room.of('feed.move')[0]).toMatchObject({ feed: front, by: { id: clerk.id, presides: true }, tilt: 0 })
		for (const one of [clerk, kim]) expect([...one.of('feed.move'), ...one.of('feed.stop')]).toEqual([])
	})

	it('is said to be movable, and no other is moved', async () => {
		const rear = await feed('후면')
		await kim.until('the feeds', () => kim.people.get(room.id)?.sources.length === 2)
		const sources = kim.people.get(room.id)?.sources ?? []
		expect(sources.map(({ label, movable }) => [label, movable])).toEqual([
			['정면', true],
			['후면', undefined],
		])
		for (const of of [rear, 'nothing']) {
			expect(await move(clerk, 1, of)).toEqual(refused('no-source'))
			expect(await stop(clerk, of)).toEqual(refused('no-source'))
			expect(await ask(kim, of)).toEqual(refused('no-source'))
		}
		await room.get({ type: 'feed.close', feed: front })
		expect(await move(clerk)).toEqual(refused('no-source'))
		expect(told()).toEqual([])
	})

	it('is moved by members where everyone may, and by nobody who only watches or is at a desk', async () => {
		await rule('everyone')
		expect(await move(kim)).toEqual(good)
		const desk = await site.client(panel)
		await desk.desk(id)
		expect(await move(desk)).toEqual(refused('not-allowed'))
		expect(await move(await site.client(links.chair))).toEqual(refused('not-joined'))
		expect(await move(await enter(links.observer, '참관인'))).toEqual(refused('not-allowed'))
		expect(told()).toEqual(['김철수 0.5'])
	})
})

describe('Who asks', () => {
	it('is told to those who preside and to the desk, and may once they were let', async () => {
		const desk = await site.client(panel)
		await desk.desk(id)
		expect(await move(kim)).toEqual(refused('not-allowed'))
		expect(await ask(kim)).toEqual(good)
		for (const one of [clerk, desk]) expect(one.of('feed.asks')).toMatchObject([{ person: kim.id, feed: front }])
		for (const one of [kim, lee, room]) expect(one.of('feed.asks')).toEqual([])
		expect(await allow(kim)).toEqual(good)
		expect(kim.of('feed.let')).toMatchObject([{ on: true }])
		expect(lee.of('feed.let')).toEqual([])
		expect(desk.of('feed.asks').at(-1)).toMatchObject({ person: kim.id, feed: null })
		expect(await move(kim)).toEqual(good)
		expect(await move(lee)).toEqual(refused('not-allowed'))
		await lee.until('who may', () => lee.core?.drivers[0] === kim.id)
		expect(await ask(kim)).toEqual(refused('already-so'))
		expect(site.hub.journal(id).events.filter(({ type }) => type === 'cameras.let')).toMatchObject([
			{ person: kim.id, on: true, by: clerk.id },
		])
	})

	it('may hear "not now", and asks three times a minute at most', async () => {
		for (let i = 0; i < 3; i++) expect(await ask(kim)).toEqual(good)
		expect(await ask(kim)).toEqual(refused('too-many'))
		expect(await ask(lee)).toEqual(good)
		expect(clerk.of('feed.asks')).toHaveLength(4)
		expect(await allow(kim, false)).toEqual(good)
		expect(kim.of('feed.let')).toMatchObject([{ on: false }])
		expect(site.hub.journal(id).events.some(({ type }) => type === 'cameras.let')).toBe(false)
	})

	it('asks in vain where nobody may', async () => {
		await rule('nobody')
		expect(await ask(kim)).toEqual(refused('not-allowed'))
		expect(clerk.of('feed.asks')).toEqual([])
	})
})

describe('Who moves a camera has let go', () => {
	beforeEach(async () => {
		await allow(kim)
		await move(kim)
	})

	it('when their socket is gone', () => {
		kim.connection.gone()
		expect(told()).toEqual(['김철수 0.5', `stop ${kim.id}`])
	})

	it('when what was let is taken back, or the rule is another', async () => {
		await allow(kim, false)
		expect(told()).toEqual(['김철수 0.5', `stop ${kim.id}`])
		expect(await move(kim)).toEqual(refused('not-allowed'))
		await move(clerk, -1)
		await rule('nobody')
		expect(told()).toEqual(['김철수 0.5', `stop ${kim.id}`, '서기 -1'])
	})

	it('of the one, when they take another', async () => {
		const rear = await feed('후면', true)
		await sleep(100)
		await move(kim, 0.25, rear)
		expect(told()).toEqual(['김철수 0.5', `stop ${kim.id}`, '김철수 0.25'])
		expect(room.of('feed.stop')[0]?.feed).toBe(front)
	})

	it('once, however often they say so', async () => {
		for (let i = 0; i < 20; i++) await stop(kim)
		await stop(lee)
		expect(told()).toEqual(['김철수 0.5', `stop ${kim.id}`])
	})
})

describe('A flood of movements', () => {
	it('reaches the room a dozen times a second, the newest last, and its stop passes everything', async () => {
		await allow(kim)
		const begun = performance.now()
		let sent = 0
		while (performance.now() - begun < 1_000 || sent <= 100 || room.of('feed.move').length <= 2) {
			for (let i = 0; i < 20; i++) await move(kim, -((++sent % 100) / 100))
			await sleep(5)
		}
		const passed = room.of('feed.move').length
		const seconds = (performance.now() - begun) / 1000
		expect(passed).toBeLessThanOrEqual(Math.ceil(seconds * 12.5) + 1)
		await sleep(250)
		// In one go: whatever else the machine does, no twelfth of a second lies between them.
		await Promise.all([move(kim, 0.1), move(kim, 0.2), move(kim, 0.3)])
		await kim.until('the newest', () => told().at(-1) === '김철수 0.3')
		expect(told().slice(-2)).toEqual(['김철수 0.1', '김철수 0.3'])
		await sleep(250)
		await Promise.all([move(kim, 0.4), move(kim, 0.5), stop(kim)])
		await sleep(150)
		expect(told().slice(-2)).toEqual(['김철수 0.4', `stop ${kim.id}`])
	})
})

describe('What the room does not do', () => {
	it('is told to those whose movement it was, by the room whose feed it is and by nobody else', async () => {
		const refusal: MeetingCommand = { type: 'feed.refused', who: [kim.id, clerk.id], feed: front, code: 'leased' }
		expect(await room.ask(refusal)).toEqual(good)
		for (const one of [kim, clerk]) expect(one.of('feed.refused')).toMatchObject([{ feed: front, code: 'leased' }])
		expect(lee.of('feed.refused')).toEqual([])
		expect(await room.ask({ ...refusal, feed: 'another' })).toEqual(refused('no-source'))
	})
})

it('who was let is still so after a start of the service', async () => {
	await allow(kim)
	const secret = kim.joined?.resume ?? ''
	await site.restart()
	const back = await site.client(links.member)
	const { person, core } = await back.join({ name: '김철수', resume: secret, media: false })
	expect(core.drivers).toEqual([person])
})
