import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import puppeteer, { type Browser, type Frame, type Page } from 'puppeteer-core'
import { builtPages } from './pages.ts'

/** The pages as they are shipped, and a real Chromium to look at them. */

const axe = readFileSync(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8')
export const themes = ['dark', 'light', 'contrast'] as const

export interface Built {
	dist: string
	browser: Browser
	/** A JPEG to show as what a camera sees. */
	picture: Buffer
	close(): Promise<void>
}

/** `more`: switches of Chromium. */
export async function build(...more: readonly string[]): Promise<Built> {
	const dist = builtPages()
	const browser = await puppeteer.launch({
		executablePath: '/usr/bin/chromium',
		pipe: true,
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', ...more],
	})
	const studio = await browser.newPage()
	await studio.setViewport({ width: 640, height: 360 })
	await studio.setContent('<body style="background:linear-gradient(#345,#9ab)">')
	const picture = Buffer.from(await studio.screenshot({ type: 'jpeg' }))
	await studio.close()
	return { dist, browser, picture, close: () => browser.close() }
}

/** Only a hang takes so long, however busy the machine. */
const patienceMs = 60_000

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export async function until(what: string, hold: () => unknown, ms = patienceMs) {
	const end = performance.now() + ms
	while (!(await hold())) {
		if (performance.now() > end) throw new Error(`never: ${what}`)
		await pause(10)
	}
}

/** Presses the first control that is shown and whose name begins so. */
export async function press(page: Page, name: string) {
	const handle = await page.waitForFunction(
		(name: string) =>
			[...document.querySelectorAll<HTMLElement>('button, [role=tab], summary')].find(
				(control) =>
					control.checkVisibility() &&
					(control.getAttribute('aria-label') ?? control.textContent ?? '')
						.replace(/\s+/g, ' ')
						.trim()
						.startsWith(name),
			),
		{ timeout: patienceMs },
		name,
	)
	await handle.asElement()?.evaluate((control) => (control as HTMLElement).click())
}

export async function says(page: Page, text: string) {
	await page.waitForFunction((text) => document.body.textContent?.includes(text), { timeout: patienceMs }, text)
}

/**
 * Has what this page downloads put into a folder; tells the names of what is there and whole. Chromium gives a file its name
 * before that.
 */
export async function downloadsTo(folder: string, page: Page): Promise<() => string[]> {
	const names = new Map<string, string>()
	const whole: string[] = []
	const session = await page.createCDPSession()
	session.on('Browser.downloadWillBegin', ({ guid, suggestedFilename }) => names.set(guid, suggestedFilename))
	session.on('Browser.downloadProgress', ({ guid, state }) => {
		const name = names.get(guid)
		if (state === 'completed' && name !== undefined) whole.push(name)
	})
	await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder, eventsEnabled: true })
	return () => whole
}

/** Once nothing moves any more: fonts and pictures are there, what slides in has arrived, and it was drawn so. */
export async function settled(page: Page | Frame) {
	await page.evaluate(async () => {
		const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
		await document.fonts.ready
		await drawn()
		const passing = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity)
		await Promise.allSettled(passing.map(({ finished }) => finished))
		await drawn()
	})
}

/**
 * Serious findings of axe-core in these themes; in the contrast theme 7:1 is asked. A theme changes nothing but colours:
 * unless it is to be thorough, everything is looked at in the first one and only the contrasts in the others.
 */
export async function accessibilityFaults(
	page: Page | Frame,
	wanted: readonly (typeof themes)[number][] = themes,
	thorough = false,
): Promise<string[]> {
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
	await page.evaluate(() => document.fonts.ready.then(() => {}))
	const before = await page.evaluate(() => document.documentElement.dataset.theme ?? 'dark')
	const faults: string[] = []
	for (const [index, theme] of wanted.entries()) {
		const found = await page.evaluate(
			async (theme, all) => {
				document.documentElement.dataset.theme = theme
				// What still slides in or changes its colour would be judged half way. What moves for long is not waited for.
				const passing = document
					.getAnimations()
					.filter((one) => Number(one.effect?.getComputedTiming().endTime) < 2_000)
				await Promise.allSettled(passing.map(({ finished }) => finished))
				const contrasts = ['color-contrast', ...(theme === 'contrast' ? ['color-contrast-enhanced'] : [])]
				const wanted = all
					? {
							runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
							rules: { 'color-contrast-enhanced': { enabled: theme === 'contrast' } },
						}
					: { runOnly: { type: 'rule', values: contrasts } }
				// What is right is not described, nor style sheets read again: of these rules, those that need them are not serious.
				// @ts-expect-error: axe was injected
				const { violations } = await axe.run(document, { ...wanted, resultTypes: ['violations'], preload: false })
				return violations
					.filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
					.map(
						({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
							`${theme}: ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
					)
			},
			theme,
			thorough || index === 0,
		)
		faults.push(...found)
	}
	await page.evaluate((theme) => document.documentElement.setAttribute('data-theme', theme), before)
	return faults
}
