import { describe, expect, it } from 'vitest'
import { ko } from '../../control-panel/console/facilities/i18n-facilities-ko.ts'
import { cameraTexts, remedyTexts, streamTexts } from '../../control-panel/lib/camera/i18n-camera.ts'
import { press, says, settled, until } from './built.ts'
import { openFacilities } from './facilities-page.ts'
import { tokenOf } from './facilities-scene.ts'
import { startRoom } from './panel-room.ts'
import { chamber } from './panel-scene.ts'

/** The facilities page: who sees it, and each camera on it with what is wrong. */

const at = openFacilities()

describe('Who sees it', () => {
	it('facilities staff and administrators; the token is out of the address bar and goes with each question', async () => {
		await at.open({ role: 'admin' })
		expect(at.page.url()).not.toContain('#')
		expect(at.kept.asked.every(({ authorization }) => authorization === `Bearer ${tokenOf('admin')}`)).toBe(true)
	})

	it('nobody whom the room refuses, who is told why', async () => {
		at.room = await startRoom(at.built.dist, chamber(), () => at.built.picture)
		at.room.refusal = 'expired'
		at.page = await at.built.browser.newPage()
		await at.page.goto(`${at.room.origin}/console#${tokenOf('facilities')}`)
		await says(at.page, ko.refusedTitle)
		await says(at.page, '링크 사용 기간이 지났습니다')
	})

	it('says that the room is away, offers nothing meanwhile, and comes back by itself', async () => {
		await at.open()
		at.room.away(true)
		await says(at.page, ko.retryNow)
		const live = await at.page.$$eval('main button:not(:disabled):not([role=tab])', (all) =>
			all.map((one) => one.textContent),
		)
		expect(live.join()).not.toContain(ko.test)
		at.room.away(false)
		await at.page.waitForFunction(
			(text) => !document.body.textContent?.includes(text),
			{ timeout: 60_000 },
			ko.retryNow,
		)
	})
})

describe('A camera', () => {
	it('is listed with why it is dead and since when', async () => {
		await at.open()
		await says(at.page, '연결할 수 없음')
		const style = await at.page.$eval('nav .dead', (button) => getComputedStyle(button).borderStyle)
		expect(style).toBe('dashed')
	})

	it('is driven by keys while its controls have the focus, and not while the page is read', async () => {
		await at.open()
		await at.page.keyboard.press('ArrowDown')
		await at.page.focus(`.hands button[aria-label="${cameraTexts.ko.right}"]`)
		await at.page.keyboard.down('ArrowRight')
		await until('a movement', () => at.commands('camera.move').length > 0)
		await at.page.keyboard.up('ArrowRight')
		await until('a stop', () => at.commands('camera.stop').length > 0)
		expect(
			at
				.commands('camera.move')
				.every(({ command }) => command.type === 'camera.move' && command.pan > 0 && command.tilt === 0),
		).toBe(true)
	})

	it('stops when the tab is hidden', async () => {
		await at.open()
		const arrow = await at.page.waitForSelector(`.hands button[aria-label="${cameraTexts.ko.left}"]`)
		await settled(at.page)
		const box = await arrow?.boundingBox()
		if (!box) throw new Error('no arrow')
		await at.page.mouse.move(box.x + 20, box.y + 20)
		await at.page.mouse.down()
		await until('a movement', () => at.commands('camera.move').length > 0)
		const other = await at.built.browser.newPage()
		await other.bringToFront()
		await until('a stop', () => at.commands('camera.stop').length > 0)
		await other.close()
		await at.page.mouse.up()
	})

	it('is renamed, and called as before by one press', async () => {
		await at.open()
		await press(at.page, ko.rename)
		await at.page.keyboard.type(' 앞')
		await at.page.keyboard.press('Enter')
		await says(at.page, ko.setupSaved('정면 앞'))
		expect(at.asked('PUT', 'facilities/cameras/front')[0]?.body).toMatchObject({
			name: '정면 앞',
			driver: 'visca-ip',
			port: 52381,
		})
		await press(at.page, ko.undo)
		await until('the old name', () => at.room.state.cameras[0]?.name === '정면')
	})
})

describe('What is wrong with a camera', () => {
	it.each([
		['unauthorized', '로그인 거절'],
		['untrusted', '인증서 바뀜'],
	] as const)('is said with what to do: %s', async (reason, brief) => {
		await at.open()
		at.room.changeCamera('front', { status: 'failed', reason })
		await says(at.page, brief)
		await says(at.page, remedyTexts.ko[reason] ?? '?')
		await press(at.page, ko.openSetup)
		await at.page.waitForSelector('fieldset input')
	})

	it('is said of its pictures, whether it was put right or not', async () => {
		await at.open()
		at.room.changeCamera('front', { stream: { fault: 'b-frames', remedy: 'none' } })
		await says(at.page, streamTexts.ko.faults['b-frames'].todo)
		await says(at.page, ko.someBad(2, 5))
		for (const remedy of ['set', 'transcoded'] as const) {
			at.room.changeCamera('front', { stream: { fault: 'long-gop', remedy } })
			await says(at.page, streamTexts.ko.remedies[remedy])
		}
		await says(at.page, ko.someBad(1, 5))
	})

	it('is not that its answers do not reach us: it is shown as what nobody can confirm, and never as well', async () => {
		const cameras = chamber().cameras.filter(({ status }) => status === 'ready')
		await at.open({ state: chamber({ cameras }) })
		await says(at.page, ko.allWell(4))
		at.room.changeCamera('front', { blind: true, motion: { state: 'arrived', reason: null, since: Date.now() } })
		await says(at.page, ko.someBlind(3, 1))
		await says(at.page, cameraTexts.ko.sent)
		expect(await at.page.$eval('nav .blind', (button) => getComputedStyle(button).borderStyle)).toBe('dotted')
		expect(await at.page.$('nav .blind .lucide-circle-check')).toBeNull()
	})
})
