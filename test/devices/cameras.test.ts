import { afterEach, describe, expect, it, vi } from 'vitest'
import { openCameras } from '../../appliance/devices/cameras.ts'
import type { CameraReport } from '../../appliance/devices/messages.ts'
import { backoffMs } from '../../appliance/devices/reconnect.ts'
import type { Camera } from '../../drivers/camera.ts'
import { DeviceError, type Log } from '../../drivers/device.ts'
import { type FakeCamera, fakeCamera } from './fake-camera.ts'

const velocity = { pan: 1, tilt: 0, zoom: 0 }
const left = { name: 'move', velocity, forMs: 400 } as const

/** The cameras of a room; `opens` are the answers of the driver, in order, the last one for ever. */
function openRoom(opens: Record<string, (() => Promise<Camera>)[]>) {
	const reports: CameraReport[] = []
	const errors: string[] = []
	const now = () => performance.now()
	const quiet = () => {}
	const log: Log = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: (_, text) => errors.push(text ?? '') }
	const cameras = openCameras({
		configs: Object.keys(opens).map((id) => ({ id, driver: 'fake' })),
		open({ id }) {
			const answers = opens[id] ?? []
			const next = answers.length > 1 ? answers.shift() : answers[0]
			return next ? next() : Promise.reject(new DeviceError('unreachable', 'nobody there'))
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
const ready = (room: ReturnType<typeof openRoom>, id = 'a') => vi.waitFor(() => expect(room.status(id)).toBe('ready'))

describe('A supervised camera', () => {
	it('is stopped before it is called ready', async () => {
		const { promise: confirmed, resolve: confirm } = Promise.withResolvers<void>()
		const camera = fakeCamera({ stop: () => confirmed })
		const room = openRoom({ a: [opensTo(camera)] })
		await vi.waitFor(() => expect(camera.calls).toEqual(['stop']))
		expect(room.reports).toEqual([])
		confirm()
		await ready(room)
		expect(room.reports.map(({ status }) => status)).toEqual(['ready'])
	})

	it('that answers nothing has failed, says why, and takes no orders', async () => {
		const room = openRoom({ a: [() => Promise.reject(new DeviceError('timeout', 'no answer'))] })
		await vi.waitFor(() => expect(room.status('a')).toBe('failed'))
		expect(room.reason('a')).toBe('timeout')
		await expect(room.order('a', left, room.now())).rejects.toMatchObject({ code: 'lost' })
		expect(room.reports.some(({ status }) => status === 'ready')).toBe(false)
	})

	it('that opens but never confirms its first stop is not ready', async () => {
		const deaf = fakeCamera({ stop: never })
		const room = openRoom({ a: [opensTo(deaf)] })
		await vi.waitFor(() => expect(room.status('a')).toBe('failed'), { timeout: 5000 })
		expect(room.reason('a')).toBe('timeout')
		expect(deaf.disposed).toBe(true)
	})

	it('is opened again when it appears', async () => {
		const room = openRoom({ a: [() => Promise.reject(new DeviceError('unreachable', 'away')), opensTo(fakeCamera())] })
		await vi.waitFor(() => expect(room.status('a')).toBe('failed'))
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
		await vi.waitFor(() => expect(room.status('a')).toBe('stale'))
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
		await vi.waitFor(() => expect(room.status('a')).toBe('failed'))
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
		await vi.waitFor(() => expect(room.reason('a')).toBe('internal'))
		await ready(room)
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
		await vi.waitFor(() => expect(camera.calls).toEqual(['stop', 'home', 'stop']))
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
		await vi.waitFor(() => expect(stubborn.calls).toEqual(['stop', 'move', 'stop', 'stop', 'stop']))
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
		await vi.waitFor(() => expect(camera.calls).toEqual(['stop', 'move', 'stop']))
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

const refuse = () => Promise.reject(new DeviceError('rejected', 'not executable'))

it('An order for a camera that does not exist is refused', async () => {
	const room = openRoom({ a: [opensTo(fakeCamera())] })
	await expect(room.order('z', { name: 'stop' }, room.now())).rejects.toMatchObject({ code: 'unsupported' })
})
