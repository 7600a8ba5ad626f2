import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readPages } from '../../appliance/http/pages.ts'
import { openSite, type Site } from '../http/site.ts'
import { type City, openCity } from '../sso/city.ts'
import { accessibilityFaults, type Built, build, press, says, settled, until } from './built.ts'

/** The city's sign-in in a real Chromium: from our page to a provider of another site, and back. */

let built: Built
let city: City
let site: Site
let page: Page

beforeAll(async () => {
	// The city's certificate is of an authority of its own.
	built = await build('--ignore-certificate-errors')
	city = await openCity()
	site = await openSite({ pages: readPages(built.dist), sso: city.part(() => site.origin) })
	city.serve(site.origin)
	city.people.set('p-kim', { name: '김시설', groups: ['building'] })
	city.people.set('p-other', { name: '이다른', groups: ['staff'] })
})
afterAll(async () => {
	await built?.close()
	await site?.close()
	await city?.close()
})
beforeEach(async () => {
	await page?.browserContext().close()
	page = await (await built.browser.createBrowserContext()).newPage()
	await page.setViewport({ width: 1280, height: 800 })
})

const open = (path: string) => page.goto(`${site.origin}${path}`)
const path = () => page.url().slice(site.origin.length)
const isFocused = (selector: string) =>
	page.waitForFunction((selector) => document.activeElement?.matches(selector), {}, selector)

/** By the keyboard alone: on our page, then on the city's. */
async function signIn(who: string) {
	await isFocused('a[href^="/sign-in/sso"]')
	await page.keyboard.press('Enter')
	await page.waitForSelector('input[name=login]')
	await page.type('input[name=login]', who)
	await page.keyboard.press('Enter')
}

describe('The city’s sign-in', () => {
	it('leads from the console to the city and back to it, and out again, by the keyboard alone', async () => {
		await open('/console')
		await says(page, '직원이라면')
		await page.click('a[href^="/sign-in"]')
		await says(page, '시청 통합 로그인')
		await signIn('p-kim')
		await until('back at the console', () => path() === '/console')
		await says(page, '정면')
		const cookies = await page.browserContext().cookies()
		const kept = cookies.find(({ name }) => name === 'maru-account')
		expect(kept).toMatchObject({ httpOnly: true, sameSite: 'Strict' })

		await open('/sign-in')
		await says(page, '비밀번호는 그곳에서 바꿉니다')
		expect(await page.$('[data-action=change]')).toBeNull()
		await page.focus('[data-action=sign-out]')
		await page.keyboard.press('Enter')
		await page.waitForSelector('button[name=logout]')
		await page.focus('button[name=logout]')
		await page.keyboard.press('Enter')
		await until('our page that signs in', () => path() === '/sign-in')
		await isFocused('a[href="/sign-in/sso"]')
		// The city knows nobody any more.
		await page.keyboard.press('Enter')
		await page.waitForSelector('input[name=login]')
	})

	it('says in both languages that somebody has no rights here, once', async () => {
		await open('/sign-in?back=/console')
		await signIn('p-other')
		await page.waitForSelector('[data-fault=sso-unknown]')
		await says(page, '마루를 쓸 권한이 없습니다')
		expect(path()).toBe('/sign-in?back=%2Fconsole')
		await press(page, 'English')
		await says(page, 'you have no rights in Maru')
		await page.reload()
		await says(page, 'City sign-in')
		expect(await page.$('[data-fault=sso-unknown]')).toBeNull()
	})

	it('unfolds the accounts of this appliance while the city is away, and fits a telephone', async () => {
		await page.setViewport({ width: 360, height: 740, hasTouch: true })
		await open('/sign-in?fault=sso-away&back=//evil.test')
		await isFocused('input[name=username]')
		await says(page, '응답하지 않습니다')
		await settled(page)
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
		expect(await page.$eval('a.go', (link) => link.getAttribute('href'))).toBe('/sign-in/sso')
		expect(await accessibilityFaults(page, ['dark', 'light', 'contrast'], true)).toEqual([])
	})
})
