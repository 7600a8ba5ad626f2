import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { probeStream } from '../../appliance/room/probe.ts'
import { faultOf } from '../../appliance/room/stream.ts'
import { h264, mjpeg, type Source, startSource } from './rtsp-source.ts'

const log = pino({ level: 'silent' })
const size = { width: 640, height: 360, rate: 15 }
let source: Source

beforeAll(async () => {
	source = await startSource({
		'/good': h264({ ...size, gop: 15 }),
		'/long': h264({ ...size, gop: 60 }),
		'/endless': h264({ ...size, gop: 10_000 }),
		'/b': h264({ ...size, gop: 15, bFrames: 2 }),
		'/mjpeg': mjpeg(size),
	})
})
afterAll(() => source.close())

const probe = (path: string) => probeStream(source.url(path), log, new AbortController().signal)

test.concurrent.each([
	['/good', { codec: 'h264', profile: 'baseline', width: 640, height: 360, bFrames: false }, null],
	['/long', { codec: 'h264', bFrames: false }, 'long-gop'],
	['/endless', { codec: 'h264', bFrames: false }, 'long-gop'],
	['/b', { codec: 'h264', profile: 'main', bFrames: true }, 'b-frames'],
	['/mjpeg', { codec: 'other', width: 640, height: 360 }, 'codec'],
] as const)('a stream like %s is seen for what it is', async (path, expected, fault) => {
	const seen = await probe(path)
	expect(seen).toMatchObject(expected)
	expect(faultOf(seen)).toBe(fault)
})

test('a good stream is seen with its rate and its GOP', async () => {
	const seen = await probe('/good')
	expect(seen?.rate).toBeGreaterThan(12)
	expect(seen?.rate).toBeLessThan(18)
	expect(seen?.gop).toBeGreaterThan(800)
	expect(seen?.gop).toBeLessThan(1500)
})

test('a path that is not there is unreadable', async () => {
	expect(faultOf(await probe('/nothing'))).toBe('unreadable')
})

test('a look that is called off leaves no process', async () => {
	const end = new AbortController()
	const looking = probeStream(source.url('/good'), log, end.signal)
	end.abort()
	expect(await looking).toBeNull()
})
