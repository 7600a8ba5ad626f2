import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DocumentView } from '../../appliance/protocol/floor.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { type Client, openSite, panel, type Site } from './site.ts'

let site: Site
let id: string
let links: Links

beforeAll(async () => {
	site = await openSite()
})
afterAll(() => site.close())
beforeEach(async () => {
	const created = await site.hub.create({ title: '확대간부회의', kind: 'council' })
	id = created.id
	links = created.links
	site.hub.transition(id, 'open', panel)
})

type Person = Client & { id: string }

async function enter(link: string, name: string): Promise<Person> {
	const client = await site.client(link)
	const { person } = await client.join({ name, media: false })
	return Object.assign(client, { id: person })
}

/** A link of one's own, as the roll gives it. */
async function ownLink(clerk: Client, name: string): Promise<string> {
	const entry = { name, title: '국장', bureau: '기획조정실', role: 'member', email: null, order: 1 } as const
	await clerk.get({ type: 'roll.enter', entries: [entry] })
	const made = await clerk.get<{ links: { name: string; link: string }[] }>({ type: 'roll.links' })
	return made.links.find((one) => one.name === name)?.link ?? ''
}

const refused = (code: string) => expect.objectContaining({ ok: false, code })
const ends = (client: Client) => client.of('ended').map(({ code }) => code)

describe('Somebody who is removed', () => {
	it('is out at once, and before the door when they come again', async () => {
		const clerk = await enter(links.clerk, '서기')
		const own = await ownLink(clerk, '김철수')
		const kim = await enter(own, '김철수')
		await clerk.get({ type: 'person.remove', who: kim.id })
		expect(ends(kim)).toEqual(['removed'])
		expect(kim.closed).toBe(true)
		await clerk.until('their absence', () => !clerk.people.has(kim.id))
		const again = await site.client(own)
		expect(await again.knock('김철수')).toMatchObject({ lobby: true, before: 0 })
		const link = await site.identity.verify(new URL(own).hash.slice(1))
		expect(site.hub.mayRead(id, link)).toBe(false)
		await clerk.get({ type: 'lobby.admit', who: kim.id })
		await again.until('the word', () => again.of('admitted').length === 1)
		await again.join({ name: '김철수', media: false })
		expect(again.joined?.person).toBe(kim.id)
	})

	it('stays removed through a restart, whatever they bring along', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		const resume = kim.joined?.resume ?? ''
		await clerk.get({ type: 'person.remove', who: kim.id })
		await site.restart()
		const again = await site.client(links.member)
		expect(await again.knock('김철수', resume)).toMatchObject({ lobby: true, person: kim.id })
	})

	it('loses the floor', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		await clerk.get({ type: 'floor.mode', mode: 'chair' })
		await clerk.get({ type: 'floor.grant', who: kim.id })
		await clerk.get({ type: 'person.remove', who: kim.id })
		await clerk.until('the floor', () => clerk.core?.floor.speaking.length === 0)
	})

	it('is never the room, oneself, or a clerk’s chair', async () => {
		const chair = await enter(links.chair, '의장')
		const clerk = await enter(links.clerk, '서기')
		const room = await enter(links.room, '대회의실')
		const kim = await enter(links.member, '김철수')
		expect(await clerk.ask({ type: 'person.remove', who: chair.id })).toEqual(refused('not-allowed'))
		expect(await clerk.ask({ type: 'person.remove', who: clerk.id })).toEqual(refused('not-allowed'))
		expect(await clerk.ask({ type: 'person.remove', who: room.id })).toEqual(refused('not-allowed'))
		expect(await clerk.ask({ type: 'person.remove', who: 'nobody' })).toEqual(refused('no-person'))
		expect(await chair.ask({ type: 'person.remove', who: clerk.id })).toMatchObject({ ok: true })
		expect(ends(kim)).toEqual([])
	})
})

