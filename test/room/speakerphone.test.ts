import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Devices } from '../../appliance/devices/client.ts'
import type { Source } from '../../appliance/protocol/media.ts'
import type { MeetingCore } from '../../appliance/protocol/messages.ts'
import type { StageCommand } from '../../appliance/protocol/stage.ts'
import type { Card } from '../../appliance/room/cards.ts'
import { createRoom, type Room, type RoomConfig } from '../../appliance/room/room.ts'
import { openSetups } from '../../appliance/room/setup.ts'
import type { CallLamps, SpeakerphoneEvent } from '../../drivers/speakerphone.ts'
import { until } from '../browser-launch/processes.ts'
import { plainCore, somebody } from '../meeting/core.ts'
import { limitOf } from '../scene/wait.ts'
import { FakeHub } from './fake-hub.ts'
import { FakeDevices, FakeStage } from './fakes.ts'

/** The room with a speakerphone: device, panel, stage and hub, all told the same. */

type Report = Parameters<Parameters<Devices['speakerphone']['watch']>[0]>[0]

const link = 'https://maru.test/attend#room.link.token'
const panel = { id: 's1', label: 'Panel 1' }
const usb = '/sys/devices/usb1/1-2'
const jabra: Card = { index: 1, name: 'Jabra SPEAK 510 USB', usb }
const microphone: Source = {
	...{ id: 'mic', kind: 'audio', use: 'microphone', label: '' },
	...{ muted: false, open: true, live: true },
}
const lamps = { offHook: true, mute: true, ring: true, hold: true }
const ready: Report = {
	...{ status: 'ready', reason: null, detail: null },
	model: { name: jabra.name, vendorId: 0x0b0e, productId: 0x0420, serial: 'A1', firmware: '2.14', usb },
	capabilities: { hook: 'level', mute: 'one-shot', volume: true, reject: false, hold: true, lamps },
	state: { offHook: false, muted: false, unconfirmed: false },
}
const gone: Report = { ...ready, status: 'lost', reason: 'lost', state: null }

/** A device with lamps and keys, at the place where the devices process is. */
class Device {
	readonly shown: CallLamps[] = []
	/** Whether it takes what it is told. */
	takes = true
	report: Report = ready
	#tell: (report: Report) => void = () => {}
	#press: (event: SpeakerphoneEvent) => void = () => {}

	readonly port: Devices['speakerphone'] = {
		show: (lamps) => {
			this.shown.push(lamps)
			if (this.report.status === 'ready') this.#take(lamps)
		},
		watch: (listener) => {
			this.#tell = listener
			listener(this.report)
			return () => {}
		},
		onEvent: (listener) => {
			this.#press = listener
			return () => {}
		},
	}

	get lamps() {
		return this.shown.at(-1)
	}

	press(event: SpeakerphoneEvent) {
		this.#press(event)
	}

	/** What a one-shot key wants: the other of what its lamp shows. */
	pressMute() {
		this.press({ type: 'mute', muted: !this.report.state?.muted })
	}

	unplug() {
		this.#set(gone)
	}

	plug() {
		this.#set({ ...ready, state: { offHook: false, muted: false, unconfirmed: true } })
		if (this.takes && this.lamps) this.#take(this.lamps)
	}

	#take({ offHook, muted }: CallLamps) {
		this.#set({ ...ready, state: { offHook, muted, unconfirmed: !this.takes } })
	}

	#set(report: Report) {
		this.report = report
		this.#tell(report)
	}
}

let hub: FakeHub
let stage: FakeStage
let device: Device
let db: DatabaseSync
let room: Room
let cards: Card[]

beforeEach(async () => {
	hub = await FakeHub.start()
	stage = new FakeStage()
	stage.onJoin = ({ muted }) => hub.setSources([{ ...microphone, muted }])
	device = new Device()
	db = new DatabaseSync(':memory:')
	cards = [jabra]
})
afterEach(async () => {
	await room.close()
	await hub.close()
})

