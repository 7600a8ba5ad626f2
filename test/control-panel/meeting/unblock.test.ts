import { describe, expect, it } from 'vitest'
import { unblockSteps, unblockTexts } from '../../../control-panel/lib/i18n-unblock.ts'
import { browserAtHand } from '../../../control-panel/lib/meeting/unblock.ts'

const blink = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0'
const agents = {
	chrome: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Safari/537.36`,
	edge: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Safari/537.36 Edg/141.0.0.0`,
	whale: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Whale/4.34.340.19 Safari/537.36`,
	firefox: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
	safari:
		'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
	phone: `Mozilla/5.0 (Linux; Android 10; K) ${blink} Mobile Safari/537.36`,
	samsung:
		'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
	iphone:
		'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1',
}

describe('The browser at hand', () => {
	it.each([
		[agents.chrome, 'chrome', 'desktop'],
		[agents.edge, 'edge', 'desktop'],
		[agents.whale, 'whale', 'desktop'],
		[agents.firefox, 'firefox', 'desktop'],
		[agents.safari, 'safari', 'desktop'],
		[agents.phone, 'chrome', 'android'],
		[agents.samsung, 'samsung', 'android'],
		[agents.iphone, 'chrome', 'ios'],
		['Lynx/2.9', null, 'desktop'],
	] as const)('%s is %s on %s', (userAgent, name, on) => {
		expect(browserAtHand({ userAgent })).toEqual({ name, on })
	})

	it.each([
		[['Chromium', 'Whale'], 'whale'],
		[['Chromium', 'Microsoft Edge', 'Not?A_Brand'], 'edge'],
		[['Google Chrome', 'Chromium'], 'chrome'],
	] as const)('is believed when it says %j, whatever its agent string', (names, name) => {
		const brands = names.map((brand) => ({ brand }))
		expect(browserAtHand({ userAgent: agents.chrome, brands }).name).toBe(name)
	})

	it('is an iPad where a Macintosh has fingers', () => {
		expect(browserAtHand({ userAgent: agents.safari, maxTouchPoints: 5 }).on).toBe('ios')
	})
})

describe('How to allow camera and microphone', () => {
	it.each(['ko', 'en'] as const)('is three short steps in %s, others for each browser', (language) => {
		const { names, steps } = unblockTexts(language)
		const five = ['chrome', 'edge', 'whale', 'firefox', 'safari'] as const
		const told = five.map((name) => unblockSteps(browserAtHand({ userAgent: agents[name] }), language))
		expect(told.map(({ browser }) => browser)).toEqual(five.map((name) => names[name]))
		expect(new Set(told.map((one) => one.steps[0])).size).toBe(5)
		for (const list of Object.values(steps)) {
			expect(list).toHaveLength(3)
			for (const step of list) expect(step.length).toBeLessThan(120)
		}
	})

	it('is the place of the iPhone for every browser on it', () => {
		const { steps } = unblockTexts('ko')
		expect(unblockSteps(browserAtHand({ userAgent: agents.iphone }), 'ko').steps).toBe(steps.ios)
		expect(unblockSteps(browserAtHand({ userAgent: agents.phone }), 'ko').steps).toBe(steps.android)
	})
})
