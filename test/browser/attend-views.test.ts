import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Wanted } from '../../appliance/protocol/media.ts'
import type { JoinResult, Links } from '../../appliance/protocol/messages.ts'
import type { Flow } from '../../control-panel/lib/meeting/flows.ts'
import { camera, dtls } from '../hub/site.ts'
import { type Member, openMember } from '../scene/member.ts'
import { until } from '../scene/wait.ts'
import { commandsOf, openAttend, stats } from './attend-page.ts'

/** The views of the attendee page at a real hub: one real face, and thirty people who send what only the SFU sees. */

const at = openAttend('views', 21_480)
const crowd: Member[] = []
let links: Links

/** In the meeting with a camera, without a browser: a source to show, whose packets never come. */
async function openFace(name: string): Promise<Member> {
	const origin = new URL(links.member).origin
	const token = links.member.split('#')[1] ?? ''
	const member = await openMember({ origin, token, name })
	const device = { media: true, ...(member.resume === null ? {} : { resume: member.resume }) }
	const { media } = await member.get<JoinResult>({ type: 'meeting.join', device, name })
	await member.get({
		type: 'media.open',
		send: dtls(),
		producers: [camera({ label: 'camera' })],
		rtpCapabilities: { ...media?.routerRtpCapabilities },
		wanted: { audio: false, video: [] },
	})
	return member
}

beforeAll(async () => {
	links = (await at.meeting()).links
	await at.stay(links.member, '김영희')
	for (let index = 0; index < 30; index++) crowd.push(await openFace(`참석자 ${index + 1}`))
})
afterAll(() => {
	for (const member of crowd) member.close()
})
let page: Page
let commands: Awaited<ReturnType<typeof commandsOf>>

async function join(keep: Record<string, string> = {}) {
	const entries = JSON.stringify(Object.entries(keep))
	page = await at.open(
		links.member,
		`localStorage.clear(); for (const [k, v] of ${entries}) localStorage.setItem(k, v)`,
	)
	commands = await commandsOf(page)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.type('input[name=name]', '박민정')
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-screen=call]')
}

/** What the page asked for last. */
const wanted = () => (commands.findLast(({ type }) => type === 'media.show')?.wanted as Wanted | undefined)?.video ?? []
const received = async () => (await stats(page)).videos
const shown = (selector = '[data-tile]') => page.$$eval(selector, (all) => all.length)

/** Of what is sent of a camera, the lines of each layer that is encoded now. */
const sentLayers = () =>
	page.evaluate(async () => {
		const { sent } = await (window as unknown as { maruStats(): Promise<{ sent: Flow[] }> }).maruStats()
		return sent.flatMap(({ size }) => (size && size.fps > 0 ? [size.height] : []))
	})