function open(config: Partial<RoomConfig> = {}) {
	const devices = Object.assign(new FakeDevices(), { speakerphone: device.port })
	const log = pino({ level: 'silent' })
	room = createRoom({
		config: { name: '대회의실', language: 'ko', demo: true, seats: [], stage: { display: 'headless' }, ...config },
		setups: openSetups({ db, file: [], secrets: { read: () => null, write() {} }, check: (one) => one as never, log }),
		devices,
		hubUrl: hub.url,
		hubToken: async () => 'house',
		hubOrigins: () => ['https://maru.test'],
		stageUrl: 'http://127.0.0.1:1/stage',
		launch: stage.launch,
		cards: () => cards,
		db,
		now: Date.now,
		log,
		build: 'test',
	})
}

const state = () => room.state().state
const dispatch = (command: Parameters<Room['dispatch']>[0]) => room.dispatch(command, panel)
const commands = <T extends StageCommand['type']>(type: T) =>
	stage.commands.filter((command) => command.type === type) as Extract<StageCommand, { type: T }>[]
const mutes = () => commands('mute').map(({ muted }) => muted)
const gates = () => hub.asked('media.mute').map(({ source, muted }) => [source, muted])
const mutesFromAfar = (mutes: number): MeetingCore => ({
	...plainCore(hub.meeting),
	hall: { person: 'room', muted: true, gated: false, mutes },
})

async function inCall(config: Partial<RoomConfig> = {}) {
	open(config)
	await until(() => state().stage.status === 'ready' && state().hub.status === 'online')
	await dispatch({ type: 'room.join', link })
	await until(() => state().call.phase === 'inCall')
}

describe('A press on the device', () => {
	test('mutes room, stage, hub and lamp at once, and opens them again', async () => {
		await inCall()
		expect(device.lamps).toEqual({ offHook: true, muted: false, ringing: false, held: false })
		const before = performance.now()
		device.pressMute()
		expect(state().muted).toBe(true)
		expect(device.lamps).toMatchObject({ offHook: true, muted: true })
		expect(mutes()).toEqual([true])
		await until(() => gates().length === 1)
		expect(performance.now() - before).toBeLessThan(limitOf(1_000))
		expect(gates()).toEqual([['mic', true]])
		hub.setSources([{ ...microphone, muted: true }])
		await until(() => state().speakerphone.muted)
		device.pressMute()
		expect([state().muted, device.lamps?.muted, mutes()]).toEqual([false, false, [true, false]])
		await until(() => gates().at(-1)?.[1] === false)
	})

	test('counts while the hub is away, and the hub is told when it is back', async () => {
		await inCall()
		await hub.vanish()
		await until(() => state().hub.status === 'away')
		device.pressMute()
		expect([state().muted, device.lamps?.muted, mutes()]).toEqual([true, true, [true]])
		expect(await dispatch({ type: 'room.mute', muted: false })).toEqual({ ok: true })
		expect([state().muted, device.lamps?.muted, mutes()]).toEqual([false, false, [true, false]])
		device.pressMute()
		await hub.listen()
		await until(() => state().call.phase === 'inCall' && gates().some(([, muted]) => muted === true))
		expect(device.lamps).toMatchObject({ offHook: true, muted: true })
	})

	test('outside of a meeting is answered with the whole of the lamps', async () => {
		open()
		const told = device.shown.length
		device.press({ type: 'hook', offHook: true })
		expect(device.shown.length).toBe(told + 1)
		expect(device.lamps).toEqual({ offHook: false, muted: false, ringing: false, held: false })
		expect(state().call.phase).toBe('idle')
	})
})

