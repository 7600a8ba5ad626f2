import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import type { Person } from '../../appliance/protocol/messages.ts'
import { errorTexts } from '../../control-panel/lib/i18n-errors.ts'
import { farCameraTexts } from '../../control-panel/lib/i18n-far-camera.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { accessibilityFaults, pause, says, settled, until } from './built.ts'
import { type ScriptedHub, startHub } from './floor-hub.ts'
import { council, linkOf, slidePage } from './floor-scene.ts'
import { builtPages } from './pages.ts'

/** A camera of the room in the hand of somebody at home, at a hub that follows a script. */

const { ko } = farCameraTexts
let browser: LaunchedBrowser
let hub: ScriptedHub
let page: Page

const feed = (id: string, label: string, movable: boolean) => ({
	...{ id, label, kind: 'video' as const, use: 'feed' as const, muted: false, open: true, live: true },
	...(movable ? { movable } : {}),
})
const hall = (...sources: Person['sources']): Person => ({
	...{ id: 'room', name: '대회의실', title: '', bureau: '', order: 0, role: 'room', here: true, joinedAt: 0, sources },
})

beforeAll(async () => {
	browser = await launchPatiently({ name: 'far', headless: true, fakeDevices: true, log: pino({ level: 'silent' }) })
})
beforeEach(async () => {
	const scene = council()
	scene.people.set.push(hall(feed('f1', '정면', true), feed('f2', '후면', false)))
	hub = await startHub(builtPages(), scene, slidePage)
	page = await browser.puppeteer.newPage({ type: 'window' })
	await page.setViewport({ width: 1280, height: 800 })
})
afterEach(async () => {
	await page?.close()
	await hub?.close()
})
afterAll(() => browser?.close())

async function enter(role: 'member' | 'clerk' = 'member') {
	hub.join.role = role
	await page.goto(`${hub.origin}/attend#${linkOf(role, '박민정')}`)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-pane]')
}
async function take() {
	await page.click('[data-action=drive]')
	await page.waitForSelector('[data-camera="정면"]')
}
const rule = (cameras: 'nobody' | 'ask' | 'everyone') => hub.core({ rules: { ...hub.join.core.rules, cameras } })
const asked = (type: string) => hub.received.filter((command) => command.type === type)
const moves = () => asked('feed.move') as { feed: string; pan: number; tilt: number; zoom: number }[]
const there = (selector: string) => page.$(selector).then((found) => found !== null)
const button = (label: string) => `[data-camera] button[aria-label="${label}"]`

async function press(label: string) {
	const box = await (await page.waitForSelector(button(label)))?.boundingBox()
	if (!box) throw new Error(`${label} has no place`)
	expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(48)
	await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
	await page.mouse.down()
}
/** Nothing more is sent, and the last word was a stop. */
async function stopped(times: number) {
	await until('a stop', () => asked('feed.stop').length === times)
	const before = moves().length
	await pause(250)
	expect(moves()).toHaveLength(before)
	expect(asked('feed.stop').at(-1)).toMatchObject({ feed: 'f1' })
}

