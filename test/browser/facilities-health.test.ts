import { describe, expect, it } from 'vitest'
import { ko } from '../../control-panel/console/facilities/i18n-facilities-ko.ts'
import { remedyTexts } from '../../control-panel/lib/camera/i18n-camera.ts'
import { pause, press, says, until } from './built.ts'
import { openFacilities } from './facilities-page.ts'
import { problem } from './facilities-scene.ts'

/** The facilities page: whether a camera does what it is told, and what it says on the wire. */

const at = openFacilities()

describe('The motion test', () => {
	it('shows that it runs, then what came of it in words and figures', async () => {
		await at.open()
		const { promise, resolve: ends } = Promise.withResolvers<void>()
		at.kept.lasts = promise
		await press(at.page, ko.test)
		await says(at.page, ko.testing)
		ends()
		await says(at.page, ko.testMoved)
		await says(at.page, '184 ms')
	})

	it('says each outcome in words', async () => {
		await at.open()
		const outcomes = [
			['no-motion', ko.testNoMotion],
			['did-not-return', ko.testNotBack],
			['cannot-tell', ko.testCannotTell],
			['failed', ko.testFailed],
		] as const
		for (const [outcome, text] of outcomes) {
			const reason = outcome === 'failed' ? 'timeout' : null
			at.kept.test = { outcome, reason, startedMs: null, moved: null, restored: null }
			await at.page.click('.check .act button:last-child')
			await says(at.page, text)
		}
		await says(at.page, remedyTexts.ko.timeout ?? '?')
	})

	it('offers to turn round what turns the wrong way, keeping everything else', async () => {
		await at.open({
			change: (kept) => {
				kept.test = { outcome: 'wrong-direction', reason: null, startedMs: 200, moved: -2, restored: 0.1 }
			},
		})
		await press(at.page, ko.test)
		await says(at.page, ko.testWrong)
		await press(at.page, ko.testInvert)
		await until('the inversion', () => at.asked('PUT', 'facilities/cameras/front').length === 1)
		expect(at.asked('PUT', 'facilities/cameras/front')[0]?.body).toEqual({
			name: '정면',
			driver: 'visca-ip',
			host: '192.0.2.5',
			port: 52381,
			feel: { invertPan: true, invertTilt: false, scale: 1 },
		})
		await says(at.page, ko.testInverted)
	})

	it('says what the room refused', async () => {
		await at.open({
			change: (kept) => {
				kept.refuse = ({ path }) => (path.endsWith('/test') ? problem(409, 'leased') : null)
			},
		})
		await press(at.page, ko.test)
		await says(at.page, '다른 사람이 이 카메라를 조종하고 있습니다')
	})
})

describe('Health', () => {
	it('says how the connection is, and warns of a clock that is wrong', async () => {
		await at.open()
		await press(at.page, ko.health)
		await says(at.page, ko.clockTodo)
		await says(at.page, 'ACME PTZ-20X')
		await says(at.page, '14 ms')
	})

	it('is not asked more often while the camera moves', async () => {
		await at.open()
		await press(at.page, ko.health)
		await until('a first look', () => at.kept.looks > 0)
		const began = performance.now()
		for (let pan = 0; pan < 20; pan++) {
			at.room.changeCamera('front', { position: { pan, tilt: 0, zoom: 0, unit: 'degrees', at: pan } })
			await pause(20)
		}
		await says(at.page, '19.0°')
		expect(at.kept.looks).toBeLessThan(5 + (performance.now() - began) / 1_000)
	})

	it('shows what was said on the wire, filtered, held and copied', async () => {
		await at.open()
		await at.page
			.browserContext()
			.overridePermissions(at.room.origin, ['clipboard-read', 'clipboard-write', 'clipboard-sanitized-write'])
		await press(at.page, ko.health)
		await at.page.waitForFunction(() => document.querySelectorAll('.lines code').length === 40)
		await at.page.type('input[type=search]', '9051')
		await at.page.waitForFunction(() => document.querySelectorAll('.lines code').length === 10)
		await press(at.page, ko.logPause)
		at.kept.health = { ...at.kept.health, log: [] }
		await pause(2300)
		expect(await at.page.$$eval('.lines code', (all) => all.length)).toBe(10)
		const copy = await at.page.waitForSelector('.tools button:last-child')
		await copy?.click() // by hand: a script may not write there
		await says(at.page, ko.logCopied(10))
		await press(at.page, ko.logGoOn)
		await says(at.page, ko.logEmpty)
	})
})
