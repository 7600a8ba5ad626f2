import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Source } from '../../appliance/protocol/media.ts'
import type { Person } from '../../appliance/protocol/messages.ts'
import type { RoomState } from '../../appliance/protocol/room-state.ts'
import { createRoom, type Room, type RoomConfig } from '../../appliance/room/room.ts'
import { openSetups, type RoomCamera } from '../../appliance/room/setup.ts'
import { createReach, type Reach } from '../../drivers/reach.ts'
import { until } from '../browser-launch/processes.ts'
import { plainCore, somebody } from '../meeting/core.ts'
import { FakeHub } from './fake-hub.ts'
import { FakeDevices, FakeStage } from './fakes.ts'

const link = 'https://maru.test/attend#room.link.token'
const one = { id: 's1', label: 'Panel 1' }
const two = { id: 's2', label: 'Panel 2' }
const microphone: Source = {
	id: 'mic',
	kind: 'audio',
	use: 'microphone',
	label: '',
	muted: false,
	open: true,
	live: true,
}
const guest: Person = somebody('guest', { name: '홍길동', joinedAt: 2 })

let hub: FakeHub
let stage: FakeStage
let devices: FakeDevices
let db: DatabaseSync
let room: Room
let logged: string[]
let states: RoomState[]

beforeEach(async () => {
	hub = await FakeHub.start()
	stage = new FakeStage()
	stage.onJoin = () => hub.setSources([microphone])
	devices = new FakeDevices()
	db = new DatabaseSync(':memory:')
	logged = []
})
afterEach(async () => {
	await room.close()
	await hub.close()
})

const twoCameras = [
	{ id: 'front', name: '정면', driver: 'visca-ip' },
	{ id: 'left', name: '좌측', driver: 'visca-ip' },
]

function open(
	config: Partial<RoomConfig> = {},
	origins = ['https://maru.test'],
	cameras: RoomCamera[] = twoCameras,
	reach?: Reach,
) {
	const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
	room = createRoom({
		config: {
			name: '대회의실',
			language: 'ko',
			demo: true,
			seats: [{ id: '1', name: '의장석', camera: 'front', preset: 1 }],
			stage: { display: 'headless' },
			...config,
		},
		setups: openSetups({
			db,
			file: cameras,
			secrets: { read: () => null, write() {} },
			check: (camera) => camera as RoomCamera,
			log,
		}),
		devices,
		hubUrl: hub.url,
		hubToken: async () => 'house',
		hubOrigins: () => origins,
		...(reach && { reach }),
		stageUrl: 'http://127.0.0.1:1/stage',
		launch: stage.launch,
		db,
		now: Date.now,
		log,
		build: 'test',
	})
	states = []
	room.watch((state) => states.push(state))
	return room
}

const state = () => room.state().state
const phase = () => state().call.phase
const ready = () => until(() => state().stage.status === 'ready' && state().hub.status === 'online')

async function inCall(config: Partial<RoomConfig> = {}) {
	open(config)
	await ready()
	expect(await room.dispatch({ type: 'room.join', link }, one)).toEqual({ ok: true })
	await until(() => phase() === 'inCall')
}

