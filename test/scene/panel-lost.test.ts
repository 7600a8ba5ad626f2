import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { press } from '../browser/built.ts'
import { type Appliance, openSite, type Site } from './appliance.ts'
import { type Cameras, startCameras } from './cameras.ts'
import { openPanel } from './panel.ts'
import { launchPatiently } from './patient-browser.ts'
import { descendants } from './processes.ts'
import { judge, trials, until } from './wait.ts'

/** A camera is turned from a panel; then the hand, the panel or its browser is gone. The head itself says when it stood. */

const log = pino({ level: 'silent' })
let cameras: Cameras
let site: Site
let room: Appliance

beforeAll(async () => {
	cameras = await startCameras(['front'])
	site = await openSite(cameras, 19_680)
	room = await site.start()
})
afterAll(async () => {
	await site?.close()
	await cameras?.close()
})

const moving = async () => (await cameras.position('front')).moving

/** Milliseconds until the head stands still and stays so. */
async function timeToStandstill(): Promise<number> {
	const begin = performance.now()
	let stood = 0
	await until(
		'the camera to stop',
		async () => {
			if (await moving()) stood = 0
			else stood ||= performance.now()
			return stood > 0 && performance.now() - stood > 400
		},
		30_000,
		10,
	)
	return stood - begin
}

/** A panel without a screen that turns the camera as a finger does. */
async function turning(i: number) {
	const panel = await openPanel(room.origin, room.token('panel'))
	await panel.until('the camera to be ready', (state) => state.cameras[0]?.status === 'ready')
	const pan = i % 2 === 0 ? 0.2 : -0.2
	const renew = () =>
		void panel.command({ type: 'camera.move', camera: 'front', pan, tilt: 0, zoom: 0 }).catch(() => {})
	renew()
	const renewal = setInterval(renew, 150)
	await until('the head to move', moving)
	await sleep(250)
	return { panel, abandon: () => clearInterval(renewal) }
}

type Turning = Awaited<ReturnType<typeof turning>>
const ways: [string, number, (hand: Turning) => unknown][] = [
	['the finger leaves', 300, ({ panel }) => panel.command({ type: 'camera.stop', camera: 'front' })],
	['its socket closes', 300, ({ panel }) => panel.close()],
	['its link falls silent', 800, () => {}],
]

describe('A camera that is turned from a panel stands when', () => {
	it.each(ways)(
		'%s',
		async (what, promiseMs, lose) => {
			const figures: number[] = []
			for (let i = 0; i < trials; i++) {
				const hand = await turning(i)
				hand.abandon()
				lose(hand)
				figures.push(await timeToStandstill())
				hand.panel.close()
			}
			judge(`${what} → camera stands`, figures, promiseMs)
		},
		240_000,
	)

	it.each([
		['its browser is killed', 'SIGKILL', 300],
		['its browser hangs', 'SIGSTOP', 800],
	] as const)(
		'%s',
		async (what, signal, promiseMs) => {
			const figures: number[] = []
			for (let i = 0; i < trials; i++) {
				const browser = await launchPatiently({ name: 'panel', headless: true, fakeDevices: false, log })
				try {
					const page = await browser.puppeteer.newPage()
					await page.setViewport({ width: 1280, height: 800 })
					await page.goto(`${room.origin}/panel#${room.token('panel')}`)
					await press(page, '카메라')
					const way = i % 2 === 0 ? '오른쪽으로' : '왼쪽으로'
					const arrow = await page.waitForSelector(`button[aria-label="${way}"]:not([disabled])`)
					const box = await arrow?.boundingBox()
					if (!box) throw new Error('the arrow has no place')
					await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
					await page.mouse.down()
					await until('the head to move', moving)
					await sleep(250)
					if (signal === 'SIGKILL') browser.kill()
					else
						for (const pid of [browser.pid, ...descendants(browser.pid).map(({ pid }) => pid)])
							process.kill(pid, signal)
					figures.push(await timeToStandstill())
					browser.kill()
				} finally {
					await browser.close()
				}
			}
			judge(`${what} → camera stands`, figures, promiseMs)
		},
		300_000,
	)
})
