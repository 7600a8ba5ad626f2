import { setTimeout as sleep } from 'node:timers/promises'
import * as mediasoup from 'mediasoup'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { SpareWorker } from '../../appliance/media/spare-worker.ts'
import { endWorker } from '../../appliance/media/worker-process.ts'
import { workerPath } from '../../appliance/setup/worker-path.mjs'
import { descendants } from '../scene/processes.ts'
import { until } from '../scene/wait.ts'
import { log, openTestSfu } from './open.ts'

/** With real workers, and the seconds that one needs to stand by. */

const ends: (() => Promise<unknown>)[] = []
let started = 0

afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end()
})

const ours = () => descendants(process.pid).filter(({ command }) => command.includes('mediasoup-worker'))

function openSpare() {
	started = 0
	const spare = new SpareWorker(async () => {
		const worker = await mediasoup.createWorker({ workerBin: workerPath(), logLevel: 'none' })
		started += 1
		ends.push(() => endWorker(worker))
		return worker
	}, log)
	ends.push(() => spare.close())
	return spare
}

async function standing(spare: SpareWorker): Promise<number> {
	return until('a worker to stand by', () => spare.pid)
}

describe('A worker that stands by', () => {
	it('is there some seconds after one was taken, and is the next', async () => {
		const spare = openSpare()
		const first = await spare.take()
		await sleep(1_000)
		expect(spare.pid).toBeNull()
		const pid = await standing(spare)
		expect(pid).not.toBe(first.pid)
		expect((await spare.take()).pid).toBe(pid)
		expect(started).toBe(2)
	})

	it('is not waited for', async () => {
		const spare = openSpare()
		const workers = await Promise.all([spare.take(), spare.take()])
		expect(new Set(workers.map(({ pid }) => pid)).size).toBe(2)
	})

	it.each(['SIGKILL', 'SIGSTOP'] as const)(
		'is of no use, and ended, where %s came before it was taken',
		async (signal) => {
			const spare = openSpare()
			await spare.take()
			const pid = await standing(spare)
			process.kill(pid, signal)
			const taken = await spare.take()
			expect(taken.pid).not.toBe(pid)
			await expect(taken.getResourceUsage()).resolves.toHaveProperty('ru_maxrss')
			await until('it to be gone', () => !ours().some((one) => one.pid === pid && one.state !== 'Z'))
		},
	)

	it('is replaced where it is lost before anybody needs it', async () => {
		const spare = openSpare()
		await spare.take()
		const pid = await standing(spare)
		process.kill(pid, 'SIGKILL')
		await until('its loss to be known', () => spare.pid === null)
		expect(await standing(spare)).not.toBe(pid)
	})

	it('takes the place of the SFU’s that is killed, with its port, and leaves nothing when the SFU closes', async () => {
		const said: { pid: number; msg: string }[] = []
		const sfu = await openTestSfu({
			log: pino({ level: 'info' }, { write: (line) => void said.push(JSON.parse(line)) }),
		})
		const { pid: before, port } = sfu.health().workers[0] ?? {}
		const spare = await until('another', () => said.find(({ msg }) => msg === 'another SFU worker stands by')?.pid)
		process.kill(before ?? Number.NaN, 'SIGKILL')
		await until('it to take the place', () => sfu.health().workers[0]?.pid === spare)
		const { router, webRtcServer } = await sfu.openRouter()
		const { iceCandidates } = await router.createWebRtcTransport({ webRtcServer })
		expect(iceCandidates[0]?.port).toBe(port)
		await sfu.close()
		await until('all to be gone', () => !ours().some(({ state }) => state !== 'Z'))
	})
})