describe('joining', () => {
	test('a link leads neither to this machine nor to what is plugged in here, by whatever name', async () => {
		const inner = createServer().listen(0, '127.0.0.1')
		const knocks: unknown[] = []
		inner.on('connection', (socket) => knocks.push(socket.destroy()))
		await once(inner, 'listening')
		const { port } = inner.address() as AddressInfo
		open({}, ['https://maru.test'], twoCameras, createReach({ ranges: ['10.0.0.0/8'], named: [] }))
		await ready()
		const joins = (host: string) =>
			room.dispatch({ type: 'room.join', link: `https://${host}:${port}/attend#a.b.c` }, one)
		for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254', '2130706433']) {
			expect(await joins(host), host).toMatchObject({ ok: false, code: 'address-refused' })
		}
		void joins('localhost')
		await until(() => logged.some((line) => line.includes('no hub may be where localhost is')))
		expect(knocks).toEqual([])
		inner.close()
	})

	test('one tap enters the meeting of today; leaving it leaves the stage warm', async () => {
		hub.meetings = [{ ...hub.meeting, phase: 'planned' }]
		open()
		await ready()
		expect(state().meetings.map(({ id }) => id)).toEqual(['m1'])
		expect(await room.dispatch({ type: 'room.start' }, one)).toEqual({ ok: true })
		await until(() => phase() === 'inCall')
		expect(state().call).toMatchObject({ meeting: { id: 'm1' }, reason: null, recovering: false })
		expect(state().participants.map(({ name }) => name)).toEqual(['대회의실'])
		expect(hub.asked('meetings.enter').length).toBe(1)
		expect(await room.dispatch({ type: 'room.leave' }, one)).toEqual({ ok: true })
		await until(() => phase() === 'idle')
		await until(() => hub.asked('meeting.leave').length === 1)
		expect(state()).toMatchObject({ call: { meeting: null }, participants: [], stage: { status: 'ready' } })
		expect(stage.launches).toBe(1)
	})

	test('one tap opens a meeting where there is none today', async () => {
		open()
		await ready()
		await room.dispatch({ type: 'room.start', title: '긴급회의' }, one)
		await until(() => phase() === 'inCall')
		expect(hub.asked('meetings.create')).toMatchObject([{ title: '긴급회의', kind: 'council' }])
		expect(state().call.meeting?.title).toBe('긴급회의')
	})

	test('control and page are one person, and only the page brings media', async () => {
		await inCall()
		expect(hub.asked('meeting.join')).toMatchObject([{ token: 'room.link.token', device: { media: false } }])
		expect(stage.commands).toMatchObject([
			{ type: 'join', hub: hub.url, token: 'room.link.token', resume: 'resume-1', muted: false, microphone: null },
		])
	})

	test('is not in the call before the hub receives our microphone and a picture of others is decoded', async () => {
		stage.onJoin = () => hub.setSources([{ ...microphone, live: false }])
		stage.beat.expected = 1
		open()
		await ready()
		await room.dispatch({ type: 'room.join', link }, one)
		await until(() => stage.commands.length === 1)
		await new Promise((resolve) => setTimeout(resolve, 300))
		expect(phase()).toBe('joining')
		hub.setSources([microphone])
		await new Promise((resolve) => setTimeout(resolve, 300))
		expect(phase()).toBe('joining')
		stage.beat.decoded = 5
		await until(() => phase() === 'inCall')
		expect(states.every(({ call, hub }) => call.phase !== 'inCall' || hub.status === 'online')).toBe(true)
	})

	test.each([
		['expired', 'failed', 'link-refused'],
		['forged', 'failed', 'link-refused'],
		['revoked', 'failed', 'link-refused'],
		['meeting-closed', 'idle', 'meeting-closed'],
	] as const)('a link that is refused as %s answers so', async (code, then, reason) => {
		open()
		await ready()
		hub.refusing.set('room.link.token', code)
		expect(await room.dispatch({ type: 'room.join', link }, one)).toMatchObject({ ok: false, code })
		expect(state().call).toMatchObject({ phase: then, reason })
		hub.refusing.clear()
		expect(await room.dispatch({ type: 'room.join', link }, one)).toEqual({ ok: true })
	})

	test('what is no link, or comes in the midst of a call, is refused', async () => {
		await inCall()
		expect(await room.dispatch({ type: 'room.join', link }, one)).toMatchObject({ ok: false, code: 'already-so' })
		await room.dispatch({ type: 'room.leave' }, one)
		await until(() => phase() === 'idle')
		expect(await room.dispatch({ type: 'room.join', link: 'hello' }, one)).toMatchObject({ ok: false, code: 'forged' })
		expect(await room.dispatch({ type: 'room.join', meeting: 'x' }, one)).toMatchObject({
			ok: false,
			code: 'no-meeting',
		})
		expect(await room.dispatch({ type: 'room.join' }, one)).toMatchObject({ ok: false, code: 'bad-message' })
		await room.dispatch({ type: 'room.leave' }, one) // dismisses the failure
		expect(await room.dispatch({ type: 'room.leave' }, one)).toMatchObject({ ok: false, code: 'not-in-call' })
	})

	test('ending the meeting for all brings the room home by the word of the hub', async () => {
		await inCall()
		expect(await room.dispatch({ type: 'room.end' }, one)).toEqual({ ok: true })
		await until(() => phase() === 'idle')
		expect(state().call.reason).toBe('meeting-closed')
		expect(stage.commands.at(-1)).toEqual({ type: 'leave' })
	})
})

