import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CameraView } from '../../appliance/protocol/room-state.ts'
import { cameraReasonTexts, cameraTexts, remedyTexts, streamTexts } from '../../control-panel/lib/camera/i18n-camera.ts'
import { limitOf, percentile } from '../scene/wait.ts'
import { accessibilityFaults, type Built, build, pause, press, says, settled, until } from './built.ts'
import { type ScriptedRoom, startRoom } from './panel-room.ts'
import { inCall } from './panel-scene.ts'

/** The panel's camera screen: the lens, what became of a movement, and the way back from a mistake. */

const { ko } = cameraTexts

let built: Built
let room: ScriptedRoom
let page: Page

beforeAll(async () => {
	built = await build()
})
afterEach(async () => {
	await page?.close()
	await room?.close()
})
afterAll(() => built?.close())

/** The camera screen, with the first camera as given. */
async function open(front: Partial<CameraView> = {}) {
	const state = inCall()
	state.cameras = state.cameras.map((camera) => (camera.id === 'front' ? { ...camera, ...front } : camera))
	room = await startRoom(built.dist, state, () => built.picture)
	page = await built.browser.newPage()
	await page.setViewport({ width: 1280, height: 800 })
	await page.goto(`${room.origin}/panel#aaa.bbb.ccc`)
	await press(page, '카메라')
	await page.waitForSelector('.pad')
	await settled(page)
	room.received.length = 0
}

const modes = () => room.received.flatMap(({ command }) => (command.type === 'camera.focus' ? [command.mode] : []))
const commands = (type: string) => room.received.filter(({ command }) => command.type === type)

async function hold(label: string) {
	const box = await (await page.waitForSelector(`button[aria-label="${label}"]`))?.boundingBox()
	if (!box) throw new Error(`${label} has no place`)
	await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
	await page.mouse.down()
}

/** A stop came, and nothing after it. */
async function focusStopped() {
	await until('a stop of the lens', () => modes().at(-1) === 'stop')
	const said = modes().length
	await pause(400)
	expect(modes()).toHaveLength(said)
}

describe('The lens', () => {
	it('runs while a button is held, renewed before the dead-man would stop it, and stops on release', async () => {
		await open()
		await hold(ko.focusNear)
		await until('some words', () => modes().length >= 4)
		const times = commands('camera.focus').map(({ at }) => at)
		const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
		expect(percentile(gaps, 0.5)).toBeLessThan(limitOf(400))
		await page.mouse.up()
		await focusStopped()
		expect(new Set(modes())).toEqual(new Set(['near', 'stop']))
	})

	it.each([
		['the window loses the focus', () => page.evaluate(() => dispatchEvent(new Event('blur')))],
		[
			'the tab is hidden',
			async () => {
				const other = await built.browser.newPage()
				await other.bringToFront()
				await focusStopped()
				await other.close()
			},
		],
		['the camera is gone', async () => room.changeCamera('front', { status: 'failed', reason: 'lost' })],
	] as const)('stops when %s', async (_what, happen) => {
		await open()
		await hold(ko.focusFar)
		await until('a first word', () => modes().length > 0)
		await happen()
		await focusStopped()
		await page.mouse.up()
	})

	it('focuses by itself when told so, and shows it only once the room has agreed', async () => {
		await open()
		const pressed = () =>
			page.$eval(`button[aria-label="${ko.focusAuto}"]`, (button) => button.getAttribute('aria-pressed'))
		expect(await pressed()).toBe('false')
		await press(page, ko.focusAuto)
		await until('shown', async () => (await pressed()) === 'true')
		expect(modes()).toEqual(['auto'])
		await hold(ko.focusNear)
		await until('not shown any more', async () => (await pressed()) === 'false')
		await page.mouse.up()
	})

	it('is run by N, F and A, also with a Korean keyboard', async () => {
		await open()
		const key = (type: string) =>
			page.evaluate((type) => {
				document.body.dispatchEvent(new KeyboardEvent(type, { key: 'ㅜ', code: 'KeyN', bubbles: true }))
			}, type)
		await key('keydown')
		await until('near', () => modes().includes('near'))
		await key('keyup')
		await focusStopped()
		await page.keyboard.press('a')
		await until('auto', () => modes().at(-1) === 'auto')
	})

	it('says once why it does not run, and asks no more', async () => {
		await open()
		room.answer = ({ type }) => (type === 'camera.focus' ? { ok: false, code: 'leased', message: '' } : { ok: true })
		await hold(ko.focusNear)
		await page.waitForSelector('[role=alert] section')
		await pause(500) // what was under way when it was said
		const asked = modes().filter((mode) => mode === 'near').length
		await pause(500)
		expect(modes().filter((mode) => mode === 'near')).toHaveLength(asked)
		await page.mouse.up()
	})

	it('has no buttons that this camera would not obey', async () => {
		const { capabilities } = inCall().cameras[0] ?? {}
		if (!capabilities) throw new Error('no camera')
		await open({ capabilities: { ...capabilities, focus: null } })
		expect(await page.$(`button[aria-label="${ko.focusAuto}"]`)).toBeNull()
		await page.keyboard.press('a')
		room.changeCamera('front', { capabilities: { ...capabilities, focus: { byHand: false } } })
		await page.waitForSelector(`button[aria-label="${ko.focusAuto}"]`)
		expect(await page.$(`button[aria-label="${ko.focusNear}"]`)).toBeNull()
		expect(modes()).toEqual([])
	})
})

