import type { Page } from 'puppeteer-core'
import { until } from './wait.ts'

/** Presses what a person would press, once it is there and can be; a page that is just drawn anew is asked again. */
export async function press(page: Page, selector: string) {
	await until(`${selector} to be pressed`, async () => {
		const found = await page.$(selector)
		if (!found) return false
		try {
			if (await found.evaluate((element) => (element as HTMLButtonElement).disabled)) return false
			await found.click()
			return true
		} catch {
			return false
		}
	})
}