describe('What is shown to those who wait', () => {
	const shown = { name: '안내.pdf', kind: 'pdf', reason: null, bytes: 1, by: 'clerk', at: 1 } as const
	const documents: DocumentView[] = [
		{ ...shown, id: 'd1', state: 'ready', pages: 3 },
		{ ...shown, id: 'd2', state: 'converting', pages: null },
	]
	let waiting: Site
	beforeAll(async () => {
		waiting = await openSite({ documents: { list: () => documents, onChange: () => () => {} } })
	})
	afterAll(() => waiting.close())

	it('is one document with pages, chosen by those who run the meeting, and told while somebody waits', async () => {
		const { id, links } = await waiting.hub.create({ title: '확대간부회의', kind: 'council' })
		const by = await waiting.identity.verify(new URL(links.member).hash.slice(1))
		const clerk = await waiting.client(links.clerk)
		await clerk.desk()
		const set = (document: string | null) => clerk.ask({ type: 'rules.set', waiting: document })
		expect(waiting.hub.waitingSlides(id, by)).toBeNull()
		expect(await set('d2')).toEqual(refused('no-document'))
		expect(await set('d9')).toEqual(refused('no-document'))
		expect(await set('d1')).toMatchObject({ ok: true })
		// Before the beginning, and from then on before the door alone.
		expect(waiting.hub.waitingSlides(id, by)).toEqual({ document: 'd1', pages: 3 })
		waiting.hub.transition(id, 'open', panel)
		expect(waiting.hub.waitingSlides(id, by)).toBeNull()
		await clerk.get({ type: 'rules.set', lobby: 'shared' })
		const stranger = await waiting.client(links.member)
		await stranger.knock('아무개')
		expect(waiting.hub.waitingSlides(id, by)).toEqual({ document: 'd1', pages: 3 })
		expect(await set(null)).toMatchObject({ ok: true })
		expect(waiting.hub.waitingSlides(id, by)).toBeNull()
		await set('d1')
		stranger.connection.gone()
		expect(waiting.hub.waitingSlides(id, by)).toBeNull()
		await waiting.restart()
		const again = await waiting.client(links.member)
		await again.knock('아무개')
		expect(waiting.hub.waitingSlides(id, by)).toEqual({ document: 'd1', pages: 3 })
	})
})

describe('A locked meeting', () => {
	it('has whoever is new wait, also with a link of their own, and lets back in who was there', async () => {
		const clerk = await enter(links.clerk, '서기')
		const own = await ownLink(clerk, '김철수')
		const lee = await enter(links.member, '이영희')
		const resume = lee.joined?.resume ?? ''
		await clerk.get({ type: 'rules.set', lobby: 'locked' })
		const kim = await site.client(own)
		expect(await kim.knock('김철수')).toMatchObject({ lobby: true })
		lee.connection.gone()
		const back = await site.client(links.member)
		await back.join({ name: '이영희', resume, media: false })
		expect(back.joined?.person).toBe(lee.id)
		await enter(links.chair, '의장')
		await enter(links.room, '대회의실')
	})

	it('keeps its documents from whoever holds the same link outside, and lets those inside read on', async () => {
		const clerk = await enter(links.clerk, '서기')
		const lee = await enter(links.member, '이영희')
		const shared = await site.identity.verify(new URL(links.member).hash.slice(1))
		expect(site.hub.mayRead(id, shared)).toBe(true)
		await clerk.get({ type: 'rules.set', lobby: 'locked' })
		await lee.until('a link of their own', () => lee.of('token').length === 1)
		expect(site.hub.mayRead(id, shared)).toBe(false)
		expect(site.hub.mayRead(id, await site.identity.verify(lee.of('token')[0]?.token ?? ''))).toBe(true)
		expect(clerk.of('token')).toEqual([])
		await clerk.get({ type: 'person.remove', who: lee.id })
		expect(site.hub.mayRead(id, await site.identity.verify(lee.of('token')[0]?.token ?? ''))).toBe(false)
	})

	it('lets in all who wait when it is opened again, but nobody who was removed', async () => {
		const clerk = await enter(links.clerk, '서기')
		const bad = await enter(links.member, '박영수')
		const resume = bad.joined?.resume ?? ''
		await clerk.get({ type: 'person.remove', who: bad.id })
		await clerk.get({ type: 'rules.set', lobby: 'locked' })
		const kim = await site.client(links.member)
		await kim.knock('김철수')
		const again = await site.client(links.member)
		await again.knock('박영수', resume)
		await clerk.get({ type: 'rules.set', lobby: 'off' })
		await kim.until('the word', () => kim.of('admitted').length === 1)
		await kim.join({ name: '김철수', resume: kim.of('admitted')[0]?.resume ?? '', media: false })
		expect(again.of('admitted')).toEqual([])
	})
})

