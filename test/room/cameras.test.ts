import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkCamera } from '../../appliance/config-camera.ts'
import type { MeetingCore } from '../../appliance/protocol/messages.ts'
import { createRoom, type Room } from '../../appliance/room/room.ts'
import { openSetups, type RoomCamera } from '../../appliance/room/setup.ts'
import type { Position } from '../../drivers/camera.ts'
import { until } from '../browser-launch/processes.ts'
import { plainCore } from '../meeting/core.ts'
import { FakeHub } from './fake-hub.ts'
import { FakeDevices, FakeStage } from './fakes.ts'

const one = { id: 's1', label: 'Panel 1' }
const two = { id: 's2', label: 'Panel 2' }
const staff = { id: 'http:1', label: 'facilities', role: 'facilities' } as const
const visca = (id: string, name: string): RoomCamera => ({
	id,
	name,
	driver: 'visca-ip',
	host: '192.0.2.5',
	port: 52381,
})
const aim: Position = { pan: 12, tilt: -3, zoom: 0.4, unit: 'degrees', focus: 0.25, at: 9 }

let devices: FakeDevices
let stage: FakeStage
let hub: FakeHub
let db: DatabaseSync
let room: Room

beforeEach(async () => {
	hub = await FakeHub.start()
	stage = new FakeStage()
	devices = new FakeDevices()
	db = new DatabaseSync(':memory:')
	open()
})
afterEach(async () => {
	await room.close()
	await hub.close()
})

function open() {
	const log = pino({ level: 'silent' })
	const file = [visca('front', '정면'), visca('left', '좌측')].map(checkCamera)
	room = createRoom({
		config: {
			name: '대회의실',
			language: 'ko',
			demo: true,
			seats: [{ id: '1', name: '의장석', camera: 'front', preset: 1 }],
			stage: { display: 'headless' },
			sound: { microphone: 'none' },
		},
		setups: openSetups({ db, file, secrets: { read: () => null, write() {} }, check: checkCamera, log }),
		devices,
		hubUrl: hub.url,
		hubToken: async () => 'house',
		stageUrl: 'http://127.0.0.1:1/stage',
		launch: stage.launch,
		db,
		now: Date.now,
		log,
		build: 'test',
	})
}

const state = () => room.state().state
const front = () => state().cameras[0]
const motion = () => front()?.motion && [front()?.motion?.state, front()?.motion?.reason]
const move = (origin = one) => room.dispatch({ type: 'camera.move', camera: 'front', pan: 1, tilt: 0, zoom: 0 }, origin)
const stop = (origin = one) => room.dispatch({ type: 'camera.stop', camera: 'front' }, origin)
const save = (slot: number, name: string) => room.dispatch({ type: 'preset.save', camera: 'front', slot, name }, one)
const recall = (slot: number) => room.dispatch({ type: 'preset.recall', camera: 'front', slot }, one)
const remove = (slot: number) => room.dispatch({ type: 'preset.remove', camera: 'front', slot }, one)
const undo = () => room.dispatch({ type: 'preset.undo', camera: 'front' }, one)
const orders = (name: string) => devices.orders.filter((order) => order.name === name)

describe('A movement on the panel', () => {
	test('is requested at once, moving when the camera says so, stopped when it has confirmed', async () => {
		devices.ready('front')
		expect(front()?.motion).toBeNull()
		const ordered = move()
		expect(motion()).toEqual(['requested', null])
		await ordered
		devices.ready('front', devices.where, 'moving')
		expect(motion()).toEqual(['moving', null])
		await stop()
		expect(motion()).toEqual(['stopped', null])
	})

	test('that the camera ignores has failed, and says how, until something newer is asked', async () => {
		devices.ready('front')
		await move()
		devices.ready('front', devices.where, 'moving', 'no-motion')
		expect(motion()).toEqual(['failed', 'no-motion'])
		await stop()
		devices.ready('front', devices.where, 'ready', 'no-motion')
		expect(motion()).toEqual(['failed', 'no-motion'])
		await move()
		expect(motion()).toEqual(['requested', null])
		await until(() => front()?.motion?.state === 'failed') // the same fault is told still
		expect(motion()).toEqual(['failed', 'no-motion'])
	})

	test('that cannot be ordered has failed with what the device answers', async () => {
		devices.failing = 'timeout'
		await move()
		expect(motion()).toEqual(['failed', 'timeout'])
	})

	test('to a preset has arrived when the camera has', async () => {
		devices.ready('front')
		await save(1, '의장석')
		const { promise, resolve } = Promise.withResolvers<void>()
		devices.arrival = promise
		const going = recall(1)
		expect(motion()).toEqual(['requested', null])
		resolve()
		await going
		expect(motion()).toEqual(['arrived', null])
	})

	test('is lost with the devices process', async () => {
		devices.ready('front')
		await move()
		devices.tell({ type: 'process', status: 'restarting' })
		expect(motion()).toEqual(['failed', 'lost'])
	})
})

