import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { CameraState, Position } from '../../../drivers/camera.ts'
import { type Faults, startViscaCamera } from '../../../drivers/virtual/visca-camera.ts'
import { viscaIp } from '../../../drivers/visca/driver.ts'
import { limitOf } from '../../scene/wait.ts'
import { until } from '../wait.ts'
import { context, openSpecimen, type ViscaSpecimen } from './specimen.ts'

/** One bad habit of real cameras at a time; they wait rather than work, so several run together. */

const open: ViscaSpecimen[] = []

async function cameraThat(faults: Faults, framing: 'sony' | 'raw' = 'sony') {
	const specimen = await openSpecimen({ faults, framing })
	open.push(specimen)
	const states: CameraState[] = []
	specimen.camera.watch((state) => states.push(state))
	return { ...specimen, states, now: () => states.at(-1) }
}

afterAll(async () => {
	for (const { camera, close } of open.splice(0)) {
		await camera[Symbol.asyncDispose]()
		await close()
	}
})

const place = (pan: number, tilt: number, zoom: number): Position => ({ pan, tilt, zoom, unit: 'degrees', at: 0 })
const right = { pan: 0.5, tilt: 0, zoom: 0 }
const stopPacket = '8101060101010303ff'

describe.concurrent('opening a camera', () => {
	it('begins with a stop of every axis', async () => {
		const { device } = await cameraThat({})
		expect(device.heard.slice(0, 2)).toEqual([stopPacket, '8101040700ff'])
	})

	it('that was left moving stops it', async () => {
		const first = await cameraThat({})
		await first.camera.move(right)
		await first.camera[Symbol.asyncDispose]()
		expect(first.head().moving).toBe(true)
		const second = await viscaIp.open({ host: '127.0.0.1', port: first.device.port }, context())
		await until('the head to stand', () => !first.head().moving)
		await second[Symbol.asyncDispose]()
	})

	it('that answers nothing fails within seconds, told as unreachable', async () => {
		const device = await startViscaCamera({ host: '127.0.0.1', port: 0, faults: { silent: true } })
		const before = performance.now()
		await expect(viscaIp.open({ host: '127.0.0.1', port: device.port }, context())).rejects.toMatchObject({
			code: 'unreachable',
		})
		expect(performance.now() - before).toBeLessThan(limitOf(4_000))
		await device.close()
	})

	it('whose name is unknown is unreachable', async () => {
		await expect(viscaIp.open({ host: 'no-such-camera.invalid' }, context())).rejects.toMatchObject({
			code: 'unreachable',
		})
	})

	it('ends when it is no longer wanted', async () => {
		const device = await startViscaCamera({ host: '127.0.0.1', port: 0, faults: { silent: true } })
		const wanted = new AbortController()
		const opening = viscaIp.open({ host: '127.0.0.1', port: device.port }, { ...context(), signal: wanted.signal })
		wanted.abort()
		await expect(opening).rejects.toMatchObject({ code: 'lost' })
		await device.close()
	})

	it('in standby switches it on and waits while it is deaf', async () => {
		const { device, now } = await cameraThat({ standby: true, bootMs: 1_200 })
		expect(device.heard).toContain('8101040002ff')
		expect(now()?.position).not.toBeNull()
	})

	it('tells firmware and model from the version', async () => {
		const { now } = await cameraThat({})
		expect(now()?.firmware).toBe('0102')
	})

	it('takes degrees as the configuration says', async () => {
		const device = await startViscaCamera({ host: '127.0.0.1', port: 0 })
		const camera = await viscaIp.open(
			{ host: '127.0.0.1', port: device.port, model: { panPerDegree: 28.8 } },
			context(),
		)
		await camera.moveTo(place(10, 0, 0), 1)
		expect(device.head().pan.position).toBeCloseTo(20, 0)
		await camera[Symbol.asyncDispose]()
		await device.close()
	})
})