describe('The gallery', () => {
	it('asks for 25 small pictures, for others when the page is turned, and gives all back when nobody looks', async () => {
		await join({ 'maru.view': 'gallery' })
		await page.setViewport({ width: 1920, height: 1080 })
		await until('a page of 25', async () => (await shown()) === 25)
		await until('24 pictures to be asked for', () => wanted().length === 24)
		await until('24 consumers', async () => (await received()).length === 24)
		expect(Math.max(...wanted().map(({ height }) => height))).toBeLessThanOrEqual(180)
		await until('the real one to play', async () => (await received()).some(({ framesDecoded }) => framesDecoded > 5))
		const first = new Set((await received()).map(({ source }) => source))

		await page.keyboard.press('PageDown')
		await until('the other seven', async () => (await received()).length === 7)
		expect((await received()).filter(({ source }) => first.has(source))).toEqual([])
		expect(await page.$eval('[data-page]', (tiles) => tiles.getAttribute('data-page'))).toBe('2')
		await page.keyboard.press('PageUp')
		await until('the first page again', async () => (await received()).length === 24)
		expect((await received()).every(({ source }) => first.has(source))).toBe(true)

		await page.evaluate(() => {
			Object.defineProperty(document, 'hidden', { value: true, configurable: true })
			document.dispatchEvent(new Event('visibilitychange'))
		})
		await until('nothing', async () => (await received()).length === 0)
	})

	it('brings a raised hand to its first page, and moves nobody else but who stood there last', async () => {
		await join({ 'maru.view': 'gallery' })
		const names = () => page.$$eval('[data-tile] .name b', (all) => all.map((one) => one.textContent))
		await until('a page', async () => (await shown()) === 20)
		const before = await names()
		const last = crowd.findLast(({ person }) => !before.includes(person))
		await last?.get({ type: 'floor.request' })
		await page.waitForSelector('[data-tile] .hand')
		const after = await names()
		expect(after.filter((name, index) => before[index] !== name)).toEqual(['참석자 30'])
		await last?.get({ type: 'floor.withdraw' })
		await page.waitForSelector('[data-tile] .hand', { hidden: true })
		expect(await names()).toEqual(after)
	})

	it('is chosen in the menu, says which view is on, and is there at the next visit', async () => {
		await join()
		await page.click('[data-action=view]')
		const radio = await page.waitForSelector('[popover]:popover-open input[value=gallery]')
		expect(await page.$eval('input[value=large]', (input) => (input as HTMLInputElement).checked)).toBe(true)
		await radio?.click()
		await page.waitForSelector('[data-view=gallery] [data-tile]')
		expect(await page.evaluate(() => localStorage.getItem('maru.view'))).toBe('gallery')
	})

	it('shows whoever is pressed large until they are unpinned', async () => {
		await join({ 'maru.view': 'gallery' })
		await (await page.waitForSelector('[data-tile] .pick'))?.click()
		await page.waitForSelector('[data-view=large] [data-pane]')
		await page.click('.unpin')
		await page.waitForSelector('[data-view=gallery]')
	})
})

describe('A weak line', () => {
	it('gets one picture in its smallest size and sends the smallest layer, and all again when asked', async () => {
		await join()
		await until('many pictures', async () => (await received()).length > 1)
		await until('a larger layer', async () => (await sentLayers()).some((height) => height > 200))
		await page.click('[data-action=view]')
		await (await page.waitForSelector('input[value=data]'))?.click()
		await until('one picture', async () => (await received()).length === 1)
		expect(wanted()).toHaveLength(1)
		expect(wanted()[0]?.height).toBeLessThanOrEqual(180)
		await until('the smallest layer alone', async () => {
			const layers = await sentLayers()
			return layers.length === 1 && (layers[0] ?? 0) <= 180
		})
		await (await page.waitForSelector('input[value=off]'))?.click()
		await until('many pictures', async () => (await received()).length > 1)
		await until('the larger layers', async () => (await sentLayers()).some((height) => height > 200))
	})

	it('may do without pictures: none comes, none is sent, and it is kept on this device', async () => {
		await join({ 'maru.saving': 'data' })
		await until('one picture', async () => (await received()).length === 1)
		await page.click('[data-action=view]')
		await (await page.waitForSelector('input[value=sound]'))?.click()
		await until('nothing', async () => (await received()).length === 0)
		expect((await stats(page)).sending).toEqual(['microphone'])
		expect(await page.evaluate(() => localStorage.getItem('maru.saving'))).toBe('sound')
	})
})

describe('Large pictures', () => {
	it('are several where several are pinned beside the one that is followed', async () => {
		await join()
		await page.waitForSelector('[data-pane]')
		for (const index of [1, 2]) {
			const pins = await page.$$('[data-pin]')
			await pins[index]?.evaluate((button) => (button as HTMLElement).click())
		}
		await until('three', async () => (await shown('[data-pane]')) === 3)
		for (let left = 2; left > 0; left--) {
			await page.click('.unpin')
			await until('one less', async () => (await shown('[data-pane]')) === left)
		}
	})
})
