import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Discovery } from 'onvif/promises/index.js'
import { afterAll, describe, expect, it } from 'vitest'
import { searchCameras } from '../../../drivers/onvif/discovery-search.ts'
import { networksOfThisMachine } from '../../../drivers/transport/multicast.ts'
import { answerProbes, type DiscoveryFaults } from '../../../drivers/virtual/discovery.ts'
import { startOnvifCamera } from '../../../drivers/virtual/onvif-camera.ts'
import { silentLog, until } from '../wait.ts'

/**
 * Real multicast on the loopback interface, between our search and a virtual camera that knows it not. Each test has a port
 * of its own for the group, so that no other's misbehaving camera answers; the last ones have that of all cameras.
 */

const group = '239.255.255.250'
const ending: (() => unknown)[] = []
afterAll(async () => {
	for (const end of ending.splice(0)) await end()
})

const loopback = { address: '127.0.0.1', cidr: '127.0.0.0/8', internal: true }
/** Long enough for the third round of questions. */
const wholeSeconds = 2.5

/** A port on which nothing else of ours listens. */
async function freePort(): Promise<number> {
	const socket = createSocket('udp4')
	socket.bind(0)
	await once(socket, 'listening')
	const { port } = socket.address()
	socket.close()
	return port
}

async function door(): Promise<number> {
	const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
	await once(server, 'listening')
	ending.push(() => server.close())
	const address = server.address()
	return typeof address === 'object' && address ? address.port : 0
}

async function cameraThat(faults: DiscoveryFaults, port?: number) {
	const on = port ?? (await freePort())
	const listens = await door()
	const uuid = crypto.randomUUID()
	const url = `http://127.0.0.1:${listens}/onvif/device_service`
	const camera = await answerProbes({
		...{ identity: { uuid, serial: '1', name: '정면 카메라' }, url, address: '127.0.0.1', port: on, faults },
	})
	ending.push(() => camera.close())
	const search = (seconds = 1.5, signal = new AbortController().signal) =>
		searchCameras({ seconds, networks: [loopback], group: { group, port: on } }, { signal, log: silentLog })
	const expected = { uuid, name: '정면 카메라', model: 'Virtual_PTZ', host: '127.0.0.1', port: listens, https: false }
	return { camera, search, expected, port: on }
}

