import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import type { ChatLine } from '../../appliance/protocol/chat.ts'
import { chatTexts } from '../../control-panel/lib/i18n-chat.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { accessibilityFaults, pause, says, until } from './built.ts'
import { type ScriptedHub, startHub } from './floor-hub.ts'
import { council, linkOf, slidePage } from './floor-scene.ts'
import { builtPages } from './pages.ts'

/** What people write to each other, at a hub that follows a script. */

const ko = chatTexts('ko')
let browser: LaunchedBrowser
let hub: ScriptedHub
let page: Page
let count = 0

const line = (more: Partial<ChatLine> = {}): ChatLine => ({
	id: `l${++count}`,
	from: 'p5',
	name: '최수진',
	title: '문화과장',
	to: 'all',
	text: '자료 2쪽을 봐 주세요.',
	at: Date.now(),
	...more,
})

beforeAll(async () => {
	browser = await launchPatiently({ name: 'chat', headless: true, fakeDevices: true, log: pino({ level: 'silent' }) })
})
beforeEach(async () => {
	hub = await startHub(builtPages(), council(), slidePage)
	page = await browser.puppeteer.newPage({ type: 'window' })
	await page.setViewport({ width: 1280, height: 800 })
})
afterEach(async () => {
	await page?.close()
	await hub?.close()
})
afterAll(() => browser?.close())

async function enter() {
	await page.goto(`${hub.origin}/attend#${linkOf('member', '박민정')}`)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-side=people]')
}

async function open() {
	await page.click('[data-side=chat]')
	await page.waitForSelector('aside [role=log]')
}

const asked = () => hub.received.filter((command) => command.type === 'chat.say')
const badge = () => page.$eval('[data-side=chat]', (button) => button.querySelector('.badge')?.textContent ?? null)
const rules = (chat: { to: 'all' | 'clerk' | 'off'; kept: boolean }) =>
	hub.core({ rules: { ...hub.join.core.rules, chat } })

describe('The chat of the attendee page', () => {
	it('sends by Enter to whom was chosen, keeps what could not be sent, and says why', async () => {
		await enter()
		await open()
		await page.type('aside textarea', '두 줄')
		await page.keyboard.down('Shift')
		await page.keyboard.press('Enter')
		await page.keyboard.up('Shift')
		await page.type('aside textarea', '입니다')
		await page.keyboard.press('Enter')
		await until('a line', () => asked().length === 1)
		expect(asked()[0]).toMatchObject({ to: 'all', text: '두 줄\n입니다' })
		await page.waitForFunction(() => document.querySelector('textarea')?.value === '')
		await page.select('aside form select', 'p5')
		hub.answer = ({ type }) => (type === 'chat.say' ? { ok: false, code: 'too-many', message: '' } : null)
		await page.type('aside textarea', '하나에게')
		await page.click('aside form .go')
		await until('another line', () => asked().length === 2)
		expect(asked()[1]).toMatchObject({ to: { person: 'p5' }, text: '하나에게' })
		await page.waitForSelector('aside [role=alert]')
		expect(await page.$eval('aside textarea', ({ value }) => value)).toBe('하나에게')
	})

	it('does not send while a Hangul syllable is being composed', async () => {
		await enter()
		await open()
		await page.type('aside textarea', '안녕')
		await page.$eval('aside textarea', (field) =>
			field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })),
		)
		await pause(200)
		expect(asked()).toEqual([])
	})

	it('counts what was not read, tells what is for this one alone, and forgets the count when it is seen', async () => {
		await enter()
		hub.say({ type: 'chat', set: [line(), line({ to: { person: 'p4', name: '박민정' }, text: '둘만' })], gone: [] })
		await until('two unread', async () => (await badge()) === '2')
		await says(page, ko.got('최수진'))
		await open()
		await until('none unread', async () => (await badge()) === null)
		await says(page, ko.onlyYou)
		hub.say({ type: 'chat', set: [line({ text: '또 하나' })], gone: [] })
		await says(page, '또 하나')
		expect(await badge()).toBeNull()
	})

	it('takes away what its writer took back, and answers the one whose name is pressed', async () => {
		await enter()
		await open()
		const wrong = line({ text: '잘못 보냄' })
		hub.say({ type: 'chat', set: [wrong, line()], gone: [] })
		await says(page, '잘못 보냄')
		hub.say({ type: 'chat', set: [], gone: [wrong.id] })
		await page.waitForFunction(() => !document.body.textContent?.includes('잘못 보냄'))
		await page.click('aside .name')
		expect(await page.$eval('aside form select', (select) => (select as HTMLSelectElement).value)).toBe('p5')
	})

	it('never sends to somebody else what was for one who has gone', async () => {
		await enter()
		await open()
		await page.select('aside form select', 'p5')
		await page.type('aside textarea', '비밀')
		hub.say({ type: 'people', revision: 2, set: [], gone: ['p5'] })
		await page.waitForSelector('aside form .go[disabled]')
		await page.focus('aside textarea')
		await page.keyboard.press('Enter')
		await pause(200)
		expect(asked()).toEqual([])
	})

	it('follows the rules of the meeting', async () => {
		await enter()
		await open()
		rules({ to: 'clerk', kept: true })
		await says(page, ko.onlyClerk)
		await says(page, ko.keptNotice)
		await page.type('aside textarea', '소리가 작습니다')
		await page.keyboard.press('Enter')
		await until('a line', () => asked().length === 1)
		expect(asked()[0]).toMatchObject({ to: 'clerk' })
		rules({ to: 'off', kept: false })
		await says(page, ko.off)
		expect(await page.$('aside textarea')).toBeNull()
	})

	it('is readable in three themes, by whoever presides too', async () => {
		hub.join.role = 'clerk'
		hub.join.chat = [
			line(),
			line({ to: 'clerk', text: '소리가 안 들립니다.' }),
			line({ from: 'p4', name: '박민정', to: { person: 'p5', name: '최수진' }, text: '네,\n확인하겠습니다.' }),
		]
		await enter()
		await open()
		expect(await accessibilityFaults(page)).toEqual([])
		const { MARU_SHOTS: folder } = process.env
		if (!folder) return
		for (const [width, height] of [
			[1280, 800],
			[1920, 1080],
			[390, 844],
		] as const) {
			await page.setViewport({ width, height })
			await pause(300)
			for (const theme of ['dark', 'light'] as const) {
				await page.evaluate((theme) => document.documentElement.setAttribute('data-theme', theme), theme)
				await page.screenshot({ path: `${folder}/chat-${width}-${theme}.png` })
				if (theme === 'dark') continue
				await page.evaluate(() => document.querySelector<HTMLElement>('aside header button')?.click())
				hub.say({ type: 'chat', set: [line(), line(), line()], gone: [] })
				await pause(400)
				await page.screenshot({ path: `${folder}/bar-${width}.png` })
				await page.click('[data-side=chat]')
				await page.waitForSelector('aside [role=log]')
			}
		}
	})
})
