import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openJournal } from '../../appliance/hub/journal.ts'
import type { ChatTo } from '../../appliance/protocol/chat.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { type Client, openSite, panel, type Site } from './site.ts'

/** What is written and said in a group of a class (교육): who is told, and everything that the others were told. */

type Person = Client & { id: string }
let site: Site
let id: string
let links: Links
let trainer: Person
let kim: Person
let lee: Person
let park: Person
/** With the class, as the desk is. */
let choi: Person
let desk: Client
let [first, second] = ['', '']

beforeAll(async () => {
	site = await openSite()
})
afterAll(() => site.close())
beforeEach(async () => {
	;({ id, links } = await site.hub.create({ title: '개인정보 보호 교육', kind: 'class' }))
	site.hub.transition(id, 'open', panel)
	trainer = await enter(links.chair, '강사')
	kim = await enter(links.member, '김철수')
	lee = await enter(links.member, '이영희')
	park = await enter(links.member, '박민정')
	choi = await enter(links.member, '최수진')
	desk = await site.client(panel)
	await desk.desk(id)
	const { ids } = await trainer.get<{ ids: string[] }>({
		type: 'groups.open',
		groups: [
			{ name: '1조', people: [kim.id, lee.id] },
			{ name: '2조', people: [park.id] },
		],
	})
	;[first, second] = [ids[0] ?? '', ids[1] ?? '']
})

async function enter(link: string, name: string, resume?: string): Promise<Person> {
	const client = await site.client(link)
	const { person } = await client.join({ name, media: false, ...(resume === undefined ? {} : { resume }) })
	return Object.assign(client, { id: person })
}
const write = (from: Client, text: string, to: ChatTo = 'all') => from.get({ type: 'chat.say', to, text })
const texts = ({ chat }: Client) => chat.map(({ text }) => text)
/** All that ever came to them, joins included. */
const everything = (...clients: Client[]) =>
	JSON.stringify(clients.map(({ messages, joined, chat }) => [messages, joined, chat]))
const move = (who: Person, group: string | null) => trainer.get({ type: 'groups.move', who: who.id, group })

describe('What is written to all in a group', () => {
	it('is read by that group and by whoever comes into it, and by nobody else', async () => {
		await write(kim, '우리끼리의 말')
		expect(lee.chat).toMatchObject([{ text: '우리끼리의 말', to: 'all', group: '1조', from: kim.id }])
		expect(everything(park, choi, trainer, desk)).not.toContain('우리끼리의 말')
		await move(trainer, first)
		expect(texts(trainer)).toEqual(['우리끼리의 말'])
		await write(trainer, '잘하고 있습니다')
		expect(texts(lee)).toEqual(['우리끼리의 말', '잘하고 있습니다'])
		await move(lee, second)
		await write(kim, '이제 둘만의 말')
		expect(texts(lee)).toEqual(['우리끼리의 말', '잘하고 있습니다'])
		await write(lee, '2조의 말')
		expect(texts(park)).toEqual(['2조의 말'])
		await trainer.get({ type: 'groups.close' })
		await write(park, '모두 다시 모였습니다')
		for (const one of [trainer, kim, lee, park, choi, desk]) expect(texts(one)).toContain('모두 다시 모였습니다')

		// Who comes again has what was for them, and no more.
		const again = await enter(links.member, '이영희', lee.joined?.resume)
		expect(texts(again)).toEqual(['우리끼리의 말', '잘하고 있습니다', '2조의 말', '모두 다시 모였습니다'])
		expect(everything(choi, desk)).not.toMatch(/우리끼리|잘하고|둘만|2조의/)
		expect(everything(park)).not.toMatch(/우리끼리|잘하고|둘만/)
		expect(everything(lee, again)).not.toMatch(/둘만/)
	})

	it('differs from what those with the class write, and from what is for the trainer or for one', async () => {
		await write(trainer, '자료는 3쪽입니다')
		for (const one of [kim, park, choi]) expect(one.chat).toMatchObject([{ text: '자료는 3쪽입니다', to: 'all' }])
		expect(kim.chat[0]).not.toHaveProperty('group')
		await write(kim, '도와주세요', 'clerk')
		for (const one of [trainer, desk]) expect(texts(one)).toContain('도와주세요')
		await write(kim, '너에게만', { person: park.id })
		expect(texts(park)).toContain('너에게만')
		expect(everything(lee, choi)).not.toMatch(/도와주세요|너에게만/)
	})

	it('is kept with its group where the rules keep lines, and after a start is still for that group alone', async () => {
		await trainer.get({ type: 'rules.set', chat: { kept: true } })
		await write(kim, '남는 조의 말')
		await write(choi, '남는 모두의 말')
		const kept = site.hub.journal(id).events.filter(({ type }) => type === 'chat.said')
		expect(kept).toMatchObject([{ to: 'all', group: first }, { to: 'all' }])
		expect(kept[1]).not.toHaveProperty('group')
		await site.restart()
		expect(openJournal(site.db).verify(id)).toBeNull()
		const back = (who: Person, link = links.member) => enter(link, '다시', who.joined?.resume)
		expect((await back(lee)).chat).toMatchObject([{ text: '남는 조의 말', group: '1조' }, { text: '남는 모두의 말' }])
		for (const one of [await back(park), await back(choi), await back(trainer, links.chair)]) {
			expect(texts(one)).toEqual(['남는 모두의 말'])
			expect(everything(one)).not.toContain('남는 조의 말')
		}
	})
})

