import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { openCameras } from '../../appliance/devices/cameras.ts'
import type { CameraConfig, CameraReport } from '../../appliance/devices/messages.ts'
import { backoffMs } from '../../appliance/devices/reconnect.ts'
import type { Camera } from '../../drivers/camera.ts'
import { DeviceError, type Log, type OpenContext } from '../../drivers/device.ts'
import { eventually } from '../eventually.ts'
import { type FakeCamera, fakeCamera } from './fake-camera.ts'

const velocity = { pan: 1, tilt: 0, zoom: 0 }
const left = { name: 'move', velocity, forMs: 400 } as const

/** The cameras of a room; `opens` are the answers of the driver, in order, the last one for ever. */
function openRoom(opens: Record<string, ((context: OpenContext) => Promise<Camera>)[]>) {
	const reports: CameraReport[] = []
	const errors: string[] = []
	const now = () => performance.now()
	const quiet = () => {}
	const log: Log = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: (_, text) => errors.push(text ?? '') }
	const cameras = openCameras({
		configs: Object.keys(opens).map((id) => ({ id, driver: 'fake' })),
		open({ id }, context) {
			const answers = opens[id] ?? []
			const next = answers.length > 1 ? answers.shift() : answers[0]
			return next ? next(context) : Promise.reject(new DeviceError('unreachable', 'nobody there'))
		},
		report: (report) => reports.push(report),
		log,
		now,
	})
	const alive = setInterval(() => cameras.beat(), 100)
	const silence = () => clearInterval(alive)
	running.push(async () => {
		silence()
		await cameras.close(200)
	})
	return {
		...cameras,
		silence,
		reports,
		errors,
		now,
		status: (id: string) => reports.findLast((report) => report.id === id)?.status,
		reason: (id: string) => reports.findLast((report) => report.id === id)?.reason,
	}
}

const running: (() => Promise<void>)[] = []
afterEach(async () => {
	await Promise.all(running.splice(0).map((end) => end()))
})

const never = () => new Promise<never>(() => {})
const opensTo = (camera: FakeCamera) => () => Promise.resolve(camera)
const ready = (room: ReturnType<typeof openRoom>, id = 'a') => eventually(() => expect(room.status(id)).toBe('ready'))

