import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Appliance, openSite, type Site } from './appliance.ts'
import { type Cameras, startCameras } from './cameras.ts'
import { openPanel, type Panel } from './panel.ts'
import { alive, descendants } from './processes.ts'
import { judge, trials, until } from './wait.ts'

/** While a camera moves, one process after the other is killed or hung. The camera's own head says when it stood. */

let cameras: Cameras
let site: Site
let room: Appliance
let panel: Panel

/** The promise, design §6: cameras stopped ≤ 1.2 s. */
const promiseMs = 1_200

beforeAll(async () => {
	cameras = await startCameras(['front'])
	site = await openSite(cameras, 20_580)
	room = await site.start()
})

afterAll(async () => {
	panel?.close()
	await site?.close()
	await cameras?.close()
})

afterEach(() => panel?.close())

async function startMoving(direction: number) {
	panel = await openPanel(room.origin, room.token('panel'))
	await panel.until('the camera to be ready', (state) => state.cameras[0]?.status === 'ready')
	const renew = () =>
		panel.command({ type: 'camera.move', camera: 'front', pan: 0.25 * direction, tilt: 0, zoom: 0 }).catch(() => {})
	renew()
	const renewal = setInterval(renew, 150)
	await until('the head to move', async () => (await cameras.position('front')).moving)
	await sleep(300)
	return () => clearInterval(renewal)
}

/** Milliseconds until the head stands still and stays so. */
async function timeToStandstill(): Promise<number> {
	const begin = performance.now()
	let stood = 0
	await until(
		'the camera to stop',
		async () => {
			const { moving } = await cameras.position('front')
			if (moving) stood = 0
			else stood ||= performance.now()
			return stood > 0 && performance.now() - stood > 400
		},
		30_000,
		10,
	)
	return stood - begin
}

/**
 * The finger leaves the panel in the very moment of the kill, so its stop reaches nobody: only what watches over the
 * camera can stop it. (A finger that stays would rightly set it going again once the devices are back.)
 */
async function trial(kill: () => void, i: number): Promise<number> {
	const letGo = await startMoving(i % 2 === 0 ? 1 : -1)
	letGo()
	kill()
	return timeToStandstill()
}

function devicesPid(): number {
	const found = descendants(room.pid).find(({ command }) => command.includes('devices/process.ts'))
	if (!found) throw new Error('no devices process')
	return found.pid
}

describe('A camera that moves', () => {
	it('stops when the devices process is killed', async () => {
		const figures: number[] = []
		for (let i = 0; i < trials; i++) figures.push(await trial(() => process.kill(devicesPid(), 'SIGKILL'), i))
		judge('devices process killed → camera stands', figures, promiseMs)
	}, 240_000)

	it('stops when the devices process hangs', async () => {
		const figures: number[] = []
		for (let i = 0; i < trials; i++) figures.push(await trial(() => process.kill(devicesPid(), 'SIGSTOP'), i))
		judge('devices process hung → camera stands', figures, promiseMs)
	}, 240_000)

	it('stops when the service hangs, and obeys again when it goes on', async () => {
		const figures: number[] = []
		for (let i = 0; i < trials; i++) {
			figures.push(await trial(() => room.kill('SIGSTOP'), i))
			room.kill('SIGCONT')
			await sleep(500)
		}
		judge('service hung → camera stands', figures, promiseMs)
	}, 240_000)

	it('stops when the service is killed, and nothing of the service is left: no browser, no microphone, no decoder', async () => {
		const figures: number[] = []
		for (let i = 0; i < trials; i++) {
			let below: ReturnType<typeof descendants> = []
			figures.push(
				await trial(() => {
					below = descendants(room.pid)
					room.kill('SIGKILL')
				}, i),
			)
			expect(below.some(({ command }) => command.includes('chromium'))).toBe(true)
			await until('all its processes to be gone', () => alive(below).length === 0)
			room = await site.start()
		}
		judge('service killed → camera stands', figures, promiseMs)
	}, 300_000)
})