describe.concurrent('a search on a real network', () => {
	it.for([
		['as it should', {}],
		['twice', { twice: true }],
		['late', { lateMs: 900 }],
		['after two losses', { loseProbes: 4 }],
		['after garbage', { garbage: true }],
		['with a zero at the end', { trailingZero: true }],
		[
			'with addresses that nobody reaches before its own',
			{ addressesBefore: ['http://192.0.2.99/onvif/device_service'] },
		],
		['with IPv6 before its own', { addressesBefore: ['http://[fe80::1]/x', 'http://[2001:db8::1]/x', '::'] }],
		['among hundreds that are not there', { flood: 100 }],
	] as const satisfies [string, DiscoveryFaults][])('finds a camera that answers %s', async ([, faults]) => {
		const { search, expected } = await cameraThat(faults)
		const { cameras } = await search('loseProbes' in faults || 'lateMs' in faults ? wholeSeconds : 1.5)
		expect(cameras.filter(({ uuid }) => uuid === expected.uuid)).toEqual([expected])
	})

	it('finds a camera without scopes, by its type', async () => {
		const { search, expected } = await cameraThat({ noScopes: true })
		expect((await search()).cameras).toEqual([{ ...expected, name: null, model: null }])
	})

	it('finds where a camera is that says no address, if only by where it answers from', async () => {
		const { search, expected } = await cameraThat({ withholdsAddress: true })
		expect((await search()).cameras).toEqual([{ ...expected, port: 80 }])
	})

	it.for([
		['is silent', { silent: true }],
		['answers what nobody asked', { relatesTo: 'wrong' }],
		['answers without saying what', { relatesTo: 'none' }],
		['has no endpoint', { endpoint: '' }],
		['hides behind entities', { doctype: true }],
	] as const satisfies [string, DiscoveryFaults][])('does not find one that %s', async ([, faults]) => {
		const { search, camera } = await cameraThat(faults)
		expect((await search()).cameras).toEqual([])
		expect(camera.answered.length > 0).toBe(!('silent' in faults))
	})

	it('asks three times for both types', async () => {
		const { search, camera } = await cameraThat({})
		await search(wholeSeconds)
		expect(camera.answered.map((type) => type.split(' ')[1])).toEqual(
			Array.from({ length: 3 }, () => ['NetworkVideoTransmitter', 'Device']).flat(),
		)
	})

	it('hears who comes meanwhile, and who goes', async () => {
		const { search, camera, expected } = await cameraThat({ silent: true })
		const searching = search(2)
		await delay(300)
		await camera.say('Hello')
		expect((await searching).cameras).toEqual([expected])
		const again = search(2)
		await delay(300)
		await camera.say('Hello')
		await camera.say('Bye')
		expect((await again).cameras).toEqual([])
	})

	it('ends at once when it is told to, with what was found', async () => {
		const { camera, search, expected } = await cameraThat({})
		const control = new AbortController()
		const searching = search(60, control.signal)
		await until('an answer', () => camera.answered.length > 0)
		await delay(500)
		control.abort()
		expect((await searching).cameras).toEqual([expected])
		expect((await search(60, control.signal)).cameras).toEqual([])
	})

	it('leaves out a network that is not there any more, and goes on with the others', async () => {
		const { expected, port } = await cameraThat({})
		const gone = { address: '198.51.100.7', cidr: '198.51.100.0/24', internal: false }
		const { cameras, networks } = await searchCameras(
			{ seconds: 2, networks: [gone, loopback, loopback], group: { group, port } },
			{ signal: new AbortController().signal, log: silentLog },
		)
		expect(cameras).toEqual([expected])
		expect(networks).toEqual([])
	})

	it('goes on without hearing all where another program has the port for itself', async () => {
		const socket = createSocket('udp4')
		ending.push(() => socket.close())
		socket.bind(0)
		await once(socket, 'listening')
		const { port } = socket.address()
		const searched = await searchCameras(
			{ seconds: 0.3, networks: [loopback], group: { group, port } },
			{ signal: new AbortController().signal, log: silentLog },
		)
		expect(searched.cameras).toEqual([])
	})
})

describe('on the port of all cameras', () => {
	it('a library that knows it not finds the virtual camera where it is', async () => {
		const camera = await startOnvifCamera({ host: '127.0.0.1', port: 0, username: 'admin', password: 'maru' })
		const { identity, url } = camera
		const answering = await answerProbes({ identity, url, address: '127.0.0.1' })
		ending.push(
			() => camera.close(),
			() => answering.close(),
		)
		// Bound to that address, it asks there.
		const probing = Discovery.probe({ timeout: 1_500, device: 'lo' })
		await until('a probe', () => answering.answered.length > 0)
		const found = (await probing) as { hostname: string; port: string; path: string }[]
		const own = found.filter(({ port }) => port === String(camera.port))
		expect(own.map(({ hostname, path }) => `${hostname} ${path}`)).toEqual(['127.0.0.1 /onvif/device_service'])
	})

	it('all networks of this machine are searched, and that of its own programs is not told', async () => {
		const { camera, expected } = await cameraThat({}, 3702)
		const { cameras, networks } = await searchCameras(
			{ seconds: 2 },
			{ signal: new AbortController().signal, log: silentLog },
		)
		expect(cameras.filter(({ uuid }) => uuid === expected.uuid)).toEqual([expected])
		expect(networks).not.toContain('127.0.0.0/8')
		for (const cidr of networks) expect(networksOfThisMachine().map((one) => one.cidr)).toContain(cidr)
		expect(camera.answered.length).toBeGreaterThan(0)
	})
})