describe.concurrent('a camera that', () => {
	it('answers from another address is understood', async () => {
		const { camera, head } = await cameraThat({ wrongAddress: true })
		await camera.moveTo(place(10, 0, 0), 1)
		expect(head().pan).toBeCloseTo(10, 0)
	})

	it('gives every reply the same number is understood', async () => {
		const { camera, head } = await cameraThat({ fixedSequence: 1 })
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
		await camera.stop()
		await camera.moveTo(place(-10, 0, 0.3), 1)
		expect(head().pan).toBeCloseTo(-10, 0)
	})

	it('never acknowledges still moves, stops and arrives', async () => {
		const { camera, device, head, now } = await cameraThat({})
		device.faults.noAck = true
		const moving = camera.move(right)
		await until('the head to move', () => head().pan > 1)
		await camera.stop()
		await moving
		await until('rest', () => !head().moving && now()?.moving === false)
		await camera.moveTo(place(-10, 0, 0), 1)
		expect(head().pan).toBeCloseTo(-10, 0)
		expect(now()?.fault).toBeNull()
	})

	it('never completes still arrives', async () => {
		const { camera, head } = await cameraThat({ noCompletion: true })
		await camera.moveTo(place(10, 5, 0), 1)
		expect(head()).toMatchObject({ pan: expect.closeTo(10, 0), moving: false })
		await camera.home()
		expect(head()).toMatchObject({ pan: expect.closeTo(0, 0), moving: false })
	})

	it('completes too early has not arrived before it stands there', async () => {
		const { camera, head } = await cameraThat({ earlyCompletion: true })
		await camera.moveTo(place(60, 0, 0.5), 1)
		expect(head()).toMatchObject({ pan: expect.closeTo(60, 0), zoom: expect.closeTo(0.5, 1) })
	})

	it('loses requests and replies still does what it is told', async () => {
		const { camera, device, head, now } = await cameraThat({})
		Object.assign(device.faults, { loseRequests: 1, loseReplies: 2 })
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
		Object.assign(device.faults, { loseRequests: 3, loseReplies: 1 })
		await camera.stop()
		await until('rest', () => !head().moving && now()?.moving === false)
	})

	it('has no room for a movement gets it again', async () => {
		const { camera, device, head } = await cameraThat({})
		device.faults.bufferFull = 3
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
	})

	it('has no room for a stop gets it until it obeys', async () => {
		const { camera, device, head } = await cameraThat({})
		await camera.move(right)
		device.faults.bufferFull = 4
		await camera.stop()
		await until('the head to stand', () => !head().moving)
	})

	it('has both sockets busy stops in the midst of a journey', async () => {
		const { camera, head } = await cameraThat({})
		const journey = camera.moveTo(place(160, 0, 1), 1).catch(() => {})
		await until('the head to move', () => head().pan > 2)
		await camera.stop()
		await until('the head to stand', () => !head().moving)
		expect(head().pan).toBeLessThan(150)
		await journey
	})

	it('is switched off and on counts from elsewhere and is understood again', async () => {
		const first = await cameraThat({})
		await first.camera.move(right)
		await first.camera.stop()
		// The same program behind the same port, with no memory of any number.
		const { port } = first.device
		await first.device.close()
		const again = await startViscaCamera({ host: '127.0.0.1', port })
		await first.camera.move(right)
		await until('the new head to move', () => again.head().pan.position > 1)
		await first.camera.stop()
		await again.close()
	})

	it('is driven by another hand is told as moving until it stands', async () => {
		const { camera, device, now } = await cameraThat({})
		const other = await viscaIp.open({ host: '127.0.0.1', port: device.port }, context())
		await other.move({ pan: 0.1, tilt: 0, zoom: 0 })
		await until('it to be told', () => now()?.moving)
		await other.stop()
		await until('it to be told', () => now()?.moving === false)
		await other[Symbol.asyncDispose]()
		expect(now()?.fault).toBeNull()
		expect(camera).toBeDefined()
	})
})

