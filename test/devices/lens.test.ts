import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { startViscaCamera } from '../../drivers/virtual/visca-camera.ts'
import { judge, trials, until } from '../scene/wait.ts'
import { startService } from './service-life.ts'

/** Whatever is killed or hangs while a hand is on the focus, the lens is told to stop. Judged by what the camera hears. */

const running: (() => Promise<unknown>)[] = []
afterAll(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

async function start() {
	const camera = await startViscaCamera({ host: '127.0.0.1', port: 0 })
	running.push(camera.close)
	const service = startService({ host: '127.0.0.1', port: camera.port })
	running.push(service.end)
	await service.ready()
	// 8x 01 04 08 0p FF: near, far and stop of the lens.
	const told = () => camera.heard.findLast((packet) => packet.startsWith('81010408'))
	const runs = () => told() !== undefined && told() !== '8101040800ff'
	return {
		...service,
		runs,
		async focusing() {
			await service.ask('focus near')
			await until('the lens to run', runs)
			await sleep(250 + Math.random() * 150)
			// Where a finger was renewed too late, on a busy machine, it had stopped in between.
			await until('the lens to run still', runs)
		},
	}
}

/** Milliseconds until the lens was told to stop, and then left alone. */
async function stoppedAfter({ runs }: { runs(): boolean }, begin: number): Promise<number> {
	await until('the lens to stop', () => !runs(), 30_000, 5)
	const stopped = performance.now() - begin
	await sleep(300)
	expect(runs()).toBe(false)
	return stopped
}

/** Each has a camera and a service of its own; they wait rather than work. */
describe.concurrent('A lens that runs is stopped', () => {
	it('when the hand leaves it', async () => {
		const service = await start()
		await service.focusing()
		const begin = performance.now()
		service.send('release')
		judge('lens, release', [await stoppedAfter(service, begin)], 300)
	})

	it('however short the touch was', async () => {
		const service = await start()
		for (let trial = 0; trial < trials; trial++) {
			service.send('focus far')
			await sleep(Math.random() * 60)
			await service.ask('release')
			await until('the lens to stop', () => !service.runs(), 30_000, 5)
			await sleep(500)
			expect(service.runs()).toBe(false)
		}
	})

	it.each(['SIGKILL', 'SIGSTOP'] as const)('after %s of the devices process', async (signal) => {
		const service = await start()
		const figures: number[] = []
		for (let trial = 0; trial < trials; trial++) {
			await service.focusing()
			const from = service.told.length
			const begin = performance.now()
			process.kill(service.devices(), signal)
			figures.push(await stoppedAfter(service, begin))
			await service.ready(from)
			await sleep(800)
		}
		judge(`lens, ${signal} of the devices process`, figures, 1_200)
	})

	it('after SIGKILL of the service', async () => {
		const service = await start()
		await service.focusing()
		const begin = performance.now()
		process.kill(service.pid, 'SIGKILL')
		judge('lens, SIGKILL of the service', [await stoppedAfter(service, begin)], 1_200)
	})

	it('after SIGSTOP of the service', async () => {
		const service = await start()
		const figures: number[] = []
		for (let trial = 0; trial < trials; trial++) {
			await service.focusing()
			const begin = performance.now()
			process.kill(service.pid, 'SIGSTOP')
			figures.push(await stoppedAfter(service, begin))
			process.kill(service.pid, 'SIGCONT')
			await service.ask('release')
		}
		judge('lens, SIGSTOP of the service', figures, 1_200)
	})
})