describe('What became of it', () => {
	it('is said politely: requested, moving, arrived, failed with why', async () => {
		await open()
		const told = () => page.$eval(`section[aria-label="${ko.motion}"] [role=status]`, (line) => line.textContent)
		for (const state of ['requested', 'moving', 'arrived', 'stopped'] as const) {
			room.changeCamera('front', { motion: { state, reason: null, since: Date.now() } })
			await until(state, async () => (await told()) === ko[state])
		}
		room.changeCamera('front', { motion: { state: 'failed', reason: 'no-motion', since: Date.now() } })
		await until('why', async () => (await told())?.includes(cameraReasonTexts.ko['no-motion'] ?? '?'))
	})

	it('marks the view where the camera stands, and says when it has left it', async () => {
		await open()
		await says(page, '의장석')
		room.changeCamera('front', { preset: null })
		await says(page, ko.movedAway('의장석'))
	})

	it('says what to do about it', async () => {
		await open()
		room.changeCamera('front', { status: 'stale', reason: 'no-answer' })
		await says(page, remedyTexts.ko['no-answer'] ?? '?')
		expect(await page.$(`section .lucide-circle-check[aria-label="${ko.here}"]`)).toBeNull()
	})

	it('is never claimed of a camera whose answers do not reach us', async () => {
		await open({ blind: true, preset: 2, motion: { state: 'arrived', reason: null, since: Date.now() } })
		const told = await page.$eval(`section[aria-label="${ko.motion}"] [role=status]`, (line) => line.textContent)
		expect(told).toBe(ko.sent)
		await says(page, ko.sentThere('의장석'))
		expect(await page.$$eval('button[aria-pressed=true] .lucide-eye-off', (all) => all.length)).toBe(1) // the chosen source
		expect(await page.$eval('.sources .blind', (button) => getComputedStyle(button).borderStyle)).toBe('dotted')
	})

	it('marks a view that was not reached until something newer happens', async () => {
		await open()
		room.answer = ({ type }) => (type === 'preset.recall' ? { ok: false, code: 'timeout', message: '' } : { ok: true })
		await press(page, '3 발언대')
		await page.waitForSelector('button.missed')
		room.changeCamera('front', { motion: { state: 'moving', reason: null, since: Date.now() + 1000 } })
		await page.waitForFunction(() => document.querySelector('button.missed') === null)
	})

	it('says on the picture and in the health list what is wrong with a stream', async () => {
		await open({ stream: { fault: 'b-frames', remedy: 'none' } })
		await says(page, streamTexts.ko.brief['b-frames'])
		await page.click('.health')
		await says(page, streamTexts.ko.faults['b-frames'].todo)
	})
})

