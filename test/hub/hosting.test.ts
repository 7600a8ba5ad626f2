import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Links } from '../../appliance/protocol/messages.ts'
import { type Client, camera, microphone, openSite, panel, type Site } from './site.ts'

let site: Site
let links: Links

beforeAll(async () => {
	site = await openSite()
})
afterAll(() => site.close())
beforeEach(async () => {
	const created = await site.hub.create({ title: '확대간부회의', kind: 'council' })
	links = created.links
	site.hub.transition(created.id, 'open', panel)
})

type Person = Client & { id: string }

/** Comes with a microphone that is open, and a camera. */
async function enter(link: string, name: string): Promise<Person> {
	const client = await site.client(link)
	const { person } = await client.join({ name })
	await client.open([microphone(), camera()])
	return Object.assign(client, { id: person })
}

const refused = (code: string) => expect.objectContaining({ ok: false, code })
const told = (client: Client) => client.of('host').map(({ act }) => act)
const muted = (of: Person, seenBy: Client) =>
	seenBy.people.get(of.id)?.sources.find(({ use }) => use === 'microphone')?.muted

describe('Those who run the meeting', () => {
	it('shut somebody’s microphone, who is told and opens it again', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		const lee = await enter(links.member, '이영희')
		await clerk.get({ type: 'person.mute', who: kim.id })
		await lee.until('the mute', () => muted(kim, lee) === true)
		expect(told(kim)).toEqual(['muted'])
		expect(told(lee)).toEqual([])
		expect(muted(lee, lee)).toBe(false)
		const source = kim.self?.sources.find(({ use }) => use === 'microphone')?.id ?? ''
		await kim.get({ type: 'media.mute', source, muted: false })
		await lee.until('the microphone', () => muted(kim, lee) === false)
	})

	it('take a still of a visitor in counselling alone, and the visitor is told', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		expect(await clerk.ask({ type: 'person.still', who: kim.id })).toEqual(refused('not-allowed'))
		await clerk.get({ type: 'meeting.kind', kind: 'counsel' })
		expect(await kim.ask({ type: 'person.still', who: clerk.id })).toEqual(refused('not-allowed'))
		await clerk.get({ type: 'person.still', who: kim.id })
		expect([told(kim), told(clerk)]).toEqual([['still'], []])
	})

	it('shut all others at once, but nobody who presides', async () => {
		const chair = await enter(links.chair, '의장')
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		const lee = await enter(links.member, '이영희')
		await clerk.get({ type: 'person.muteAll' })
		await clerk.until('both', () => muted(kim, clerk) === true && muted(lee, clerk) === true)
		expect(muted(chair, clerk)).toBe(false)
		expect(muted(clerk, clerk)).toBe(false)
	})

	it('leave a microphone that they shut shut through a loss of its page', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		await clerk.get({ type: 'person.mute', who: kim.id })
		const resume = kim.joined?.resume ?? ''
		kim.connection.gone()
		const again = await site.client(links.member)
		await again.join({ resume })
		await again.open([microphone()])
		await clerk.until('them back', () => muted(kim, clerk) === true)
	})

	it('end a camera and a screen, which may begin again', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		await clerk.get({ type: 'person.stopCamera', who: kim.id })
		await clerk.until('its end', () => kim.id !== '' && clerk.people.get(kim.id)?.sources.length === 1)
		expect(told(kim)).toEqual(['stopped'])
		await kim.get({ type: 'media.produce', send: null, producers: [camera()] })
		await clerk.until('another', () => clerk.people.get(kim.id)?.sources.length === 2)
	})

	it('ask for a microphone or a camera, and open nothing', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		await clerk.get({ type: 'person.mute', who: kim.id })
		await clerk.get({ type: 'person.ask', who: kim.id, for: 'microphone' })
		await clerk.get({ type: 'person.ask', who: kim.id, for: 'camera' })
		expect(told(kim)).toEqual(['muted', 'ask-microphone', 'ask-camera'])
		await clerk.until('the mute', () => muted(kim, clerk) === true)
	})

	it('do nothing about those who are not there, a hall, or, as a clerk, about the chair', async () => {
		const chair = await enter(links.chair, '의장')
		const clerk = await enter(links.clerk, '서기')
		const room = await enter(links.room, '대회의실')
		expect(await clerk.ask({ type: 'person.mute', who: 'nobody' })).toEqual(refused('no-person'))
		expect(await clerk.ask({ type: 'person.mute', who: room.id })).toEqual(refused('not-allowed'))
		expect(await clerk.ask({ type: 'person.mute', who: chair.id })).toEqual(refused('not-allowed'))
		expect(await chair.ask({ type: 'person.mute', who: clerk.id })).toEqual({ ok: true, data: { events: [] } })
	})
})
