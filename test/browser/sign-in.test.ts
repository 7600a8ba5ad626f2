import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readPages } from '../../appliance/http/pages.ts'
import { openAccountStore } from '../../appliance/identity/account-store.ts'
import type { AccountRole } from '../../appliance/protocol/roles.ts'
import { openSite, type Site } from '../http/site.ts'
import { accessibilityFaults, type Built, build, press, says, settled, until } from './built.ts'

/** The page that signs in, in a real Chromium at the real server, and the pages that lead there and back. */

const own = '비 오는 날의 회의실 창가 자리'
let built: Built
let site: Site
let page: Page

beforeAll(async () => {
	built = await build()
})
afterAll(() => built?.close())
beforeEach(async () => {
	site = await openSite({ pages: readPages(built.dist) })
	const context = await built.browser.createBrowserContext()
	page = await context.newPage()
	await page.setViewport({ width: 1280, height: 800 })
})
afterEach(async () => {
	await page?.browserContext().close()
	await site.close()
})

const make = (name: string, role: AccountRole) => openAccountStore(site.db, Date.now).create(name, role).password

async function settle(name: string, role: AccountRole) {
	const by = { address: '192.0.2.7', agent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/156.0', device: null }
	await site.accounts.changePassword(name, make(name, role), own, by)
}

const open = (path: string) => page.goto(`${site.origin}${path}`)
const path = () => new URL(page.url()).pathname
async function type(field: string, text: string) {
	await page.waitForSelector(`input[name=${field}]`)
	await page.$eval(`input[name=${field}]`, (input) => {
		;(input as HTMLInputElement).value = ''
	})
	await page.type(`input[name=${field}]`, text)
}
const stepIs = (step: string) => page.waitForSelector(`main[data-step=${step}]`)
const faultIs = (code: string) => page.waitForSelector(`[data-fault="${code}"]`)

/** By the keyboard alone. */
async function signIn(name: string, password: string) {
	await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'username')
	await page.keyboard.type(name)
	await page.keyboard.press('Tab')
	await page.keyboard.type(password)
	await page.keyboard.press('Enter')
}

describe('The page that signs in', () => {
	it('leads from the desk of the counter to another password, and back to the desk, by the keyboard alone', async () => {
		const first = make('lee', 'official')
		await open('/counsel')
		await says(page, '직원이라면')
		await page.click('a[href^="/sign-in"]')
		await signIn('lee', first)
		await stepIs('choose')
		await type('next', '짧은 비밀번호')
		await type('again', '짧은 비밀번호')
		await page.keyboard.press('Enter')
		await says(page, '15자보다 짧습니다')
		await type('next', own)
		await type('again', `${own}.`)
		await page.keyboard.press('Enter')
		await says(page, '서로 다릅니다')
		expect(await accessibilityFaults(page, ['dark', 'light', 'contrast'], true)).toEqual([])
		await type('again', own)
		await page.keyboard.press('Enter')
		await until('back at the desk', () => path() === '/counsel')
		await says(page, '다음 번호 부르기')
		await says(page, 'lee')
		const cookies = await page.browserContext().cookies()
		expect(cookies.map(({ name, httpOnly }) => [name, httpOnly]).sort()).toEqual([
			...[
				['maru-account', true],
				['maru-device', true],
			],
		])
	})

	it('says what is wrong, how long to wait, and the same in English', async () => {
		await settle('kim', 'facilities')
		await open('/sign-in?back=//evil.test')
		await signIn('kim', 'not this one, no')
		await faultIs('bad-password')
		await says(page, '맞지 않습니다')
		for (let index = 0; index < 4; index++) {
			await type('password', 'nor this one, no')
			await page.keyboard.press('Enter')
			await page.waitForFunction(() => document.querySelector<HTMLInputElement>('input[name=password]')?.value === '')
		}
		await type('password', own)
		await page.keyboard.press('Enter')
		await faultIs('too-many')
		await says(page, '여러 번 틀려서')
		await press(page, 'English')
		await says(page, 'Too many wrong tries')
		expect(await page.$eval('button[type=submit]', (button) => (button as HTMLButtonElement).disabled)).toBe(true)
		expect(await accessibilityFaults(page, ['dark', 'light', 'contrast'], true)).toEqual([])
	})

	it('shows whoever is in where else they are, ends that, and signs out', async () => {
		await settle('kim', 'facilities')
		await open('/sign-in')
		await signIn('kim', own)
		await until('the console of the facilities', () => path() === '/console')
		await says(page, '정면')
		await open('/sign-in')
		await stepIs('in')
		await says(page, 'Chrome · Windows')
		await says(page, '192.0.2.7')
		await says(page, '지금 이 기기')
		expect(await accessibilityFaults(page, ['dark', 'light', 'contrast'], true)).toEqual([])
		await press(page, 'Chrome · Windows')
		await page.waitForFunction(() => !document.body.textContent?.includes('192.0.2.7'))
		await press(page, '로그아웃')
		await stepIs('out')
		await open('/console')
		await says(page, '직원이라면')
	})

	it('is where a page of the house leads whose session somebody has ended', async () => {
		await settle('kim', 'facilities')
		await open('/sign-in')
		await signIn('kim', own)
		await until('the console of the facilities', () => path() === '/console')
		await until('its socket', () => site.room.watchers > 0)
		for (const session of site.accounts.sessions({ kind: 'house', role: 'admin', jti: 'x' })) {
			site.accounts.endSession({ kind: 'house', role: 'admin', jti: 'x' }, session.id)
		}
		await until('the page that signs in', () => path() === '/sign-in')
		await stepIs('out')
	})

	it('fits a telephone, and nothing of it is cut off', async () => {
		await page.setViewport({ width: 360, height: 740, hasTouch: true })
		await open('/sign-in')
		await stepIs('out')
		await settled(page)
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
	})
})