describe('A camera on the attendee page', () => {
	it('moves while it is held, by finger and by key, and stops when that ends, however it ends', async () => {
		rule('everyone')
		await enter()
		await take()
		await press(ko.right)
		await until('renewals', () => moves().length > 2)
		expect(moves().at(-1)).toMatchObject({ feed: 'f1', tilt: 0, zoom: 0 })
		expect(moves().at(-1)?.pan).toBeGreaterThan(0)
		await page.mouse.up()
		await stopped(1)

		await press(ko.zoomOut)
		await until('a zoom', () => (moves().at(-1)?.zoom ?? 0) < 0)
		await page.mouse.move(5, 5) // slides off: the finger is captured
		await page.mouse.up()
		await stopped(2)

		await page.focus('[data-camera]')
		await page.keyboard.down('ArrowUp')
		await until('a key', () => (moves().at(-1)?.tilt ?? 0) > 0)
		await page.keyboard.down('+')
		await until('both', () => (moves().at(-1)?.zoom ?? 0) > 0)
		await page.keyboard.up('ArrowUp')
		await page.focus('[data-side=chat]') // the focus goes elsewhere with a key still down
		await stopped(3)
		await page.keyboard.up('+')

		await page.focus('[data-camera]')
		await page.keyboard.down('ArrowLeft')
		await until('a key again', () => (moves().at(-1)?.pan ?? 0) < 0)
		await page.evaluate(() => window.dispatchEvent(new Event('blur')))
		await stopped(4)
		await page.keyboard.up('ArrowLeft')
		await page.keyboard.press('Escape')
		await until('the pad to be put down', async () => !(await there('[data-camera]')))
		expect(await there('[data-action=drive]')).toBe(true)
	})

	it('is let go where the room refuses, and says why; one that cannot be moved offers nothing', async () => {
		rule('everyone')
		await enter()
		await take()
		await press(ko.up)
		await until('a movement', () => moves().length > 0)
		hub.say({ type: 'feed.refused', feed: 'f1', code: 'leased' })
		await says(page, errorTexts.ko.leased)
		await stopped(1)
		await page.mouse.up()
		hub.answer = ({ type }) => (type === 'feed.move' ? { ok: false, code: 'no-source', message: '' } : null)
		await press(ko.up)
		await says(page, ko.gone)
		await page.mouse.up()
		await page.click('[data-camera] header button')
		await page.click('[data-feed="후면"]')
		await page.waitForSelector('[data-pane$="후면"]')
		expect(await there('[data-action=drive]')).toBe(false)
		await page.click('[data-feed="정면"]')
		await page.waitForSelector('[data-action=drive]')
		await take()
		rule('nobody')
		await until('nothing to hold', async () => !(await there('[data-camera]')))
		expect(await there('[data-action=drive], [data-action=drive-ask]')).toBe(false)
	})

	it('is asked for, refused for now, and taken in hand once those who preside have let one', async () => {
		await enter()
		expect(await there('[data-action=drive]')).toBe(false)
		await page.click('[data-action=drive-ask]')
		await until('the question', () => asked('feed.ask').length === 1)
		await says(page, ko.asked)
		await page.waitForSelector('[data-action=drive-ask][disabled]')
		hub.say({ type: 'feed.let', on: false })
		await says(page, ko.notNow)
		await (await page.waitForSelector('[data-action=drive-ask]:not([disabled])'))?.click()
		await until('again', () => asked('feed.ask').length === 2)
		hub.core({ drivers: ['p4'] })
		hub.say({ type: 'feed.let', on: true })
		await says(page, ko.let)
		await take()
		expect(await there('[data-action=drive-ask]')).toBe(false)
		hub.core({ drivers: [] })
		hub.say({ type: 'feed.let', on: false })
		await says(page, ko.taken)
		await until('it is out of the hand', async () => !(await there('[data-camera]')))
	})
})

describe('Whoever presides', () => {
	it('moves without asking, answers those who ask, sets the rule, and can read it in three themes', async () => {
		await enter('clerk')
		await take()
		hub.say({ type: 'feed.asks', person: 'p2', feed: 'f1' })
		hub.say({ type: 'feed.asks', person: 'p3', feed: 'f1' })
		await says(page, ko.wants('김영희', '정면'))
		await page.click('[data-asks=p2] .go')
		await until('the answer', () => asked('feed.let').length === 1)
		await says(page, ko.wants('이철수', '정면'))
		hub.say({ type: 'feed.asks', person: 'p3', feed: null }) // answered by the other one who presides
		await until('no question', async () => !(await there('[data-asks]')))
		expect(asked('feed.let')).toMatchObject([{ who: 'p2', on: true }])
		hub.core({ drivers: ['p2'] })
		await says(page, ko.takeBack)
		await page.click(`button[aria-label="${ko.takeBackFrom('김영희')}"]`)
		await until('it is taken back', () => asked('feed.let').length === 2)
		await page.select('[data-rule=cameras]', 'everyone')
		await until('the rule', () => asked('rules.set').length === 1)
		expect(asked('rules.set')).toMatchObject([{ cameras: 'everyone' }])

		hub.core({ drivers: ['p3'] })
		hub.say({ type: 'feed.asks', person: 'p2', feed: 'f1' })
		hub.say({ type: 'feed.refused', feed: 'f1', code: 'leased' })
		await says(page, ko.wants('김영희', '정면'))
		await settled(page)
		expect(await accessibilityFaults(page)).toEqual([])
		const { MARU_SHOTS: folder } = process.env
		if (folder) await shots(folder)
	})
})

async function shots(folder: string) {
	const language = () => page.evaluate(() => document.querySelector<HTMLElement>('[data-action=language]')?.click())
	const shot = async (name: string, width: number, height: number, theme: 'dark' | 'light') => {
		await page.setViewport({ width, height })
		await page.evaluate((theme) => document.documentElement.setAttribute('data-theme', theme), theme)
		await pause(300)
		await settled(page)
		await page.screenshot({ path: `${folder}/camera-${name}-${width}-${theme}.png` })
	}
	await shot('ko', 1280, 800, 'dark')
	await language()
	await shot('en', 1440, 810, 'light')
	await page.click('aside header button')
	await shot('en', 390, 844, 'dark')
	await language()
	await shot('ko', 390, 844, 'light')
	await page.keyboard.press('Escape')
	await page.evaluate(() => document.querySelector<HTMLElement>('[data-camera] header button')?.click())
	await shot('tool-ko', 390, 844, 'dark')
	await shot('tool-ko', 1280, 800, 'light')
}
