import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'

/** The pages as they are shipped, and a real Chromium to look at them. */

const root = join(import.meta.dirname, '../..')
const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8')
export const themes = ['dark', 'light', 'contrast'] as const

export interface Built {
	dist: string
	browser: Browser
	/** A JPEG to show as what a camera sees. */
	picture: Buffer
	close(): Promise<void>
}

export async function build(): Promise<Built> {
	const dist = mkdtempSync(join(tmpdir(), 'maru-pages-'))
	execFileSync(
		process.execPath,
		[join(root, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', dist, '--logLevel', 'error'],
		{ cwd: root, env: { ...process.env, NODE_ENV: 'production' } }, // or it is built as this test runs: for development
	)
	const browser = await puppeteer.launch({
		executablePath: '/usr/bin/chromium',
		pipe: true,
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
	})
	const studio = await browser.newPage()
	await studio.setViewport({ width: 640, height: 360 })
	await studio.setContent('<body style="background:linear-gradient(#345,#9ab)">')
	const picture = Buffer.from(await studio.screenshot({ type: 'jpeg' }))
	await studio.close()
	return {
		dist,
		browser,
		picture,
		async close() {
			await browser.close()
			rmSync(dist, { recursive: true, force: true })
		},
	}
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export async function until(what: string, hold: () => unknown, ms = 5000) {
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
		{ timeout: 5000 },
		name,
	)
	await handle.asElement()?.evaluate((control) => (control as HTMLElement).click())
}

export async function says(page: Page, text: string) {
	await page.waitForFunction((text) => document.body.textContent?.includes(text), { timeout: 5000 }, text)
}

/** Serious findings of axe-core in these themes; in the contrast theme 7:1 is asked. */
export async function accessibilityFaults(
	page: Page,
	wanted: readonly (typeof themes)[number][] = themes,
): Promise<string[]> {
	await page.evaluate(axe)
	const faults: string[] = []
	for (const theme of wanted) {
		const found = await page.evaluate(async (theme) => {
			document.documentElement.dataset.theme = theme
			// @ts-expect-error: axe was injected
			const { violations } = await axe.run(document, {
				runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
				rules: { 'color-contrast-enhanced': { enabled: theme === 'contrast' } },
			})
			return violations
				.filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
				.map(
					({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
						`${theme}: ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
				)
		}, theme)
		faults.push(...found)
	}
	return faults
}
