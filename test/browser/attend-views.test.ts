import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Wanted } from '../../appliance/protocol/media.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import type { Flow } from '../../control-panel/lib/meeting/flows.ts'
import type { Member } from '../scene/member.ts'
import { until } from '../scene/wait.ts'
import { commandsOf, openAttend, stats } from './attend-page.ts'
import { openFace } from './face.ts'

/** The views of the attendee page at a real hub: one real face, and thirty people who send what only the SFU sees. */

const at = openAttend('views', 21_480, 'own')
const crowd: Member[] = []
let links: Links

beforeAll(async () => {
	links = (await at.meeting()).links
	await at.stay(links.member, '김영희')
	for (let index = 0; index < 30; index++) crowd.push(await openFace(links.member, `참석자 ${index + 1}`))
	page = await at.stay(links.member, '박민정')
	commands = await commandsOf(page)
})
afterAll(() => {
	for (const member of crowd) member.close()
})
/** Who looks, all the while: what one test has chosen is there for the next. */
let page: Page
let commands: Awaited<ReturnType<typeof commandsOf>>

async function choose(value: string) {
	if ((await page.$('[popover]:popover-open')) === null) await press('[data-action=view]')
	await page.waitForSelector(`input[value=${value}]`)
	await press(`input[value=${value}]`)
	await page.keyboard.press('Escape')
}

const press = (selector: string) => page.$eval(selector, (button) => (button as HTMLElement).click())
const kept = (key: string) => page.evaluate((key) => localStorage.getItem(key), key)
const large = async () => (await page.$$('[data-pane]')).length

async function hide(hidden: boolean) {
	await page.evaluate((value) => {
		Object.defineProperty(document, 'hidden', { value, configurable: true })
		document.dispatchEvent(new Event('visibilitychange'))
	}, hidden)
}

/** What the page asked for last. */
const wanted = () => (commands.findLast(({ type }) => type === 'media.show')?.wanted as Wanted | undefined)?.video ?? []
const received = async () => (await stats(page)).videos
const tiles = async () => (await page.$$('[data-tile]')).length

/** Of what is sent of a camera, the lines of each layer that is encoded now. */
const sentLayers = () =>
	page.evaluate(async () => {
		const { sent } = await (window as unknown as { maruStats(): Promise<{ sent: Flow[] }> }).maruStats()
		return sent.flatMap(({ size }) => (size && size.fps > 0 ? [size.height] : []))
	})

describe('The gallery', () => {
	it('is chosen in a menu that says which view is on, and is kept for the next visit', async () => {
		await press('[data-action=view]')
		await page.waitForSelector('[popover]:popover-open input[value=large]:checked')
		await choose('gallery')
		await page.waitForSelector('[data-view=gallery] [data-tile]')
		expect(await kept('maru.view')).toBe('gallery')
	})

	it('asks for 25 small pictures, for others when the page is turned, and gives all back when nobody looks', async () => {
		await page.setViewport({ width: 1920, height: 1080 })
		await until('a page of 25', async () => (await tiles()) === 25)
		// Oneself is one of them, and is not asked for.
		await until('24 consumers', async () => wanted().length === 24 && (await received()).length === 24)
		expect(Math.max(...wanted().map(({ height }) => height))).toBeLessThanOrEqual(180)
		await until('the real one to play', async () => (await received()).some(({ framesDecoded }) => framesDecoded > 5))
		const first = new Set((await received()).map(({ source }) => source))

		await page.keyboard.press('PageDown')
		const others = (all: { source: string }[]) => all.every(({ source }) => !first.has(source))
		await until('the other seven', async () => {
			const now = await received()
			return now.length === 7 && others(now)
		})
		expect(await page.$eval('[data-page]', (tiles) => tiles.getAttribute('data-page'))).toBe('2')
		await page.keyboard.press('PageUp')
		await until('the first page again', async () => {
			const now = await received()
			return now.length === 24 && now.every(({ source }) => first.has(source))
		})

		await hide(true)
		await until('nothing', async () => (await received()).length === 0)
		await hide(false)
		await until('all again', async () => (await received()).length === 24)
	})

	it('brings a raised hand to its first page, and moves nobody else but who stood there last', async () => {
		await page.setViewport({ width: 1440, height: 810 })
		const names = () => page.$$eval('[data-tile] .name b', (all) => all.map((one) => one.textContent))
		await until('a smaller page', async () => (await tiles()) === 20)
		const before = await names()
		const last = crowd.at(-1)
		await last?.get({ type: 'floor.request' })
		await page.waitForSelector('[data-tile] .hand')
		const after = await names()
		expect(after.filter((name, index) => before[index] !== name)).toEqual(['참석자 30'])
		await last?.get({ type: 'floor.withdraw' })
		await page.waitForSelector('[data-tile] .hand', { hidden: true })
		expect(await names()).toEqual(after)
	})

	it('shows whoever is pressed large until they are unpinned', async () => {
		await press('[data-tile] .pick')
		await page.waitForSelector('[data-view=large] [data-pane]')
		await press('.unpin')
		await page.waitForSelector('[data-view=gallery]')
	})
})

describe('Large pictures', () => {
	it('are several where several are pinned beside the one that is followed', async () => {
		await choose('large')
		await until('one', async () => (await large()) === 1)
		for (const index of [1, 2]) {
			const pins = await page.$$('[data-pin]')
			await pins[index]?.evaluate((button) => (button as HTMLElement).click())
		}
		await until('three', async () => (await large()) === 3)
		for (let left = 2; left > 0; left--) {
			await press('.unpin')
			await until('one less', async () => (await large()) === left)
		}
	})

	it('float in a window of their own, where they are seen while the page is hidden', async () => {
		await page.waitForSelector('[data-action=float]')
		await page.click('[data-action=float]') // a press by hand: the browser asks for one
		await page.waitForSelector('[data-action=float][aria-pressed=true]')
		await hide(true)
		await until('that one alone', async () => (await received()).length === 1)
		await hide(false)
		await page.click('[data-action=float]')
		await page.waitForSelector('[data-action=float][aria-pressed=false]')
		await until('the others', async () => (await received()).length > 1)
	})
})

describe('A weak line', () => {
	it('gets one picture in its smallest size and sends the smallest layer, and all again when asked', async () => {
		await until('a larger layer', async () => (await sentLayers()).some((height) => height > 200))
		await choose('data')
		await until('one picture', async () => (await received()).length === 1)
		expect(wanted()).toHaveLength(1)
		expect(wanted()[0]?.height).toBeLessThanOrEqual(180)
		await until('the smallest layer alone', async () => {
			const layers = await sentLayers()
			return layers.length === 1 && (layers[0] ?? 0) <= 180
		})
		await choose('off')
		await until('many pictures', async () => (await received()).length > 1)
		await until('the larger layers', async () => (await sentLayers()).some((height) => height > 200))
	})

	it('may do without pictures: none comes, none is sent, and it is kept on this device', async () => {
		await choose('sound')
		await until('nothing', async () => (await received()).length === 0)
		expect((await stats(page)).sending).toEqual(['microphone'])
		expect(await kept('maru.saving')).toBe('sound')
	})
})