describe('A supervised camera', () => {
	it('is stopped before it is called ready', async () => {
		const { promise: confirmed, resolve: confirm } = Promise.withResolvers<void>()
		const camera = fakeCamera({ stop: () => confirmed })
		const room = openRoom({ a: [opensTo(camera)] })
		await eventually(() => expect(camera.calls).toEqual(['stop']))
		expect(room.reports).toEqual([])
		confirm()
		await ready(room)
		expect(room.reports.map(({ status }) => status)).toEqual(['ready'])
	})

	it('that has a lens is told to stop that too', async () => {
		const { capabilities } = fakeCamera()
		const camera = fakeCamera({ capabilities: { ...capabilities, focus: { byHand: true } }, focus: refuse })
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		expect(camera.calls).toEqual(['stop', 'focus'])
	})

	it('that answers nothing has failed, says why, and takes no orders', async () => {
		const room = openRoom({ a: [() => Promise.reject(new DeviceError('timeout', 'no answer'))] })
		await eventually(() => expect(room.status('a')).toBe('failed'))
		expect(room.reason('a')).toBe('timeout')
		await expect(room.order('a', left, room.now())).rejects.toMatchObject({ code: 'lost' })
		expect(room.reports.some(({ status }) => status === 'ready')).toBe(false)
	})

	it('that opens but never confirms its first stop is not ready', async () => {
		const deaf = fakeCamera({ stop: never })
		const room = openRoom({ a: [opensTo(deaf)] })
		await eventually(() => expect(room.status('a')).toBe('failed'))
		expect(room.reason('a')).toBe('timeout')
		expect(deaf.disposed).toBe(true)
	})

	it('is opened again when it appears', async () => {
		const room = openRoom({ a: [() => Promise.reject(new DeviceError('unreachable', 'away')), opensTo(fakeCamera())] })
		await eventually(() => expect(room.status('a')).toBe('failed'))
		await ready(room)
	})

	it('is stale when it stops answering, keeps its last state, and begins anew with a stop', async () => {
		const first = fakeCamera()
		const second = fakeCamera()
		const room = openRoom({ a: [opensTo(first), opensTo(second)] })
		await ready(room)
		first.show({ moving: true, firmware: '1.2' })
		expect(room.status('a')).toBe('moving')
		first.lose(new DeviceError('timeout', 'silent'))
		await eventually(() => expect(room.status('a')).toBe('stale'))
		expect(room.reports.at(-1)).toMatchObject({ reason: 'timeout', state: { firmware: '1.2' } })
		await ready(room)
		expect(first.disposed).toBe(true)
		expect(second.calls).toEqual(['stop'])
	})

	it('rejects the orders under way when it is lost', async () => {
		const camera = fakeCamera({ moveTo: never })
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		const position = { pan: 0, tilt: 0, zoom: 0, unit: 'degrees', at: 0 } as const
		const journey = room.order('a', { name: 'moveTo', position, speed: 1 }, room.now())
		camera.lose(new DeviceError('lost', 'unplugged'))
		await expect(journey).rejects.toMatchObject({ code: 'lost' })
	})

	it('with a bug costs only itself: the order fails, the device is opened anew, the log says error', async () => {
		const broken = fakeCamera({ move: () => Promise.reject(new TypeError('undefined is not a function')) })
		const whole = fakeCamera()
		const other = fakeCamera()
		const room = openRoom({ a: [opensTo(broken), opensTo(whole)], b: [opensTo(other)] })
		await ready(room)
		await ready(room, 'b')
		await expect(room.order('a', left, room.now())).rejects.toBeInstanceOf(TypeError)
		await eventually(() => expect(room.status('a')).toBe('failed'))
		expect(room.reason('a')).toBe('internal')
		expect(room.errors).toHaveLength(1)
		await ready(room)
		expect(broken.disposed).toBe(true)
		expect(other.calls).toEqual(['stop'])
		expect(room.status('b')).toBe('ready')
	})

	it('whose driver throws synchronously is no different', async () => {
		const broken = fakeCamera({
			move() {
				throw new RangeError('byte out of range')
			},
		})
		const room = openRoom({ a: [opensTo(broken), opensTo(fakeCamera())] })
		await ready(room)
		await expect(room.order('a', left, room.now())).rejects.toBeInstanceOf(RangeError)
		await eventually(() => expect(room.reason('a')).toBe('internal'))
		await ready(room)
	})

	it('that wakes up slowly is waited for, and says what for', async () => {
		const { promise: awake, resolve: wake } = Promise.withResolvers<void>()
		const waking = async ({ prolong }: OpenContext) => {
			prolong?.(40_000, 'waking')
			await awake
			return fakeCamera()
		}
		const room = openRoom({ a: [waking] })
		await eventually(() => expect(room.reason('a')).toBe('waking'))
		expect(room.status('a')).toBe('off')
		wake()
		await ready(room)
		expect(room.reason('a')).toBe(null)
	})

	it('tells how its connection is, and what was said, also while there is none', async () => {
		const camera = fakeCamera()
		const talking = async ({ log }: OpenContext) => {
			log.trace({ tx: '81010601' })
			log.trace({ rx: '9041ff' })
			return camera
		}
		const deaf = async ({ log }: OpenContext) => {
			log.trace({ tx: '81090002ff' })
			throw new DeviceError('timeout', 'no answer')
		}
		const room = openRoom({ a: [deaf, talking, deaf] })
		await eventually(() => expect(room.status('a')).toBe('failed'))
		expect(await room.order('a', { name: 'health' }, room.now())).toMatchObject({
			...{ openedAt: null, ackMs: null, model: null, timeouts: 0 },
			log: [{ direction: 'tx', text: '81090002ff' }],
		})
		await ready(room)
		camera.show({ firmware: '1.2' })
		const said = [
			{ at: expect.any(Number), direction: 'tx', text: '81090002ff' },
			{ at: expect.any(Number), direction: 'tx', text: '81010601' },
			{ at: expect.any(Number), direction: 'rx', text: '9041ff' },
		]
		const health = { ackMs: 16, timeouts: 2, clockOffsetMs: null, model: 'fake', firmware: '1.2' }
		expect(await room.order('a', { name: 'health' }, room.now())).toEqual({
			...{ ...health, openedAt: expect.any(Number) },
			log: said,
		})
		camera.lose(new DeviceError('lost', 'unplugged'))
		await eventually(() => expect(room.status('a')).toBe('stale'))
		expect(await room.order('a', { name: 'health' }, room.now())).toMatchObject({ ...health, openedAt: null })
	})

	it('tells of its pictures where it knows any', async () => {
		const stream = { ...{ token: 'p1', url: 'rtsp://192.0.2.5/1', codec: 'h264', width: 1920, height: 1080 }, rate: 30 }
		const video = {
			streams: async () => [{ ...stream, gop: 60, profile: 'main' } as const],
			keyFrame: async () => {},
			setForBrowsers: () => Promise.reject(new DeviceError('unreachable', 'no such service')),
		} as unknown as Camera['video']
		const room = openRoom({ a: [opensTo(fakeCamera({ video }))], b: [opensTo(fakeCamera())] })
		await ready(room)
		await ready(room, 'b')
		expect(await room.order('a', { name: 'streams' }, 0)).toMatchObject([stream])
		expect(await room.order('b', { name: 'streams' }, 0)).toBe(null)
		const keyFrame = { name: 'keyFrame', token: 'p1' } as const
		await room.order('a', keyFrame, 0)
		await expect(room.order('b', keyFrame, 0)).rejects.toMatchObject({ code: 'unsupported' })
		const forBrowsers = { name: 'setForBrowsers', token: 'p1' } as const
		await expect(room.order('a', forBrowsers, 0)).rejects.toMatchObject({ code: 'unreachable' })
		// Its pictures are out of reach; the camera is not.
		expect([room.status('a'), room.status('b')]).toEqual(['ready', 'ready'])
	})

	it('backs off from 0.25 s to 2 s, never in step with another', () => {
		expect([0, 1, 2, 3, 20].map((attempt) => backoffMs(attempt, 0))).toEqual([250, 500, 1000, 2000, 2000])
		expect(backoffMs(0, 1)).toBeGreaterThan(backoffMs(0, 0.5))
		expect(backoffMs(20, 1)).toBeLessThanOrEqual(2500)
	})
})

