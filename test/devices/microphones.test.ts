import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { startDevices } from '../../appliance/devices/client.ts'
import type { MicrophonesEvent } from '../../appliance/devices/seats.ts'
import type { Log } from '../../drivers/device.ts'
import { type MicrophoneFaults, startMicrophoneSystem } from '../../drivers/virtual/microphones.ts'
import { configured } from '../drivers/microphones/setup.ts'
import { startLine } from '../drivers/transport/pty.ts'
import { judge, limitOf, trials, until } from '../scene/wait.ts'

/** The hall's microphones through the devices process, with a system on a real socket that outlives all kills. */

const running: (() => unknown)[] = []
afterAll(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

const seats = ['1', '2', '3', '4', '5', '6', '7', '8']

async function hall(change: Record<string, unknown> = {}, faults: MicrophoneFaults = {}) {
	const system = await startMicrophoneSystem({ faults })
	running.push(system.close)
	const errors: string[] = []
	const quiet = () => {}
	const log: Log = {
		...{ trace: quiet, debug: quiet, info: quiet, warn: quiet },
		error: (detail, text) => errors.push(`${text} ${JSON.stringify(detail)}`),
	}
	const devices = startDevices({
		cameras: [],
		microphones: {
			system: configured({ tcp: { host: '127.0.0.1', port: system.port }, paceMs: 5, ...change }),
			seats,
		},
		log,
	})
	running.push(() => devices.close())
	const events: MicrophonesEvent[] = []
	devices.microphones.watch((event) => events.push(event))
	const told = (from = 0) =>
		events.slice(from).flatMap((event) => (event.type === 'seat' ? [`${event.seat} ${event.state}`] : []))
	const status = (from = 0) =>
		events.slice(from).flatMap((event) => (event.type === 'status' ? [`${event.status} ${event.reason ?? ''}`] : []))
	return {
		...{ system, devices, events, errors, told, status },
		microphones: devices.microphones,
		ready: (from = 0) => until('a system that is ready', () => status(from).includes('ready ')),
		isOpen: (...numbers: string[]) =>
			until(`${numbers} to be open`, () => system.open().join() === numbers.join() || null),
	}
}

/** Each has a system and a process of its own; they wait rather than work. */
describe.concurrent('The hall’s microphones', () => {
	it('are off where none are configured', async () => {
		const devices = startDevices({ cameras: [], log: console })
		running.push(() => devices.close())
		const events: MicrophonesEvent[] = []
		devices.microphones.watch((event) => events.push(event))
		devices.microphones.hold(['1'])
		expect(events).toEqual([{ type: 'status', status: 'off', reason: null, takesCommands: false }])
		await expect(devices.microphones.set('1', true)).rejects.toMatchObject({ code: 'unsupported' })
	})

	it('tell what is pressed, and open and close', async () => {
		const { system, microphones, ready, told } = await hall()
		await ready()
		await until('the connection', () => system.clients() === 1)
		system.press('3')
		system.say('REQ 4')
		await until('both', () => told().length === 2)
		await microphones.set('2', true)
		await microphones.set('3', false)
		expect(system.open()).toEqual(['2'])
		expect(told()).toEqual(['3 on', '4 request', '2 on', '3 off'])
		const later: MicrophonesEvent[] = []
		microphones.watch((event) => later.push(event))
		expect(later).toEqual([
			{ type: 'status', status: 'ready', reason: null, takesCommands: true },
			{ type: 'seat', seat: '2', state: 'on', own: false },
		])
	})

	it('refuse what they cannot do, each in its own words', async () => {
		const { microphones, ready, events } = await hall({ confirmMs: 50 }, { noEcho: true })
		await expect(microphones.set('1', true)).rejects.toMatchObject({ code: 'lost' })
		await ready()
		await expect(microphones.set('99', true)).rejects.toMatchObject({ code: 'unsupported' })
		await expect(microphones.set('2', true)).rejects.toMatchObject({ code: 'timeout' })
		expect(events.findLast(({ type }) => type === 'unconfirmed')).toMatchObject({
			seats: expect.arrayContaining(['2']),
		})
		const deaf = await hall({ commands: {} })
		await deaf.ready()
		expect(deaf.events.at(-1)).toMatchObject({ takesCommands: false })
		await expect(deaf.microphones.set('1', true)).rejects.toMatchObject({ code: 'unsupported' })
	})

	it('say that they are lost, and are set right when they are back: others closed, ours opened', async () => {
		const { system, microphones, ready, status, isOpen, events } = await hall()
		await ready()
		await microphones.set('2', true)
		await microphones.set('5', true)
		const figures: number[] = []
		for (let trial = 0; trial < trials; trial++) {
			const from = events.length
			system.drop()
			system.press('2') // the power was cut: what was open is not, and something else is
			system.press('7')
			const begin = performance.now()
			await until('the loss', () => status(from).includes('lost lost'))
			await ready(from)
			await isOpen('2', '5')
			figures.push(performance.now() - begin)
		}
		judge('microphones, connection cut', figures, 3_000)
	})

	it('keep what was wanted while they were away', async () => {
		const { system, microphones, ready, status } = await hall()
		await ready()
		await microphones.set('1', true)
		const { port } = system
		await system.close()
		await until('the loss', () => status().includes('lost lost'))
		await expect(microphones.set('4', true)).rejects.toMatchObject({ code: 'lost' })
		await microphones.set('1', false).catch(() => {})
		const again = await startMicrophoneSystem({ port })
		running.push(again.close)
		again.press('8')
		await until('the seats to be right', () => again.open().join() === '4' || null)
	})

	it('are left alone unless somebody holds the seats, and again when nobody does', async () => {
		const { system, microphones, ready, events } = await hall()
		system.press('6')
		await ready()
		let from = events.length
		system.drop()
		await ready(from)
		expect(system.heard).toEqual([])
		microphones.hold(['1'])
		await until('the seats to be right', () => system.open().join() === '1' || null)
		microphones.hold(null)
		system.press('6')
		const { length } = system.heard
		from = events.length
		system.drop()
		await ready(from)
		expect(system.open()).toEqual(['1', '6'])
		expect(system.heard.length).toBe(length)
	})

	it('are set right when their serial line was pulled out and is back', async () => {
		const wire = await startMicrophoneSystem()
		running.push(wire.close)
		const line = await startLine(() => `tcp:127.0.0.1:${wire.port}`)
		running.push(line.close)
		const { microphones, ready, status, events, errors } = await hall({
			tcp: undefined,
			serial: { path: line.path, baudRate: 9_600 },
		})
		await ready()
		await microphones.set('2', true)
		const figures: number[] = []
		for (let trial = 0; trial < trials; trial++) {
			const from = events.length
			const out = performance.now()
			await line.unplug()
			await until('the loss', () => status(from).some((it) => it.startsWith('lost')))
			expect(performance.now() - out).toBeLessThan(limitOf(5_000))
			wire.press('2')
			wire.press('7')
			await line.replug()
			const begin = performance.now()
			await ready(from)
			await until('the seats to be right', () => wire.open().join() === '2')
			figures.push(performance.now() - begin)
			await microphones.set('7', false)
		}
		expect(errors).toEqual([])
		judge('microphones, serial line back', figures, 3_000)
	})

	it.each(['SIGKILL', 'SIGSTOP'] as const)('are as wanted again after %s of the devices process', async (signal) => {
		const { system, devices, microphones, ready, isOpen, events, status } = await hall()
		await ready()
		await microphones.set('2', true)
		const figures: number[] = []
		for (let trial = 0; trial < trials; trial++) {
			const from = events.length
			const old = devices.pid ?? 0
			const begin = performance.now()
			process.kill(old, signal)
			await until('the loss', () => status(from).includes('lost lost'))
			// Meanwhile one seat is to be closed, another opened, and somebody presses a third.
			await microphones.set('2', false).catch(() => {})
			await microphones.set('3', true).catch(() => {})
			system.press('8')
			await ready(from)
			await isOpen('3')
			figures.push(performance.now() - begin)
			expect(devices.pid).not.toBe(old)
			await microphones.set('3', false)
			await microphones.set('2', true)
			// A process that lived no longer than a second is started anew ever later.
			await sleep(1_000)
		}
		judge(`microphones, ${signal} of the devices process`, figures, 3_000)
	})

	it('that flood are left alone for a while, and the process lives', async () => {
		const { system, devices, ready, status, events, errors } = await hall()
		await ready()
		const { pid } = devices
		const { stop } = system.flood('MIC 1 ON')
		running.push(stop)
		await until('the end of it', () => status().includes('lost protocol'))
		stop()
		await ready(events.findLastIndex((event) => event.type === 'status' && event.status === 'lost'))
		expect(devices.pid).toBe(pid)
		expect(errors).toEqual([])
	})
})