describe('A lens', () => {
	const focus = (mode: 'auto' | 'near' | 'far' | 'stop', origin = one) =>
		room.dispatch({ type: 'camera.focus', camera: 'front', mode }, origin)

	test('is driven by one, and stopped by anybody', async () => {
		expect(await focus('near')).toEqual({ ok: true })
		expect(front()?.lease).toMatchObject({ owner: 's1' })
		expect(await focus('far', two)).toMatchObject({ ok: false, code: 'leased' })
		expect(await move(two)).toMatchObject({ ok: false, code: 'leased' })
		expect(await focus('stop', two)).toEqual({ ok: true })
		expect(orders('focus').map(({ detail }) => detail)).toEqual(['near', 'stop'])
	})

	test('stops with the panel that drives it, or that loses it to another', async () => {
		await focus('near')
		room.released('s1')
		expect(orders('stop')).toHaveLength(1)
		await focus('far')
		await room.dispatch({ type: 'camera.lease', camera: 'front', take: true }, two)
		expect(orders('stop')).toHaveLength(2)
		room.released('s1')
		expect(orders('stop')).toHaveLength(2)
	})

	test('that was let go or focuses by itself is nobody’s to stop', async () => {
		for (const mode of ['near', 'stop', 'far', 'auto'] as const) await focus(mode)
		room.released('s1')
		expect(orders('stop')).toHaveLength(0)
	})

	test('that is turned shows the view no more that was kept', async () => {
		devices.where = aim
		devices.ready('front')
		await save(1, 'a')
		await focus('stop')
		expect(front()?.preset).toBe(1)
		await focus('near')
		expect(front()?.preset).toBeNull()
	})
})

describe('A view', () => {
	beforeEach(() => {
		devices.where = aim
		devices.ready('front')
	})

	test('is kept with its focus', async () => {
		await save(1, '의장석')
		await recall(1)
		expect(orders('moveTo').at(-1)?.detail).toEqual(aim)
	})

	test('that was overwritten comes back, name, place and all', async () => {
		await save(1, '의장석')
		expect(front()?.undo).toBeNull()
		devices.where = { ...aim, pan: 40 }
		await save(1, '발언대')
		expect(front()?.undo).toMatchObject({ slot: 1, name: '의장석' })
		expect(front()?.undo?.until).toBeGreaterThan(Date.now() + 20_000)
		expect(await undo()).toEqual({ ok: true })
		expect(front()).toMatchObject({ presets: [{ slot: 1, name: '의장석' }], undo: null })
		await recall(1)
		expect(orders('moveTo').at(-1)?.detail).toMatchObject({ pan: 12 })
		expect(await undo()).toMatchObject({ ok: false, code: 'no-preset' })
	})

	test('that was removed comes back, with its picture', async () => {
		const jpeg = Buffer.from('ffd8ffe0', 'hex').toString('base64')
		const { at: _, ...position } = aim
		const presets = [{ slot: 4, name: '전경', position, thumbnail: jpeg }]
		room.setPresets('front', { kind: 'maru-presets', version: 1, presets })
		const drawn = front()?.presets[0]?.thumbnail
		expect(drawn).not.toBeNull()
		await remove(4)
		expect(front()).toMatchObject({ presets: [], undo: { slot: 4, name: '전경' } })
		await undo()
		expect(front()?.presets).toEqual([{ slot: 4, name: '전경', thumbnail: drawn }])
		expect(room.thumbnail('front', 4)?.toString('base64')).toBe(jpeg)
	})

	test('that the camera had in its own memory is gone when that is written over, and nothing else is promised', async () => {
		devices.where = null
		await save(2, 'a')
		await save(2, 'b')
		expect(front()?.undo).toBeNull()
		await remove(2)
		expect(front()?.undo).toMatchObject({ slot: 2, name: 'b' })
	})

	test('of another unit is refused, and what to do is said; the camera is not moved', async () => {
		await save(1, '의장석')
		devices.capabilities = { ...devices.capabilities, positions: 'fraction' }
		devices.ready('front', { ...aim, unit: 'fraction', pan: 0.1, tilt: 0 })
		const refusal = await recall(1)
		expect(refusal).toMatchObject({ ok: false, code: 'unsupported', message: expect.stringMatching(/travel/) })
		expect(orders('moveTo')).toEqual([])
		const written = room.presetFile('front')
		await remove(1)
		expect(() => room.setPresets('front', written)).toThrow(/^line 1 \(slot 1\)/)
		expect(front()?.presets).toEqual([])
	})
})

