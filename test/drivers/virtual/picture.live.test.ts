import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPicture } from '../../../drivers/virtual/picture.ts'
import { startVirtualCamera, type VirtualPtz } from '../../../drivers/virtual/room.ts'
import { viscaIp } from '../../../drivers/visca/driver.ts'
import { context } from '../visca/specimen.ts'
import { until } from '../wait.ts'
import { difference, type Viewer, view } from './rtsp.ts'

/** The whole virtual camera: driven over VISCA, seen over RTSP. */

let sceneCacheDir: string
let ptz: VirtualPtz
let viewer: Viewer
/** Frames a second while nothing moves, as this machine makes them now. */
let restRate: number

beforeAll(async () => {
	sceneCacheDir = await mkdtemp(join(tmpdir(), 'maru-scene-'))
	ptz = await startVirtualCamera({ id: 'front', name: '정면', sceneCacheDir })
	viewer = view(ptz.rtspUrl)
	await until('the first frame', () => viewer.newest(), 60_000)
})

afterAll(async () => {
	await viewer.close()
	await ptz.close()
	await rm(sceneCacheDir, { recursive: true })
})

/** A frame made after now: what is under way in the decoder is let by. */
async function frame(): Promise<Buffer> {
	const after = viewer.count + 8
	return until('another frame', () => viewer.count >= after && viewer.newest(), 60_000)
}

/** What is to be seen once the decoder has come so far: what was under way in it may be more than a few frames. */
async function seen(what: string, holds: (frame: Buffer) => boolean): Promise<Buffer> {
	for (const end = performance.now() + 60_000; ; ) {
		const now = await frame()
		if (holds(now)) return now
		if (performance.now() > end) throw new Error(`never seen: ${what}`)
	}
}

const openCamera = () => viscaIp.open('visca' in ptz.control ? ptz.control.visca : {}, context())
const place = (pan: number, tilt: number, zoom: number) => ({ pan, tilt, zoom, unit: 'degrees' as const, at: 0 })

describe('the picture of a virtual camera', () => {
	it('flows, fifteen frames to each second of its own time', async () => {
		const [before, began] = [viewer.count, performance.now()]
		const counted = promisify(execFile)('ffprobe', [
			...['-v', 'error', '-rtsp_transport', 'tcp', '-select_streams', 'v', '-read_intervals', '%+4', '-of', 'csv=p=0'],
			...['-show_entries', 'packet=pts_time', ptz.rtspUrl],
		])
		await until('fifty frames', () => viewer.count - before > 50, 60_000)
		restRate = (viewer.count - before) / ((performance.now() - began) / 1_000)
		console.log(`${restRate.toFixed(1)} frames a second`)
		// How many of them a busy machine leaves out says nothing of the picture: those that follow each other closest do.
		const times = (await counted).stdout
			.split(/[,\s]+/)
			.map(Number)
			.filter((time) => time > 0)
		const apart = times.slice(1).map((time, i) => time - (times[i] ?? 0))
		expect(Math.min(...apart)).toBeGreaterThan(0)
		expect(Math.min(...apart)).toBeLessThan(0.1)
	})

	it('is H.264 that browsers play without waiting: constrained baseline, no B-frames, a key frame each second', async () => {
		const { stdout } = await promisify(execFile)('ffprobe', [
			...['-v', 'error', '-rtsp_transport', 'tcp', '-select_streams', 'v', '-read_intervals', '%+4', '-of', 'json'],
			...['-show_entries', 'stream=profile,has_b_frames,width,height:frame=pict_type', ptz.rtspUrl],
		])
		const { streams, frames } = JSON.parse(stdout) as { streams: object[]; frames: { pict_type: string }[] }
		expect(streams[0]).toMatchObject({
			...{ profile: 'Constrained Baseline', has_b_frames: 0, width: 640, height: 360 },
		})
		const types = frames.map(({ pict_type }) => pict_type).join('')
		expect(types).not.toContain('B')
		expect(types).toMatch(/I/)
		expect(types).not.toMatch(/P{16}/)
	})

	it('has a key frame when one is asked for', async () => {
		const picture = await startPicture({ title: 'x', cacheDir: sceneCacheDir })
		const asking = setInterval(picture.keyFrame, 200)
		const { stdout } = await promisify(execFile)('ffprobe', [
			...[
				'-v',
				'error',
				'-rtsp_transport',
				'tcp',
				'-analyzeduration',
				'300000',
				'-select_streams',
				'v',
				'-of',
				'csv=p=0',
			],
			...['-read_intervals', '%+4', '-show_entries', 'frame=pict_type', picture.url],
		])
		clearInterval(asking)
		await picture.close()
		// Unasked, there are fourteen others between two.
		expect(stdout.replace(/[^IP]/g, '')).toMatch(/IP{1,9}IP{1,9}I/)
	})

	it('changes when the camera turns, comes back when it turns back, and stands while it stands', async () => {
		const camera = await openCamera()
		const ahead = await frame()
		expect(difference(ahead, await frame())).toBeLessThan(3)
		await camera.moveTo(place(-20, -5, 0), 1)
		await seen('another picture', (aside) => difference(ahead, aside) > 10)
		await camera.moveTo(place(0, 0, 0), 1)
		await seen('the same picture', (now) => difference(ahead, now) < 6)
		await camera[Symbol.asyncDispose]()
	})

	it('flows on while the camera zooms in and out again and again', async () => {
		const camera = await openCamera()
		const wide = await frame()
		const before = viewer.count
		const began = performance.now()
		for (let i = 0; i < 3; i++) {
			await camera.moveTo(place(0, 0, 1), 1)
			await seen('the tele end', (tele) => difference(wide, tele) > 10)
			await camera.moveTo(place(0, 0, 0), 1)
		}
		const rate = (viewer.count - before) / ((performance.now() - began) / 1_000)
		console.log(`${rate.toFixed(1)} frames a second while it zooms`)
		expect(rate).toBeGreaterThan(restRate / 4)
		await seen('the wide end', (now) => difference(wide, now) < 6)
		await camera[Symbol.asyncDispose]()
	})

	it('is not begun anew for one viewer because another comes or goes', async () => {
		const packets = promisify(execFile)('ffprobe', [
			...['-v', 'error', '-rtsp_transport', 'tcp', '-select_streams', 'v', '-read_intervals', '%+8', '-of', 'csv=p=0'],
			...['-show_entries', 'packet=pts', ptz.rtspUrl],
		])
		for (let i = 0; i < 3; i++) {
			await delay(1_500)
			const other = view(ptz.rtspUrl)
			await until('a frame for the other', () => other.newest(), 60_000)
			await other.close()
		}
		const times = (await packets).stdout
			.split(/[,\s]+/)
			.filter((word) => /^\d+$/.test(word))
			.map(Number)
		expect(times.length).toBeGreaterThan(20)
		for (const [i, time] of times.slice(1).entries()) expect(time).toBeGreaterThan(times[i] ?? 0)
	})

	it('is made while somebody watches and not after: a second viewer sees it as well', async () => {
		const second = view(ptz.rtspUrl)
		await until('its first frame', () => second.newest(), 60_000)
		await viewer.close()
		const { count } = second
		await until('more', () => second.count > count + 20, 60_000)
		await second.close()
		viewer = view(ptz.rtspUrl)
		await until('the picture for who comes later', () => viewer.newest(), 60_000)
	})
})