describe('A movement', () => {
	it('is stopped when nobody renews it', async () => {
		const camera = fakeCamera()
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		const began = room.now()
		await room.order('a', { ...left, forMs: 150 }, began)
		expect(room.status('a')).toBe('moving')
		await ready(room)
		expect(room.now() - began).toBeGreaterThanOrEqual(150)
		expect(camera.calls).toEqual(['stop', 'move', 'stop'])
	})

	it('that waited in a queue for longer than it was to live is not begun', async () => {
		const camera = fakeCamera()
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		await expect(room.order('a', left, room.now() - 500)).rejects.toMatchObject({ code: 'timeout' })
		expect(camera.calls).toEqual(['stop'])
	})

	it('of no speed is a stop', async () => {
		const camera = fakeCamera()
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		await room.order('a', { ...left, velocity: { pan: 0, tilt: 0, zoom: 0 } }, room.now())
		expect(camera.calls).toEqual(['stop', 'stop'])
	})

	it('of any kind ends when the room falls silent, and none begins until it is back', async () => {
		const camera = fakeCamera({ home: never })
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		room.order('a', { name: 'home' }, room.now()).catch(() => {})
		room.silence()
		await eventually(() => expect(camera.calls).toEqual(['stop', 'home', 'stop']))
		await expect(room.order('a', left, room.now())).rejects.toMatchObject({ code: 'lost' })
		room.beat()
		await room.order('a', left, room.now())
		expect(camera.calls.at(-1)).toBe('move')
	})

	it('is stopped again when the camera refuses the first stop', async () => {
		let refusals = 2
		const camera = fakeCamera()
		const stubborn = fakeCamera({
			stop: () => (stubborn.calls.includes('move') && refusals-- > 0 ? refuse() : camera.stop()),
		})
		const room = openRoom({ a: [opensTo(stubborn)] })
		await ready(room)
		await room.order('a', { ...left, forMs: 50 }, room.now())
		await eventually(() => expect(stubborn.calls).toEqual(['stop', 'move', 'stop', 'stop', 'stop']))
	})

	it('is stopped and confirmed before all ends', async () => {
		const { promise: confirmed, resolve: confirm } = Promise.withResolvers<void>()
		const camera = fakeCamera({ stop: () => (camera.calls.includes('move') ? confirmed : Promise.resolve()) })
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		await room.order('a', left, room.now())
		let closed = false
		const closing = room.close(1000).then(() => {
			closed = true
		})
		await eventually(() => expect(camera.calls).toEqual(['stop', 'move', 'stop']))
		expect([closed, camera.disposed]).toEqual([false, false])
		confirm()
		await closing
		expect(camera.disposed).toBe(true)
	})

	it('that cannot be stopped does not hold up the end', async () => {
		const camera = fakeCamera({ stop: () => (camera.calls.includes('move') ? never() : Promise.resolve()) })
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		await room.order('a', left, room.now())
		await room.close(100)
		expect(room.errors).toEqual(['a camera may still move: its stop was not confirmed'])
	})
})

