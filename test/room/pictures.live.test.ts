import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createLive, type Live, thumbnail } from '../../appliance/room/live.ts'
import { until } from '../browser-launch/processes.ts'
import { alive, descendants } from '../scene/processes.ts'
import { startVirtualCamera } from './virtual-camera.ts'
import { openWay, type Way } from './way.ts'

const log = pino({ level: 'silent' })
let camera: Awaited<ReturnType<typeof startVirtualCamera>>
let way: Way
const ending: (() => unknown)[] = []

beforeAll(async () => {
	camera = await startVirtualCamera()
	way = await openWay(camera.rtsp)
})
afterEach(async () => {
	for (const end of ending.splice(0)) await end()
	way.mend()
})
afterAll(async () => {
	way.close()
	await camera.close()
})

const ffmpegs = (root = process.pid) => descendants(root).filter(({ command }) => command.startsWith('ffmpeg'))

describe('the live picture', () => {
	function open(rtsp = way.rtsp): Live {
		const live = createLive({ rtsp: () => rtsp, needKeyFrame: () => {}, log })
		ending.push(() => live.close())
		return live
	}

	test('is decoded once for all who watch, at most ten times a second, and not at all when nobody does', async () => {
		const live = open()
		expect(ffmpegs()).toEqual([])
		const read = async (seconds: number) => {
			const times: number[] = []
			for await (const picture of live.frames()) {
				expect(picture.subarray(0, 2).toString('hex')).toBe('ffd8')
				expect(picture.subarray(-2).toString('hex')).toBe('ffd9')
				times.push(performance.now())
				if (times.length > 9 && performance.now() - (times[0] ?? 0) > seconds * 1000) break
			}
			return times
		}
		const both = Promise.all([read(3), read(3)])
		await until(() => live.watchers === 2 && ffmpegs().length === 1)
		for (const times of await both) {
			expect(times.length).toBeLessThanOrEqual(10 + ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 100)
		}
		expect(live.watchers).toBe(0)
		await until(() => ffmpegs().length === 0)
	})

	test('gives the newest to a slow reader', async () => {
		const live = open()
		const slow = live.frames()[Symbol.asyncIterator]()
		const quick = live.frames()[Symbol.asyncIterator]()
		await slow.next()
		const passed: unknown[] = []
		for (let i = 0; i < 12; i++) passed.push((await quick.next()).value)
		const newest = (await slow.next()).value
		// Two may have come in one breath: then the quick one has the second of them next.
		if (passed.at(-1) !== newest) passed.push((await quick.next()).value)
		expect(passed.indexOf(newest)).toBe(passed.length - 1)
		await slow.return?.()
		await quick.return?.()
	})

	test('can be left while it waits for a picture', async () => {
		const live = open('rtsp://127.0.0.1:1/nothing')
		const frames = live.frames()[Symbol.asyncIterator]()
		const next = frames.next()
		await frames.return?.()
		expect((await next).done).toBe(true)
	})

	test('gives snapshots and thumbnails, and says when it cannot', async () => {
		const picture = await open().snapshot()
		const small = await thumbnail(picture, log)
		expect(widthOf(picture)).toBe(640)
		expect(widthOf(small)).toBe(320)
		await expect(thumbnail(Buffer.from('no picture'), log)).rejects.toThrow()
		await expect(open('rtsp://127.0.0.1:1/nothing').snapshot()).rejects.toMatchObject({ code: 'timeout' })
	})

	test('comes back after the camera was away', async () => {
		const live = open()
		const frames = live.frames()[Symbol.asyncIterator]()
		await frames.next()
		way.cut()
		await until(() => ffmpegs().length === 0)
		way.mend()
		await frames.next()
		await frames.next()
		await frames.return?.()
	})

	test('ends with the service, also when that is killed', async () => {
		const victim = spawn(process.execPath, [fileURLToPath(new URL('./victim.ts', import.meta.url)), way.rtsp], {
			stdio: ['ignore', 'ignore', 'inherit'],
		})
		ending.push(() => victim.kill('SIGKILL'))
		await until(() => ffmpegs(victim.pid).length > 0)
		const decoders = ffmpegs(victim.pid)
		victim.kill('SIGKILL')
		await until(() => alive(decoders).length === 0)
	})
})

/** Width in the frame header (ITU-T T.81, B.2.2). */
function widthOf(jpeg: Buffer): number {
	for (let at = 2; at + 9 < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
		if (jpeg[at + 1] === 0xc0) return jpeg.readUInt16BE(at + 7)
	}
	return 0
}
