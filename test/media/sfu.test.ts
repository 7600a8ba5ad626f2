import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { listenAddresses, listenInfos } from '../../appliance/media/listen.ts'
import type { Sfu } from '../../appliance/media/sfu.ts'
import { limitOf } from '../scene/wait.ts'
import { openTestSfu } from './open.ts'
import { until } from './wait.ts'

let sfu: Sfu | undefined

afterEach(async () => {
	await sfu?.close()
	sfu = undefined
})

describe('Where media listen', () => {
	const own = ['127.0.0.1', '192.0.2.2', '10.0.0.7', 'fd00::2']
	it.each([
		['this machine’s own addresses', '0.0.0.0', ['auto'], ['127.0.0.1', '192.0.2.2', '10.0.0.7']],
		['one of them, and loopback for the stage', '0.0.0.0', ['10.0.0.7'], ['10.0.0.7', '127.0.0.1']],
		['IPv6 where it is named', '0.0.0.0', ['fd00::2', '192.0.2.2'], ['fd00::2', '192.0.2.2', '127.0.0.1']],
		['one address alone', '192.0.2.2', ['auto'], ['192.0.2.2']],
		['an address of the router in front', '192.0.2.2', ['203.0.113.5'], ['192.0.2.2=203.0.113.5']],
		['that address on top of one of our own', '0.0.0.0', ['203.0.113.5'], ['127.0.0.1', '192.0.2.2=203.0.113.5']],
		['both', '0.0.0.0', ['auto', '203.0.113.5'], ['127.0.0.1', '192.0.2.2=203.0.113.5', '10.0.0.7']],
	])('%s', (_, host, announce, expected) => {
		const found = listenAddresses({ host, announce }, own)
		expect(found.map(({ ip, announced }) => (announced ? `${ip}=${announced}` : ip)).sort()).toEqual(
			[...expected].sort(),
		)
	})

	it('is refused where nothing could be reached', () => {
		expect(() => listenAddresses({ host: '192.0.2.2', announce: ['203.0.113.5', '203.0.113.6'] }, own)).toThrow(
			/cannot announce/,
		)
	})

	it('has room for what eighty people send while a worker is away for a moment', () => {
		const [udp, tcp] = listenInfos([{ ip: '127.0.0.1', announced: null }], 44_300)
		// The system counts some 1,300 bytes for a packet of theirs, and they send 10,000 a second.
		expect(udp?.recvBufferSize).toBeGreaterThan(0.075 * 10_000 * 1_300)
		expect(udp?.protocol).toBe('udp')
		expect(tcp).not.toHaveProperty('recvBufferSize')
	})
})

describe('The SFU', () => {
	it('opens routers in the worker that has the fewest, and tells clients nothing of abs-capture-time', async () => {
		sfu = await openTestSfu({ workers: 2 })
		const routers = await Promise.all([sfu.openRouter(), sfu.openRouter()])
		expect(sfu.health().workers.map(({ meetings }) => meetings)).toEqual([1, 1])
		const [first] = routers
		expect(first?.capabilities.headerExtensions?.map(({ uri }) => uri).join()).toContain('abs-send-time')
		expect(first?.capabilities.headerExtensions?.map(({ uri }) => uri).join()).not.toContain('abs-capture-time')
		for (const router of routers) router.close()
		expect(sfu.health().workers.map(({ meetings }) => meetings)).toEqual([0, 0])
	})

	it('offers UDP before TCP on the one port of the worker', async () => {
		sfu = await openTestSfu()
		const { router, webRtcServer } = await sfu.openRouter()
		const { iceCandidates } = await router.createWebRtcTransport({ webRtcServer, preferUdp: true })
		const port = sfu.health().workers[0]?.port
		expect(iceCandidates.map((one) => [one.protocol, one.port])).toEqual([
			['udp', port],
			['tcp', port],
		])
	})

	it('says that its port is in use', async () => {
		const taken = createServer().listen(0, '127.0.0.1')
		await once(taken, 'listening')
		const address = taken.address()
		const port = typeof address === 'object' && address ? address.port : 0
		await expect(openTestSfu({ listen: { host: '127.0.0.1', announce: ['auto'], port } })).rejects.toThrow(
			`port ${port}`,
		)
		taken.close()
	})

	it.each([
		['killed', 'SIGKILL', 5_000],
		['hung', 'SIGSTOP', 10_000],
	] as const)('replaces a worker that is %s, on the same port', async (_, signal, promiseMs) => {
		sfu = await openTestSfu()
		const before = sfu.health().workers[0]
		const { onLost } = await sfu.openRouter()
		let lostAfter = 0
		const begin = performance.now()
		onLost(() => {
			lostAfter = performance.now() - begin
		})
		process.kill(before?.pid ?? Number.NaN, signal)
		await until('another worker', () => {
			const now = sfu?.health().workers[0]
			return now?.pid !== null && now?.pid !== before?.pid
		})
		const back = performance.now() - begin
		console.log(`worker ${signal}: noticed after ${Math.round(lostAfter)} ms, another after ${Math.round(back)} ms`)
		expect(lostAfter).toBeGreaterThan(0)
		expect(back).toBeLessThan(limitOf(promiseMs))
		expect(sfu.health().workers[0]).toMatchObject({ port: before?.port, restarts: 1, meetings: 0 })
		const { router, webRtcServer } = await sfu.openRouter()
		const transport = await router.createWebRtcTransport({ webRtcServer })
		expect(transport.iceCandidates[0]?.port).toBe(before?.port)
	})

	it('leaves a worker in peace that is only not let run', async () => {
		sfu = await openTestSfu()
		const { pid } = sfu.health().workers[0] ?? {}
		// Alone with these on one core, and behind all of them, it has nothing of it.
		const hogs = Array.from({ length: 20 }, () => spawn('taskset', ['-c', '0', 'sh', '-c', 'while :; do :; done']))
		try {
			for (const words of [
				['taskset', '-p', '-c', '0', `${pid}`],
				['renice', '19', `${pid}`],
			]) {
				execFileSync(words[0] ?? '', words.slice(1), { stdio: 'ignore' })
			}
			await sleep(4_000)
			expect(sfu.health().workers[0]).toMatchObject({ pid, restarts: 0 })
		} finally {
			for (const hog of hogs) hog.kill('SIGKILL')
		}
	})

	it('makes a meeting wait for the next worker rather than fail', async () => {
		sfu = await openTestSfu()
		process.kill(sfu.health().workers[0]?.pid ?? Number.NaN, 'SIGKILL')
		await until('the death to be known', () => sfu?.health().workers[0]?.pid === null)
		expect((await sfu.openRouter()).router.closed).toBe(false)
	})

	it('leaves no process behind', async () => {
		sfu = await openTestSfu({ workers: 2 })
		const pids = sfu.health().workers.map(({ pid }) => pid ?? 0)
		await sfu.close()
		for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
	})
})
