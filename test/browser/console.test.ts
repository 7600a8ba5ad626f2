import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deskScene, troubled, voteOf } from '../control-panel/desk/desk-scene.ts'
import { accessibilityFaults, type Built, build, press, themes, until } from './built.ts'
import { type ScriptedRoom, startRoom } from './panel-room.ts'
import { chamber } from './panel-scene.ts'

/** The desk as a page on a PC, in a real Chromium, against a hub that follows a script. */

/** As the screens of the panel: test/long/screens.test.ts looks at everything in each theme and language. */
const thorough = process.env.MARU_ROUNDS !== undefined

let built: Built
let room: ScriptedRoom
let page: Page

beforeAll(async () => {
	built = await build()
})
afterEach(async () => {
	await page?.close()
	await room?.close()
})
afterAll(() => built?.close())

async function open(desk = deskScene(), language: 'ko' | 'en' = 'ko') {
	room = await startRoom(built.dist, chamber(), () => built.picture)
	room.desk = desk
	page = await built.browser.newPage()
	await page.setViewport({ width: 1280, height: 800 })
	await page.evaluateOnNewDocument((language) => localStorage.setItem('maru.language', language), language)
	await page.goto(`${room.origin}/console#aaa.bbb.ccc`)
	await page.waitForSelector('.desk .grant')
}

const asked = () => room.deskReceived.map(({ type }) => type)

describe('The desk on a PC', () => {
	it('is run by keyboard: next, revoke, search, arrows and Enter', async () => {
		await open()
		await page.keyboard.press('n')
		await until('the next speaker', () => asked().includes('floor.next'))
		await page.keyboard.press('r')
		await until('the revoke', () => asked().includes('floor.revoke'))
		await page.keyboard.press('/')
		await page.keyboard.type('남궁')
		await page.waitForFunction(() => document.querySelectorAll('.desk .grant').length === 1)
		await page.keyboard.press('ArrowDown')
		await page.keyboard.press('Enter')
		await until('the grant', () => asked().includes('floor.grant'))
		expect(room.deskReceived.at(-1)).toMatchObject({ type: 'floor.grant', who: 'p13' })
	})

	it('says that it is stale, and comes back by itself with what is so now', async () => {
		await open()
		room.away(true)
		await page.waitForSelector('.desk.stale .state p', { timeout: 60_000 })
		expect(await page.$$eval('.desk .grant:not(:disabled)', (buttons) => buttons.length)).toBe(0)
		room.desk = deskScene({ floor: { ...deskScene().core.floor, speaking: [] } })
		room.away(false)
		await page.waitForFunction(() => document.querySelector('.desk.stale') === null, { timeout: 60_000 })
		await page.waitForSelector('.desk .now .empty')
	})

	it('adjourns in two presses, the second of which names the number of people', async () => {
		await open()
		await press(page, '산회')
		await page.waitForSelector('.sheet .danger')
		expect(asked()).not.toContain('meeting.close')
		const here = deskScene().people.set.filter(({ here, role }) => here && role !== 'room').length
		await press(page, `${here}명 모두 산회`)
		await until('the end', () => asked().includes('meeting.close'))
	})

	it('shows eighty people at one look, those with a problem alone, and what is wrong with one and what helps', async () => {
		const scene = deskScene()
		await open(scene)
		await page.setViewport({ width: 1920, height: 1080 })
		await page.keyboard.press('5')
		await page.waitForSelector('[data-ready]')
		await until('all of them to be in sight', () =>
			page.evaluate(() => {
				const board = document.querySelector('.ready .frame')?.getBoundingClientRect()
				const all = [...document.querySelectorAll('[data-ready]')].map((one) => one.getBoundingClientRect())
				return board && all.length >= 80 && all.every(({ bottom }) => bottom <= board.bottom)
			}),
		)
		// None of those who present next has a document that can be shown.
		await page.click('[data-only=slides]')
		await page.waitForSelector('[data-only=slides][aria-pressed=true]')
		const shown = () => page.$$eval('[data-ready]', (all) => all.map((one) => one.getAttribute('data-ready')))
		const missing = scene.lists.agenda.set.filter(({ status, place }) => status !== 'done' && place > 1)
		expect(new Set(await shown())).toEqual(new Set(missing.flatMap(({ presenters }) => presenters)))
		await page.click('[data-only=microphone]')
		await page.waitForFunction(() => document.querySelector('.ready .bad .bad') !== null)
		const here = new Set(scene.people.set.filter(({ here }) => here).map(({ id }) => id))
		const bad = scene.desk.readiness.set.find(({ id, microphone }) => microphone === 'bad' && here.has(id))
		await page.focus(`[data-ready=${bad?.id}]`)
		await page.keyboard.press('Enter')
		await page.waitForSelector('.sheet [data-finding=microphone].trouble')
		expect(await accessibilityFaults(page, ['dark'])).toEqual([])
		await press(page, '마이크 켜기 요청')
		await until('the asking', () => asked().includes('person.ask'))
		await press(page, '보내기')
		await until('the words', () => asked().includes('chat.say'))
		expect(room.deskReceived.at(-1)).toMatchObject({ to: { person: bad?.id }, text: '마이크 확인 부탁드립니다.' })
	})

	it('hands out who watched the relay as a file, and says so where it does not come', async () => {
		await open()
		let there = false
		const asking: (string | undefined)[] = []
		await page.setRequestInterception(true)
		page.on('request', (request) => {
			if (!request.url().includes('/relay/viewers.csv?language=ko')) return void request.continue()
			asking.push(request.headers().authorization)
			void request.respond({ status: there ? 200 : 403, contentType: 'text/csv', body: 'a,b' })
		})
		await page.evaluate(() => {
			HTMLAnchorElement.prototype.click = function () {
				document.body.dataset.saved = this.download
			}
		})
		await press(page, '중계·녹화')
		await press(page, '시청 기록')
		await page.waitForFunction(() =>
			document.querySelector('[data-action=viewers] + span')?.textContent?.includes('받지 못했습니다'),
		)
		there = true
		await press(page, '시청 기록')
		await page.waitForFunction(() => document.body.dataset.saved?.endsWith('시청 기록.csv'))
		expect(await page.$eval('[data-action=viewers] + span', (said) => said.textContent)).toBe('')
		expect(asking).toEqual(['Bearer aaa.bbb.ccc', 'Bearer aaa.bbb.ccc'])
	})

	const tabs = ['1', '2', '3', '4', '5', '6'] as const
	// A language changes words alone, and axe reads none.
	const languages = thorough ? (['ko', 'en'] as const) : (['ko'] as const)
	it.each(tabs.flatMap((tab) => languages.map((language) => ({ tab, language }))))(
		'screen $tab in $language is readable in three themes and by a screen reader',
		async ({ tab, language }) => {
			await open(deskScene({ ...troubled(), vote: tab === '4' ? voteOf() : null }), language)
			await page.keyboard.press(tab)
			await page.waitForFunction(
				(tab) => document.querySelectorAll('[role=tab]')[Number(tab) - 1]?.ariaSelected === 'true',
				{},
				tab,
			)
			expect(await accessibilityFaults(page, themes, thorough)).toEqual([])
		},
	)
})