describe.concurrent('proof of motion', () => {
	it('notices what is acknowledged and not done, tells the camera again, and says so', async () => {
		const { camera, device, now } = await cameraThat({ ignoreDrives: true })
		const before = device.heard.length
		await camera.move(right)
		await until('a fault', () => now()?.fault === 'no-motion')
		await until(
			'the drive to be told again',
			() => device.heard.slice(before).filter((packet) => packet === '810106010c010203ff').length === 2,
		)
		await camera.stop()
		await until('rest', () => now()?.moving === false)
		expect(now()?.fault).toBe('no-motion')
	})

	it('is satisfied once it moves', async () => {
		const { camera, device, now } = await cameraThat({ ignoreDrives: true })
		await camera.move(right)
		await until('a fault', () => now()?.fault === 'no-motion')
		device.faults.ignoreDrives = false
		await camera.move(right) // a finger that stays on the pad renews
		await until('the fault to be gone', () => now()?.fault === null)
	})

	it('notices the wrong direction', async () => {
		const { camera, now } = await cameraThat({ reversed: true })
		await camera.move(right)
		await until('a fault', () => now()?.fault === 'wrong-direction')
	})

	it('is content with a head at its end', async () => {
		const { camera, head, states } = await cameraThat({})
		await camera.moveTo(place(168, 0, 0), 1)
		await camera.move({ pan: 1, tilt: 0, zoom: 0 })
		await until('the end', () => head().pan === 170)
		await camera.stop()
		await camera.move({ pan: 1, tilt: 0, zoom: 0 })
		await delay(1_500)
		expect(states.map(({ fault }) => fault)).not.toContain('no-motion')
	})

	it('rejects a journey that never begins', async () => {
		const { camera, now } = await cameraThat({ ignoreDrives: true })
		await expect(camera.moveTo(place(30, 0, 0), 1)).rejects.toMatchObject({ code: 'timeout' })
		expect(now()).toMatchObject({ fault: 'no-motion', moving: false })
	})

	it('repeats a stop that is ignored, by other means too, until it is obeyed', async () => {
		const { camera, device, head, now } = await cameraThat({})
		await camera.move({ pan: 0.2, tilt: 0, zoom: 0 })
		await until('the head to move', () => head().pan > 1)
		device.faults.ignoreStops = 3
		await camera.stop()
		await until('rest', () => !head().moving && now()?.moving === false)
		expect(device.heard).toContain('8101060100000303ff')
	})

	it('raises a fault over a camera that goes on moving, and takes it back when it stands', async () => {
		const { camera, device, head, now } = await cameraThat({})
		await camera.move({ pan: 0.1, tilt: 0, zoom: 0 })
		await until('the head to move', () => head().pan > 1)
		device.faults.ignoreStops = 1_000
		await camera.stop()
		await until('a fault', () => now()?.fault === 'still-moving-after-stop')
		expect(now()?.moving).toBe(true)
		device.faults.ignoreStops = 0
		await until('rest', () => now()?.moving === false)
		expect(now()?.fault).toBeNull()
		expect(head().moving).toBe(false)
	})
})

describe.concurrent('bytes', () => {
	it('of a movement are on the wire when the call returns', async () => {
		const { camera, device } = await cameraThat({})
		let arrived = false
		device.onDatagram((bytes) => {
			arrived ||= bytes.includes(Buffer.from('81010601', 'hex'))
		})
		camera.move(right).catch(() => {})
		// One turn for the socket to hand it over; no timer, no promise of ours in between.
		await until('the drive', () => arrived)
	})

	it('are spared when a renewal changes nothing', async () => {
		const { camera, device } = await cameraThat({})
		await camera.move(right)
		for (let i = 0; i < 20; i++) await camera.move(right)
		expect(device.heard.filter((packet) => packet.startsWith('81010601') && packet !== stopPacket)).toHaveLength(1)
	})

	it.each(['sony', 'raw'] as const)('that make no sense disturb nothing (%s)', async (framing) => {
		const { camera, head, now } = await cameraThat({ noise: true }, framing)
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
		await camera.stop()
		await camera.moveTo(place(10, 0, 0), 1)
		expect(head().pan).toBeCloseTo(10, 0)
		expect(now()?.fault).toBeNull()
	})
})
