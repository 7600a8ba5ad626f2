import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type DevicesEvent, startDevices } from '../../appliance/devices/client.ts'
import { startViscaCamera } from '../../drivers/virtual/visca-camera.ts'
import { silentLog } from '../drivers/wait.ts'
import { until } from '../scene/wait.ts'

/** A list of cameras that changes while the devices process runs, with cameras on real sockets that count. */

const running: (() => unknown)[] = []
afterEach(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

/** How often it was opened: each connection begins with a RESET of the sequence, a control message of Sony's framing. */
async function virtual() {
	const device = await startViscaCamera({ host: '127.0.0.1', port: 0 })
	running.push(device.close)
	const camera = { device, opened: 0, config: { driver: 'visca-ip', host: '127.0.0.1', port: device.port } }
	device.onDatagram((bytes) => {
		if (bytes.readUInt16BE(0) === 0x0200) camera.opened += 1
	})
	return camera
}

function start(cameras: Parameters<typeof startDevices>[0]['cameras']) {
	const devices = startDevices({ cameras, log: silentLog })
	running.push(() => devices.close())
	const events: DevicesEvent[] = []
	devices.watch((event) => events.push(event))
	const says = (id: string, status: string, from = 0) =>
		until(`${id} to be ${status}`, () =>
			events.slice(from).some((event) => event.type === 'camera' && event.id === id && event.status === status),
		)
	return { devices, events, says }
}

describe('A list of cameras that changes while they are driven', () => {
	it('leaves the connection of an unchanged camera alone, opens the new one and tells of the one that is gone', async () => {
		const [front, left, rear] = [await virtual(), await virtual(), await virtual()]
		const { devices, events, says } = start([
			{ id: 'front', ...front.config },
			{ id: 'left', ...left.config },
		])
		await Promise.all([says('front', 'ready'), says('left', 'ready')])
		const counted = front.opened
		const from = events.length
		devices.configure([
			{ id: 'front', ...front.config, feel: { invertPan: true, invertTilt: false, scale: 1 } },
			{ id: 'rear', ...rear.config },
		])
		expect(devices.cameras().map(({ id }) => id)).toEqual(['front', 'rear'])
		expect(events.slice(from)).toMatchObject([
			{ type: 'gone', id: 'left' },
			{ type: 'camera', id: 'rear', status: 'off' },
		])
		await says('rear', 'ready', from)
		await expect(devices.stop('left')).rejects.toMatchObject({ code: 'unsupported' })
		expect([front.opened, rear.opened > 0]).toEqual([counted, true])
		expect(events.slice(from).filter((event) => 'id' in event && event.id !== 'rear')).toHaveLength(1)
		// The camera hangs from the ceiling now: +pan, seen by the hand, is -pan for its head.
		await devices.move('front', { pan: 0.5, tilt: 0, zoom: 0 })
		await until('the head to turn', () => front.device.head().pan.position < -0.5)
	})

	it('stops a camera that it drops while it moves', async () => {
		const front = await virtual()
		const { devices, says } = start([{ id: 'front', ...front.config }])
		await says('front', 'ready')
		await devices.move('front', { pan: 0.3, tilt: 0, zoom: 0 }, 60_000)
		await until('the head to turn', () => front.device.head().pan.position > 1)
		devices.configure([])
		const stands = () => front.device.head().pan.velocity === 0
		await until('the head to stand', stands)
		await sleep(300)
		expect(stands()).toBe(true)
	})

	it('opens a changed camera at its new address, and no longer the old one', async () => {
		const [here, there] = [await virtual(), await virtual()]
		const { devices, events, says } = start([{ id: 'front', ...here.config }])
		await says('front', 'ready')
		const from = events.length
		devices.configure([{ id: 'front', ...there.config }])
		await says('front', 'ready', from)
		const counted = here.opened
		await devices.move('front', { pan: 0.5, tilt: 0, zoom: 0 })
		await until('the other head to turn', () => there.device.head().pan.position > 0.5)
		expect([here.device.head().pan.position, here.opened]).toEqual([0, counted])
		expect((await devices.health('front')).reconnects).toBe(0)
	})

	it('is known to a new process, whether the list changed before, between or after', async () => {
		const [front, left] = [await virtual(), await virtual()]
		const { devices, events, says } = start([{ id: 'front', ...front.config }])
		await says('front', 'ready')
		process.kill(devices.pid ?? Number.NaN, 'SIGKILL')
		const from = events.length
		await until('the loss', () =>
			events.slice(from).some((event) => event.type === 'process' && event.status === 'restarting'),
		)
		devices.configure([{ id: 'left', ...left.config }])
		await says('left', 'ready', from)
		process.kill(devices.pid ?? Number.NaN, 'SIGKILL')
		const again = events.length
		await says('left', 'ready', again)
		expect(devices.cameras().map(({ id }) => id)).toEqual(['left'])
		expect(events.slice(from).filter((event) => 'id' in event && event.id === 'front')).toMatchObject([
			{ type: 'camera', status: 'stale' },
			{ type: 'gone' },
		])
		expect((await devices.health('left')).reconnects).toBe(1)
	})
})

describe('Whoever looks after a camera', () => {
	it('sees how its connection is and what was said', async () => {
		const front = await virtual()
		const { devices, says } = start([{ id: 'front', ...front.config }])
		await says('front', 'ready')
		await devices.move('front', { pan: 0.5, tilt: 0, zoom: 0 })
		const { openedAt, reconnects, log } = await devices.health('front')
		expect(Math.abs(Date.now() - (openedAt ?? 0))).toBeLessThan(60_000)
		expect(reconnects).toBe(0)
		const drive = log.findIndex(({ text, direction }) => direction === 'tx' && text.includes('81010601'))
		expect(drive).toBeGreaterThan(0)
		expect(log.slice(drive).some(({ direction }) => direction === 'rx')).toBe(true)
		expect(log.every(({ at }, i) => at >= (log[i - 1]?.at ?? 0))).toBe(true)
		await expect(devices.health('rear')).rejects.toMatchObject({ code: 'unsupported' })
	})

	it('sees what was tried with one that answers nothing', async () => {
		const front = await virtual()
		front.device.faults.silent = true
		const { devices, says } = start([{ id: 'front', ...front.config }])
		await says('front', 'failed')
		const { openedAt, log } = await devices.health('front')
		expect(openedAt).toBe(null)
		expect(log.length).toBeGreaterThan(0)
		expect(new Set(log.map(({ direction }) => direction))).toEqual(new Set(['tx']))
	})

	it('finds what could be set up, without any camera configured', async () => {
		const { devices, events } = start([])
		await expect(devices.discover(0.1)).rejects.toMatchObject({ code: 'lost' })
		await until('the process', () => events.some((event) => event.type === 'process' && event.status === 'ready'))
		const found = await devices.discover(0.1)
		expect(Object.keys(found).sort()).toEqual(['cameras', 'lines', 'networks'])
		expect(Array.isArray(found.cameras)).toBe(true)
	})
})
