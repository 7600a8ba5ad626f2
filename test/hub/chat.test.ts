import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openJournal } from '../../appliance/hub/journal.ts'
import type { ChatTo } from '../../appliance/protocol/chat.ts'
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
	;({ id, links } = await site.hub.create({ title: '확대간부회의', kind: 'council' }))
	site.hub.transition(id, 'open', panel)
})

type Person = Client & { id: string }

async function enter(link: string, name: string): Promise<Person> {
	const client = await site.client(link)
	const { person } = await client.join({ name, media: false })
	return Object.assign(client, { id: person })
}

const everybody = async () => ({
	clerk: await enter(links.clerk, '서기'),
	kim: await enter(links.member, '김철수'),
	lee: await enter(links.member, '이영희'),
	guest: await enter(links.observer, '참관인'),
})

const say = (from: Client, to: ChatTo, text: string) => from.ask({ type: 'chat.say', to, text })
const write = async (from: Client, to: ChatTo, text: string) =>
	(await from.get<{ line: string }>({ type: 'chat.say', to, text })).line
const texts = ({ chat }: Client) => chat.map(({ text }) => text)
const refused = (code: string) => expect.objectContaining({ ok: false, code })
const kept = () => site.hub.journal(id).events.filter(({ type }) => type.startsWith('chat.'))

describe('What is written', () => {
	it('to all is read by all, with name and time, also by those who come later and at the desk', async () => {
		const { clerk, kim, lee, guest } = await everybody()
		await write(kim, 'all', '  자료 2쪽을 봐 주세요.\n감사합니다. ')
		for (const one of [clerk, kim, lee, guest]) {
			expect(one.chat).toMatchObject([
				{ from: kim.id, name: '김철수', to: 'all', text: '자료 2쪽을 봐 주세요.\n감사합니다.', at: expect.any(Number) },
			])
		}
		expect(texts(await enter(links.member, '박늦음'))).toEqual(['자료 2쪽을 봐 주세요.\n감사합니다.'])
		const desk = await site.client(panel)
		expect((await desk.desk(id)).chat).toHaveLength(1)
	})

	it('to the clerk is read by those who preside and by its writer alone', async () => {
		const { clerk, kim, lee, guest } = await everybody()
		const chair = await enter(links.chair, '의장')
		await write(guest, 'clerk', '소리가 안 들립니다.')
		for (const one of [clerk, chair, guest]) expect(texts(one)).toEqual(['소리가 안 들립니다.'])
		for (const one of [kim, lee]) expect(one.chat).toEqual([])
		expect((await enter(links.member, '박늦음')).chat).toEqual([])
	})

	it('to one person is read by the two, and by no clerk', async () => {
		const { clerk, kim, lee } = await everybody()
		await write(kim, { person: lee.id }, '끝나고 뵙지요.')
		expect(kim.chat).toMatchObject([{ to: { person: lee.id, name: '이영희' } }])
		expect(texts(lee)).toEqual(['끝나고 뵙지요.'])
		expect(clerk.chat).toEqual([])
		expect((await (await site.client(panel)).desk(id)).chat).toEqual([])
	})

	it('from the desk of the house bears no name', async () => {
		const { kim } = await everybody()
		const desk = await site.client(panel)
		await desk.desk(id)
		await write(desk, 'all', '5분 뒤 속개합니다.')
		expect(kim.chat).toMatchObject([{ name: '', text: '5분 뒤 속개합니다.' }])
		expect(texts(desk)).toEqual(['5분 뒤 속개합니다.'])
	})

	it('is refused when it is empty, or for nobody who reads here', async () => {
		const { kim } = await everybody()
		const viewer = await enter(links.viewer, '')
		expect(await say(kim, 'all', ' \n ')).toEqual(refused('bad-message'))
		for (const person of [kim.id, viewer.id, 'nobody']) {
			expect(await say(kim, { person }, '여보세요')).toEqual(refused('no-person'))
		}
		expect(kim.chat).toEqual([])
	})

	it('comes at most eight times in ten seconds, and only from the one who floods is it refused', async () => {
		const { kim, lee } = await everybody()
		for (let i = 0; i < 8; i++) await write(kim, 'all', `${i}`)
		expect(await say(kim, 'all', '8')).toEqual(refused('too-many'))
		await write(lee, 'all', '저는 됩니다')
		expect(lee.chat).toHaveLength(9)
	})
})

