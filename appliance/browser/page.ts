import type { Browser } from 'puppeteer-core'

export interface PageOptions {
	url: string
	/** What this page may use without asking anybody. */
	grants?: readonly ('microphone' | 'camera')[]
	/** Functions of the page's window that bring one text to us. */
	bindings?: Readonly<Record<string, (text: string) => void>>
	timeoutMs?: number
}

/** The one page that a browser of ours shows. */
export interface OpenPage {
	/** Calls a function of the page, by its path from the window ('maru.command'). Rejects when it throws or is missing. */
	call(path: string, text: string): Promise<void>
	/** Settles with the reason when the page is of no more use: it crashed, was closed, or its browser is gone. */
	readonly gone: Promise<string>
}

/** Opens the page in the browser's first tab: a hidden tab would draw nothing. Rejects when it can't be loaded. */
export async function openPage(browser: Browser, options: PageOptions): Promise<OpenPage> {
	const page = (await browser.pages())[0] ?? (await browser.newPage())
	const gone = new Promise<string>((resolve) => {
		page.once('error', (error) => resolve(error.message))
		page.once('close', () => resolve('closed'))
		browser.once('disconnected', () => resolve('browser gone'))
	})
	const origin = new URL(options.url).origin
	if (options.grants?.length) await browser.defaultBrowserContext().overridePermissions(origin, [...options.grants])
	for (const [name, listener] of Object.entries(options.bindings ?? {})) {
		await page.exposeFunction(name, (text: unknown) => listener(String(text)))
	}
	const response = await page.goto(options.url, { waitUntil: 'load', timeout: options.timeoutMs ?? 10_000 })
	if (response && !response.ok()) throw new Error(`the page answered ${response.status()}`)
	return {
		gone,
		async call(path, text) {
			const [owner, name] = path.includes('.') ? path.split('.') : ['self', path]
			await page.evaluate(`window[${JSON.stringify(owner)}][${JSON.stringify(name)}](${JSON.stringify(text)})`)
		},
	}
}