describe('coming back', () => {
	test('a killed browser is replaced and joins again, still muted', async () => {
		await inCall()
		await room.dispatch({ type: 'room.mute', muted: true }, one)
		hub.setSources([{ ...microphone, live: false }])
		stage.kill()
		await until(() => state().call.recovering)
		expect(phase()).not.toBe('inCall')
		await until(() => phase() === 'inCall')
		expect(stage.launches).toBe(2)
		expect(stage.commands.filter(({ type }) => type === 'join').at(-1)).toMatchObject({ muted: true })
		expect(state()).toMatchObject({ muted: true, call: { recovering: false, reason: null } })
	})

	test('a hung browser is noticed within three seconds', async () => {
		await inCall()
		stage.beats = false
		const noticed = await until(() => stage.launches === 2)
		stage.beats = true
		expect(noticed).toBeGreaterThan(2000)
		await until(() => phase() === 'inCall')
		expect(stage.launches).toBe(2)
	})

	test('a browser that does not start is tried again, and the state says so', async () => {
		stage.broken = true
		open()
		await until(() => stage.launches >= 2)
		await until(() => state().stage.status === 'failed')
		expect(state().stage.reason).toBe('no browser')
		stage.broken = false
		await until(() => state().stage.status === 'ready')
	})

	test('a hub that goes away is rejoined with the resume token', async () => {
		await inCall()
		await hub.vanish()
		// Two sockets, of which either is found gone first.
		await until(() => state().hub.status === 'away' && state().call.reason === 'hub-away')
		expect(state().call).toMatchObject({ phase: 'joining', recovering: true })
		await hub.listen()
		await until(() => phase() === 'inCall')
		expect(hub.asked('meeting.join').at(-1)).toMatchObject({ device: { media: false, resume: 'resume-1' } })
		await until(() => state().hub.status === 'online')
	})

	test('a lost patch of the people is noticed and all is asked for', async () => {
		await inCall()
		hub.people.set(guest.id, guest)
		hub.patch([{ ...guest, id: 'other' }], [], 1)
		await until(() => state().participants.some(({ id }) => id === 'guest'))
		expect(hub.asked('meeting.join').length).toBe(2)
		expect(phase()).toBe('inCall')
	})

	test('media that the SFU lost must be proven again', async () => {
		stage.beat.decoded = 100
		await inCall()
		// In one breath: the next beat of a page that expects no picture would be proof enough.
		hub.tellMeeting({ type: 'media.lost' })
		hub.setSources([{ ...microphone, live: false }])
		await until(() => state().call.recovering)
		await new Promise((resolve) => setTimeout(resolve, 200))
		expect(phase()).toBe('joining')
		// The picture that was decoded before the loss proves nothing, however often it is counted.
		stage.beat.expected = 1
		await new Promise((resolve) => setTimeout(resolve, 200))
		hub.setSources([microphone])
		await new Promise((resolve) => setTimeout(resolve, 200))
		expect(phase()).toBe('joining')
		stage.beat.decoded += 1
		await until(() => phase() === 'inCall')
		expect(stage.launches).toBe(1)
	})

	test('a service that was killed goes back into its call, and is never unmuted by that', async () => {
		await inCall()
		await room.dispatch({ type: 'room.mute', muted: true }, one)
		await room.close()
		open()
		expect(state()).toMatchObject({ muted: true, call: { recovering: true } })
		await until(() => phase() === 'inCall')
		expect(hub.asked('meeting.join').at(-1)).toMatchObject({ device: { resume: 'resume-1' } })
		expect(stage.commands.at(-1)).toMatchObject({ type: 'join', muted: true })
		await room.dispatch({ type: 'room.leave' }, one)
		await until(() => phase() === 'idle')
		await room.close()
		open()
		await ready()
		expect(phase()).toBe('idle')
	})

	test('a call is found again when our own address is another one', async () => {
		await inCall()
		await room.close()
		open({}, ['https://192.0.2.9:8443'])
		await until(() => phase() === 'inCall')
	})

	test('a call that was closed meanwhile is not joined again', async () => {
		await inCall()
		await room.close()
		hub.refusing.set('room.link.token', 'meeting-closed')
		open()
		await until(() => phase() === 'idle')
		expect(state().call).toMatchObject({ reason: 'meeting-closed', recovering: false })
		hub.refusing.clear()
		await room.close()
		open()
		await ready()
		expect(phase()).toBe('idle')
	})
})

describe('nobody there', () => {
	test('the room leaves when it has been alone, but not while the meeting is suspended', async () => {
		hub.meeting = { ...hub.meeting, phase: 'suspended' }
		await inCall({ limits: { aloneMs: 1500 } })
		await new Promise((resolve) => setTimeout(resolve, 3500))
		expect(phase()).toBe('inCall')
		hub.tellMeeting({
			type: 'core',
			core: plainCore({ ...hub.meeting, phase: 'open' }, { at: 2 }),
		})
		await until(() => phase() === 'idle')
		expect(state().call.reason).toBe('alone')
	})

	test('a page without a connection is replaced by another', async () => {
		hub.people.set(guest.id, guest)
		await inCall({ limits: { iceMs: 1500 } })
		stage.beat.ice = 'disconnected'
		await until(() => state().call.reason === 'ice-failed')
		stage.beat.ice = 'connected'
		await until(() => phase() === 'inCall')
		expect(stage.launches).toBe(2)
	})
})

