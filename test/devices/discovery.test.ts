import { afterEach, describe, expect, it } from 'vitest'
import { startDevices } from '../../appliance/devices/client.ts'
import { createDiscovery } from '../../appliance/devices/discovery.ts'
import { answerProbes } from '../../drivers/virtual/discovery.ts'
import { startOnvifCamera } from '../../drivers/virtual/onvif-camera.ts'
import { silentLog } from '../drivers/wait.ts'
import { until } from '../scene/wait.ts'

/** A search as the room asks for it: through the devices process, for a virtual camera on this machine's own network. */

const running: (() => unknown)[] = []
afterEach(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

describe('A search of the devices process', () => {
	it('finds a camera by name, model and the address where it listens', async () => {
		const camera = await startOnvifCamera({
			...{ host: '127.0.0.1', port: 0, username: 'admin', password: 'maru', tls: true },
			identity: { name: '방청석 카메라' },
		})
		running.push(() => camera.close())
		const { identity, url, port } = camera
		const answering = await answerProbes({ identity, url, address: '127.0.0.1' })
		running.push(() => answering.close())
		const devices = startDevices({ cameras: [], log: silentLog })
		running.push(() => devices.close())
		let ready = false
		devices.watch((event) => {
			if (event.type === 'process' && event.status === 'ready') ready = true
		})
		await until('the process', () => ready)
		const [found, same] = await Promise.all([devices.discover(2), devices.discover(2)])
		// Other tests may have cameras of their own there at the same time.
		expect(found.cameras.filter(({ uuid }) => uuid === identity.uuid)).toEqual([
			{ uuid: identity.uuid, name: '방청석 카메라', model: 'Virtual_PTZ', host: '127.0.0.1', port, https: true },
		])
		expect(same).toEqual(found)
		expect(Array.isArray(found.lines)).toBe(true)
	})

	it('is shared by all who ask while it runs, and begins anew after it', async () => {
		const control = new AbortController()
		const discover = createDiscovery({ signal: control.signal, log: silentLog })
		const first = discover(60)
		const second = discover(60)
		expect(second).toBe(first)
		control.abort()
		await first
		expect(discover(60)).not.toBe(first)
	})
})
