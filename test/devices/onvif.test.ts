import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type DevicesEvent, startDevices } from '../../appliance/devices/client.ts'
import { type OnvifCameraOptions, type OnvifFaults, startOnvifCamera } from '../../drivers/virtual/onvif-camera.ts'
import { selfSigned } from '../../drivers/virtual/onvif-certificate.ts'
import { silentLog } from '../drivers/wait.ts'
import { until } from '../scene/wait.ts'

/** What the devices process has to do with who a camera is and who we are to it. */

const running: (() => unknown)[] = []
afterEach(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

const who = { username: 'maru', password: 'richtig' }

async function device(faults: OnvifFaults = {}, more: Partial<OnvifCameraOptions> = {}) {
	const camera = await startOnvifCamera({ host: '127.0.0.1', port: 0, ...who, faults, ...more })
	running.push(() => camera.close())
	return camera
}

const configOf = ({ port }: { port: number }, more: object = {}) => ({
	...{ id: 'right', driver: 'onvif', host: '127.0.0.1', port, ...who },
	...more,
})

function start(camera: ReturnType<typeof configOf>, pins?: string) {
	const devices = startDevices({ cameras: [camera], log: silentLog, ...(pins ? { pins } : {}) })
	running.push(() => devices.close())
	const events: DevicesEvent[] = []
	devices.watch((event) => events.push(event))
	const last = () => events.findLast((event) => event.type === 'camera')
	const says = (status: string, reason: string | null = null) =>
		until(`the camera to be ${status} (${reason})`, () => last()?.status === status && last()?.reason === reason)
	return { devices, says }
}

describe('A camera whose password is wrong', () => {
	it('is told so, is asked twice and then left alone, until another password is set up', async () => {
		const camera = await device()
		const { devices, says } = start(configOf(camera, { password: 'falsch' }))
		await says('failed', 'unauthorized')
		await sleep(3_000)
		expect(camera.wrongLogins).toBeLessThanOrEqual(2)
		devices.configure([configOf(camera)])
		await says('ready')
	})
})

describe('A camera’s certificate', () => {
	it('that has changed is not trusted by the next process either; taken away and added again, the camera is', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'maru-pins-'))
		running.push(() => rmSync(folder, { recursive: true }))
		const pins = join(folder, 'pins.json')
		const first = await device({}, { tls: true })
		const before = start(configOf(first, { https: true }), pins)
		await before.says('ready')
		await before.devices.close()
		await first.close()
		const second = await device({}, { port: first.port, tls: await selfSigned('127.0.0.1') })
		const after = start(configOf(second, { https: true }), pins)
		await after.says('failed', 'untrusted')
		expect(second.heard).toEqual([])
		after.devices.configure([])
		after.devices.configure([configOf(second, { https: true })])
		await after.says('ready')
	})
})
