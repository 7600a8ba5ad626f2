import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deskScene, troubled, voteOf } from '../control-panel/desk/desk-scene.ts'
import { type ScriptedRoom, startRoom } from './panel-room.ts'
import { chamber } from './panel-scene.ts'

/** The desk as a page on a PC, in a real Chromium, against a hub that follows a script. */

const root = join(import.meta.dirname, '../..')
const dist = mkdtempSync(join(tmpdir(), 'maru-console-'))
const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8')

let browser: Browser
let room: ScriptedRoom
let page: Page

beforeAll(async () => {
	const vite = join(root, 'node_modules/vite/bin/vite.js')
	execFileSync(process.execPath, [vite, 'build', '--outDir', dist, '--logLevel', 'error'], {
		cwd: root,
		env: { ...process.env, NODE_ENV: 'production' },
	})
	browser = await puppeteer.launch({
		executablePath: '/usr/bin/chromium',
		pipe: true,
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
	})
})
afterEach(async () => {
	await page?.close()
	await room?.close()
})
afterAll(async () => {
	await browser?.close()
	rmSync(dist, { recursive: true, force: true })
})

async function open(desk = deskScene(), language: 'ko' | 'en' = 'ko') {
	room = await startRoom(dist, chamber(), () => Buffer.alloc(0))
	room.desk = desk
	page = await browser.newPage()
	await page.setViewport({ width: 1280, height: 800 })
	await page.evaluateOnNewDocument((language) => localStorage.setItem('maru.language', language), language)
	await page.goto(`${room.origin}/console#aaa.bbb.ccc`)
	await page.waitForSelector('.desk .grant')
}

async function until(what: string, hold: () => boolean) {
	const end = performance.now() + 5000
	while (!hold()) {
		if (performance.now() > end) throw new Error(`never: ${what}`)
		await new Promise((resolve) => setTimeout(resolve, 10))
	}
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
		await page.waitForSelector('.desk.stale .state p', { timeout: 10_000 })
		expect(await page.$$eval('.desk .grant:not(:disabled)', (buttons) => buttons.length)).toBe(0)
		room.desk = deskScene({ floor: { ...deskScene().core.floor, speaking: [] } })
		room.away(false)
		await page.waitForFunction(() => document.querySelector('.desk.stale') === null, { timeout: 10_000 })
		await page.waitForSelector('.desk .now .empty')
	})

	it('adjourns in two presses, the second of which names the number of people', async () => {
		await open()
		const press = (start: string) =>
			page.evaluate((start) => {
				const buttons = [...document.querySelectorAll('button')]
				buttons.find((button) => button.textContent?.trim().startsWith(start))?.click()
			}, start)
		await press('산회')
		await page.waitForSelector('.sheet .danger')
		expect(asked()).not.toContain('meeting.close')
		const here = deskScene().people.set.filter(({ here, role }) => here && role !== 'room').length
		await press(`${here}명 모두 산회`)
		await until('the end', () => asked().includes('meeting.close'))
	})

	const tabs = ['1', '2', '3', '4', '5', '6'] as const
	it.each(tabs.flatMap((tab) => (['ko', 'en'] as const).map((language) => ({ tab, language }))))(
		'screen $tab in $language is readable in three themes and by a screen reader',
		async ({ tab, language }) => {
			await open(deskScene({ ...troubled(), vote: tab === '4' ? voteOf() : null }), language)
			await page.keyboard.press(tab)
			await page.waitForFunction(
				(tab) => document.querySelectorAll('[role=tab]')[Number(tab) - 1]?.ariaSelected === 'true',
				{},
				tab,
			)
			await page.evaluate(axe)
			for (const theme of ['dark', 'light', 'contrast']) {
				const faults = await page.evaluate(async (theme) => {
					document.documentElement.dataset.theme = theme
					// @ts-expect-error: axe was injected
					const { violations } = await axe.run(document, {
						runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
					})
					return violations
						.filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
						.map(({ id, nodes }: { id: string; nodes: { html: string }[] }) => `${id}: ${nodes[0]?.html}`)
				}, theme)
				expect.soft(faults, theme).toEqual([])
			}
		},
	)
})
