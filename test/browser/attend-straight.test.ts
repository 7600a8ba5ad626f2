import type { Page } from 'puppeteer-core'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { until } from '../scene/wait.ts'
import { label, openAttend, stats, toggle } from './attend-page.ts'

/** Who comes by a link of their own, and need not pass the preview each time. */

const at = openAttend('straight', 19_560)
let own: string

beforeAll(async () => {
	const { id, links } = await at.meeting()
	await at.stay(links.member, '김영희')
	const made = await at.api('POST', `/meetings/${id}/links?origin=request`, { role: 'member', name: '박민정 복지국장' })
	own = (made as { link: string }).link
})
beforeEach(async () => {
	const page = await at.open(own)
	await page.evaluate(() => localStorage.removeItem('maru.straight'))
	await page.close()
})

/** Passes the preview once, and ticks that it is the last time. */
async function firstTime(): Promise<Page> {
	const page = await at.open(own)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.click('input[name=straight]')
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-screen=call]')
	return page
}

const sends = (page: Page, what: string[]) =>
	until(`${what} to be sent`, async () => String((await stats(page)).sending) === String(what))
/** In by itself, with something to see. */
async function comesIn(): Promise<Page> {
	const page = await at.open(own)
	await page.waitForSelector('[data-screen=call]')
	await until('a picture', async () => (await stats(page)).videos.some(({ framesDecoded }) => framesDecoded > 0))
	return page
}

it('comes in straight the next time, muted, with the camera as it was left', async () => {
	const first = await firstTime()
	await sends(first, ['microphone', 'camera'])
	await toggle(first, 'camera')
	await sends(first, ['microphone'])
	await first.close()

	const second = await comesIn()
	expect(await label(second, 'microphone')).toContain('마이크 꺼짐')
	await sends(second, ['microphone'])
	await toggle(second, 'camera')
	await sends(second, ['microphone', 'camera'])
	await second.close()

	const third = await comesIn()
	await sends(third, ['microphone', 'camera'])
	expect(await label(third, 'microphone')).toContain('마이크 꺼짐')
	await toggle(third, 'microphone')
	await until('the microphone to be on', async () => (await label(third, 'microphone')).includes('마이크 켜짐'))
})

it('says on a slow way that one is being taken in, and lets one look first instead', async () => {
	await (await firstTime()).close()
	const slow = `
		const { send } = WebSocket.prototype
		WebSocket.prototype.send = function (text) { if (!String(text).includes('meeting.join')) send.call(this, text) }`
	const page = await at.open(own, slow)
	await page.waitForSelector('[data-action=preview]')
	await page.click('[data-action=preview]')
	await page.waitForSelector('[data-action=join]:not([disabled])')
	expect(await page.$('[data-screen=call]')).toBeNull()
	expect(await page.$eval('input[name=straight]', (box) => (box as HTMLInputElement).checked)).toBe(true)
	expect((await stats(page)).sending).toEqual([])
})

it('is ended where it was begun, or in the menu of views', async () => {
	await (await firstTime()).close()
	const page = await comesIn()
	await page.click('[data-action=view]')
	await page.waitForSelector('input[name=straight]')
	await page.click('input[name=straight]')
	await page.close()
	const next = await at.open(own)
	await next.waitForSelector('[data-action=join]:not([disabled])')
	expect(await next.$eval('input[name=straight]', (box) => (box as HTMLInputElement).checked)).toBe(false)
})