describe('Whose camera it is', () => {
	it('is said, taken over by one press, and given back by another', async () => {
		await open({ lease: { owner: 'x', label: 'panel 2', until: Date.now() + 30_000 } })
		await says(page, ko.drivenBy('패널 2'))
		await press(page, ko.takeOver)
		await until('the take-over', () => commands('camera.lease').length === 1)
		expect(commands('camera.lease')[0]?.command).toMatchObject({ camera: 'front', take: true })
		room.changeCamera('front', { lease: { owner: 'this-panel', label: 'panel 1', until: Date.now() + 30_000 } })
		await says(page, ko.mine)
		await press(page, ko.giveBack)
		await until('it is given back', () => commands('camera.lease').length === 2)
	})

	it('is the director’s until the chair takes it', async () => {
		await open({ lease: { owner: 'director', label: 'director', until: Date.now() + 30_000 } })
		await says(page, ko.drivenByDirector)
		await press(page, ko.takeOver)
		await until('the take-over', () => commands('camera.lease').length === 1)
	})

	it('is said to whoever lost it, for as long as the other holds it', async () => {
		const lease = (owner: string, label: string) => ({ lease: { owner, label, until: Date.now() + 30_000 } })
		await open(lease('this-panel', 'panel 1'))
		await says(page, ko.mine)
		room.changeCamera('front', lease('x', 'panel 2'))
		await says(page, ko.takenBy('패널 2'))
		room.changeCamera('front', { lease: null })
		await says(page, ko.free)
		room.changeCamera('front', lease('x', 'panel 2'))
		await says(page, ko.drivenBy('패널 2'))
	})

	it('is not offered to a panel while facilities staff, who go before, drive it', async () => {
		await open({ lease: { owner: 'x', label: 'facilities 2', until: Date.now() + 30_000 } })
		await says(page, ko.goesBefore)
		expect(await page.$$eval('button', (all) => all.map((one) => one.textContent).join())).not.toContain(ko.takeOver)
	})
})

describe('A view that is replaced or removed', () => {
	it('is shown and named before, and brought back by one press for as long as the room keeps it', async () => {
		await open()
		await press(page, ko.save)
		await press(page, '1 전경')
		await page.waitForFunction(() => document.querySelectorAll('.sheet img').length === 2)
		expect(commands('preset.save')).toHaveLength(0)
		await press(page, ko.overwriteDo)
		await until('the save', () => commands('preset.save').length === 1)
		room.changeCamera('front', { undo: { slot: 1, name: '전경', until: Date.now() + 30_000 } })
		await says(page, ko.replacedNow(1, '전경'))
		await press(page, '되돌리기')
		await until('the undo', () => commands('preset.undo').length === 1)
		room.changeCamera('front', { undo: null })
		await page.waitForFunction((text) => !document.body.textContent?.includes(text), {}, ko.replacedNow(1, '전경'))
	})

	it('is forgotten by the strip when its time is over', async () => {
		await open()
		const seen = says(page, ko.removedNow(8, '방청석'))
		room.changeCamera('front', { undo: { slot: 8, name: '방청석', until: Date.now() + 3000 } })
		await seen
		await page.waitForFunction((text) => !document.body.textContent?.includes(text), {}, ko.removedNow(8, '방청석'))
	})

	it('is readable in three themes with everything on the screen at once', async () => {
		await open({
			undo: { slot: 3, name: '발언대', until: Date.now() + 30_000 },
			motion: { state: 'failed', reason: 'no-motion', since: Date.now() },
			stream: { fault: 'long-gop', remedy: 'none' },
			lease: { owner: 'x', label: 'facilities 2', until: Date.now() + 30_000 },
		})
		for (const size of [
			{ width: 1280, height: 800 },
			{ width: 1920, height: 1080 },
		]) {
			await page.setViewport(size)
			await settled(page)
			const faults = await page.evaluate(() => {
				const scale = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
				return [...document.querySelectorAll('button')].flatMap((button) => {
					const { width, height, right, bottom } = button.getBoundingClientRect()
					const small = width < 64 * scale - 0.5 || height < 64 * scale - 0.5
					const outside = right > innerWidth + 0.5 || bottom > innerHeight + 0.5
					return small || outside ? [`${button.textContent} ${width}×${height}`] : []
				})
			})
			expect.soft(faults, `at ${size.width}`).toEqual([])
		}
		expect(await accessibilityFaults(page)).toEqual([])
	})
})
