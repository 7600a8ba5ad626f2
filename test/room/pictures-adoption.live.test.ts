import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../appliance/ops/database.ts'
import type { PictureDevices } from '../../appliance/room/adoption.ts'
import { openMemory } from '../../appliance/room/memory.ts'
import { createPictures, type PictureCamera, type PictureSource } from '../../appliance/room/pictures.ts'
import { connectRtsp } from '../../appliance/room/rtsp/connection.ts'
import type { CameraStream } from '../../drivers/camera.ts'
import { DeviceError } from '../../drivers/device.ts'
import { until } from '../browser-launch/processes.ts'
import { h264, type Source, startSource } from './rtsp-source.ts'

const log = pino({ level: 'silent' })
const full = { width: 1280, height: 720, rate: 15 }
const small = { width: 640, height: 360, rate: 15 }
let source: Source
const ending: (() => unknown)[] = []

beforeAll(async () => {
	source = await startSource({
		'/good': h264({ ...full, gop: 15 }),
		'/sub': h264({ ...small, gop: 15 }),
		'/long': h264({ ...full, gop: 60 }),
		// Of a stream that somebody else comes to in the midst of it the source sends two seconds at once.
		'/shared': h264({ ...full, gop: 60 }),
		'/b': h264({ ...full, gop: 15, bFrames: 2 }),
	})
})
afterAll(async () => {
	for (const end of ending.splice(0)) await end()
	await source.close()
})

const stream = (path: string, { height = 720, codec = 'h264' }: Partial<CameraStream> = {}): CameraStream => ({
	token: path,
	url: source.url(path),
	codec,
	width: (height * 16) / 9,
	height,
	rate: 15,
	gop: null,
	profile: null,
})

const forgetful = () => openMemory(openDatabase(':memory:'))

/** Cameras that tell of these streams; what is asked of them is kept. `cure` makes another stream of one that is set. */
function begin(
	cameras: PictureCamera[],
	told: CameraStream[] | null = null,
	cure: (path: string) => void = refuse,
	memory = forgetful(),
) {
	const asked: string[] = []
	const views: (object | null)[] = []
	const devices: PictureDevices = {
		streams: async () => told,
		keyFrame: async (camera, token) => void asked.push(`${camera} ${token}`),
		setForBrowsers: async (_, token) => {
			asked.push(`set ${token}`)
			cure(token)
			return stream(token)
		},
	}
	const pictures = createPictures({ cameras, devices, onStream: (_, view) => views.push(view), memory, log })
	ending.push(() => pictures.close())
	return { pictures, asked, views }
}

function refuse(): never {
	throw new DeviceError('unsupported', 'this camera sets nothing')
}

const given = (path: string, sub?: string): PictureCamera => ({
	id: 'front',
	name: '정면',
	rtsp: source.url(path),
	...(sub ? { sub: source.url(sub) } : {}),
})
const asking: PictureCamera = { id: 'front', name: '정면', rtsp: null }

describe.concurrent('a camera whose address is told', () => {
	test('is there at once, and is said nothing of while it is good', async () => {
		const { pictures, views } = begin([{ ...given('/good', '/sub'), delayMs: 120 }])
		const plain = { id: 'front', name: '정면', rtsp: source.url('/good'), transcoded: false, delayMs: 120 }
		expect(pictures.sources()).toEqual([{ ...plain, low: null }])
		expect([...pictures.lives.keys()]).toEqual(['front'])
		await until(() => pictures.sources()[0]?.low !== null)
		expect(pictures.sources()).toEqual([{ ...plain, low: { rtsp: source.url('/sub'), height: 360 } }])
		await until(() => views.length > 0)
		expect(views).toEqual([null])
	})

	test('is transcoded when browsers can not show it', async () => {
		const { pictures, views } = begin([given('/b')])
		await until(() => views.length > 0)
		expect(pictures.sources()).toMatchObject([{ transcoded: true }])
		expect(views).toEqual([{ fault: 'b-frames', remedy: 'transcoded' }])
	})

	test('is transcoded from the first moment when the service was away meanwhile, and no longer when it is good then', async () => {
		const memory = forgetful()
		const { views } = begin([given('/b')], null, refuse, memory)
		await until(() => views.length > 0)
		const again = begin([given('/b')], null, refuse, memory)
		expect(again.pictures.sources()).toMatchObject([{ transcoded: true }])
		await until(() => again.views.length > 0)
		expect(again.pictures.sources()).toMatchObject([{ transcoded: true }])

		memory.setTranscodes(source.url('/good'), true)
		const mended = begin([given('/good')], null, refuse, memory)
		expect(mended.pictures.sources()).toMatchObject([{ transcoded: true }])
		await until(() => mended.pictures.sources()[0]?.transcoded === false)
		expect(memory.transcodes(source.url('/good'))).toBe(false)
	})

	test('sends no smaller stream that browsers can not show', async () => {
		const { pictures, views } = begin([given('/good', '/b')])
		await until(() => views.length > 0)
		expect(pictures.sources()).toMatchObject([{ low: null }])
	})

	// How far key frames lie apart is measured: by itself.
	test('with a long GOP goes into the meeting as it is, and it is told', { concurrent: false }, async () => {
		const { pictures, views } = begin([given('/long')])
		await until(() => views.length > 0)
		expect(pictures.sources()).toMatchObject([{ transcoded: false }])
		expect(views).toEqual([{ fault: 'long-gop', remedy: 'none' }])
	})
})