describe('The rules of a meeting', () => {
	it('let people write to the clerk alone, or not at all; those who preside always may', async () => {
		const { clerk, kim, lee } = await everybody()
		await clerk.get({ type: 'rules.set', chat: { to: 'clerk' } })
		await kim.until('the rule', () => kim.core?.rules.chat.to === 'clerk')
		expect(await say(kim, 'all', '모두에게')).toEqual(refused('not-allowed'))
		expect(await say(kim, { person: lee.id }, '하나에게')).toEqual(refused('not-allowed'))
		await write(kim, 'clerk', '서기에게')
		await write(clerk, { person: kim.id }, '답변')
		expect(texts(kim)).toEqual(['서기에게', '답변'])
		await clerk.get({ type: 'rules.set', chat: { to: 'off' } })
		expect(await say(kim, 'clerk', '또')).toEqual(refused('chat-off'))
		await write(clerk, 'all', '공지')
		expect(texts(lee)).toEqual(['공지'])
	})

	it('never let an observer write to all', async () => {
		const { guest, kim } = await everybody()
		expect(await say(guest, 'all', '저도')).toEqual(refused('not-allowed'))
		expect(await say(guest, { person: kim.id }, '저도')).toEqual(refused('not-allowed'))
	})

	it('forget all with a restart, unless they say that lines are kept', async () => {
		const { clerk, kim, lee } = await everybody()
		await write(kim, 'all', '잊혀질 말')
		expect(kept()).toEqual([])
		await clerk.get({ type: 'rules.set', chat: { kept: true } })
		await write(kim, 'all', '남을 말')
		await write(kim, 'clerk', '서기에게 남을 말')
		await write(kim, { person: lee.id }, '둘만의 말')
		expect(kept()).toHaveLength(2)
		expect(JSON.stringify(kept())).not.toContain('남을')
		await site.restart()
		const again = await enter(links.clerk, '서기')
		expect(again.chat).toMatchObject([
			{ text: '남을 말', name: '김철수' },
			{ text: '서기에게 남을 말', to: 'clerk' },
		])
		expect(openJournal(site.db).verify(id)).toBeNull()
	})
})

describe('A line', () => {
	it('is taken back by its writer, and by those who preside, and stays away after a restart', async () => {
		const { clerk, kim, lee } = await everybody()
		await clerk.get({ type: 'rules.set', chat: { kept: true } })
		const mine = await write(kim, 'all', '실수')
		const rude = await write(kim, 'all', '심한 말')
		expect(await lee.ask({ type: 'chat.remove', line: mine })).toEqual(refused('no-line'))
		await kim.get({ type: 'chat.remove', line: mine })
		await clerk.get({ type: 'chat.remove', line: rude })
		expect(lee.chat).toEqual([])
		expect(await kim.ask({ type: 'chat.remove', line: mine })).toEqual(refused('no-line'))
		await site.restart()
		expect((await enter(links.member, '박늦음')).chat).toEqual([])
	})

	it('between two people is out of a clerk’s reach', async () => {
		const { clerk, kim, lee } = await everybody()
		const line = await write(kim, { person: lee.id }, '둘만의 말')
		expect(await clerk.ask({ type: 'chat.remove', line })).toEqual(refused('no-line'))
	})

	it('goes with the one who wrote it when they are erased', async () => {
		const { clerk, kim, lee } = await everybody()
		await clerk.get({ type: 'rules.set', chat: { kept: true } })
		await write(kim, 'all', '제 번호는 010-1234-5678')
		await write(lee, 'all', '네')
		site.hub.erase(id, kim.id)
		expect(texts(clerk)).toEqual(['네'])
		await site.restart()
		expect(texts(await enter(links.clerk, '서기'))).toEqual(['네'])
	})
})