describe('A lens', () => {
	const near = { name: 'focus', mode: 'near', forMs: 150 } as const
	const focusOf = (calls: string[]) => calls.slice(1)

	it('is stopped when nobody renews it', async () => {
		const camera = fakeCamera()
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		const began = room.now()
		await room.order('a', near, began)
		await eventually(() => expect(focusOf(camera.calls)).toEqual(['focus', 'stop']))
		expect(room.now() - began).toBeGreaterThanOrEqual(150)
	})

	it('is stopped by its own order, and left alone after that', async () => {
		const camera = fakeCamera()
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		await room.order('a', near, room.now())
		await room.order('a', { ...near, mode: 'stop' }, room.now())
		await sleep(300)
		expect(focusOf(camera.calls)).toEqual(['focus', 'focus'])
	})

	it('is stopped again when a stop overtook the order to run', async () => {
		const { promise: running, resolve: run } = Promise.withResolvers<void>()
		const camera = fakeCamera({ focus: (mode) => (mode === 'near' ? running : Promise.resolve()) })
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		const ordered = room.order('a', near, room.now())
		await room.order('a', { name: 'stop' }, room.now())
		expect(focusOf(camera.calls)).toEqual(['focus', 'stop'])
		run()
		await ordered
		expect(focusOf(camera.calls)).toEqual(['focus', 'stop', 'focus'])
	})

	it('whose own stop is refused is stopped with the whole camera', async () => {
		const camera: FakeCamera = fakeCamera({ focus: (mode) => (mode === 'stop' ? refuse() : Promise.resolve()) })
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		await room.order('a', { ...near, forMs: 5_000 }, room.now())
		await expect(room.order('a', { ...near, mode: 'stop' }, room.now())).rejects.toMatchObject({ code: 'rejected' })
		await eventually(() => expect(focusOf(camera.calls)).toEqual(['focus', 'focus', 'stop']))
	})

	it('stops when the room falls silent, and does not begin until it is back', async () => {
		const camera = fakeCamera()
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		await room.order('a', { ...near, forMs: 10_000 }, room.now())
		room.silence()
		await eventually(() => expect(focusOf(camera.calls)).toEqual(['focus', 'stop']))
		await expect(room.order('a', near, room.now())).rejects.toMatchObject({ code: 'lost' })
		await expect(room.order('a', near, room.now() - 500)).rejects.toMatchObject({ code: 'lost' })
		room.beat()
		await expect(room.order('a', near, room.now() - 500)).rejects.toMatchObject({ code: 'timeout' })
	})
})

