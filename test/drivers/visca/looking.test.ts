import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import type { CameraState } from '../../../drivers/camera.ts'
import { type Faults, startViscaCamera, type VirtualCamera } from '../../../drivers/virtual/visca-camera.ts'
import { viscaIp } from '../../../drivers/visca/driver.ts'
import { until } from '../wait.ts'
import { context } from './specimen.ts'

/** How the driver looks where its camera is: neither put off by many commands, nor ever given up in silence. */

let device: VirtualCamera | undefined

afterEach(async () => {
	await device?.close()
})

async function begin(faults: Faults) {
	device = await startViscaCamera({ host: '127.0.0.1', port: 0, faults })
	return { device, opening: viscaIp.open({ host: '127.0.0.1', port: device.port }, context()) }
}

it('a hand that changes its speed all the time hides neither the position nor a dead camera', async () => {
	const { opening } = await begin({ ignoreDrives: true })
	const camera = await opening
	const states: CameraState[] = []
	camera.watch((state) => states.push(state))
	const end = performance.now() + 30_000
	for (let i = 0; performance.now() < end && !states.at(-1)?.fault; i++) {
		await camera.move({ pan: i % 2 ? 0.5 : 0.8, tilt: 0, zoom: 0 })
		await delay(30)
	}
	expect(states.at(-1)?.fault).toBe('no-motion')
	await camera[Symbol.asyncDispose]()
})

it('a camera that was switched on a moment ago is waited for, and its place is known then', async () => {
	const { opening, device } = await begin({ initialising: true })
	let opened = false
	void opening.then(() => {
		opened = true
	})
	await until('some looks', () => device.heard.filter((packet) => packet === '81090612ff').length >= 3)
	expect(opened).toBe(false)
	device.faults.initialising = false
	const camera = await opening
	expect(await camera.position()).toMatchObject({ pan: 0, tilt: 0 })
	await camera.move({ pan: 1, tilt: 0, zoom: 0 })
	await until('the head to move', () => device.head().pan.position > 2)
	await camera.stop()
	await camera[Symbol.asyncDispose]()
})

it('a camera whose answer is no longer understood is lost, not forgotten', async () => {
	const { opening, device } = await begin({})
	const camera = await opening
	device.faults.abnormalMessage = true
	expect(await camera.lost).toMatchObject({ code: 'protocol' })
	await expect(camera.stop()).rejects.toMatchObject({ code: 'lost' })
})
