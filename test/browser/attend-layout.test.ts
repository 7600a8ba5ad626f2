import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { accessibilityFaults, until } from './built.ts'
import { type ScriptedHub, startHub } from './floor-hub.ts'
import { council, linkOf, members, slidePage } from './floor-scene.ts'
import { builtPages } from './pages.ts'

/** How the attendee page is laid out, of sixty people, at a hub that follows a script. */

let browser: LaunchedBrowser
let hub: ScriptedHub
let page: Page

beforeAll(async () => {
	browser = await launchPatiently({ name: 'layout', headless: true, fakeDevices: true, log: pino({ level: 'silent' }) })
})
beforeEach(async () => {
	hub = await startHub(builtPages(), council(), slidePage)
	hub.join.people = { revision: 1, set: members(60) }
	page = await browser.puppeteer.newPage({ type: 'window' })
})
afterEach(async () => {
	await page?.evaluate(() => localStorage.clear())
	await page?.close()
	await hub?.close()
})
afterAll(() => browser?.close())

async function enter(width: number, height: number) {
	await page.setViewport({ width, height, hasTouch: width < 600, isMobile: width < 600 })
	await page.goto(`${hub.origin}/attend#${linkOf('member', '박민정')}`)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-screen=call]')
}

async function choose(value: string) {
	await page.$eval('[data-action=view]', (button) => (button as HTMLElement).click())
	await page.waitForSelector(`input[value=${value}]`)
	await page.$eval(`input[value=${value}]`, (input) => (input as HTMLElement).click())
	await page.keyboard.press('Escape')
	await page.waitForSelector(`[data-view=${value}]`)
}

const widest = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
const slide = { document: 'd1', page: 3, pages: 24, by: 'p4' }

it('on a phone the gallery fits, and a finger turns its pages', async () => {
	await enter(390, 844)
	await choose('gallery')
	const shown = () => page.$eval('[data-page]', (tiles) => tiles.getAttribute('data-page'))
	const swipe = async (from: number, to: number) => {
		const touch = await page.touchscreen.touchStart(from, 300)
		await touch.move((from + to) / 2, 302)
		await touch.move(to, 304)
		await touch.end()
	}
	await page.waitForSelector('[data-tile]')
	await swipe(320, 100)
	await until('the second page', async () => (await shown()) === '2')
	await swipe(100, 320)
	await until('the first page', async () => (await shown()) === '1')
	await swipe(200, 180)
	expect(await shown()).toBe('1')
	expect(await widest()).toBeLessThanOrEqual(0)
})

it('with slides up each looks as they chose for slides, and without as they chose without', async () => {
	await enter(1280, 800)
	await choose('gallery')
	hub.core({ slide })
	await page.waitForSelector('[data-view=beside] [data-slide]')
	expect(await page.$$('[data-pane]')).toHaveLength(1)
	await choose('large')
	await page.waitForSelector('[data-pane]', { hidden: true })
	hub.core({ slide: null })
	await page.waitForSelector('[data-view=gallery]')
	hub.core({ slide })
	await page.waitForSelector('[data-view=large] [data-slide]')
})

it('hides names without a picture and one’s own where that is wished, and is as it was after a reload', async () => {
	const people = members(60)
	const camera = {
		id: 'v3',
		kind: 'video',
		use: 'camera',
		label: 'camera',
		muted: false,
		live: true,
		open: true,
	} as const
	people[3]?.sources.push(camera)
	hub.join.people = { revision: 1, set: people }
	await enter(1280, 800)
	await choose('gallery')
	await page.$eval('[data-action=view]', (button) => (button as HTMLElement).click())
	await page.waitForSelector('input[name=names]')
	await page.$eval('input[name=names]', (input) => (input as HTMLElement).click())
	await page.$eval('input[name=self]', (input) => (input as HTMLElement).click())
	const tiles = () => page.$$eval('[data-tile]', (all) => all.map((tile) => tile.getAttribute('data-tile')))
	await until('one tile', async () => (await tiles()).join() === 'p3')
	await page.$eval('[data-tile] .pick', (button) => (button as HTMLElement).click())
	await page.waitForSelector('[data-view=large] [data-pane^="p3/"]')
	await page.reload()
	await page.waitForSelector('[data-view=large] [data-pane^="p3/"] .unpin')
})

it('has no serious fault that axe-core finds, in any theme', async () => {
	await enter(1440, 810)
	await choose('gallery')
	await page.waitForSelector('[data-tile]')
	expect(await accessibilityFaults(page)).toEqual([])
	hub.core({ slide })
	await page.waitForSelector('[data-view=beside] [data-slide]')
	await page.$eval('[data-action=view]', (button) => (button as HTMLElement).click())
	await page.waitForSelector('input[value=sound]')
	expect(await accessibilityFaults(page)).toEqual([])
})