describe('Cameras set up while the room runs', () => {
	const setup = { name: '후면', driver: 'visca-ip', host: '192.0.2.7' } as const

	test('are there at once for panels, seats and the devices process, and go as they came', async () => {
		expect(room.setUpCamera('rear', setup)).toMatchObject({ id: 'rear', from: 'console' })
		expect(state().cameras.map(({ id, name, status }) => [id, name, status])).toContainEqual(['rear', '후면', 'off'])
		expect(devices.configured.at(-1)?.at(-1)).toMatchObject({ id: 'rear', host: '192.0.2.7', port: 52381 })
		devices.ready('rear')
		expect(state().cameras.at(-1)).toMatchObject({ id: 'rear', status: 'ready', position: devices.where })
		room.aimSeat({ id: '1', camera: 'rear', preset: 3 })
		expect(state().seats[0]).toMatchObject({ camera: 'rear', preset: 3, mic: 'off' })
		room.removeCamera('rear')
		expect(state().cameras.map(({ id }) => id)).toEqual(['front', 'left'])
		expect(state().seats[0]).toMatchObject({ camera: null, preset: null })
		expect(devices.configured.at(-1)).toHaveLength(2)
		expect(await room.dispatch({ type: 'camera.home', camera: 'rear' }, one)).toMatchObject({ code: 'no-camera' })
		room.setUpCamera('rear', setup)
		expect(state().seats[0]).toMatchObject({ camera: 'rear', preset: 3 })
	})

	test('keep their views when another driver drives them; what was known of the old device is forgotten', async () => {
		devices.where = aim
		devices.ready('front')
		await save(1, '의장석')
		await move()
		room.setUpCamera('front', { name: '정면', driver: 'fixed', video: { usb: 'card' } })
		expect(front()).toMatchObject({ driver: 'fixed', position: null, motion: null, lease: null, preset: null })
		expect(front()?.presets.map(({ name }) => name)).toEqual(['의장석'])
		room.setUpCamera('front', { name: '정면', driver: 'visca-ip', host: '192.0.2.9' })
		devices.ready('front')
		expect(await recall(1)).toEqual({ ok: true })
		expect(orders('moveTo').at(-1)?.detail).toEqual(aim)
	})

	test('that only have another name or feel go on as they were', async () => {
		devices.ready('left')
		await room.dispatch({ type: 'camera.move', camera: 'left', pan: 1, tilt: 0, zoom: 0 }, one)
		const feel = { invertPan: true, invertTilt: false, scale: 0.5 }
		room.setUpCamera('left', { name: '왼쪽', driver: 'visca-ip', host: '192.0.2.5', feel })
		const left = state().cameras[1]
		expect(left).toMatchObject({
			name: '왼쪽',
			status: 'ready',
			lease: { owner: 's1' },
			motion: { state: 'requested' },
		})
		expect(devices.configured.at(-1)?.[1]).toMatchObject({ id: 'left', feel })
	})

	test('go into the meeting with how much later than the sound their picture comes', async () => {
		const camera = createServer().listen(0, '127.0.0.1')
		await once(camera, 'listening')
		const rtsp = `rtsp://127.0.0.1:${(camera.address() as AddressInfo).port}/live`
		await until(() => state().stage.status === 'ready' && state().hub.status === 'online')
		await room.dispatch({ type: 'room.join', link: 'https://maru.test/attend#room.link.token' }, one)
		room.setUpCamera('rear', { ...setup, video: { rtsp }, delayMs: 150 })
		await until(() => hub.asked('feed.open').some((asked) => asked.camera === 'rear' && asked.delayMs === 150))
		room.setUpCamera('rear', { ...setup, video: { rtsp } })
		await until(() => hub.asked('feed.open').some((asked) => asked.camera === 'rear' && asked.delayMs === undefined))
		camera.close()
	})

	test('that tell their own pictures are shown by them', async () => {
		const stream = { width: 1280, height: 720, rate: 30, gop: 30, profile: 'main', codec: 'h264' } as const
		devices.offered = [{ token: 't', url: 'rtsp://127.0.0.1:1/own', ...stream }]
		expect(() => room.live('rear')).toThrow(expect.objectContaining({ code: 'no-camera' }))
		room.setUpCamera('rear', setup)
		await until(() => state().cameras.find(({ id }) => id === 'rear')?.video === 'idle')
		expect(() => room.live('rear')).not.toThrow()
	})
})