describe('Somebody elsewhere', () => {
	test('mutes the room, its lamp and its stage; each time counts once', async () => {
		await inCall()
		hub.setSources([{ ...microphone, muted: true }])
		hub.tellMeeting({ type: 'core', core: mutesFromAfar(1) })
		await until(() => state().muted)
		expect([device.lamps?.muted, mutes()]).toEqual([true, [true]])
		await dispatch({ type: 'room.mute', muted: false })
		hub.tellMeeting({ type: 'core', core: { ...mutesFromAfar(1), at: 2 } })
		hub.setPeople(somebody('guest', {}))
		await until(() => state().participants.length === 2)
		expect([state().muted, device.lamps?.muted]).toEqual([false, false])
	})

	test('is obeyed by a room that was away, and was restarted', async () => {
		await inCall()
		hub.tellMeeting({ type: 'core', core: mutesFromAfar(1) })
		await until(() => state().muted)
		await dispatch({ type: 'room.mute', muted: false })
		await room.close()
		stage = new FakeStage()
		stage.onJoin = ({ muted }) => hub.setSources([{ ...microphone, muted }])
		open()
		expect(state().muted).toBe(false)
		await until(() => state().call.phase === 'inCall')
		hub.tellMeeting({ type: 'core', core: mutesFromAfar(1) })
		hub.setPeople(somebody('guest', {}))
		await until(() => state().participants.length === 2)
		expect(state().muted).toBe(false)
		hub.tellMeeting({ type: 'core', core: mutesFromAfar(2) })
		await until(() => state().muted)
	})

	test('who only finds the microphone shut at the hub gets it opened, since nobody wants it shut', async () => {
		await inCall()
		stage.beat.muted = true
		hub.setSources([{ ...microphone, muted: true }])
		await until(() => gates().some(([, muted]) => muted === false))
		hub.setSources([{ ...microphone, muted: false }])
		await until(() => mutes().includes(false))
		expect(state().muted).toBe(false)
	})
})

describe('A speakerphone that is unplugged', () => {
	test('while the room is muted leaves it muted, and comes back off hook and muted', async () => {
		await inCall()
		device.pressMute()
		device.unplug()
		stage.say({ type: 'sound', microphone: 'missing', output: 'missing' })
		expect(state()).toMatchObject({ muted: true, speakerphone: { status: 'failed', reason: 'lost' } })
		device.plug()
		stage.say({ type: 'sound', microphone: 'open', output: 'good' })
		expect(device.lamps).toMatchObject({ offHook: true, muted: true })
		expect([state().muted, mutes()]).toEqual([true, [true]])
	})

	test('keeps its own microphone shut until its lamps are right, and the room is not said to be muted', async () => {
		await inCall()
		stage.say({ type: 'sound', microphone: 'missing', output: 'missing' })
		device.unplug()
		expect(mutes()).toEqual([true])
		device.takes = false
		device.plug()
		stage.say({ type: 'sound', microphone: 'open', output: 'good' })
		expect([mutes(), state().muted, state().speakerphone.waiting]).toEqual([[true], false, true])
		device.takes = true
		device.plug()
		expect([mutes(), state().speakerphone.waiting]).toEqual([[true, false], false])
	})

	test('does not shut the microphone of another card', async () => {
		await inCall({ sound: { microphone: 'Scarlett 2i2 USB' } })
		device.unplug()
		device.takes = false
		device.plug()
		expect([mutes(), state().speakerphone.own]).toEqual([[], false])
	})
})

