import { type LaunchedBrowser, type LaunchOptions, launchBrowser } from '../../appliance/browser/launch.ts'

/** Only a hang takes so long, however busy the machine. */
const patienceMs = 120_000

/**
 * A browser as the appliance starts it, that is waited for. puppeteer waits for a selector within one call of the browser's
 * protocol: the ten seconds after which a room gives a call up would end every wait of a test as well.
 */
export async function launchPatiently(options: LaunchOptions): Promise<LaunchedBrowser> {
	const launched = await launchBrowser({ ...options, protocolMs: patienceMs })
	const { puppeteer } = launched
	const open = puppeteer.newPage.bind(puppeteer)
	puppeteer.newPage = async (how) => {
		const page = await open(how)
		page.setDefaultTimeout(patienceMs / 2)
		return page
	}
	return launched
}
