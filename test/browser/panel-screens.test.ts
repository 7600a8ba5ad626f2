import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { panelTexts } from '../../control-panel/panel/i18n-panel.ts'
import { accessibilityFaults, type Built, build, settled, themes, until } from './built.ts'
import { type Panel, sizes, visit } from './panel-page.ts'
import { screenNames, screens } from './panel-screens.ts'

/**
 * Every screen is gone to once, and everything is looked at there: what it looks like, its texts and its marks for screen
 * readers in Korean and in one theme, another from screen to screen; and English, which changes words alone, for what it
 * makes too long. test/long/screens.test.ts goes to every screen in both languages afresh, and looks at all in each theme.
 */

const thorough = process.env.MARU_ROUNDS !== undefined

let built: Built
const foreign: string[] = []

beforeAll(async () => {
	built = await build()
})
afterAll(() => built?.close())

/** What a finger or an eye would find wrong with the screen as it is. */
function layoutFaults(): string[] {
	const scale = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
	const faults: string[] = []
	const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement
	if (scrollWidth > clientWidth || scrollHeight > clientHeight) faults.push('the page scrolls')
	for (const button of document.querySelectorAll('button')) {
		if (!button.checkVisibility() || button.getAttribute('aria-hidden') === 'true') continue
		const { width, height, left, top, right, bottom } = button.getBoundingClientRect()
		const name = (button.getAttribute('aria-label') ?? button.textContent ?? '').trim().slice(0, 30)
		// Half a pixel of rounding is no fault of anybody's finger.
		if (width < 64 * scale - 0.5 || height < 64 * scale - 0.5) faults.push(`${name} is ${width}×${height}`)
		if (left < -0.5 || top < -0.5 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5) {
			faults.push(`${name} is outside`)
		}
	}
	for (const box of document.querySelectorAll<HTMLElement>(
		'.card, .box, .frame, .sheet, .rows, main, main > *, footer button, header',
	)) {
		if (box.scrollHeight > box.clientHeight + 2 || box.scrollWidth > box.clientWidth + 2) {
			faults.push(`${box.tagName}.${box.className} holds more than it shows: ${box.textContent?.trim().slice(0, 40)}`)
		}
	}
	return faults
}

async function fits(page: Page) {
	for (const size of sizes) {
		await page.setViewport(size)
		await settled(page)
		expect.soft(await page.evaluate(layoutFaults), `at ${size.width}`).toEqual([])
	}
	await page.setViewport(sizes[0])
}

describe.each(screenNames)('The screen “%s”', (name) => {
	let panel: Panel

	beforeAll(async () => {
		panel = await visit(built, name)
	})
	afterAll(async () => {
		foreign.push(...(panel?.foreign ?? []))
		await panel?.close()
	})

	it('has everything in sight and large enough', () => fits(panel.page))

	it('is readable in each theme', async () => {
		// One by turns, in the quick run: what is wrong with a theme is wrong on many screens.
		const [turn] = themes.slice(screenNames.indexOf(name) % themes.length)
		const looked = thorough || !turn ? themes : [turn]
		expect(await accessibilityFaults(panel.page, looked, thorough)).toEqual([])
	})

	it('has mute at one press of at least 96 px, and says what is so', async () => {
		const { page, commands } = panel
		const before = commands('room.mute').length
		const box = await (await page.$('footer > button'))?.boundingBox()
		expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(96)
		const { x, y } = await panel.middleOf('footer > button')
		await page.mouse.click(x, y)
		if (name === 'offline') {
			await page.waitForFunction(
				(text) => document.querySelector('.toasts [role=alert]')?.textContent?.includes(text),
				{ timeout: 60_000 },
				panelTexts.ko.muteOfflineAdvice,
			)
			expect(commands('room.mute')).toHaveLength(before)
			return
		}
		const wanted = !screens[name].state().muted
		await until('mute was asked for', () => commands('room.mute').length > before)
		expect(commands('room.mute').at(-1)?.command).toEqual({ type: 'room.mute', muted: wanted })
		await page.waitForFunction(
			(pressed) => document.querySelector('footer > button')?.getAttribute('aria-pressed') === pressed,
			{ timeout: 60_000 },
			String(wanted),
		)
		panel.room.change({ muted: !wanted })
	})

	it('fits in English, too', async () => {
		// A room that is away tells nobody its language.
		if (thorough || name === 'offline') {
			await panel.close()
			panel = await visit(built, name, 'en')
		} else panel.room.change({ language: 'en' })
		await panel.page.waitForFunction(() => document.documentElement.lang === 'en')
		await fits(panel.page)
		if (thorough) expect(await accessibilityFaults(panel.page, themes, thorough)).toEqual([])
	})
})

it('No screen asked another host for anything', () => {
	expect(foreign).toEqual([])
})