describe('A list of cameras that changes', () => {
	const config = (id: string, more: object = {}): CameraConfig => ({ id, driver: 'fake', ...more })

	it('leaves alone what is as it was, also when only its feel is another', async () => {
		const velocities: unknown[] = []
		const camera = fakeCamera({ move: async (told) => void velocities.push(told) })
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		room.configure([config('a', { feel: { invertPan: true, invertTilt: false, scale: 0.5 } })])
		await room.order('a', left, room.now())
		expect(velocities).toEqual([{ pan: -0.5, tilt: 0, zoom: 0 }])
		expect(camera.disposed).toBe(false)
		expect(room.reports.map(({ status }) => status)).toEqual(['ready'])
	})

	it('stops and lets go what is gone, says no more of it, and refuses its orders', async () => {
		const camera = fakeCamera()
		const other = fakeCamera()
		const room = openRoom({ a: [opensTo(camera)], b: [opensTo(other)] })
		await ready(room)
		await ready(room, 'b')
		await room.order('a', left, room.now())
		const { length } = room.reports
		room.configure([config('b')])
		await expect(room.order('a', left, room.now())).rejects.toMatchObject({ code: 'unsupported' })
		await eventually(() => expect(camera.disposed).toBe(true))
		expect(camera.calls).toEqual(['stop', 'move', 'stop'])
		expect(room.reports.slice(length)).toEqual([])
		expect(other).toMatchObject({ calls: ['stop'], disposed: false })
	})

	it('opens what is changed when the old connection has let go', async () => {
		const old = fakeCamera()
		const fresh = fakeCamera()
		let heldWhenOpened = true
		const room = openRoom({
			a: [
				opensTo(old),
				async () => {
					heldWhenOpened = !old.disposed
					return fresh
				},
			],
		})
		await ready(room)
		const from = room.reports.length
		room.configure([config('a', { host: '192.0.2.9' })])
		await expect(room.order('a', left, room.now())).rejects.toMatchObject({ code: 'lost' })
		await eventually(() => expect(room.reports.slice(from).map(({ status }) => status)).toEqual(['off', 'ready']))
		expect([old.disposed, heldWhenOpened, fresh.disposed]).toEqual([true, false, false])
	})

	it('is followed as it was given last, whatever came between', async () => {
		const cameras = [fakeCamera(), fakeCamera(), fakeCamera()]
		const room = openRoom({ a: cameras.map(opensTo) })
		await ready(room)
		for (const host of ['1', '2', '3']) room.configure([config('a', { host })])
		room.configure([])
		room.configure([config('a', { host: '4' })])
		await eventually(() => expect(cameras.map(({ disposed }) => disposed)).toEqual([true, false, false]))
		await eventually(() => expect(cameras[1]?.calls).toEqual(['stop']))
		expect(cameras[2]?.calls).toEqual([])
	})

	it('is not held up for longer than a second by a camera that does not stop', async () => {
		const camera: FakeCamera = fakeCamera({
			stop: () => (camera.calls.includes('move') ? refuse() : Promise.resolve()),
		})
		const room = openRoom({ a: [opensTo(camera)] })
		await ready(room)
		await room.order('a', left, room.now())
		const began = room.now()
		room.configure([])
		await eventually(() => expect(camera.disposed).toBe(true))
		expect(room.now() - began).toBeGreaterThanOrEqual(1_000)
		expect(camera.calls.filter((call) => call === 'stop').length).toBeGreaterThan(3)
		expect(room.errors.at(-1)).toBe('a camera may still move: its stop was not confirmed')
	})
})

const refuse = () => Promise.reject(new DeviceError('rejected', 'not executable'))

it('An order for a camera that does not exist is refused', async () => {
	const room = openRoom({ a: [opensTo(fakeCamera())] })
	await expect(room.order('z', { name: 'stop' }, room.now())).rejects.toMatchObject({ code: 'unsupported' })
})