describe.concurrent('a camera that tells of its streams', () => {
	test('has its largest in the meeting and its smallest for panels, by its own names', async () => {
		const { pictures, asked } = begin([asking], [stream('/good'), stream('/sub', { height: 360 })])
		await until(() => (pictures.sources()[0]?.low ?? null) !== null)
		pictures.keyFrame('front', false)
		pictures.keyFrame('front', true)
		expect(asked).toEqual(['front /good', 'front /sub'])
	})

	test('is asked for a key frame at most once a second', async () => {
		const { pictures, asked } = begin([asking], [stream('/good')])
		await until(() => pictures.sources().length > 0)
		for (let i = 0; i < 30; i++) pictures.keyFrame('front', false)
		expect(asked).toHaveLength(1)
		await until(() => asked.length > 1)
		await sleep(300)
		expect(asked).toHaveLength(2)
	})

	test('is asked when a panel begins to look, where it does not begin with one by itself', {
		concurrent: false,
	}, async () => {
		const { pictures, asked, views } = begin([asking], [stream('/shared')])
		let packets = 0
		const other = connectRtsp(source.url('/shared'), { onPlaying() {}, onPacket: () => packets++ }, log)
		ending.push(other.close)
		await until(() => views.length > 0 && packets > 0)
		const frames = pictures.lives.get('front')?.frames()[Symbol.asyncIterator]()
		await until(() => asked.includes('front /shared'))
		await frames?.return?.()
	})

	test('is transcoded where it refuses to be set, and asked to only once', async () => {
		const { pictures, views, asked } = begin([asking], [stream('/b')])
		await until(() => views.length > 0)
		expect(views).toEqual([{ fault: 'b-frames', remedy: 'transcoded' }])
		pictures.brokeOff('front')
		await until(() => views.length > 1)
		expect(asked).toEqual(['set /b'])
	})

	test('of which it says that it is no H.264 is transcoded from the first moment on', async () => {
		const { pictures } = begin([asking], [stream('/good', { codec: 'h265' })])
		await until(() => pictures.sources().length > 0)
		expect(pictures.sources()).toMatchObject([{ transcoded: true }])
	})

	test('that knows nothing of its pictures has none', async () => {
		const { pictures } = begin([asking], null)
		await sleep(100)
		expect(pictures.sources()).toEqual([])
		expect(pictures.lives.size).toBe(0)
	})
})

test.concurrent('a camera that was set shows what it was set to', async () => {
	// Stands for a camera whose address stays while its stream is another: the server that has the old one makes way.
	const before = await startSource({ '/live': h264({ ...small, gop: 15, bFrames: 2 }) })
	let after: Source | null = null
	const address = new URL(before.url('/live'))
	ending.push(
		() => before.close(),
		() => after?.close(),
	)
	const views: (object | null)[] = []
	const pictures = createPictures({
		memory: forgetful(),
		cameras: [asking],
		devices: {
			streams: async () => [{ ...stream('/live', { height: 360 }), url: address.href }],
			keyFrame: async () => {},
			setForBrowsers: async (_, token) => {
				await before.close()
				after = await startSource({ '/live': h264({ ...small, gop: 15 }) }, Number(address.port))
				return stream(token)
			},
		},
		onStream: (_, view) => views.push(view),
		log,
	})
	ending.push(() => pictures.close())
	await until(() => views.length > 0)
	expect(views).toEqual([{ fault: 'b-frames', remedy: 'set' }])
	expect(pictures.sources()).toMatchObject([{ transcoded: false }])
})

test.concurrent('cameras may change at any time, and one that stays is not looked at again', async () => {
	const { pictures, views } = begin([given('/good')])
	await until(() => views.length > 0)
	const told: PictureSource[][] = []
	pictures.watch(() => told.push(pictures.sources()))
	const live = pictures.lives.get('front')
	pictures.set([
		{ ...given('/good'), name: '앞' },
		{ ...given('/sub'), id: 'rear' },
	])
	expect(pictures.sources().map(({ id, name }) => `${id} ${name}`)).toEqual(['front 앞', 'rear 정면'])
	expect(pictures.lives.get('front')).toBe(live)
	pictures.set([{ ...given('/sub'), id: 'rear' }])
	expect(pictures.sources().map(({ id }) => id)).toEqual(['rear'])
	expect([...pictures.lives.keys()]).toEqual(['rear'])
	expect(told).toHaveLength(2)
})
