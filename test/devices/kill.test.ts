import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Cameras, startCameras } from '../scene/cameras.ts'
import { alive, descendants } from '../scene/processes.ts'
import { limitOf, percentile, trials, until } from '../scene/wait.ts'
import { type Service, startService } from './service-life.ts'

/** Whatever is killed or hangs while a camera moves, the head stands still 1.2 s later. Judged by the head itself. */

const services: Service[] = []
const cacheDir = mkdtempSync(join(tmpdir(), 'maru-devices-'))
let cameras: Cameras
let direction = 1

beforeAll(async () => {
	cameras = await startCameras(['front'])
})
afterEach(async () => {
	await Promise.all(services.splice(0).map((service) => service.end()))
})
afterAll(async () => {
	await cameras?.close()
	rmSync(cacheDir, { recursive: true })
})

async function start() {
	const [camera] = cameras.addresses
	if (!camera) throw new Error('there is no virtual camera')
	const service = startService(camera.visca, cacheDir)
	services.push(service)
	await service.ready()
	return service
}

/** To and fro, and slowly enough that the end of the travel is not what stops the head. */
async function moving(service: { ask(line: string): Promise<unknown> }): Promise<void> {
	direction = -direction
	await service.ask(`move ${direction * 0.2}`)
	await until('the head to move', async () => (await cameras.position('front')).moving)
	await sleep(250 + Math.random() * 150)
	// Where a finger was renewed too late, on a busy machine, it had stopped in between.
	await until('the head to move still', async () => (await cameras.position('front')).moving)
}

/** Milliseconds until the head stood still, and stayed so. */
async function standsAfter(begin: number): Promise<number> {
	await until('the head to stand', async () => !(await cameras.position('front')).moving, 30_000, 10)
	const stood = performance.now() - begin
	const there = await cameras.position('front')
	await sleep(300)
	expect(await cameras.position('front')).toMatchObject({ pan: there.pan, moving: false })
	return stood
}

function judge(what: string, figures: number[]): void {
	console.log(`${what}: head stands after ${figures.map(Math.round).join(' ')} ms`)
	expect(percentile(figures, 0.95)).toBeLessThan(limitOf(1_200))
}

describe('A moving camera stands still', () => {
	it.each(['SIGKILL', 'SIGSTOP'] as const)(
		'after %s of the devices process, which is back by itself',
		async (signal) => {
			const service = await start()
			const figures: number[] = []
			const back: number[] = []
			for (let trial = 0; trial < trials; trial++) {
				const old = service.devices()
				await moving(service)
				const from = service.told.length
				const begin = performance.now()
				process.kill(old, signal)
				const restarted = service.ready(from).then(() => back.push(performance.now() - begin))
				figures.push(await standsAfter(begin))
				await restarted
				expect(service.devices()).not.toBe(old)
				await sleep(800)
			}
			expect(readdirSync(cacheDir)).not.toEqual([])
			console.log(`devices process, ${signal}: camera ready again after ${back.map(Math.round).join(' ')} ms`)
			expect(percentile(back, 0.95)).toBeLessThan(limitOf(3_000))
			judge(`devices process, ${signal}`, figures)
		},
	)

	it('after SIGKILL of the service, and its devices process is gone', async () => {
		const figures: number[] = []
		for (let trial = 0; trial < trials; trial++) {
			const service = await start()
			const family = descendants(service.pid)
			expect(family.map(({ pid }) => pid)).toContain(service.devices())
			await moving(service)
			const begin = performance.now()
			process.kill(service.pid, 'SIGKILL')
			figures.push(await standsAfter(begin))
			await until('the devices process to be gone', () => alive(family).length === 0)
		}
		judge('service, SIGKILL', figures)
	})

	it('after SIGSTOP of the service, which drives on when it continues', async () => {
		const service = await start()
		const devices = service.devices()
		const figures: number[] = []
		for (let trial = 0; trial < trials; trial++) {
			await moving(service)
			const begin = performance.now()
			process.kill(service.pid, 'SIGSTOP')
			figures.push(await standsAfter(begin))
			process.kill(service.pid, 'SIGCONT')
			await service.ask('release')
		}
		expect(service.devices()).toBe(devices)
		judge('service, SIGSTOP', figures)
	})

	it('before the service ends in order', async () => {
		const service = await start()
		const family = descendants(service.pid)
		await moving(service)
		service.send('close')
		expect(await service.exited).toEqual([0, null])
		// The camera has confirmed; a head has mass and brakes for some 40 ms.
		expect(await standsAfter(performance.now())).toBeLessThan(limitOf(250))
		expect(alive(family)).toEqual([])
	})

	it('when its devices process is told to end', async () => {
		const service = await start()
		const old = service.devices()
		await moving(service)
		const from = service.told.length
		const begin = performance.now()
		process.kill(old, 'SIGTERM')
		judge('devices process, SIGTERM', [await standsAfter(begin)])
		await until('another devices process', () => service.told.slice(from).some((it) => it.process === 'ready'))
		await service.ready(service.told.findLastIndex((it) => it.process === 'ready'))
		expect(service.devices()).not.toBe(old)
	})
})
