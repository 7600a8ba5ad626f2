import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { CaptionView } from '../../appliance/protocol/captions.ts'
import { accessibilityFaults, type Built, build, settled, until } from './built.ts'
import { type ScriptedHub, startHub } from './floor-hub.ts'
import { council, linkOf, slidePage, speech } from './floor-scene.ts'
import { WatchHub } from './watch-hub.ts'

/** What is said, as attendees, the hall and viewers read it, by hubs that follow a script. */

let built: Built
let hub: ScriptedHub
let page: Page

beforeAll(async () => {
	built = await build('--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream')
})
beforeEach(async () => {
	hub = await startHub(built.dist, council(), slidePage)
	page = await built.browser.newPage()
	await page.setViewport({ width: 1280, height: 800 })
})
afterEach(async () => {
	await page?.close()
	await hub?.close()
})
afterAll(() => built?.browser.close())

const caption = (more: Partial<CaptionView> = {}): CaptionView => ({
	...{
		id: 'a',
		from: Date.now() - 1_000,
		to: null,
		text: '예산 안을',
		speaker: '박민정 국장',
		final: false,
		at: Date.now(),
	},
	...more,
})
const say = (...set: CaptionView[]) => hub.say({ type: 'captions', set, gone: [] })

const textOf = (selector: string) =>
	page.$eval(selector, (element) => (element.textContent ?? '').replace(/\s+/g, ' ').trim())
const reads = (selector: string, words: string) =>
	until(
		`${selector} to read “${words}”`,
		async () => (await page.$(selector)) !== null && (await textOf(selector)) === words,
	)

async function boxOf(selector: string) {
	const box = await (await page.$(selector))?.boundingBox()
	if (!box) throw new Error(`nothing at ${selector}`)
	return { top: box.y, bottom: box.y + box.height }
}

async function enter() {
	await page.goto(`${hub.origin}/attend#${linkOf('member', '박민정')}`)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-screen=call]')
}

it('stands under the pictures of whoever turned it on, is set right in its place, and is read out once', async () => {
	await enter()
	hub.core({ floor: { ...hub.join.core.floor, speaking: [speech('p4', 180, 10)] } })
	await page.waitForSelector('[data-speaker]')
	// Where there are none, nothing offers them.
	expect(await page.$('[data-action=captions]')).toBeNull()
	say(caption())
	await page.waitForSelector('[data-action=captions][aria-pressed=false]')
	expect(await page.$('[data-band]')).toBeNull()
	await page.keyboard.down('Shift')
	await page.keyboard.press('KeyC')
	await page.keyboard.up('Shift')
	await reads('[data-captions]', '박민정 국장 예산 안을')
	// What still grows is not read out.
	expect(await textOf('[data-band] [role=log]')).toBe('')
	say(caption({ final: true, to: Date.now(), text: '예산 안을 보고합니다.' }))
	await reads('[data-band] [role=log]', '박민정 국장: 예산 안을 보고합니다.')
	say(
		caption({ final: true, to: Date.now(), text: '예산안을 보고합니다.' }),
		caption({ id: 'b', text: '먼저', from: Date.now() }),
	)
	await reads('[data-captions]', '박민정 국장 예산안을 보고합니다. 먼저')
	hub.say({ type: 'captions', set: [], gone: ['b'] })
	await reads('[data-captions]', '박민정 국장 예산안을 보고합니다.')

	await settled(page)
	const [strip, band, bar] = [await boxOf('[data-speaker]'), await boxOf('[data-band]'), await boxOf('footer')]
	expect(strip.bottom).toBeLessThanOrEqual(band.top)
	expect(band.bottom).toBeLessThanOrEqual(bar.top)
	expect(await accessibilityFaults(page)).toEqual([])

	// It is remembered, and on a phone it is found among the views.
	await page.close()
	page = await built.browser.newPage()
	await page.setViewport({ width: 390, height: 780 })
	await enter()
	say(caption())
	await reads('[data-captions]', '박민정 국장 예산 안을')
	expect(await page.$('[data-action=captions]')).toBeNull()
	await page.click('[data-action=view]')
	await page.waitForSelector('input[name=captions]:checked')
	await page.click('input[name=captions]')
	await until('the band to be gone', async () => (await page.$('[data-band]')) === null)
})

it('stands above the name strip of the hall while those who run the meeting have it there', async () => {
	const events: { type: string }[] = []
	await page.setViewport({ width: 1920, height: 1080 })
	await page.exposeFunction('maruStage', (json: string) => events.push(JSON.parse(json)))
	hub.join.person = 'room'
	hub.join.role = 'room'
	await page.goto(`${hub.origin}/stage`)
	await until('the stage to be ready', () => events.some(({ type }) => type === 'ready'))
	const command = {
		...{ type: 'join', hub: `${hub.origin.replace('http', 'ws')}/ws/meeting`, token: linkOf('room', null) },
		...{ resume: null, language: 'ko', roomName: '대회의실', muted: true, microphone: 'none', cameras: [] },
		...{ output: null, processing: false, volume: 80 },
	}
	await page.evaluate(
		(json) => (window as unknown as { maru: { command(json: string): void } }).maru.command(json),
		JSON.stringify(command),
	)
	await until('the stage to join', () => events.some(({ type }) => type === 'joined'))
	hub.core({ floor: { ...hub.join.core.floor, speaking: [speech('p4', 180, 10)] } })
	await page.waitForSelector('[data-strip]')
	say(caption())
	hub.core({ rules: { ...hub.join.core.rules, hallCaptions: true } })
	await reads('[data-captions]', '박민정 국장 예산 안을')
	say(caption({ final: true, to: Date.now(), text: '예산안을 보고합니다.' }))
	await reads('[data-captions]', '박민정 국장 예산안을 보고합니다.')
	await settled(page)
	const [captions, strip] = [await boxOf('[data-captions]'), await boxOf('[data-strip]')]
	expect(captions.bottom).toBeLessThan(strip.top)
	hub.core({ rules: { ...hub.join.core.rules, hallCaptions: false } })
	await until('the pictures alone', async () => (await page.$('[data-captions]')) === null)
})

it('lies over the picture of whoever watches the relay, and is gone while a part is not for them', async () => {
	const relay = await WatchHub.open(built.dist, {
		...{ title: '확대간부회의', phase: 'open', since: Date.now() - 5_000, playable: false, windowS: 0, closed: false },
		...{ recording: false, captions: false, item: null, speaker: null, chapters: [], at: 0 },
	})
	try {
		relay.door = 'in'
		// Without another way the page stays with its socket, whether a picture comes or not.
		await page.evaluateOnNewDocument('delete window.MediaSource; delete window.ManagedMediaSource')
		await page.goto(relay.link)
		await page.waitForSelector('[data-scene=on-air] [data-action=toggle]')
		expect(await page.$('[data-action=captions]')).toBeNull()
		relay.say({ set: [caption()], gone: [] })
		await page.waitForSelector('[data-action=captions]')
		await page.keyboard.press('c')
		await reads('[data-captions]', '박민정 국장 예산 안을')
		relay.say({ set: [caption({ final: true, to: Date.now(), text: '예산안을 보고합니다.' })], gone: [] })
		await reads('[data-captions]', '박민정 국장 예산안을 보고합니다.')
		expect((await boxOf('[data-captions]')).bottom).toBeLessThan((await boxOf('.controls .row')).top)
		relay.view = { ...relay.view, closed: true }
		relay.tell()
		await until('nothing to be read', async () => (await page.$('[data-captions]')) === null)
	} finally {
		await relay.close()
	}
})
