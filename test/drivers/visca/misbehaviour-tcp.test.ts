import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { CameraState, Position } from '../../../drivers/camera.ts'
import { startViscaTcpCamera, type TcpFaults } from '../../../drivers/virtual/visca-tcp-camera.ts'
import { viscaTcp } from '../../../drivers/visca/tcp-driver.ts'
import { until } from '../wait.ts'
import { context, openTcpSpecimen } from './specimen.ts'

/** Bad habits of cameras over TCP; they wait rather than work, so several run together. */
vi.setConfig({ maxConcurrency: 12 })

const running: (() => Promise<unknown>)[] = []
afterAll(async () => {
	for (const end of running.reverse()) await end()
})

async function cameraThat(faults: TcpFaults) {
	const specimen = await openTcpSpecimen(faults)
	const { camera } = specimen
	running.push(
		() => specimen.close(),
		async () => camera[Symbol.asyncDispose](),
	)
	const states: CameraState[] = []
	camera.watch((state) => states.push(state))
	return { ...specimen, states, now: () => states.at(-1) }
}

const place = (pan: number): Position => ({ pan, tilt: 0, zoom: 0, unit: 'degrees', at: 0 })
const right = { pan: 0.5, tilt: 0, zoom: 0 }
const host = '127.0.0.1'

describe.concurrent('Opening a camera over TCP', () => {
	it('begins with a stop of every axis', async () => {
		const { device } = await cameraThat({})
		expect(device.heard.slice(0, 2)).toEqual(['8101060101010303ff', '8101040700ff'])
	})

	it('where nobody listens is unreachable', async () => {
		const server = createServer()
		server.listen(0, host)
		await once(server, 'listening')
		const { port } = server.address() as { port: number }
		server.close()
		await expect(viscaTcp.open({ host, port }, context())).rejects.toMatchObject({ code: 'unreachable' })
	})

	it('that takes the connection and says nothing is unreachable', async () => {
		const device = await startViscaTcpCamera({ host, port: 0, faults: { silent: true } })
		running.push(device.close)
		await expect(viscaTcp.open({ host, port: device.port }, context())).rejects.toMatchObject({ code: 'unreachable' })
	})

	it('ends when it is no longer wanted', async () => {
		const device = await startViscaTcpCamera({ host, port: 0, faults: { silent: true } })
		running.push(device.close)
		const wanted = new AbortController()
		const opening = viscaTcp.open({ host, port: device.port }, { ...context(), signal: wanted.signal })
		setTimeout(() => wanted.abort(), 100)
		await expect(opening).rejects.toMatchObject({ code: 'lost' })
	})
})

describe.concurrent('A camera over TCP that', () => {
	it.each(['halves', 'together'] as const)('sends its replies in other pieces is understood (%s)', async (segments) => {
		const { camera, head, now } = await cameraThat({ segments })
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
		await camera.stop()
		await camera.moveTo(place(-5), 1)
		expect(head().pan).toBeCloseTo(-5, 0)
		expect(now()?.fault).toBeNull()
	})

	it('sends bytes that make no sense, and network changes, disturbs nothing', async () => {
		const { camera, head, now } = await cameraThat({ noise: true, networkChange: 4 })
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
		await camera.stop()
		await camera.moveTo(place(-5), 1)
		expect(now()?.fault).toBeNull()
	})

	it('answers from another address is understood', async () => {
		const { camera, head } = await cameraThat({ wrongAddress: true })
		await camera.moveTo(place(5), 1)
		expect(head().pan).toBeCloseTo(5, 0)
	})

	it('is dead without a word is found out by its silence, and a new connection is answered', async () => {
		const { camera, device, now } = await cameraThat({})
		const before = performance.now()
		device.faults.halfOpen = true
		await until('it to be told', () => now()?.fault === 'no-answer')
		expect(await camera.lost).toMatchObject({ code: 'lost' })
		console.log(`a half-open connection was given up after ${Math.round(performance.now() - before)} ms`)
		const again = await viscaTcp.open({ host, port: device.port }, context())
		running.push(async () => again[Symbol.asyncDispose]())
		expect(await again.position()).not.toBeNull()
		expect(device.connections).toBe(2)
	})

	it('loses its power while it moves is lost, and the next connection begins with a stop', async () => {
		const { camera, device, head } = await cameraThat({})
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
		device.faults.rebootMidMove = 500
		expect(await camera.lost).toMatchObject({ code: 'lost' })
		const heard = device.heard.length
		const again = await viscaTcp.open({ host, port: device.port }, context())
		running.push(async () => again[Symbol.asyncDispose]())
		expect(device.heard[heard]).toBe('8101060101010303ff')
	})

	it('closes the connection is lost at once', async () => {
		const { camera, device } = await cameraThat({})
		await device.close()
		expect(await camera.lost).toMatchObject({ code: 'lost' })
		await expect(camera.stop()).rejects.toMatchObject({ code: 'lost' })
	})

	it('has no room for a stop gets it until it obeys', async () => {
		const { camera, device, head } = await cameraThat({})
		await camera.move(right)
		device.faults.bufferFull = 4
		await camera.stop()
		await until('the head to stand', () => !head().moving)
	})
})
