import type { Logger } from 'pino'
import { launchBrowser } from './launch.ts'

const printMs = 30_000

/** A page of ours as PDF (A4), by a browser of its own that ends with it. Nothing is loaded and no script runs. */
export async function printPdf(html: string, log: Logger): Promise<Uint8Array> {
	const browser = await launchBrowser({ name: 'print', headless: true, fakeDevices: false, protocolMs: printMs, log })
	try {
		const page = await browser.puppeteer.newPage()
		await page.setJavaScriptEnabled(false)
		await page.setOfflineMode(true)
		await page.setContent(html, { waitUntil: 'load', timeout: printMs })
		return await page.pdf({
			format: 'A4',
			preferCSSPageSize: true,
			printBackground: true,
			tagged: true,
			timeout: printMs,
		})
	} finally {
		await browser.close()
	}
}
