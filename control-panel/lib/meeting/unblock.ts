/** Which browser somebody uses, as far as it decides where its switches for camera and microphone are. */

export type BrowserName = 'chrome' | 'edge' | 'whale' | 'samsung' | 'firefox' | 'safari'

export interface BrowserAtHand {
	/** Null: one of which we know nothing. */
	name: BrowserName | null
	/** iPhone and iPad have one place for all browsers; Android has its own. */
	on: 'desktop' | 'android' | 'ios'
}

interface Signs {
	userAgent: string
	/** navigator.userAgentData.brands, where the browser tells them. */
	brands?: readonly { brand: string }[] | undefined
	/** An iPad calls itself a Macintosh; only its fingers give it away. */
	maxTouchPoints?: number
}

/** Brands first: an agent string is the same for many, and each names those it resembles as well. */
export function browserAtHand({ userAgent, brands = [], maxTouchPoints = 0 }: Signs): BrowserAtHand {
	const ios = /iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1)
	const on = ios ? 'ios' : userAgent.includes('Android') ? 'android' : 'desktop'
	const brand = brands.map(({ brand }) => brand).join('\n')
	return { name: byBrand(brand) ?? byAgent(userAgent), on }
}

function byBrand(brand: string): BrowserName | null {
	if (/whale/i.test(brand)) return 'whale'
	if (brand.includes('Microsoft Edge')) return 'edge'
	if (brand.includes('Samsung Internet')) return 'samsung'
	return brand.includes('Google Chrome') ? 'chrome' : null
}

function byAgent(agent: string): BrowserName | null {
	if (agent.includes('Whale/')) return 'whale'
	if (/Edg(e|A|iOS)?\//.test(agent)) return 'edge'
	if (agent.includes('SamsungBrowser/')) return 'samsung'
	if (/Firefox\/|FxiOS\//.test(agent)) return 'firefox'
	if (/Chrome\/|CriOS\//.test(agent)) return 'chrome'
	return agent.includes('Safari/') ? 'safari' : null
}
