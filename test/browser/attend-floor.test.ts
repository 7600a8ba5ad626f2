import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { until } from '../scene/wait.ts'
import { accessibilityFaults } from './built.ts'
import { type ScriptedHub, startHub } from './floor-hub.ts'
import { council, linkOf, slidePage, speech, vote } from './floor-scene.ts'
import { builtPages } from './pages.ts'

/** The floor, votes and slides as a member and the hall meet them, at a hub that follows a script. */

const dist = builtPages()
let browser: LaunchedBrowser
let hub: ScriptedHub
let page: Page

beforeAll(async () => {
	browser = await launchPatiently({ name: 'floor', headless: true, fakeDevices: true, log: pino({ level: 'silent' }) })
})
beforeEach(async () => {
	hub = await startHub(dist, council(), slidePage)
	page = await browser.puppeteer.newPage({ type: 'window' })
	await page.setViewport({ width: 1280, height: 800 })
})
afterEach(async () => {
	await page?.close()
	await hub?.close()
})
afterAll(() => browser?.close())

async function enter() {
	await page.goto(`${hub.origin}/attend#${linkOf('member', '박민정')}`)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.click('[data-action=join]')
}

const shows = (words: string) =>
	until(`the page to show “${words}”`, () =>
		page.evaluate((text) => (document.body.textContent ?? '').includes(text), words),
	)
const asked = (type: string) =>
	until(`the page to ask ${type}`, async () => hub.received.some((command) => command.type === type))
const floor = () => hub.join.core.floor

it('asks, waits with its place in sight, speaks with its time in sight, and finishes', async () => {
	await enter()
	await page.waitForSelector('[data-action=floor]')
	await page.click('[data-action=floor]')
	await asked('floor.request')
	hub.list(
		'asking',
		['p5', 'p4'].map((id, rank) => ({ id, kind: 'speak' as const, rank, at: 0 })),
	)
	await shows('대기 2번째')
	await shows('마이크 준비됨')
	hub.core({ floor: { ...floor(), speaking: [speech('p4', 180, 130)] } })
	hub.list('asking', [], ['p4'])
	await page.waitForSelector('[data-floor=speaking] .time')
	await page.click('[data-action=yield]')
	await asked('floor.yield')
})

it('casts a secret ballot after it was confirmed, and shows the result', async () => {
	await enter()
	await page.waitForSelector('[data-screen=call]')
	hub.core({ vote: vote({ kind: 'secret' }) })
	hub.say({ type: 'ballots', ballots: { vote: 'v1', may: ['p4'], cast: [] } })
	await page.waitForSelector('[data-choice=for]')
	await page.click('[data-choice=for]')
	expect(hub.received.some(({ type }) => type === 'vote.cast')).toBe(false)
	await page.waitForSelector('[data-action=confirm]')
	await page.click('[data-action=confirm]')
	await asked('vote.cast')
	hub.say({ type: 'ballots', ballots: { vote: 'v1', may: ['p4'], cast: ['p4'] } })
	await page.waitForSelector('[data-cast]')
	hub.core({
		vote: vote({ kind: 'secret', phase: 'closed', counts: { for: 15, against: 6, abstain: 2 }, passed: true }),
	})
	await shows('가결')
})

it('turns the pages of a presenter with the keys', async () => {
	hub.join.core.slide = { document: 'd1', page: 3, pages: 24, by: 'p4' }
	await enter()
	await page.waitForSelector('img[data-page="3"]')
	await page.keyboard.press('ArrowRight')
	await until('the next page to be asked', async () =>
		hub.received.some((command) => command.type === 'slide.show' && command.page === 4),
	)
})

it('waits in the lobby, and is told when it is refused', async () => {
	hub.lobby = { lobby: true, person: 'x', resume: 'r', meeting: hub.join.core.meeting, before: 2 }
	await enter()
	await shows('앞에 2명')
	hub.say({ type: 'lobby.place', before: 0 })
	await shows('다음 순서입니다')
	hub.say({ type: 'ended', code: 'refused' })
	await shows('입장이 허용되지 않았습니다')
})

/** The ten seconds of a page pass in a moment. */
const hurried = `const slowly = setTimeout
window.setTimeout = (run, ms, ...rest) => slowly(run, ms === 10_000 ? 100 : ms, ...rest)`

it('shows those who wait what is meant for them, page after page until they stop it', async () => {
	hub.lobby = { lobby: true, person: 'x', resume: 'r', meeting: hub.join.core.meeting, before: 2 }
	hub.waiting = { document: 'd1', pages: 3 }
	await page.evaluateOnNewDocument(hurried)
	await enter()
	const shown = (number: number) => page.waitForSelector(`[data-screen=waiting-slides] img[data-page="${number}"]`)
	for (const number of [2, 3, 1]) await shown(number)
	await shows('앞에 2명')
	await page.click('[data-action=pause]')
	await page.waitForSelector('[data-action=pause][aria-label="자동으로 넘기기"]')
	// They are turned too quickly here to be looked at before.
	expect(await accessibilityFaults(page)).toEqual([])
	const at = () => page.$eval('[data-screen=waiting-slides]', (slides) => Number(slides.getAttribute('data-page')))
	const stopped = await at()
	await page.click('[aria-label="다음 쪽"]')
	expect(await at()).toBe((stopped % 3) + 1)
	await shown((stopped % 3) + 1)
})

it('turns nothing by itself for those who want nothing to move', async () => {
	hub.answer = ({ type }) =>
		type === 'meeting.join' ? { ok: false, code: 'meeting-not-open', message: 'not yet' } : null
	hub.waiting = { document: 'd1', pages: 3 }
	await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
	await enter()
	await page.waitForSelector('[data-screen=waiting-slides] img[data-page="1"]')
	await page.waitForSelector('[data-action=pause][aria-label="자동으로 넘기기"]')
	await shows('개의하면 저절로 들어갑니다')
})

it('tells the room when the name strip of a grant is on the hall display', async () => {
	const events: { type: string; who?: string }[] = []
	await page.exposeFunction('maruStage', (json: string) => events.push(JSON.parse(json)))
	hub.join.person = 'room'
	hub.join.role = 'room'
	await page.goto(`${hub.origin}/stage`)
	await until('the stage to be ready', async () => events.some(({ type }) => type === 'ready'))
	const command = {
		type: 'join',
		hub: `${hub.origin.replace('http', 'ws')}/ws/meeting`,
		token: linkOf('room', null),
		resume: null,
		language: 'ko',
		roomName: '대회의실',
		muted: true,
		microphone: 'none',
		cameras: [],
		output: null,
		processing: false,
		volume: 80,
	}
	await page.evaluate(
		(json) => (window as unknown as { maru: { command(json: string): void } }).maru.command(json),
		JSON.stringify(command),
	)
	await until('the stage to join', async () => events.some(({ type }) => type === 'joined'))
	hub.core({ floor: { ...floor(), speaking: [speech('p4', 180, 0)] } })
	await until('the strip', async () => events.some(({ type, who }) => type === 'strip' && who === 'p4'))
	await shows('복지국장')
})
