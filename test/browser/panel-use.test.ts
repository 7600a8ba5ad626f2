import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { panelTexts } from '../../control-panel/panel/i18n-panel.ts'
import { type Built, build, press, until } from './built.ts'
import { type Panel, visit } from './panel-page.ts'
import { chamber, inCall } from './panel-scene.ts'
import type { ScreenName } from './panel-screens.ts'

/** The panel in use: from the press to what the room is asked, and back. */

let built: Built
let panel: Panel

beforeAll(async () => {
	built = await build()
})
afterEach(() => panel?.close())
afterAll(() => built?.close())

async function at(name: ScreenName): Promise<Panel> {
	panel = await visit(built, name)
	return panel
}

it('joins the meeting that the large button names', async () => {
	const { page, commands } = await at('home')
	await page.click('.start')
	await until('a join', () => commands('room.join').length > 0)
	expect(commands('room.join')[0]?.command).toEqual({ type: 'room.join', meeting: 'm1' })
	expect(await page.$eval('.start', (button) => button.getAttribute('aria-busy'))).toBe('true')
})

it('ends for all in two presses, the second of which names the number of people', async () => {
	const { page, commands } = await at('end')
	expect(commands('room.end')).toHaveLength(0)
	const count = inCall().participants.filter(({ here }) => here).length
	await press(page, panelTexts.ko.endDo(count))
	await until('the end', () => commands('room.end').length === 1)
})

it('gives the floor by one tap on a name, shows it as asked at once, and says beside it why not', async () => {
	const { page, room } = await at('the floor')
	await page.waitForSelector('.desk .grant')
	room.deskAnswer = () => ({ ok: false, code: 'suspended', message: '' })
	await page.click('.desk .grant')
	await until('a grant', () => room.deskReceived.length === 1)
	expect(room.deskReceived[0]).toMatchObject({ type: 'floor.grant', who: 'p22' })
	await page.waitForSelector('.desk .refusal.shown')
	room.deskAnswer = () => ({ ok: true, data: {} })
	await page.click('.desk .row .no')
	// It slides in: where it is now is not where a finger of this test would come down.
	await (await page.waitForSelector('.desk .toast button'))?.evaluate((button) => (button as HTMLElement).click())
	await until('the undo', () => room.deskReceived.length === 3)
	expect(room.deskReceived.map(({ type }) => type)).toEqual(['floor.grant', 'floor.decline', 'floor.request'])
})

it('saves a view by a long press, and takes a new one back', async () => {
	const { page, commands } = await at('camera')
	await page.waitForSelector('button.empty')
	const slot = await page.evaluateHandle(() => [...document.querySelectorAll('button.empty')][0])
	const box = await slot.asElement()?.boundingBox()
	if (!box) throw new Error('no empty place')
	await page.mouse.move(box.x + 20, box.y + 20)
	await page.mouse.down()
	await page.waitForSelector('.sheet input')
	await page.mouse.up()
	await page.type('.sheet input', '방청석 입구')
	await page.$eval('.sheet .choice .go', (button) => (button as HTMLElement).click())
	await until('a save', () => commands('preset.save').length === 1)
	expect(commands('preset.save')[0]?.command).toMatchObject({ camera: 'front', slot: 6, name: '방청석 입구' })
	expect(commands('preset.recall')).toHaveLength(0)
	await press(page, panelTexts.ko.undo)
	await until('the undo', () => commands('preset.remove').length === 1)
})

it('swallows the touch that wakes it', async () => {
	const { page, commands, middleOf } = await at('home')
	await page.evaluate(() => {
		const now = Date.now
		Date.now = () => now() + 6 * 60_000
	})
	await page.waitForSelector('.veil p')
	const { x, y } = await middleOf('.start')
	await page.mouse.click(x, y)
	await page.waitForFunction(() => document.querySelector('.veil') === null)
	expect(commands('room.join')).toHaveLength(0)
	await page.mouse.click(x, y)
	await until('the second touch joins', () => commands('room.join').length === 1)
})

it('comes back by itself with the state of now', async () => {
	const { page, room } = await at('offline')
	room.away(false)
	room.change({ muted: true })
	await page.waitForFunction(() => document.querySelector('footer > button')?.getAttribute('aria-pressed') === 'true', {
		timeout: 60_000,
	})
	await page.waitForSelector('.live')
})

it('keeps its right out of the address bar', async () => {
	const { page } = await at('home')
	expect(page.url()).not.toContain('#')
	await page.reload()
	await page.waitForFunction((name) => document.querySelector('h1')?.textContent === name, {}, chamber().name)
})
