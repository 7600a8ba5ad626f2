import { execFile } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { type Devices, type DevicesEvent, startDevices } from '../../appliance/devices/client.ts'
import { restartMs } from '../../appliance/devices/process-life.ts'
import type { Log } from '../../drivers/device.ts'
import { eventually } from '../eventually.ts'
import { descendants } from '../scene/processes.ts'

const running: { close(): unknown }[] = []
afterEach(async () => {
	await Promise.all(running.splice(0).map((it) => it.close()))
	expect(descendants(process.pid).filter(({ command }) => command.includes('devices/process.ts'))).toEqual([])
})

function start(cameras: Parameters<typeof startDevices>[0]['cameras']) {
	const events: DevicesEvent[] = []
	const lines: string[] = []
	const note = (_: object | string, text?: string) => lines.push(text ?? '')
	const log: Log = { trace: note, debug: note, info: note, warn: note, error: note }
	const devices: Devices = startDevices({ cameras, log })
	running.push(devices)
	devices.watch((event) => events.push(event))
	const has = (status: string) =>
		eventually(() => expect(events.map((it) => 'status' in it && it.status)).toContain(status))
	return { devices, events, lines, has }
}

async function deafAddress() {
	const socket: Socket = createSocket('udp4')
	socket.bind(0, '127.0.0.1')
	await once(socket, 'listening')
	running.push({ close: () => socket.close() })
	const heard: Buffer[] = []
	socket.on('message', (bytes) => heard.push(bytes))
	return { host: '127.0.0.1', port: socket.address().port, heard }
}

describe('The devices process', () => {
	it('never calls a camera ready that answers nothing, and says why', async () => {
		const { heard, ...address } = await deafAddress()
		const { devices, events, has } = start([{ id: 'front', driver: 'visca-ip', ...address }])
		await has('failed')
		expect(heard.length).toBeGreaterThan(0)
		await expect(devices.move('front', { pan: 1, tilt: 0, zoom: 0 })).rejects.toMatchObject({ code: 'lost' })
		await sleep(1_500)
		const seen = events.filter((event) => event.type === 'camera')
		expect(seen.map(({ status }) => status)).not.toContain('ready')
		expect(seen.at(-1)).toMatchObject({ status: 'failed', reason: expect.stringMatching(/^(timeout|unreachable)$/) })
	})

	it('says so when there is no such driver', async () => {
		const { events, has } = start([{ id: 'front', driver: 'semaphore' }])
		await has('failed')
		expect(events.at(-1)).toMatchObject({ id: 'front', status: 'failed', reason: 'unsupported' })
	})

	it('refuses orders at once while it is being started, and takes them again', async () => {
		const { devices, has, events } = start([{ id: 'front', driver: 'semaphore' }])
		await expect(devices.stop('front')).rejects.toMatchObject({ code: 'lost' })
		await has('ready')
		const old = devices.pid ?? 0
		events.length = 0
		process.kill(old, 'SIGKILL')
		await has('restarting')
		await expect(devices.stop('front')).rejects.toMatchObject({ code: 'lost' })
		await has('ready')
		expect(devices.pid).not.toBe(old)
	})

	it('is not killed because the room itself was busy', async () => {
		const { devices, has, lines } = start([{ id: 'front', driver: 'semaphore' }])
		await has('ready')
		const { pid } = devices
		for (const end = performance.now() + 900; performance.now() < end; );
		await sleep(500)
		expect(devices.pid).toBe(pid)
		expect(lines).not.toContain('the devices process hangs and is killed')
	})

	it('refuses a camera that is not configured', async () => {
		const { devices } = start([])
		await expect(devices.home('front')).rejects.toMatchObject({ code: 'unsupported' })
	})

	it('ends while it is still starting', async () => {
		const { devices } = start([{ id: 'front', driver: 'semaphore' }])
		await devices.close()
		expect(devices.pid).toBe(null)
	})

	it('knows whose driver threw outside of any call, and opens only that camera anew', async () => {
		const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.resolve('./blame.ts'))])
		const { opened, reports, blamed } = JSON.parse(stdout)
		expect(opened).toEqual(['bad', 'bad', 'good'])
		expect(reports).toContain('bad failed internal')
		expect(reports.filter((line: string) => line.startsWith('good'))).toEqual(['good ready '])
		expect(reports.at(-1)).toBe('bad ready ')
		expect(blamed).toEqual([true, true, false])
	})

	it('starts again at once, unless it ended in order or does not live', () => {
		expect(restartMs(null, 0)).toBe(0)
		expect(restartMs(0, 0)).toBe(1_000)
		expect([1, 2, 3, 4, 9].map((failures) => restartMs(1, failures))).toEqual([0, 400, 800, 1_600, 5_000])
	})
})
