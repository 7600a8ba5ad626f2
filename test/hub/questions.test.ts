import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KeptBrowser } from '../../appliance/browser/kept-page.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import type { QuestionView } from '../../appliance/protocol/relay.ts'
import { type Client, microphone, openSite, type Site } from './site.ts'

/** From viewer to speaker: a real SFU, and nothing that composes a programme. */

let site: Site
let links: Links
let chair: Client
let viewer: Client

beforeEach(async () => {
	const never = new Promise<never>(() => {})
	const launch = () => never as Promise<KeptBrowser>
	const page = { url: 'http://127.0.0.1/programme', hubUrl: 'ws://127.0.0.1/ws/meeting', language: 'ko', mark: '시청' }
	site = await openSite({ broadcasting: { launch, ...page, language: 'ko', dir: '/nonexistent', reserveBytes: 0 } })
	links = (await site.hub.create({ title: '확대간부회의', kind: 'council' })).links
	chair = await site.client(links.chair)
	await chair.join({ name: '의장', media: false })
	await chair.get({ type: 'meeting.open' })
	await chair.get({ type: 'relay.start' })
	viewer = await site.client(links.viewer)
	await viewer.watch()
})
afterEach(() => site.close())

const ask = (fields: object = {}) =>
	viewer.ask({ type: 'relay.ask', question: 'q1', text: '예산은 얼마입니까?', speaks: true, name: '김시민', ...fields })
const question = () => chair.list<QuestionView>('questions').find(({ id }) => id === 'q1')
const state = (wanted: QuestionView['state']) => chair.until(wanted, () => question()?.state === wanted)
const told = () => viewer.of('question').at(-1)

async function bring(): Promise<Client> {
	await chair.get({ type: 'question.bring', question: 'q1' })
	await viewer.until('a token', () => typeof told()?.token === 'string')
	const guest = await site.client(`https://x/#${told()?.token}`)
	viewer.connection.gone()
	await guest.join()
	return guest
}

describe('A question of somebody who watches', () => {
	it('is answered in writing or aloud, and the asker alone is told', async () => {
		await ask()
		const other = await site.client(links.viewer)
		await other.watch()
		await chair.get({ type: 'question.answer', question: 'q1', text: '12억 원입니다.' })
		expect(told()).toMatchObject({ id: 'q1', state: 'answered', answer: '12억 원입니다.', token: null })
		await state('answered')
		expect(other.of('question')).toEqual([])
		await chair.get({ type: 'question.drop', question: 'q1' })
		await chair.until('it to go', () => question() === undefined)
		const again = await chair.ask({ type: 'question.answer', question: 'q1', text: '' })
		expect(again).toMatchObject({ ok: false, code: 'no-line' })
	})

	it('is the same question when a page that was cut off asks again', async () => {
		await ask()
		viewer.connection.gone()
		await chair.until('their page to be gone', () => question()?.here === false)
		viewer = await site.client(links.viewer)
		await viewer.watch()
		expect(await ask()).toMatchObject({ ok: true, data: { state: 'waiting' } })
		await chair.until('them to be back', () => question()?.here === true)
		expect(chair.list('questions')).toHaveLength(1)
		const thief = await site.client(links.viewer)
		await thief.watch()
		const stolen = await thief.ask({ type: 'relay.ask', question: 'q1', text: '다른 질문' })
		expect(stolen).toMatchObject({ ok: false, code: 'not-allowed' })
		await chair.get({ type: 'question.answer', question: 'q1', text: '' })
		expect(told()).toMatchObject({ answer: '', state: 'answered' })
	})

	it('is nobody else’s to see or to answer', async () => {
		await ask()
		const member = await site.client(links.member)
		const result = await member.join({ name: '홍길동' })
		expect(result.desk).toBeNull()
		for (const type of ['question.answer', 'question.bring', 'question.drop', 'question.send-back'] as const) {
			for (const client of [member, viewer]) {
				const refused = await client.ask({ type, question: 'q1', text: '' } as Parameters<Client['ask']>[0])
				expect(refused, type).toMatchObject({ ok: false, code: 'not-allowed' })
			}
		}
		expect(JSON.stringify(member.messages)).not.toContain('예산은')
	})
})

describe('Somebody who watches and is called in', () => {
	it('is one of the meeting who sends and is given the floor, and watches again when sent back', async () => {
		await ask()
		const guest = await bring()
		await state('in')
		expect(guest.self).toMatchObject({ name: '김시민', role: 'member', here: true })
		await guest.open([microphone()])
		await chair.get({ type: 'floor.grant', who: guest.joined?.person as string })
		await chair.get({ type: 'question.send-back', question: 'q1' })
		expect(guest.of('ended')).toEqual([{ type: 'ended', code: 'revoked' }])
		await chair.until('the floor to be free', () => chair.core?.floor.speaking.length === 0)
		await state('answered')
		expect(question()?.person).toBeNull()
		viewer = await site.client(links.viewer)
		await viewer.watch()
		expect(await ask()).toMatchObject({ ok: true, data: { state: 'answered' } })
	})

	it('opens nothing by that link once they have left', async () => {
		await ask()
		const guest = await bring()
		const token = told()?.token
		await guest.get({ type: 'meeting.leave' })
		await state('answered')
		await expect(site.client(`https://x/#${token}`)).rejects.toThrow()
	})

	it('was asked before: nobody is called in who only wrote, who gave no name or whose page is gone', async () => {
		expect(await ask({ name: ' ' })).toMatchObject({ ok: false, code: 'bad-message' })
		await ask({ speaks: false })
		const bring = () => chair.ask({ type: 'question.bring', question: 'q1' })
		expect(await bring()).toMatchObject({ ok: false, code: 'not-allowed' })
		await chair.get({ type: 'question.drop', question: 'q1' })
		await ask()
		viewer.connection.gone()
		expect(await bring()).toMatchObject({ ok: false, code: 'no-person' })
	})

	it('can be let go again before they came', async () => {
		await ask()
		await chair.get({ type: 'question.bring', question: 'q1' })
		expect(await chair.ask({ type: 'question.bring', question: 'q1' })).toMatchObject({ code: 'already-so' })
		await viewer.until('a token', () => typeof told()?.token === 'string')
		const token = told()?.token
		await chair.get({ type: 'question.send-back', question: 'q1' })
		expect(told()).toMatchObject({ state: 'waiting', token: null })
		await expect(site.client(`https://x/#${token}`)).rejects.toThrow()
	})
})
