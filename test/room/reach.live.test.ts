import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../drivers/wait.ts'
import { type FacilitiesRoom, startFacilitiesRoom } from './facilities-room.ts'

/** A service of this machine that no camera's address may lead to. */
let inner: Server
let port: number
let knocks = 0
let facilities: FacilitiesRoom

beforeEach(async () => {
	knocks = 0
	inner = createServer((socket) => {
		knocks += 1
		socket.destroy()
	}).listen(0, '127.0.0.1')
	await once(inner, 'listening')
	port = (inner.address() as AddressInfo).port
	facilities = await startFacilitiesRoom({ ranges: ['10.0.0.0/8'], named: [] })
})
afterEach(async () => {
	await facilities.close()
	inner.close()
})

const setUp = (setup: object) => facilities.ask('PUT', '/facilities/cameras/front', { name: '정면', ...setup })

describe('A camera set up on the console', () => {
	it.each([
		['its address', () => ({ driver: 'visca-tcp', host: '127.0.0.1', port })],
		['its picture', () => ({ driver: 'fixed', video: { rtsp: `rtsp://127.0.0.1:${port}/` } })],
		['the metadata of a cloud', () => ({ driver: 'onvif', host: '169.254.169.254' })],
		['the Internet', () => ({ driver: 'onvif', host: '203.0.113.9' })],
	])('is refused at once where it leads elsewhere: %s', async (_, setup) => {
		expect(await setUp(setup())).toMatchObject({ status: 400, body: { code: 'address-refused' } })
		expect(facilities.view('front')).toBeUndefined()
		expect(knocks).toBe(0)
	})

	it.each(['visca-tcp', 'onvif', 'visca-ip'])('by a name that leads here is not connected to (%s)', async (driver) => {
		expect(await setUp({ driver, host: 'localhost', port })).toMatchObject({ status: 200 })
		await until('the refusal', () => facilities.view('front')?.reason === 'address-refused', 120_000)
		expect(facilities.view('front')?.status).toBe('failed')
		expect(knocks).toBe(0)
	})

	it('whose picture is at a name that leads here is not looked at', async () => {
		const video = { rtsp: `rtsp://localhost:${port}/` }
		expect(await setUp({ driver: 'fixed', video })).toMatchObject({ status: 200 })
		await sleep(1_000) // it would have been asked for by then
		expect(facilities.view('front')?.video).toBe('none')
		expect(knocks).toBe(0)
	})
})

it('shows that the service would be reached where the network is allowed', async () => {
	await facilities.close()
	facilities = await startFacilitiesRoom({ ranges: ['127.0.0.0/8'], named: [] })
	expect(await setUp({ driver: 'fixed', video: { rtsp: `rtsp://localhost:${port}/` } })).toMatchObject({ status: 200 })
	await until('a knock', () => knocks > 0, 120_000)
	const before = knocks
	expect(await setUp({ driver: 'visca-tcp', host: 'localhost', port })).toMatchObject({ status: 200 })
	await until('another', () => knocks > before, 120_000)
})
