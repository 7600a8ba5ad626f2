import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { linkOver } from '../../drivers/transport/link.ts'
import { isMoving } from '../../drivers/virtual/head.ts'
import { startViscaChain, type VirtualChain } from '../../drivers/virtual/visca-chain.ts'
import { connectGuest, type Guest, shell } from './guest.ts'
import { adapterSerial } from './hall.ts'
import { command } from './install.ts'
import { connectJsonLines, type JsonLines } from './json-lines.ts'
import { openService, type Service, until } from './service.ts'

/** The service under its unit, as its own user, with a camera on a serial adapter that is really plugged in and pulled out. */

const adapter = { driver: 'usb-serial', id: 'adapter', bus: 'usb.0', chardev: 'line', serial: adapterSerial }

let guest: Guest
let monitor: JsonLines
let chain: VirtualChain
let service: Service

beforeAll(async () => {
	const address = inject('guest')
	if (!('sockets' in address)) throw new Error('only a machine of QEMU has adapters')
	guest = await connectGuest(address)
	monitor = await connectJsonLines(join(address.sockets, 'monitor'))
	await monitor.call('qmp_capabilities')
	chain = startViscaChain({ baudRate: 9_600, cameras: [{}] })
	const line = connect(join(address.sockets, 'line'))
	await once(line, 'connect')
	chain.plug(linkOver(line, { name: 'line', writeMs: 5_000, end: async () => void line.destroy() }))
	await monitor.call('device_add', adapter)
	service = await openService(guest)
})
afterAll(async () => {
	await chain.close()
	monitor.close()
	guest.close()
})

const front = async () => ((await service.request('/cameras')) as CameraView[])[0]
const ready = async () => (await front())?.status === 'ready'
const moving = () => chain.cameras[0] !== undefined && isMoving(chain.cameras[0].head())

interface RoomView {
	muted: boolean
	speakerphone: { status: string; reason: string | null; model: object | null }
}

interface CameraView {
	status: string
	reason: string | null
}

describe('The service', () => {
	it('runs as its own user, with no right that it does not need', async () => {
		const status = await shell(guest, `cat /proc/${service.pid}/status`)
		const uid = (await shell(guest, 'id -u maru')).trim()
		expect(status).toMatch(new RegExp(`^Uid:\\s${uid}\\s${uid}\\s${uid}`, 'm'))
		expect(status).toMatch(/^CapEff:\s0+$/m)
		expect(status).toMatch(/^NoNewPrivs:\s1$/m)
	})

	it('has a camera on a serial line', async () => {
		await until(ready, 'the camera is ready')
		await service.request('/cameras/front/move', { pan: 0.5, tilt: 0, zoom: 0, forMs: 300 })
		await until(async () => moving(), 'the camera moves', 5_000)
		await until(async () => !moving(), 'the camera stands', 5_000)
	})

	it('loses it when its adapter is pulled out, and has it back 3 s after it is plugged in', async () => {
		for (let round = 0; round < 3; round++) {
			const gone = monitor.event('DEVICE_DELETED')
			await monitor.call('device_del', { id: 'adapter' })
			await gone
			const noticedMs = await until(async () => !(await ready()), 'it is seen to be gone')
			await monitor.call('device_add', adapter)
			const backMs = await until(ready, 'it is back')
			console.log({ noticedMs, backMs })
			expect(backMs).toBeLessThanOrEqual(3_000 * inject('patience'))
		}
	})

	it('has a speakerphone that is plugged in while it runs, by the generated rule, and stays muted without it', async () => {
		const plug = `systemd-run --quiet --unit=phone ${command('phone')}`
		const room = async () => (await service.request('/room')) as RoomView
		const shows = async (status: string) => (await room()).speakerphone.status === status
		await shell(guest, `modprobe uhid; ${plug}`)
		await until(() => shows('ready'), 'it is ready')
		expect((await room()).speakerphone).toMatchObject({ reason: null, model: { vendorId: 0x0b0e } })
		await service.request('/room/mute', { muted: true }, 'PUT')
		await shell(guest, 'systemctl stop phone')
		await until(() => shows('failed'), 'it is seen to be gone')
		await shell(guest, plug)
		await until(() => shows('ready'), 'it is back')
		expect((await room()).muted).toBe(true)
		await shell(guest, 'systemctl stop phone')
	})

	it('ends with 0 when it is told to, with every camera at rest', async () => {
		await service.request('/cameras/front/move', { pan: 0.5, tilt: 0, zoom: 0, forMs: 10_000 })
		await until(async () => moving(), 'the camera moves', 5_000)
		const { result, code, ms } = await service.stop()
		expect(moving()).toBe(false)
		expect({ result, code }).toEqual({ result: 'success', code: 0 })
		expect(ms).toBeLessThan(10_000)
	})
})
