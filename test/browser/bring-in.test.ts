import type { Page } from 'puppeteer-core'
import { expect, it } from 'vitest'
import type { QuestionView } from '../../appliance/protocol/relay.ts'
import { openMember } from '../scene/member.ts'
import { until } from '../scene/wait.ts'
import { openAttend, shows, text, toggle } from './attend-page.ts'
import { accessibilityFaults, press } from './built.ts'

/** A viewer asks, is answered, is called in and goes back, at a real appliance; the page is never loaded anew. */

const at = openAttend('bring-in', 21_680)
/** Lost with a reload. */
const marked = (page: Page) => page.evaluate(() => (window as { mark?: true }).mark === true)

async function write(page: Page, question: string, name: string) {
	await page.waitForSelector('textarea')
	await page.type('textarea', question)
	if (name) await page.type('input[autocomplete=name]', name)
	await page.waitForSelector('[data-action=send-question]:not([disabled])')
	await page.click('[data-action=send-question]')
	await page.waitForSelector('[data-question=waiting]')
}

it('asks in writing, then comes in to say it and goes back to watching, within seconds and without a reload', async () => {
	const { id, links } = await at.meeting()
	const origin = new URL(links.clerk).origin
	const clerk = await openMember({ origin, token: links.clerk.split('#')[1] ?? '', name: '서기' })
	await at.api('POST', `/meetings/${id}/relay/start`)
	const asked = () => clerk.list('questions') as QuestionView[]
	const page = await at.open(links.viewer)
	await page.evaluate(() => Object.assign(window, { mark: true }))
	await page.waitForSelector('[data-scene=on-air]')
	await press(page, '질문 보내기')

	await write(page, '예산은 얼마입니까?', '')
	await until('the question', () => asked().length === 1)
	await clerk.get({ type: 'question.answer', question: asked()[0]?.id ?? '', text: '12억 원입니다.' })
	await shows(page, '12억 원입니다.')
	expect(await accessibilityFaults(page)).toEqual([])

	await page.click('[data-action=ask-again]')
	await page.waitForSelector('[data-action=ask-to-speak]')
	await page.click('[data-action=ask-to-speak]')
	await write(page, '제가 설명하겠습니다.', '김시민')
	expect(await accessibilityFaults(page)).toEqual([])
	await until('who would come in', () => asked().some(({ speaks, here }) => speaks && here))
	const question = asked().find(({ speaks }) => speaks)?.id ?? ''
	const pressed = performance.now()
	await clerk.get({ type: 'question.bring', question })
	await page.waitForSelector('[data-screen=call]')
	const tookMs = performance.now() - pressed
	console.info(`from the clerk's press to a page of the meeting: ${Math.round(tookMs)} ms`)
	expect(await marked(page)).toBe(true)
	await until('the raised hand', () => clerk.list('asking').length === 1)
	const guest = () => clerk.people.find(({ name }) => name === '김시민')
	await until('their microphone, shut', () => guest()?.sources.some(({ use, muted }) => use === 'microphone' && muted))
	await clerk.get({ type: 'floor.grant', who: guest()?.id ?? '' })
	await page.waitForSelector('[data-floor=speaking]')
	await until('them to be heard', () => guest()?.sources.some(({ use, muted }) => use === 'microphone' && !muted))

	await clerk.get({ type: 'question.send-back', question })
	await page.waitForSelector('[data-scene=on-air]')
	expect(await marked(page)).toBe(true)
	await until('them to be gone', () => guest() === undefined)
	expect(await text(page)).not.toContain('사용이 취소된 링크')
	clerk.close()
})

it('is in again after the page was loaded anew, and watches again when they leave by themselves', async () => {
	const { id, links } = await at.meeting()
	const origin = new URL(links.clerk).origin
	const clerk = await openMember({ origin, token: links.clerk.split('#')[1] ?? '', name: '서기' })
	await at.api('POST', `/meetings/${id}/relay/start`)
	const page = await at.open(links.viewer)
	await press(page, '질문 보내기')
	await page.waitForSelector('[data-action=ask-to-speak]')
	await page.click('[data-action=ask-to-speak]')
	await write(page, '제가 설명하겠습니다.', '김시민')
	await until('the question', () => (clerk.list('questions') as QuestionView[])[0]?.here)
	await clerk.get({ type: 'question.bring', question: clerk.list('questions')[0]?.id ?? '' })
	await page.waitForSelector('[data-screen=call]')
	await page.reload()
	await page.waitForSelector('[data-screen=call]')
	expect(clerk.people.filter(({ name }) => name === '김시민')).toHaveLength(1)
	await toggle(page, 'leave')
	await page.waitForSelector('dialog[open] .danger, [popover]:popover-open .danger')
	await page.$eval('.danger', (button) => (button as HTMLElement).click())
	await page.waitForSelector('[data-scene=on-air]')
	await page.reload()
	await page.waitForSelector('[data-scene=on-air]')
	clerk.close()
})
