import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KeptBrowser } from '../../appliance/browser/kept-page.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { until } from '../media/wait.ts'
import { type Client, openSite, panel, type Site } from './site.ts'

/** Those who watch the relay of a class (교육): asked as the others are where the house knows who they are. */

let site: Site
let id: string
let links: Links
let trainer: Client

beforeEach(async () => {
	const never = new Promise<never>(() => {})
	const launch = () => never as Promise<KeptBrowser>
	const page = { url: 'http://127.0.0.1/programme', hubUrl: 'ws://127.0.0.1/ws/meeting', language: 'ko', mark: '시청' }
	site = await openSite({ broadcasting: { launch, ...page, language: 'ko', dir: '/nonexistent', reserveBytes: 0 } })
	;({ id, links } = await site.hub.create({ title: '개인정보 보호 교육', kind: 'class' }))
	site.hub.transition(id, 'open', panel)
	trainer = await site.client(links.chair)
	await trainer.join({ name: '강사', media: false })
	await trainer.get({ type: 'relay.start' })
})
afterEach(() => site.close())

/** By a link of their own, as a portal gives one. */
async function known(person: string, name: string): Promise<Client> {
	const viewer = await site.client({ kind: 'meeting', role: 'viewer', meeting: id, person, name, jti: `jti-${person}` })
	await viewer.watch()
	return viewer
}
const choices = ['a', 'b'].map((one) => ({ id: one, label: one }))
const quiz = { type: 'vote.open', title: '맞는 것은?', kind: 'recorded', choices, poll: { right: 'a' } } as const
const trainee = (person: string) => site.hub.lesson(id).trainees.find((one) => one.id === person)

describe('Somebody who watches a class and is known', () => {
	it('answers whether they are there and its quizzes, and has a certificate by the same rule', async () => {
		await trainer.get({ type: 'rules.set', certificate: { present: 1, quiz: 60 } })
		const kim = await known('portal-kim', '김시청')
		await trainer.get({ type: 'presence.ask', seconds: 60 })
		await kim.until('the question', () => kim.of('check').at(-1)?.check?.answered === false)
		await kim.get({ type: 'presence.answer', check: kim.of('check').at(-1)?.check?.id ?? '' })
		await kim.until('their answer', () => kim.of('check').at(-1)?.check?.answered === true)
		const { vote } = await trainer.get<{ vote: string }>(quiz)
		await kim.until('the quiz', () => kim.core?.vote?.id === vote)
		expect(kim.core?.vote?.poll).toEqual({ quiz: true, right: null })
		await kim.until('their ballot', () => kim.of('ballots').at(-1)?.ballots?.may.length === 1)
		await kim.get({ type: 'vote.cast', vote, choice: 'a' })
		await kim.until('that it is cast', () => kim.of('ballots').at(-1)?.ballots?.cast.length === 1)
		await trainer.get({ type: 'vote.close', vote })
		await kim.until('the right answer', () => kim.core?.vote?.poll?.right === 'a')
		expect(trainee('portal-kim')).toMatchObject({ name: '김시청', way: 'relay', passes: true })
		expect(trainee('portal-kim')?.quizzes).toEqual({ asked: 1, right: 1, percent: 100 })
		site.hub.transition(id, 'close', panel)
		expect(site.hub.certificateOf(id, 'portal-kim')).toMatchObject({ name: '김시청', quizPercent: 100 })
		expect(site.hub.minutes(id).votes[0]?.ballots).toMatchObject([{ who: { name: '김시청' }, choice: 'a' }])
	})

	it('is asked while a page of theirs watches, also one that came again or was there before it was a class', async () => {
		await trainer.get({ type: 'meeting.kind', kind: 'council' })
		const kim = await known('kim', '김시청')
		await trainer.get({ type: 'meeting.kind', kind: 'class' })
		await until('one to ask', async () => (await trainer.ask({ type: 'presence.ask', seconds: 60 })).ok)
		await kim.until('the question', () => kim.of('check').at(-1)?.check?.answered === false)
		const { vote } = await trainer.get<{ vote: string }>(quiz)
		const again = await known('kim', '김시청')
		kim.connection.gone()
		expect(again.joined?.ballots).toMatchObject({ vote, may: ['kim'], cast: [] })
		again.connection.gone()
		const events = site.hub.journal(id).events.filter(({ type }) => type.startsWith('presence.'))
		expect(events.map(({ type }) => type)).toEqual(['presence.watched', 'presence.asked', 'presence.unwatched'])
		await known('kim', '김시청')
		await site.restart()
		const after = site.hub.journal(id).events.filter(({ type }) => type.startsWith('presence.'))
		expect(after.at(-1)).toMatchObject({ type: 'presence.unwatched', person: 'kim' })
	})
})

describe('Somebody who watches a class and is not known', () => {
	it('sees what is asked, and has no answer that would count; a vote of a council is nobody’s who watches', async () => {
		const shared = await site.client(links.viewer)
		await shared.watch()
		const kim = await known('kim', '김시청')
		const { vote } = await trainer.get<{ vote: string }>(quiz)
		await shared.until('the quiz', () => shared.core?.vote?.id === vote)
		expect(await shared.ask({ type: 'vote.cast', vote, choice: 'a' })).toMatchObject({ code: 'not-eligible' })
		await trainer.get({ type: 'presence.ask', seconds: 60 })
		await kim.until('the question', () => kim.of('check').length > 0)
		const check = kim.of('check').at(-1)?.check?.id ?? ''
		expect(await shared.ask({ type: 'presence.answer', check })).toMatchObject({ code: 'not-eligible' })
		expect([...shared.of('check'), ...shared.of('ballots')]).toEqual([])
		await trainer.get({ type: 'meeting.kind', kind: 'council' })
		const { vote: other } = await trainer.get<{ vote: string }>({
			type: 'vote.open',
			title: '예산안',
			kind: 'recorded',
		})
		expect(await kim.ask({ type: 'vote.cast', vote: other, choice: 'for' })).toMatchObject({ code: 'not-eligible' })
		await kim.until('the kind', () => kim.core?.meeting.kind === 'council')
		expect(JSON.stringify(kim.messages)).not.toContain('예산안')
	})
})
