import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AskedView } from '../../appliance/protocol/lesson.ts'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import type { QuestionView } from '../../appliance/protocol/relay.ts'
import { patchAsked } from '../../control-panel/lib/meeting/asked.ts'
import { type Client, camera, microphone, openSite, panel, type Site } from './site.ts'

/** A class (교육) at the hub: what each of its people is told and sent. */

let site: Site
let links: Links
let id: string

beforeAll(async () => {
	site = await openSite()
})
afterAll(() => site.close())
beforeEach(async () => {
	const created = await site.hub.create({ title: '개인정보 보호 교육', kind: 'class' })
	links = created.links
	id = created.id
	site.hub.transition(id, 'open', panel)
})

type Person = Client & { id: string }

async function enter(link: string, name: string): Promise<Person> {
	const client = await site.client(link)
	const { person } = await client.join({ name })
	await client.open([microphone(), camera()])
	return Object.assign(client, { id: person })
}
/** In without media. */
async function seat(link: string, name: string): Promise<Person> {
	const client = await site.client(link)
	const { person } = await client.join({ name, media: false })
	return Object.assign(client, { id: person })
}
const sources = (of: Person) => of.people.get(of.id)?.sources.map(({ id }) => id) ?? []

/** Looks at every camera that there is, and says whose sound and pictures come now. */
class Eye {
	readonly #of: Person
	readonly #coming = new Map<string, string>()
	#read = 0
	constructor(of: Person, all: readonly Person[]) {
		this.#of = of
		void of.ask({
			type: 'media.show',
			wanted: { audio: true, video: all.flatMap(sources).map((source) => ({ source, height: 180 })) },
		})
	}
	get whom(): string[] {
		const media = this.#of.of('media')
		for (const { offers, closed } of media.slice(this.#read)) {
			for (const gone of closed) this.#coming.delete(gone)
			for (const { id, person } of offers) this.#coming.set(id, person)
		}
		this.#read = media.length
		return [...new Set(this.#coming.values())].sort()
	}
}

async function classOf(): Promise<{ trainer: Person; kim: Person; lee: Person; park: Person; all: Person[] }> {
	const trainer = await enter(links.chair, '강사')
	const [kim, lee, park] = [
		await enter(links.member, '김철수'),
		await enter(links.member, '이영희'),
		await enter(links.member, '박민정'),
	]
	const all = [trainer, kim, lee, park]
	await trainer.until('all sources', () => all.every((one) => (trainer.people.get(one.id)?.sources.length ?? 0) > 1))
	await kim.until('all sources', () => all.every((one) => (kim.people.get(one.id)?.sources.length ?? 0) > 1))
	for (const one of all) await one.until('their own', () => sources(one).length > 1)
	return { trainer, kim, lee, park, all }
}
const ids = (...people: Person[]) => people.map(({ id }) => id).sort()

describe('Groups of a class', () => {
	it('hear and see themselves alone, the trainer where they go, and all again when called back', async () => {
		const { trainer, kim, lee, park, all } = await classOf()
		const eyes = new Map(all.map((one) => [one, new Eye(one, all)]))
		const sees = (one: Person, ...others: Person[]) =>
			one.until('what comes', () => JSON.stringify(eyes.get(one)?.whom) === JSON.stringify(ids(...others)))
		for (const one of all) await sees(one, ...all.filter((other) => other !== one))

		const people = (...those: Person[]) => those.map(({ id }) => id)
		const { ids: made } = await trainer.get<{ ids: string[] }>({
			type: 'groups.open',
			groups: [
				{ name: '1조', people: people(kim, lee) },
				{ name: '2조', people: people(park) },
			],
		})
		await sees(kim, lee)
		await sees(lee, kim)
		await sees(park)
		await sees(trainer)
		await kim.until('the groups', () => kim.core?.lesson?.groups?.list.map(({ name }) => name).join() === '1조,2조')
		await kim.until('the groups by name', () => kim.people.get(lee.id)?.group === made[0])

		await trainer.get({ type: 'groups.move', group: made[1] ?? '' })
		await sees(park, trainer)
		await sees(trainer, park)
		await trainer.get({ type: 'groups.tell', text: '5분 남았습니다' })
		expect(kim.of('groups.told').map(({ text }) => text)).toEqual(['5분 남았습니다'])

		await kim.get({ type: 'groups.move', group: null })
		await sees(lee)
		await trainer.get({ type: 'groups.close' })
		for (const one of all) await sees(one, ...all.filter((other) => other !== one))
		// Nobody was made to join anew.
		for (const one of all) expect([one.closed, one.of('media.lost')]).toEqual([false, []])
	})

	it('are found again by whoever joins anew', async () => {
		const { trainer, kim, lee, park } = await classOf()
		const groups = [
			{ name: '1조', people: [kim.id] },
			{ name: '2조', people: [lee.id, park.id] },
		]
		await trainer.get({ type: 'groups.open', groups })
		const again = await site.client(links.member)
		const { people } = await again.join({ name: '이영희', ...(lee.joined ? { resume: lee.joined.resume } : {}) })
		const offers = await again.open([], [])
		expect(people.set.find(({ id }) => id === lee.id)?.group).toBe(people.set.find(({ id }) => id === park.id)?.group)
		expect(new Set(offers.map(({ person }) => person))).toEqual(new Set([park.id]))
	})
})

describe('What trainees ask in writing', () => {
	type Told = Pick<AskedView, 'text' | 'votes' | 'answer'>
	/** What this one's page shows, put together as a page does it. */
	const asked = (one: Person): Told[] => {
		let list: readonly AskedView[] = one.joined?.asked?.list ?? []
		for (const message of one.of('asked')) list = patchAsked(list, message)
		return list.map(({ text, votes, answer }) => ({ text, votes, answer }))
	}
	const shows = (one: Person, ...lines: Told[]) =>
		one.until(JSON.stringify(lines), () => JSON.stringify(asked(one)) === JSON.stringify(lines))
	const line = (text: string, votes = 0, answer: string | null = null): Told => ({ text, votes, answer })
	const ask = async (one: Person, text: string) =>
		(await one.get<{ question: string }>({ type: 'question.ask', text })).question
	const onDesk = (one: Person) =>
		one.list<QuestionView>('questions').map(({ text, name, votes }) => [text, name, votes])

	it('is seen without a name by trainees and with one by the trainer, who answers; words outlive a start', async () => {
		const [trainer, kim, lee] = [
			await seat(links.chair, '강사'),
			await seat(links.member, '김철수'),
			await seat(links.observer, '이영희'),
		]
		const question = await ask(kim, ' 보관 기간은 언제부터 셉니까? ')
		await shows(lee, line('보관 기간은 언제부터 셉니까?'))
		await lee.get({ type: 'question.vote', question, on: true })
		await shows(kim, line('보관 기간은 언제부터 셉니까?', 1))
		await trainer.until('the vote', () =>
			isDeepStrictEqual(onDesk(trainer), [['보관 기간은 언제부터 셉니까?', '김철수', 1]]),
		)
		expect(kim.of('asked.own').at(-1)).toMatchObject({ own: [question], voted: [] })
		expect(lee.of('asked.own').at(-1)).toMatchObject({ own: [], voted: [question] })
		expect(JSON.stringify([lee.of('asked'), lee.joined?.asked])).not.toMatch(/김철수|person/)
		expect(trainer.of('asked')).toEqual([])

		await trainer.get({ type: 'question.answer', question, text: '수집한 날부터입니다.' })
		await shows(lee, line('보관 기간은 언제부터 셉니까?', 1, '수집한 날부터입니다.'))
		const bring = await trainer.ask({ type: 'question.bring', question })
		expect(bring).toMatchObject({ ok: false, code: 'already-so' })
		expect(JSON.stringify(site.hub.journal(id))).not.toMatch(/보관 기간|수집한/)
		await site.restart()
		const late = await seat(links.member, '박늦음')
		await shows(late, line('보관 기간은 언제부터 셉니까?', 1, '수집한 날부터입니다.'))
		site.hub.erase(id, kim.id)
		await shows(late)
	})

	it('goes when its asker or the trainer takes it out, and only so much of it is taken', async () => {
		const [trainer, kim, lee] = [
			await seat(links.clerk, '조교'),
			await seat(links.member, '김철수'),
			await seat(links.member, '이영희'),
		]
		const first = await ask(kim, '첫째')
		const second = await ask(kim, '둘째')
		expect(await lee.ask({ type: 'question.drop', question: first })).toMatchObject({ ok: false, code: 'no-line' })
		await kim.get({ type: 'question.drop', question: first })
		await trainer.get({ type: 'question.drop', question: second })
		for (const one of [kim, lee]) await shows(one)
		await trainer.until('an empty list', () => onDesk(trainer).length === 0)
		expect(await kim.ask({ type: 'question.ask', text: ' ' })).toMatchObject({ ok: false, code: 'bad-message' })
		const third = await ask(kim, '셋')
		for (const text of ['넷', '다섯']) await ask(kim, text)
		expect(await kim.ask({ type: 'question.ask', text: '여섯' })).toMatchObject({ ok: false, code: 'too-many' })
		await trainer.get({ type: 'question.drop', question: await ask(lee, '하나') })
		for (const type of ['question.ask', 'question.vote'] as const) {
			const refused = await trainer.ask({ type, text: '강사', question: third, on: true } as MeetingCommand)
			expect(refused).toMatchObject({ ok: false, code: 'not-allowed' })
		}
	})

	it('in a group reaches that group and the trainer alone until all are back', async () => {
		const [trainer, kim, lee, park] = [
			await seat(links.chair, '강사'),
			await seat(links.member, '김철수'),
			await seat(links.member, '이영희'),
			await seat(links.member, '박민정'),
		]
		const groups = [
			{ name: '1조', people: [kim.id, lee.id] },
			{ name: '2조', people: [park.id] },
		]
		const { ids: made } = await trainer.get<{ ids: string[] }>({ type: 'groups.open', groups })
		const question = await ask(kim, '우리 조만의 물음')
		await shows(lee, line('우리 조만의 물음'))
		await lee.get({ type: 'question.vote', question, on: true })
		await shows(kim, line('우리 조만의 물음', 1))
		await trainer.until('the question', () => onDesk(trainer).length === 1)
		const late = await seat(links.member, '최늦음')
		const secret = [question, '우리 조만의 물음']
		for (const word of secret) {
			for (const other of [park, late]) expect(JSON.stringify([other.messages, other.joined])).not.toContain(word)
		}
		await trainer.get({ type: 'groups.move', who: park.id, group: made[0] ?? '' })
		await shows(park, line('우리 조만의 물음', 1))
		await trainer.get({ type: 'groups.move', who: lee.id, group: null })
		await shows(lee)
		await trainer.get({ type: 'groups.close' })
		for (const one of [kim, lee, park, late]) await shows(one, line('우리 조만의 물음', 1))
	})
})

describe('A presence check', () => {
	it('is told to those who are asked, and each is told their own answer', async () => {
		const trainer = await enter(links.chair, '강사')
		const kim = await enter(links.member, '김철수')
		const lee = await enter(links.member, '이영희')
		await trainer.get({ type: 'presence.ask', seconds: 60 })
		const check = kim.of('check').at(-1)?.check
		expect(check).toMatchObject({ answered: false })
		expect(trainer.of('check').at(-1)?.check).toBeNull()
		await kim.get({ type: 'presence.answer', check: check?.id ?? '' })
		expect(kim.of('check').at(-1)?.check).toMatchObject({ answered: true })
		expect(lee.of('check').at(-1)?.check).toMatchObject({ answered: false })
		await trainer.until('the count', () => trainer.core?.lesson?.check?.answered === 1)
		expect(trainer.core?.lesson?.check).toMatchObject({ asked: 2 })
	})
})

describe('A class that ends', () => {
	it('has certificates for those who meet its rule, which are found by their number', async () => {
		const begun = performance.now()
		const trainer = await enter(links.chair, '강사')
		const kim = await enter(links.member, '김철수')
		const lee = await enter(links.member, '이영희')
		// Who came a moment after the opening was there for half of these moments.
		await trainer.get({ type: 'rules.set', certificate: { present: 5, quiz: 60 } })
		const choices = ['a', 'b'].map((one) => ({ id: one, label: one }))
		const quiz = { type: 'vote.open', title: '맞는 것은?', kind: 'recorded', choices, poll: { right: 'a' } } as const
		const { vote } = await trainer.get<{ vote: string }>(quiz)
		expect(await kim.ask({ type: 'vote.cast', vote, choice: 'a' })).toMatchObject({ ok: true })
		await lee.get({ type: 'vote.cast', vote, choice: 'b' })
		expect(JSON.stringify(kim.core)).not.toContain('"right":"a"')
		await trainer.get({ type: 'vote.close', vote })
		// However long it took to come: they are there for a good part of it.
		await sleep(performance.now() - begun)
		site.hub.transition(id, 'close', panel)
		await site.restart()

		expect(site.hub.minutes(id).votes).toMatchObject([{ title: '맞는 것은?', poll: 'quiz', right: 'a', passed: null }])
		const { trainees } = site.hub.lesson(id)
		expect(trainees.map(({ name, passes }) => [name, passes])).toEqual([
			['김철수', true],
			['이영희', false],
		])
		const number = trainees[0]?.certificate ?? ''
		expect(number).toMatch(/^\w{4}-\w{4}-\w{4}$/)
		expect(site.hub.certificate(number.toLowerCase())).toMatchObject({ name: '김철수', title: '개인정보 보호 교육' })
		const wrong = number.replace(/.$/, (sign) => (sign === 'A' ? 'B' : 'A'))
		expect(() => site.hub.certificate(wrong)).toThrow(expect.objectContaining({ code: 'no-document' }))
		site.hub.erase(id, kim.id)
		expect(site.hub.certificate(number).name).toBeNull()
	})
})

describe('Another kind', () => {
	it('rules the people who are in within a second, and nobody joins anew; names outlive a start', async () => {
		const { trainer, kim, all } = await classOf()
		const open = () => kim.people.get(kim.id)?.sources.find(({ use }) => use === 'microphone')?.open
		await kim.until('an open microphone', () => open() === true)
		await trainer.get({ type: 'meeting.kind', kind: 'council' })
		await kim.until('the gate', () => open() === false)
		await kim.until('the core', () => kim.core?.meeting.kind === 'council')
		expect(kim.core).toMatchObject({ meeting: { kind: 'council' }, lesson: null, rules: { floor: { mode: 'chair' } } })
		// There and back, until everybody has the rules and the SFU keeps them.
		const took: number[] = []
		for (const kind of ['counsel', 'council', 'class', 'counsel', 'class'] as const) {
			const begun = performance.now()
			await trainer.get({ type: 'meeting.kind', kind })
			for (const one of all) await one.until(`${kind} at each`, () => one.core?.meeting.kind === kind)
			await kim.until('the gate', () => open() === (kind === 'counsel'))
			took.push(performance.now() - begun)
		}
		console.info(`another kind in force at four with media: ${took.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}`)
		expect(Math.max(...took)).toBeLessThan(5_000)
		for (const one of all) expect([one.closed, one.of('media.lost')]).toEqual([false, []])
		await site.restart()
		const again = await site.client(links.clerk)
		const { people } = await again.join({ name: '서기', media: false })
		expect(people.set.map(({ name }) => name)).toContain('김철수')
	})
})
