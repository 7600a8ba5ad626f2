import type { BrowserContext, Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readPages } from '../../appliance/http/pages.ts'
import { openSite, type Site } from '../http/site.ts'
import { accessibilityFaults, type Built, build, press, says, themes, until } from './built.ts'
import { chamber } from './panel-scene.ts'

/** The pages as they are shipped, before the real server with the real identity: only the room follows a script. */

const patience = { timeout: 60_000 }
const thorough = process.env.MARU_ROUNDS !== undefined
const looks = thorough ? themes : (['dark'] as const)

let built: Built
let site: Site
/** A browser of its own, with nothing in it. */
let tablet: BrowserContext
let staff: BrowserContext
beforeAll(async () => {
	built = await build()
})
beforeEach(async () => {
	site = await openSite({ pages: readPages(built.dist) })
	site.room.change({ ...chamber(), build: 'test', call: { ...chamber().call, phase: 'idle', meeting: null } })
	tablet = await built.browser.createBrowserContext()
	staff = await built.browser.createBrowserContext()
})
afterEach(async () => {
	await Promise.all([tablet?.close(), staff?.close()])
	await site?.close()
})
afterAll(() => built?.close())

async function open(context: BrowserContext, path: string): Promise<Page> {
	const page = await context.newPage()
	await page.setViewport({ width: 1280, height: 800 })
	await page.goto(`${site.origin}${path}`)
	return page
}

async function codeOn(page: Page): Promise<string> {
	await page.waitForSelector('.code', patience)
	return page.$eval('.code', (code) => code.textContent?.replace(/\D/g, '') ?? '')
}

const live = (page: Page) => page.waitForSelector('.panel footer button', patience)

async function openPanels(role: 'facilities' | 'admin'): Promise<Page> {
	const page = await open(staff, `/console#${await site.token(role)}`)
	await press(page, '패널과 태블릿')
	await says(page, '새 패널 연결')
	return page
}

/** A page whose connection was cut for a moment lets nobody press this. */
async function shutOut(desk: Page, name: string) {
	await desk.waitForSelector('[data-action="revoke"]:not(:disabled)', patience)
	await press(desk, `${name} 연결 해제`)
}

/** Anew, also where it is open: it closes by itself where the connection is cut for a moment. */
async function openAdmin(screen: Page) {
	const title = () => screen.evaluate(() => document.querySelector('[role="dialog"] h2')?.textContent ?? '')
	await screen.evaluate(() => document.querySelector<HTMLElement>('[role="dialog"] header button')?.click())
	await until('the admin settings', async () => {
		const shown = await title()
		if (shown === '관리 설정') return true
		await press(screen, shown === '화면 설정' ? '관리 설정' : '화면 설정')
		return false
	})
}

describe('A tablet', () => {
	it('shows a code, is let in at the console, operates the room also after a restart, is brought back, and is shut out', async () => {
		let screen = await open(tablet, '/panel')
		const code = await codeOn(screen)
		expect(await accessibilityFaults(screen, looks)).toEqual([])

		const desk = await openPanels('facilities')
		await desk.type('.code', `${code.slice(0, 3)} ${code.slice(3)}`)
		await press(desk, '확인')
		await says(desk, '이 기기가 맞습니까?')
		await says(desk, 'Chrome · Linux')
		expect(await desk.$$eval('[data-action="approve"]:disabled', (buttons) => buttons.length)).toBe(1)
		await desk.type('[required]', '의장석 태블릿')
		await press(desk, '승인')

		await live(screen)
		await screen.close()
		screen = await open(tablet, '/panel')
		await live(screen)
		await desk.waitForSelector('.standing.here', patience)
		expect(await accessibilityFaults(desk, looks)).toEqual([])

		await screen.evaluate(() => Object.assign(window, { before: true }))
		await shutOut(desk, '의장석 태블릿')
		await press(desk, '되돌리기')
		await screen.waitForFunction(
			() => !('before' in window) && document.querySelector('.panel footer button'),
			patience,
		)
		await desk.waitForSelector('.standing.here', patience)

		await shutOut(desk, '의장석 태블릿')
		expect(await codeOn(screen)).not.toBe(code)
		await says(screen, '이 패널의 연결이 해제되었습니다')
		await screen.close()
	})
})

describe('The settings that IT owns', () => {
	it('say how a PIN is set where there is none, refuse a wrong one, and open by the keyboard with the right one', async () => {
		const screen = await open(tablet, `/panel#${await site.token('panel')}`)
		await live(screen)
		await openAdmin(screen)
		await says(screen, '관리자 PIN이 아직 없습니다')

		const desk = await openPanels('admin')
		await desk.type('[type="password"]', '482913')
		await press(desk, 'PIN 정하기')
		await says(desk, 'PIN을 정했습니다')

		const keys = () => screen.waitForSelector('[data-digit="4"]:not(:disabled)', patience)
		await openAdmin(screen)
		await keys()
		for (const digit of '000000') await screen.click(`[data-digit="${digit}"]`)
		await says(screen, 'PIN이 맞지 않습니다')
		expect(await accessibilityFaults(screen, looks)).toEqual([])

		await openAdmin(screen)
		await keys()
		await screen.keyboard.type('482913')
		await says(screen, site.certificates.authority.fingerprint)
		expect(await accessibilityFaults(screen, looks)).toEqual([])

		await openAdmin(screen)
		await keys()
	})
})