describe('Captions of what is said in a group', () => {
	let said = 0
	async function writer() {
		const { link } = await site.hub.invite(id, { role: 'captioner', name: '인식기' })
		const principal = await site.identity.verify(new URL(link).hash.slice(1))
		if (principal.kind !== 'meeting') throw new Error('a link of the house')
		const connection = site.hub.connectCaptioner(principal, { send() {}, close() {} })
		return async (
			text: string,
			speaker: string | null,
			more: { id?: string; from?: number; to?: number | null } = {},
		) => {
			const from = more.from ?? Date.now()
			const words = { id: `c${++said}`, revision: said, from, to: from + 1, final: true, text, speaker }
			const result = await connection.handle({ type: 'caption', ...words, ...more })
			if (!result.ok) throw new Error(result.message)
			return { id: more.id ?? words.id, from }
		}
	}
	/** What stands on the page now. */
	const shown = (client: Client) => {
		const known = new Map<string, string>()
		for (const { set, gone } of client.of('captions')) {
			for (const one of gone) known.delete(one)
			for (const one of set) known.set(one.id, one.text)
		}
		return [...known.values()]
	}
	const sees = (client: Client, text: string) => client.until(text, () => shown(client).includes(text))
	/** Longer than captions wait to be told together. */
	const settled = () => sleep(600)

	it('reach that group alone, corrections as well, and those with the class what the class says', async () => {
		const caption = await writer()
		const private_ = await caption('1조의 이야기', kim.id)
		await sees(lee, '1조의 이야기')
		await caption('강사의 이야기', trainer.id)
		await caption('누군지 모를 이야기', null)
		for (const one of [trainer, choi, desk]) await sees(one, '누군지 모를 이야기')
		await trainer.get({ type: 'groups.close' })
		// Set right when all are back, also where nobody knows any more who it was.
		await caption('1조의 고친 이야기', kim.id, private_)
		await sees(lee, '1조의 고친 이야기')
		await caption('1조의 또 고친 이야기', null, private_)
		await sees(lee, '1조의 또 고친 이야기')
		await caption('모두의 이야기', kim.id)
		for (const one of [trainer, kim, lee, park, choi, desk]) await sees(one, '모두의 이야기')
		const late = await enter(links.member, '박늦음')
		await sees(late, '모두의 이야기')
		expect(everything(trainer, park, choi, desk, late)).not.toMatch(/1조의/)
		expect(everything(kim, park)).not.toMatch(/강사의 이야기|누군지/)
		site.hub.removeCaption(id, private_.id)
		await lee.until('it to be taken back', () => !shown(lee).includes('1조의 또 고친 이야기'))
	})

	it('that grow across the way into a group are taken from the class, and stand in the minutes with the group', async () => {
		await trainer.get({ type: 'groups.close' })
		const caption = await writer()
		const grows = await caption('이제 우리는', kim.id, { to: null })
		await sees(choi, '이제 우리는')
		await trainer.get({
			type: 'groups.open',
			groups: [kim, lee].map((one, i) => ({ name: `${i + 3}조`, people: [one.id] })),
		})
		await caption('이제 우리는 우리끼리 말합시다', kim.id, { ...grows, to: Date.now() + 1 })
		await sees(kim, '이제 우리는 우리끼리 말합시다')
		await choi.until('it to be taken back', () => shown(choi).length === 0)
		await settled()
		expect(everything(choi, lee, trainer)).not.toContain('우리끼리 말합시다')
		await site.restart()
		const again = await enter(links.member, '최수진', choi.joined?.resume)
		const theirs = await enter(links.member, '김철수', kim.joined?.resume)
		await sees(theirs, '이제 우리는 우리끼리 말합시다')
		await settled()
		expect(everything(again)).not.toContain('우리끼리 말합시다')
		const turns = site.hub.minutes(id).verbatim?.parts.flatMap((part) => part.turns)
		expect(turns).toMatchObject([{ group: '3조', text: '이제 우리는 우리끼리 말합시다' }])
	})
})
