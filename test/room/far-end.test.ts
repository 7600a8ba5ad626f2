import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkCamera } from '../../appliance/config-camera.ts'
import { createRoom, type Room } from '../../appliance/room/room.ts'
import { openSetups } from '../../appliance/room/setup.ts'
import { until } from '../browser-launch/processes.ts'
import { somebody } from '../meeting/core.ts'
import { FakeHub } from './fake-hub.ts'
import { FakeDevices, FakeStage } from './fakes.ts'

/** People of the meeting at a room's camera, beside its panel: the hub's words come over a socket, the devices are told. */

const panel = { id: 's1', label: 'panel 1', role: 'panel' } as const
const staff = { id: 's2', label: 'facilities 1', role: 'facilities' } as const
const kim = { id: 'kim', name: '김철수', presides: false }
const lee = { id: 'lee', name: '이영희', presides: false }
const chair = { id: 'chair', name: '의장', presides: true }

let devices: FakeDevices
let hub: FakeHub
let room: Room
let camera: Server
let feed: string

beforeEach(async () => {
	camera = createServer().listen(0, '127.0.0.1')
	await once(camera, 'listening')
	hub = await FakeHub.start()
	devices = new FakeDevices()
	const rtsp = `rtsp://127.0.0.1:${(camera.address() as AddressInfo).port}/live`
	const log = pino({ level: 'silent' })
	const db = new DatabaseSync(':memory:')
	const file = [
		{ id: 'front', name: '정면', driver: 'visca-ip', host: '192.0.2.5', video: { rtsp } },
		{ id: 'wide', name: '전경', driver: 'fixed', video: { rtsp } },
	].map(checkCamera)
	const stage = new FakeStage()
	room = createRoom({
		config: {
			...{ name: '대회의실', language: 'ko', demo: true, seats: [] },
			stage: { display: 'headless' },
			sound: { microphone: 'none' },
		},
		setups: openSetups({ db, file, secrets: { read: () => null, write() {} }, check: checkCamera, log }),
		...{ devices, hubUrl: hub.url, hubToken: async () => 'house', stageUrl: 'http://127.0.0.1:1/stage' },
		...{ launch: stage.launch, db, now: Date.now, log, build: 'test' },
	})
	devices.ready('front')
	await until(() => state().stage.status === 'ready' && state().hub.status === 'online')
	await room.dispatch({ type: 'room.join', link: 'https://maru.test/attend#room.link.token' }, panel)
	await until(() => hub.asked('feed.open').length >= 2)
	await until(() => (hub.people.get('room')?.sources.length ?? 0) >= 2)
	feed = hub.people.get('room')?.sources.find(({ label }) => label === '정면')?.id ?? ''
	hub.setPeople(...[kim, lee, chair].map(({ id, name }) => somebody(id, { name })))
	await until(() => state().participants.some(({ id }) => id === 'chair'))
})
afterEach(async () => {
	await room.close()
	await hub.close()
	camera.close()
})

const state = () => room.state().state
const front = () => state().cameras[0]
const owner = () => front()?.lease?.label ?? null
const orders = (name: string) => devices.orders.filter((order) => order.name === name && order.camera === 'front')
const push = (by: typeof kim, pan: number, of = feed) =>
	hub.tellMeeting({ type: 'feed.move', feed: of, by, pan, tilt: 0, zoom: 0 })
const letGo = (by: typeof kim) => hub.tellMeeting({ type: 'feed.stop', feed, by: by.id })
const press = (origin: typeof panel | typeof staff) =>
	room.dispatch({ type: 'camera.move', camera: 'front', pan: -1, tilt: 0, zoom: 0 }, origin)
const moves = () => orders('move').map(({ detail }) => (detail as { pan: number }).pan)
const refusals = () => hub.asked('feed.refused').map(({ who, feed, code }) => ({ who, feed, code }))

async function drives(by: typeof kim, pan: number) {
	const before = moves().length
	push(by, pan)
	await until(() => moves().length > before)
	expect(moves().at(-1)).toBe(pan)
	await until(() => owner() === `far ${by.name}`)
}
async function isRefused(by: typeof kim, code: string) {
	const before = [refusals().length, moves().length]
	push(by, 1)
	await until(() => refusals().length > (before[0] ?? 0))
	expect(refusals().at(-1)).toEqual({ who: [by.id], feed, code })
	expect(moves()).toHaveLength(before[1] ?? 0)
}

describe('Whoever moves a camera from home', () => {
	test('drives it under their own name, with the dead-man that panels have, and stops it', async () => {
		await drives(kim, 0.5)
		expect(orders('move')).toEqual([
			{ name: 'move', camera: 'front', detail: { pan: 0.5, tilt: 0, zoom: 0, forMs: 400 } },
		])
		expect(front()?.lease).toMatchObject({ owner: 'far-kim', label: 'far 김철수' })
		letGo(kim)
		await until(() => orders('stop').length === 1)
		expect(owner()).toBe('far 김철수')
		expect(refusals()).toEqual([])
	})

	test('is not taken for one of the house, whatever they call themselves', async () => {
		const { name: _, ...somebody } = lee
		push({ ...somebody, name: 'facilities 1' }, 0.5)
		await until(() => owner() === 'far facilities 1')
	})

	test('goes after another who began, after a chair at home, the panel and facilities staff', async () => {
		await drives(kim, 0.5)
		await isRefused(lee, 'leased')
		await drives(chair, -0.5)
		await isRefused(kim, 'leased')
		expect(await press(panel)).toEqual({ ok: true })
		await isRefused(chair, 'leased')
		expect(await press(staff)).toEqual({ ok: true })
		expect(await press(panel)).toMatchObject({ ok: false, code: 'leased' })
		await isRefused(kim, 'leased')
	})

	test('stops nothing that others move', async () => {
		await drives(kim, 0.5)
		await press(panel)
		letGo(kim)
		letGo(lee)
		hub.patch([], ['kim'])
		await until(() => !state().participants.some(({ id }) => id === 'kim'))
		expect(orders('stop')).toEqual([])
		expect(owner()).toBe('panel 1')
	})

	test.each<[string, () => void]>([
		['their page is away', () => hub.setPeople(somebody('kim', { here: false }))],
		['they have left', () => hub.patch([], ['kim'])],
		['the hub is away', () => void hub.vanish()],
	])('holds nothing any more when %s', async (_, happens) => {
		await drives(kim, 0.5)
		happens()
		await until(() => orders('stop').length === 1 && owner() === null)
		await until(() => front()?.motion?.state === 'stopped')
	})

	test('is told what the camera says, and that a feed is another by now', async () => {
		devices.failing = 'unreachable'
		push(kim, 1)
		await until(() => refusals().some(({ code }) => code === 'unreachable'))
		push(kim, 1, 'feed-of-yesterday')
		await until(() => refusals().some(({ feed, code }) => feed === 'feed-of-yesterday' && code === 'no-source'))
	})
})

test('eighty who press at once are refused in one word', async () => {
	await press(panel)
	for (let i = 0; i < 80; i++) push({ id: `p${i}`, name: `${i}`, presides: false }, 1)
	await until(() => refusals().flatMap(({ who }) => who).length === 80)
	expect(refusals().length).toBeLessThanOrEqual(3)
})

test('the hub is told which cameras can be moved', () => {
	const told = hub.asked('feed.open').map(({ camera, movable }) => [camera, movable])
	expect(told).toContainEqual(['front', true])
	expect(told).toContainEqual(['wide', false])
})
