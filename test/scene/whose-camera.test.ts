import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import { cameraTexts } from '../../control-panel/lib/camera/i18n-camera.ts'
import { press, says } from '../browser/built.ts'
import { type Appliance, openSite, type Site } from './appliance.ts'
import { type Cameras, startCameras } from './cameras.ts'
import { launchPatiently } from './patient-browser.ts'
import { until } from './wait.ts'

/** Two panels and facilities staff at one camera of a real room: each sees whose it is, and who goes before takes it. */

const { ko } = cameraTexts
let cameras: Cameras
let site: Site
let room: Appliance
let browser: LaunchedBrowser

beforeAll(async () => {
	cameras = await startCameras(['front'])
	site = await openSite(cameras, 19_280)
	room = await site.start()
	const log = pino({ level: 'silent' })
	browser = await launchPatiently({ name: 'panels', headless: true, fakeDevices: false, log })
})
afterAll(async () => {
	await browser?.close()
	await site?.close()
	await cameras?.close()
})

/** A window of its own: a page behind another one lets go of what it holds. */
async function window(path: string): Promise<Page> {
	const context = await browser.puppeteer.createBrowserContext()
	const page = await context.newPage()
	await page.setViewport({ width: 1280, height: 800 })
	await page.goto(`${room.origin}${path}`)
	return page
}

async function panel(): Promise<Page> {
	const page = await window(`/panel#${room.token('panel')}`)
	await press(page, '카메라')
	await page.waitForSelector(`button[aria-label="${ko.right}"]:not([disabled])`)
	return page
}

/** A finger on an arrow; it stays down until the mouse is lifted. */
async function hold(page: Page, label: string) {
	const arrow = await page.waitForSelector(`button[aria-label="${label}"]:not([disabled])`)
	const box = await arrow?.boundingBox()
	if (!box) throw new Error(`${label} has no place`)
	await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
	await page.mouse.down()
}

const moving = async () => (await cameras.position('front')).moving

/** What the line that names the driver says. */
const holder = (page: Page) =>
	page.$eval('section:has(> .lucide-hand) b', (line) => line.textContent ?? '').catch(() => '')
const offers = (page: Page) =>
	page.$$eval('button', (all) => all.filter((one) => one.checkVisibility()).map((one) => one.textContent?.trim()))

/** The head stands, and nobody's finger moves it any more. */
async function stands() {
	await until('the head to stand', async () => !(await moving()))
	await sleep(700)
	expect(await moving()).toBe(false)
}

describe('A camera that somebody drives', () => {
	it('is theirs for all to see, is taken over by one press, and the one who lost it is told', async () => {
		const [clerk, chair] = await Promise.all([panel(), panel()])
		await hold(clerk, ko.right)
		await until('the head to move', moving)
		await says(clerk, ko.mine)
		await until('the holder’s name at the other panel', async () => /^패널 \d+ 조종 중$/.test(await holder(chair)))
		const name = (await holder(chair)).replace(/ 조종 중$/, '')

		await press(chair, ko.takeOver)
		await says(chair, ko.mine)
		await until('the loss is told', async () => /^조종이 넘어감 · 패널 \d+$/.test(await holder(clerk)))
		expect(await holder(clerk)).not.toContain(name)
		await stands() // though the clerk's finger is still down

		await hold(chair, ko.left)
		await until('the head to move for the chair', moving)
		await chair.mouse.up()
		await clerk.mouse.up()
		await stands()

		await press(clerk, ko.takeOver)
		await says(clerk, ko.mine)
		await until('the chair lost it in turn', async () => (await holder(chair)).includes(name))
		await press(clerk, ko.giveBack)
		await says(chair, ko.free)
	})

	it('is facilities staff’s before any panel’s, without asking', async () => {
		const [clerk, desk] = await Promise.all([panel(), window(`/console#${room.token('facilities')}`)])
		await press(clerk, ko.left) // a press without a length, as a screen reader makes it
		await says(clerk, ko.mine)
		await hold(desk, ko.right)
		await until('the head to move', moving)
		await says(desk, ko.mine)
		await until('the panel is told', async () => /^조종이 넘어감 · 시설 담당 \d+$/.test(await holder(clerk)))
		await says(clerk, ko.goesBefore)
		expect(await offers(clerk)).not.toContain(ko.takeOver)
		await desk.mouse.up()
		await stands()
	})
})
