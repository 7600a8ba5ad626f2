import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import type { PageStats } from '../../control-panel/lib/meeting/stats.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { modest } from '../scene/attendee.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { until } from '../scene/wait.ts'

/** The attendee page in a real Chromium, at a real appliance: one of each a file, and pages that a test leaves behind closed. */

interface Attend {
	api(method: string, path: string, body?: object): Promise<unknown>
	/** A meeting with links that lead here. */
	meeting(open?: boolean): Promise<{ id: string; links: Links }>
	/** A page in a window of its own: hidden ones draw nothing. `before` runs in the page ahead of its own scripts. */
	open(link: string, before?: string): Promise<Page>
	join(link: string, name: string, before?: string): Promise<Page>
	/** Somebody who is there for every test of the file. */
	stay(link: string, name: string): Promise<Page>
}

/** `camera`: small costs less than half; its own where it matters what is sent of it. */
export function openAttend(name: string, port: number, camera: 'small' | 'own' = 'small'): Attend {
	let site: Site
	let appliance: Appliance
	let browser: LaunchedBrowser
	let admin: string
	const pages = new Set<Page>()

	beforeAll(async () => {
		site = await openSite({ addresses: [] }, port)
		appliance = await site.start()
		admin = appliance.token('admin')
		browser = await launchPatiently({ name, headless: true, fakeDevices: true, log: pino({ level: 'silent' }) })
	})
	afterEach(async () => {
		await Promise.all([...pages].map((page) => page.isClosed() || page.close()))
		pages.clear()
	})
	afterAll(async () => {
		await browser?.close()
		await site?.close()
	})

	const at: Attend = {
		async api(method, path, body) {
			const response = await fetch(`${appliance.origin}/api/v1${path}`, {
				method,
				headers: { authorization: `Bearer ${admin}`, ...(body ? { 'content-type': 'application/json' } : {}) },
				...(body ? { body: JSON.stringify(body) } : {}),
			})
			if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
			return response.json()
		},
		async meeting(open = true) {
			const made = (await at.api('POST', '/meetings?origin=request', { title: '확대간부회의', kind: 'council' })) as {
				id: string
				links: Links
			}
			if (open) await at.api('POST', `/meetings/${made.id}/open`)
			return made
		},
		async open(link, before) {
			const page = await browser.puppeteer.newPage({ type: 'window' })
			pages.add(page)
			await page.setViewport({ width: 1440, height: 810 })
			if (camera === 'small') await modest(page)
			if (before) await page.evaluateOnNewDocument(before)
			await page.goto(link)
			return page
		},
		async join(link, name, before) {
			const page = await at.open(link, before)
			await page.waitForSelector('[data-action=join]:not([disabled])')
			await page.type('input[name=name]', name)
			await page.click('[data-action=join]')
			await page.waitForSelector('[data-screen=call]')
			return page
		},
		async stay(link, name) {
			const page = await at.join(link, name)
			pages.delete(page)
			return page
		},
	}
	return at
}

export const text = (page: Page) => page.evaluate(() => document.body.textContent ?? '')
export const shows = (page: Page, words: string) =>
	until(`the page to show “${words}”`, async () => (await text(page)).includes(words))
export const stats = (page: Page) =>
	page.evaluate(() => (window as unknown as { maruStats(): Promise<PageStats> }).maruStats())
/** Each page is told for itself: what one shows already may come to the other a moment later. */
export async function press(page: Page, name: string) {
	const button = await page.waitForSelector(`aria/${name}[role="button"]`, { timeout: 60_000 })
	await button?.click()
}
export const toggle = (page: Page, action: 'microphone' | 'camera' | 'leave' | 'language') =>
	page.click(`[data-screen=call] [data-action=${action}]`)
/** What a button says; its hidden part tells a screen reader what a press does. */
export const label = (page: Page, action: 'microphone' | 'camera') =>
	page.$eval(`footer [data-action=${action}]`, (button) => button.textContent)

/** What the page sends to the hub, from now on. */
export async function commandsOf(page: Page): Promise<{ type: string; [key: string]: unknown }[]> {
	const commands: { type: string }[] = []
	const session = await page.createCDPSession()
	await session.send('Network.enable')
	session.on('Network.webSocketFrameSent', ({ response }) => {
		const message = JSON.parse(response.payloadData)
		if (message.type === 'command') commands.push(message.command)
	})
	return commands
}