describe('mute', () => {
	test('reaches page and hub, and the hub again when it shows a microphone open', async () => {
		await inCall()
		await room.dispatch({ type: 'room.mute', muted: true }, one)
		expect(state().muted).toBe(true)
		expect(stage.commands.at(-1)).toEqual({ type: 'mute', muted: true })
		await until(() => hub.asked('media.mute').length === 1)
		hub.setSources([{ ...microphone, id: 'mic2' }])
		await until(() => hub.asked('media.mute').some(({ source, muted }) => source === 'mic2' && muted))
	})
})

describe('cameras', () => {
	test('a move is ordered within the call that asks for it', async () => {
		open()
		devices.ready('front')
		const result = room.dispatch({ type: 'camera.move', camera: 'front', pan: 1, tilt: 0, zoom: 0 }, one)
		expect(devices.orders).toEqual([
			{ name: 'move', camera: 'front', detail: { pan: 1, tilt: 0, zoom: 0, forMs: 400 } },
		])
		expect(await result).toEqual({ ok: true })
	})

	test('one whose answers do not reach us is said to be so, and no other', () => {
		open({}, undefined, [...twoCameras, { id: 'rear', name: '후면', driver: 'pelco-d', path: '/dev/tty', blind: true }])
		expect(state().cameras.map(({ blind }) => blind)).toEqual([undefined, undefined, true])
	})

	test('one that turns out to tell nothing of its movements is said to be so, until it does', () => {
		open()
		const seeing = devices.capabilities
		devices.capabilities = { ...seeing, positions: null, unseen: true }
		devices.ready('front')
		expect(state().cameras[0]?.blind).toBe(true)
		devices.capabilities = seeing
		devices.ready('front')
		expect(state().cameras[0]?.blind).toBeUndefined()
	})

	test('answers what the device answers', async () => {
		open()
		devices.failing = 'unreachable'
		const move = { type: 'camera.move', camera: 'front', pan: 1, tilt: 0, zoom: 0 } as const
		expect(await room.dispatch(move, one)).toMatchObject({ ok: false, code: 'unreachable' })
		expect(await room.dispatch({ ...move, camera: 'x' }, one)).toMatchObject({ ok: false, code: 'no-camera' })
	})

	test('a second panel is refused while the first drives, may stop it, and may take over', async () => {
		open()
		const move = { type: 'camera.move', camera: 'front', pan: 1, tilt: 0, zoom: 0 } as const
		await room.dispatch(move, one)
		expect(state().cameras[0]?.lease).toMatchObject({ owner: 's1', label: 'Panel 1' })
		expect(await room.dispatch(move, two)).toMatchObject({ ok: false, code: 'leased' })
		expect(await room.dispatch({ type: 'camera.stop', camera: 'front' }, two)).toEqual({ ok: true })
		await room.dispatch(move, one)
		expect(await room.dispatch({ type: 'camera.lease', camera: 'front', take: true }, two)).toEqual({ ok: true })
		expect(devices.orders.at(-1)).toEqual({ name: 'stop', camera: 'front' })
		expect(await room.dispatch(move, one)).toMatchObject({ ok: false, code: 'leased' })
		expect(await room.dispatch(move, two)).toEqual({ ok: true })
		await room.dispatch({ type: 'camera.lease', camera: 'front', take: false }, two)
		expect(state().cameras[0]?.lease).toBeNull()
		expect(await room.dispatch(move, { ...one, role: 'facilities' })).toEqual({ ok: true })
	})

	test('a panel that goes away stops what it moved, and nothing else', async () => {
		open()
		await room.dispatch({ type: 'camera.move', camera: 'front', pan: 1, tilt: 0, zoom: 0 }, one)
		await room.dispatch({ type: 'camera.move', camera: 'left', pan: 1, tilt: 0, zoom: 0 }, two)
		devices.orders.length = 0
		room.released('s1')
		expect(devices.orders).toEqual([{ name: 'stop', camera: 'front' }])
		expect(state().cameras.map(({ lease }) => lease?.owner ?? null)).toEqual([null, 's2'])
		room.released('s1')
		expect(devices.orders.length).toBe(1)
	})

	test('presets are kept by position, recalled, shown on arrival and no longer when moved away', async () => {
		open()
		const aim = { pan: 12, tilt: -3, zoom: 0.4, unit: 'degrees', at: 9 } as const
		devices.where = aim
		devices.ready('front')
		await room.dispatch({ type: 'preset.save', camera: 'front', slot: 3, name: '의장석' }, one)
		expect(state().cameras[0]).toMatchObject({ presets: [{ slot: 3, name: '의장석' }], preset: 3 })
		await room.dispatch({ type: 'camera.move', camera: 'front', pan: 1, tilt: 0, zoom: 0 }, one)
		expect(state().cameras[0]?.preset).toBeNull()

		const { promise, resolve } = Promise.withResolvers<void>()
		devices.arrival = promise
		const recall = room.dispatch({ type: 'preset.recall', camera: 'front', slot: 3 }, one)
		expect(devices.orders.at(-1)).toEqual({ name: 'moveTo', camera: 'front', detail: aim })
		await new Promise((settled) => setTimeout(settled, 20))
		expect(state().cameras[0]?.preset).toBeNull()
		resolve()
		expect(await recall).toEqual({ ok: true })
		expect(state().cameras[0]?.preset).toBe(3)
		devices.ready('front', { ...aim, pan: 12.2 })
		expect(state().cameras[0]?.preset).toBe(3)
		devices.ready('front', { ...aim, pan: 20 })
		expect(state().cameras[0]?.preset).toBeNull()

		expect(await room.dispatch({ type: 'preset.recall', camera: 'front', slot: 4 }, one)).toMatchObject({
			ok: false,
			code: 'no-preset',
		})
		expect(await room.dispatch({ type: 'preset.remove', camera: 'front', slot: 3 }, one)).toEqual({ ok: true })
		expect(state().cameras[0]?.presets).toEqual([])
	})

	test('a recall that was overtaken by a finger is no arrival', async () => {
		open()
		await room.dispatch({ type: 'preset.save', camera: 'front', slot: 1, name: 'a' }, one)
		const { promise, resolve } = Promise.withResolvers<void>()
		devices.arrival = promise
		const recall = room.dispatch({ type: 'preset.recall', camera: 'front', slot: 1 }, one)
		await room.dispatch({ type: 'camera.move', camera: 'front', pan: 1, tilt: 0, zoom: 0 }, one)
		resolve()
		await recall
		expect(state().cameras[0]?.preset).toBeNull()
	})

	test('a camera that cannot tell its position keeps the preset itself', async () => {
		open()
		devices.where = null
		await room.dispatch({ type: 'preset.save', camera: 'front', slot: 2, name: '전경' }, one)
		await room.dispatch({ type: 'preset.recall', camera: 'front', slot: 2 }, one)
		expect(devices.orders.filter(({ name }) => name.endsWith('Slot'))).toEqual([
			{ name: 'saveSlot', camera: 'front', detail: 2 },
			{ name: 'recallSlot', camera: 'front', detail: 2 },
		])
	})

	test('while the devices process restarts, cameras are stale and the state says since when', async () => {
		open()
		devices.ready('front')
		expect(state().cameras[0]).toMatchObject({ status: 'ready', capabilities: { zoom: { speeds: 7 } } })
		devices.tell({ type: 'process', status: 'restarting' })
		expect(state().devices.status).toBe('restarting')
		expect(state().devices.since).toBeGreaterThan(Date.now() - 5000)
		expect(state().cameras[0]).toMatchObject({ status: 'stale', reason: 'lost' })
	})

	test('a camera that nobody moves needs no devices process', async () => {
		open({}, [], [{ id: 'wide', name: '전경', driver: 'fixed' }])
		devices.tell({ type: 'process', status: 'restarting' })
		expect(state().cameras[0]).toMatchObject({ status: 'ready', reason: null })
	})
})

test('panels are told at most twenty times a second, and always the last word', async () => {
	open()
	await ready()
	states.length = 0
	const start = performance.now()
	let pan = 0
	while (performance.now() - start < 1000 || states.length < 5) {
		devices.ready('front', { pan: ++pan, tilt: 0, zoom: 0, unit: 'degrees', at: pan })
		await new Promise((resolve) => setTimeout(resolve, 5))
	}
	await until(() => states.at(-1)?.cameras[0]?.position?.pan === pan)
	expect(states.length).toBeLessThanOrEqual(2 + ((performance.now() - start) / 1000) * 20)
})

test('no link, token or name of a person is ever logged', async () => {
	hub.people.set(guest.id, guest)
	await inCall()
	await room.dispatch({ type: 'room.leave' }, one)
	await until(() => phase() === 'idle')
	const all = logged.join('')
	expect(all).toContain('inCall')
	for (const secret of ['room.link.token', 'resume-1', '홍길동', 'maru.test']) expect(all).not.toContain(secret)
})
