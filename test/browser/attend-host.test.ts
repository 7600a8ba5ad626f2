import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import { hostTexts } from '../../control-panel/lib/i18n-host.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { accessibilityFaults, pause, press, says, until } from './built.ts'
import { type ScriptedHub, startHub } from './floor-hub.ts'
import { council, linkOf, slidePage } from './floor-scene.ts'
import { builtPages } from './pages.ts'

/** What those who run a meeting do about others, and how it is met there; at a hub that follows a script. */

const ko = hostTexts('ko')
let browser: LaunchedBrowser
let hub: ScriptedHub
let page: Page

beforeAll(async () => {
	browser = await launchPatiently({ name: 'host', headless: true, fakeDevices: true, log: pino({ level: 'silent' }) })
})
beforeEach(async () => {
	hub = await startHub(builtPages(), council(), slidePage)
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
	await page.waitForSelector('[data-action=microphone]')
}

const asked = (type: string) => hub.received.filter((command) => command.type === type)

describe('The list of people', () => {
	it('lets a clerk mute one, ask one, and mute all', async () => {
		hub.join.role = 'clerk'
		await enter()
		const { name } = hub.join.people.set.find(({ id }) => id === 'p5') ?? { name: '' }
		await (await page.waitForSelector(`[data-host=p5] button[aria-label="${ko.more(name)}"]`))?.click()
		await page.waitForSelector('[popover]:popover-open')
		expect(await accessibilityFaults(page)).toEqual([])
		const { MARU_SHOTS: folder } = process.env
		if (folder) await page.screenshot({ path: `${folder}/host.png` })
		await page.click('[popover]:popover-open button')
		await until('a command', () => asked('person.mute').length + asked('person.ask').length === 1)
		expect([...asked('person.mute'), ...asked('person.ask')][0]).toMatchObject({ who: 'p5' })
		await press(page, ko.muteAll)
		await until('all', () => asked('person.muteAll').length === 1)
		await says(page, ko.done.muteAll())
	})

	it('shows a member nothing of it', async () => {
		await enter()
		expect(await page.$('[data-host]')).toBeNull()
	})
})

describe('Whoever is asked to turn something on', () => {
	it('is asked, and nothing is on before their own press', async () => {
		await enter()
		await page.click('[data-action=microphone]')
		await page.waitForSelector('[data-action=microphone].muted')
		hub.say({ type: 'host', act: 'ask-microphone' })
		await says(page, ko.askTitle.microphone)
		await pause(300)
		expect(await page.$('[data-action=microphone].muted')).not.toBeNull()
		const before = asked('media.mute').length
		await page.click('[data-action=turn-on]')
		await until('the press', () => asked('media.mute').length > before)
		expect(asked('media.mute').at(-1)).toMatchObject({ muted: false })
	})

	it('is told when somebody shut their camera, which is off then', async () => {
		await enter()
		await page.waitForSelector('[data-action=camera]:not(.dim)')
		hub.say({ type: 'host', act: 'stopped' })
		await page.waitForSelector('[data-action=camera].dim')
		await says(page, ko.stopped)
	})
})