describe('Microphone and speakers', () => {
	test('are the speakerphone’s own, found by its USB device, and used from then on', async () => {
		device.report = { ...gone, status: 'none', reason: 'none-found', model: null }
		await inCall()
		expect(commands('join')).toMatchObject([{ microphone: null, output: null, volume: 80 }])
		device.plug()
		expect(commands('devices')).toMatchObject([{ microphone: jabra.name, output: jabra.name }])
		expect(state().speakerphone.own).toBe(true)
	})

	test('are those of a mixer where the configuration names them', async () => {
		await inCall({ sound: { microphone: 'Scarlett', output: 'HDA Intel PCH', processing: true } })
		expect(commands('join')).toMatchObject([{ microphone: 'Scarlett', output: 'HDA Intel PCH', processing: true }])
		device.unplug()
		device.plug()
		expect(commands('devices')).toEqual([])
	})

	test('are turned by key and panel, within what there is, and remembered', async () => {
		await inCall()
		device.press({ type: 'volume', direction: 'down' })
		expect(await dispatch({ type: 'room.volume', volume: 40 })).toEqual({ ok: true })
		expect(commands('volume').map(({ volume }) => volume)).toEqual([75, 40])
		expect(state().volume).toBe(40)
		await room.close()
		open()
		expect(state().volume).toBe(40)
	})

	test('are tried: levels come to whoever listens, a tone is answered by what became of it', async () => {
		open()
		await until(() => state().stage.status === 'ready')
		const levels: (number | null)[] = []
		room.watchLevels((level) => levels.push(level))
		expect(await dispatch({ type: 'sound.listen', on: true })).toEqual({ ok: true })
		stage.say({ type: 'level', level: 0.5 })
		expect([levels, commands('listen').at(-1)]).toMatchObject([[0.5], { on: true, microphone: jabra.name }])
		const tone = dispatch({ type: 'sound.tone' })
		await until(() => commands('tone').length === 1)
		stage.say({ type: 'tone', played: 'elsewhere' })
		expect(await tone).toEqual({ ok: true, data: 'elsewhere' })
		const silent = dispatch({ type: 'sound.tone' })
		await until(() => commands('tone').length === 2)
		stage.say({ type: 'tone', played: 'nowhere' })
		expect(await silent).toMatchObject({ ok: false, code: 'rejected' })
	})

	test('are not listened to while the room is muted, and no longer once it is', async () => {
		open()
		await until(() => state().stage.status === 'ready')
		await dispatch({ type: 'sound.listen', on: true })
		device.pressMute()
		expect(commands('listen').at(-1)).toMatchObject({ on: false })
		expect(await dispatch({ type: 'sound.listen', on: true })).toMatchObject({ ok: false, code: 'busy' })
	})
})

describe('The mute key on trial', () => {
	test('is seen without muting anything, and is not to be tried in a meeting', async () => {
		open()
		expect(await dispatch({ type: 'sound.key', on: true })).toEqual({ ok: true })
		expect([state().speakerphone.check, device.lamps?.offHook]).toEqual(['waiting', true])
		device.pressMute()
		expect(state()).toMatchObject({ muted: false, speakerphone: { check: 'seen', pressedAt: expect.any(Number) } })
		await room.close()
		await inCall()
		expect(await dispatch({ type: 'sound.key', on: true })).toMatchObject({ ok: false, code: 'busy' })
	})
})

describe('A call at the door', () => {
	test('rings at device and panels, and whoever rang hears what became of it', async () => {
		open()
		const heard: unknown[] = []
		room.phone.onRing((event) => heard.push(event))
		room.phone.ring('r1', '민원실 3번')
		expect(state().ring).toMatchObject({ id: 'r1', from: '민원실 3번' })
		expect(device.lamps).toMatchObject({ ringing: true, offHook: false })
		device.press({ type: 'hook', offHook: true })
		expect(device.lamps).toMatchObject({ ringing: false, offHook: true })
		room.phone.quiet('r1')
		expect(device.lamps).toMatchObject({ offHook: false })
		room.phone.ring('r2', '민원실 3번')
		expect(await dispatch({ type: 'room.answer', ring: 'r1' })).toMatchObject({ ok: false, code: 'already-so' })
		expect(await dispatch({ type: 'room.reject', ring: 'r2' })).toEqual({ ok: true })
		expect(heard).toEqual([
			{ type: 'answered', id: 'r1' },
			{ type: 'rejected', id: 'r2' },
		])
	})
})

test('hanging up at the device leaves the room in its meeting, and asks', async () => {
	await inCall()
	device.press({ type: 'hook', offHook: false })
	expect(device.lamps).toMatchObject({ offHook: true })
	expect(state().speakerphone.hungUpAt).toEqual(expect.any(Number))
	await dispatch({ type: 'room.stay' })
	expect(state()).toMatchObject({ speakerphone: { hungUpAt: null }, call: { phase: 'inCall' } })
	device.press({ type: 'hook', offHook: false })
	await dispatch({ type: 'room.leave' })
	await until(() => state().call.phase === 'idle')
	expect(device.lamps).toMatchObject({ offHook: false })
	expect(state().speakerphone.hungUpAt).toBeNull()
})
