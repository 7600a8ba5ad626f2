import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { AuditChain, AuditPage } from '../../appliance/protocol/audit.ts'
import { en } from '../../control-panel/console/audit/i18n-audit-en.ts'
import { ko } from '../../control-panel/console/audit/i18n-audit-ko.ts'
import { entriesFrom, serveAudit, whole } from './audit-scene.ts'
import { accessibilityFaults, type Built, build, press, says, until } from './built.ts'
import { tokenOf } from './facilities-scene.ts'
import { type ScriptedRoom, startRoom } from './panel-room.ts'
import { chamber } from './panel-scene.ts'

/** The page of whoever looks after what was done, in a real Chromium. */

let built: Built
let room: ScriptedRoom
let page: Page
/** What was asked of the audit, with its query. */
let asked: URL[]
beforeAll(async () => {
	built = await build()
})
afterEach(async () => {
	await page?.close()
	await room?.close()
})
afterAll(() => built?.close())

async function open(chain: AuditChain, pages: readonly AuditPage[], { language = 'ko', width = 1280 } = {}) {
	room = await startRoom(built.dist, chamber(), () => built.picture)
	serveAudit(room, chain, pages)
	page = await built.browser.newPage()
	asked = []
	page.on('request', (request) => {
		const url = new URL(request.url())
		if (url.pathname === '/api/v1/audit') asked.push(url)
	})
	await page.setViewport({ width, height: 800 })
	await page.evaluateOnNewDocument((language) => localStorage.setItem('maru.language', language), language)
	await page.goto(`${room.origin}/console#${tokenOf('audit')}`)
	await page.waitForSelector('.audit h1')
}

const rows = () => page.$$eval('tbody tr', (all) => all.length)

it('shows what was done in words, and all of it is reached by keyboard', async () => {
	await open(whole(1_240), [
		{ entries: entriesFrom(1_240, 100), next: 1_141 },
		{ entries: entriesFrom(1_140, 30), next: null },
	])
	await says(page, ko.whole(1_240))
	await until('the entries', async () => (await rows()) === 100)
	for (const words of [
		ko.acts.grantFloor,
		ko.acts.moveCamera,
		ko.acts.tokenRefused,
		ko.roles['command line'],
		ko.places.panel,
	]) {
		expect(await page.$eval('tbody', (body, words) => body.textContent?.includes(words), words), words).toBe(true)
	}
	const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
	for (let presses = 0; (await focused()) !== ko.older; presses += 1) {
		expect(presses).toBeLessThan(40)
		await page.keyboard.press('Tab')
	}
	await page.keyboard.press('Enter')
	await until('the older ones', async () => (await rows()) === 130)
	expect(asked.map(({ searchParams }) => searchParams.get('before'))).toEqual(['999999999999999', '1141'])
	await says(page, ko.shown(130, false))
	expect(await accessibilityFaults(page, undefined, true)).toEqual([])
})

it('is asked for one kind, says that nothing matches, and shows all again', async () => {
	const all = { entries: entriesFrom(30, 30), next: null }
	await open(whole(30), [all, { entries: [], next: null }, all])
	await until('the entries', async () => (await rows()) === 30)
	await page.select('select', 'microphone')
	await says(page, ko.noMatch)
	expect(asked.at(-1)?.searchParams.get('kind')).toBe('microphone')
	await press(page, ko.clear)
	await until('all of them', async () => (await rows()) === 30)
	expect(asked.at(-1)?.searchParams.has('kind')).toBe(false)
})

it('warns aloud where the chain is broken, in English as well, and on a telephone nothing is cut off', async () => {
	const broken: AuditChain = { entries: 41, head: 'ab'.repeat(32), fault: { seq: 42, fault: 'changed' } }
	await open(broken, [{ entries: entriesFrom(60, 60), next: null }], { language: 'en', width: 390 })
	await says(page, en.broken(42, 'changed'))
	expect(await page.$eval('[role=alert]', (alert) => alert.textContent)).toContain(en.brokenLead(41))
	await until('the entries', async () => (await rows()) === 60)
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
	expect(await accessibilityFaults(page, ['light'], true)).toEqual([])
})

it('says that nothing was done yet', async () => {
	await open(whole(0), [{ entries: [], next: null }])
	await says(page, ko.nothing)
})