describe('A guest', () => {
	it('is named by those who run the meeting, and stays so when their page comes again', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '010-1234')
		await clerk.get({ type: 'person.rename', who: kim.id, name: '김철수 (민원)' })
		await clerk.until('the name', () => clerk.people.get(kim.id)?.name === '김철수 (민원)')
		const resume = kim.joined?.resume ?? ''
		kim.connection.gone()
		const again = await site.client(links.member)
		await again.join({ name: '010-1234', resume, media: false })
		expect(again.joined?.name).toBe('김철수 (민원)')
		await site.restart()
		const later = await site.client(links.member)
		await later.join({ name: '010-1234', resume, media: false })
		expect(later.joined?.name).toBe('김철수 (민원)')
	})

	it('is not renamed where the roll names them', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(await ownLink(clerk, '김철수'), '김철수')
		expect(await clerk.ask({ type: 'person.rename', who: kim.id, name: '나' })).toEqual(refused('not-allowed'))
		expect(await clerk.ask({ type: 'person.rename', who: 'nobody', name: '나' })).toEqual(refused('no-person'))
	})
})

describe('The spotlight', () => {
	it('is on one for all, also for those who come later, until that one leaves', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		await clerk.get({ type: 'spotlight.set', who: kim.id })
		const lee = await enter(links.member, '이영희')
		expect(lee.joined?.core.spotlight).toBe(kim.id)
		await kim.get({ type: 'meeting.leave' })
		await lee.until('its end', () => lee.core?.spotlight === null)
		expect(await clerk.ask({ type: 'spotlight.set', who: kim.id })).toEqual(refused('no-person'))
		expect(await clerk.ask({ type: 'spotlight.set', who: null })).toMatchObject({ ok: true })
	})
})

describe('A reaction', () => {
	it('of several is told in one message, and to all', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		await kim.get({ type: 'reaction.show', kind: 'clap' })
		await clerk.get({ type: 'reaction.show', kind: 'thanks' })
		await kim.until('both', () => kim.of('reactions').length === 1)
		expect(kim.of('reactions')[0]?.list).toEqual([
			{ person: kim.id, kind: 'clap' },
			{ person: clerk.id, kind: 'thanks' },
		])
		expect(clerk.of('reactions')).toEqual(kim.of('reactions'))
	})

	it('is refused to whoever shows one after the other', async () => {
		const kim = await enter(links.member, '김철수')
		for (let i = 0; i < 5; i++) await kim.get({ type: 'reaction.show', kind: 'laugh' })
		expect(await kim.ask({ type: 'reaction.show', kind: 'laugh' })).toEqual(refused('too-many'))
	})
})

describe('A second page of the same person', () => {
	it('is told that they are in elsewhere, and takes over when it says so', async () => {
		const clerk = await enter(links.clerk, '서기')
		const own = await ownLink(clerk, '김철수')
		const kim = await site.client(own)
		await kim.join({ asks: true })
		const second = await site.client(own)
		await expect(second.join({ asks: true })).rejects.toThrow('elsewhere')
		expect(kim.closed).toBe(false)
		await second.join()
		expect(ends(kim)).toEqual(['taken-over'])
	})

	it('is none where it brings along what the first was given: a cut, a reload', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await site.client(await ownLink(clerk, '김철수'))
		await kim.join({ asks: true })
		const back = await site.client(links.member)
		expect((await back.join({ asks: true, resume: kim.joined?.resume ?? '', name: '김철수' })).person).not.toBe('')
	})

	it('without media disturbs nobody', async () => {
		const clerk = await enter(links.clerk, '서기')
		const own = await ownLink(clerk, '김철수')
		const kim = await site.client(own)
		await kim.join({ asks: true })
		const second = await site.client(own)
		await second.join({ asks: true, media: false })
		expect(kim.closed).toBe(false)
	})
})

describe('Many who come at once', () => {
	it('are let in in waves, those who were there and those who run the meeting at once', async () => {
		const clients = await Promise.all(Array.from({ length: 60 }, () => site.client(links.member)))
		const join = (client: Client, name: string) =>
			client.join({ name }).then(
				() => 'in',
				(error: Error) => error.message,
			)
		const answers = await Promise.all(clients.map((client, at) => join(client, `${at}번 국장`)))
		const late = clients.filter((_, at) => answers[at] !== 'in')
		expect(late.length).toBeGreaterThanOrEqual(20)
		expect(late.length).toBeLessThan(60)
		expect(answers.filter((answer) => answer !== 'in' && !answer.includes('busy'))).toEqual([])
		const there = clients.find(({ joined }) => joined !== null)
		const again = await site.client(links.member)
		await again.join({ name: '0번 국장', resume: there?.joined?.resume ?? '' })
		expect(await join(await site.client(links.chair), '의장')).toBe('in')
		for (const client of late) {
			while ((await join(client, '늦은 국장')) !== 'in') await new Promise((resolve) => setTimeout(resolve, 100))
		}
	})
})