describe('Facilities', () => {
	test('see how the connection to a camera is', async () => {
		devices.ready('front')
		expect(await room.cameraHealth('front')).toMatchObject({
			status: 'ready',
			ackMs: 12,
			reconnects: 1,
			model: 'virtual',
		})
		await expect(room.cameraHealth('attic')).rejects.toMatchObject({ code: 'no-camera' })
	})

	test('search once at a time, and see what is theirs already', async () => {
		const camera = { uuid: 'u', name: null, model: null, host: '192.0.2.5', port: 80, https: false }
		devices.found = { cameras: [camera], lines: [], networks: ['192.0.2.0/24'] }
		const search = room.discover()
		await expect(room.discover()).rejects.toMatchObject({ code: 'busy' })
		expect((await search).cameras).toEqual([{ ...camera, known: 'front' }])
		await expect(room.discover()).resolves.toBeDefined()
	})

	test('test a camera that does not move, and keep panels away meanwhile', async () => {
		devices.ready('front')
		const test = room.testCamera('front', staff)
		expect(front()?.lease).toMatchObject({ owner: staff.id })
		expect(await move()).toMatchObject({ ok: false, code: 'leased' })
		await expect(room.testCamera('front', staff)).rejects.toMatchObject({ code: 'busy' })
		expect(front()?.lease).toMatchObject({ owner: staff.id })
		expect(await test).toMatchObject({ outcome: 'no-motion', restored: 0 })
		expect(front()?.lease).toBeNull()
		expect(orders('move')[0]?.detail).toEqual({ pan: -0.3, tilt: 0, zoom: 0, forMs: 500 })
		expect(orders('moveTo')).toHaveLength(1)
	})

	test('are told when a camera refuses its test, or somebody stops it', async () => {
		devices.ready('front')
		const stopped = room.testCamera('front', staff)
		await sleep(50)
		await stop(two)
		await expect(stopped).rejects.toMatchObject({ code: 'busy' })
		devices.failing = 'lost'
		expect(await room.testCamera('front', staff)).toMatchObject({ outcome: 'failed', reason: 'lost' })
		await expect(room.testCamera('attic', staff)).rejects.toMatchObject({ code: 'no-camera' })
	})
})

describe('Two panels and the director', () => {
	function speaking(who: string): MeetingCore {
		const strip = { name: who, title: '', bureau: '' }
		const clock = { limitMs: null, usedMs: 0, runningSince: 1 }
		const steps = { gate: null, camera: null, strip: null }
		const grant = { who, seat: '1', grantedAt: Date.now(), kind: 'speak', asked: true, feed: null } as const
		const waiting = { speak: 0, respond: 0, order: 0 }
		const floor = { waiting, next: null, nextSeat: null, mode: 'chair' } as const
		return plainCore(hub.meeting, { floor: { ...floor, speaking: [{ ...grant, steps, ...strip, ...clock }] } })
	}

	beforeEach(async () => {
		devices.where = aim
		devices.ready('front')
		await save(1, '의장석')
		await move()
		await room.dispatch({ type: 'camera.lease', camera: 'front', take: false }, one)
		await until(() => state().stage.status === 'ready' && state().hub.status === 'online')
		await room.dispatch({ type: 'room.join', link: 'https://maru.test/attend#room.link.token' }, one)
		await until(() => state().call.phase === 'inCall')
		// The hand that saved it is forgotten: a director that never saw one.
		await room.close()
		open()
		devices.ready('front')
		await until(() => state().call.phase === 'inCall')
		devices.orders.length = 0
	})

	test('a hand takes over from the director, a second one does not; the director then keeps off', async () => {
		devices.arrival = new Promise(() => {})
		hub.tellMeeting({ type: 'core', core: speaking('a') })
		await until(() => orders('moveTo').length === 1)
		expect(front()?.lease).toMatchObject({ owner: 'director' })
		expect(await move(one)).toEqual({ ok: true })
		expect(front()?.lease).toMatchObject({ owner: 's1' })
		expect(await move(two)).toMatchObject({ ok: false, code: 'leased' })
		expect(await room.dispatch({ type: 'camera.lease', camera: 'front', take: true }, two)).toEqual({ ok: true })
		expect(await move(one)).toMatchObject({ ok: false, code: 'leased' })
		expect(await move(two)).toEqual({ ok: true })
		await room.dispatch({ type: 'camera.lease', camera: 'front', take: false }, two)
		await sleep(100) // the director has seen it
		hub.tellMeeting({ type: 'core', core: speaking('b') })
		await sleep(300)
		expect(orders('moveTo')).toHaveLength(1)
	})

	test('what a hand stops, the director does not send off again', async () => {
		const { promise, reject } = Promise.withResolvers<void>()
		devices.arrival = promise
		hub.tellMeeting({ type: 'core', core: speaking('a') })
		await until(() => orders('moveTo').length === 1)
		await stop(one)
		reject(Object.assign(new Error('superseded'), { name: 'DeviceError', code: 'rejected' }))
		await until(() => hub.asked('grant.step').at(-1)?.state === 'failed')
		await sleep(300)
		expect(orders('moveTo')).toHaveLength(1)
		expect(hub.asked('grant.step').at(-1)).toMatchObject({ step: 'camera', state: 'failed', reason: 'leased' })
	})
})
