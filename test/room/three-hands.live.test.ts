import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkCamera } from '../../appliance/config-camera.ts'
import { type Devices, startDevices } from '../../appliance/devices/client.ts'
import type { MeetingCore } from '../../appliance/protocol/messages.ts'
import { createRoom, type Room } from '../../appliance/room/room.ts'
import { openSetups } from '../../appliance/room/setup.ts'
import { startViscaCamera, type VirtualCamera } from '../../drivers/virtual/visca-camera.ts'
import { until } from '../browser-launch/processes.ts'
import { plainCore } from '../meeting/core.ts'
import { FakeHub } from './fake-hub.ts'
import { FakeStage } from './fakes.ts'

/**
 * Two panels and the director drive one camera at once and at random, through the room, a devices process and a socket. Whose
 * a movement is can be told from its bytes: the first panel only pans, the chair's only tilts, the director only sends it
 * to positions.
 */

const clerk = { id: 's1', label: 'Panel 1' }
const chair = { id: 's2', label: 'Panel 2' }
const log = pino({ level: 'silent' })
const rounds = 4

/** What was ordered of the camera, as far as it is somebody's: `wire` is how that begins as a packet. */
interface Ordered {
	by: string
	wire: RegExp
}

let virtual: VirtualCamera
let devices: Devices
let hub: FakeHub
let room: Room
/** The director keeps off for ten seconds after a hand: the room's clock makes leaps. */
let leapt = 0
const ordered: Ordered[] = []
/** In hex, without Sony's header; what was sent again under its number is left out. */
const heard: string[] = []

beforeAll(async () => {
	virtual = await startViscaCamera({ host: '127.0.0.1', port: 0 })
	virtual.onDatagram(hear)
	devices = startDevices({ cameras: [], log })
	hub = await FakeHub.start()
	const file = [{ id: 'front', name: '정면', driver: 'visca-ip', host: '127.0.0.1', port: virtual.port }]
	const db = new DatabaseSync(':memory:')
	const seats = ['1', '2'].map((id) => ({ id, name: `${id}번`, camera: 'front', preset: Number(id) }))
	room = createRoom({
		config: {
			...{ name: '대회의실', language: 'ko', demo: true, seats },
			stage: { display: 'headless' },
			sound: { microphone: 'none' },
		},
		setups: openSetups({
			...{ db, file: file.map(checkCamera), secrets: { read: () => null, write() {} }, check: checkCamera, log },
		}),
		devices: { ...devices, pid: null, ...overheard() },
		...{ hubUrl: hub.url, hubToken: async () => 'house', stageUrl: 'http://127.0.0.1:1/stage' },
		...{ launch: new FakeStage().launch, db, now: () => Date.now() + leapt, log, build: 'test' },
	})
	await until(() => front()?.status === 'ready' && state().stage.status === 'ready' && state().hub.status === 'online')
	const view = (slot: number, pan: number) => ({
		...{ slot, name: `${slot}번`, thumbnail: null },
		position: { pan, tilt: 5, zoom: 0.2, unit: 'degrees' as const },
	})
	room.setPresets('front', { kind: 'maru-presets', version: 1, presets: [view(1, -70), view(2, 70)] })
	await room.dispatch({ type: 'room.join', link: 'https://maru.test/attend#room.link.token' }, clerk)
	await until(() => state().call.phase === 'inCall')
})
afterAll(async () => {
	await room?.close()
	await devices?.close()
	await hub?.close()
	await virtual?.close()
})

const state = () => room.state().state
const front = () => state().cameras[0]
const owner = () => front()?.lease?.owner ?? null
const between = (low: number, high: number) => low + Math.random() * (high - low)

/** The devices, and who ordered what of them in which order. */
function overheard(): Pick<Devices, 'move' | 'moveTo'> {
	const hex = (number: number) => Math.round(Math.abs(number)).toString(16).padStart(2, '0')
	return {
		move(id, velocity, forMs) {
			const { pan, tilt } = velocity
			const by = tilt === 0 ? clerk.id : chair.id
			const [panSpeed, tiltSpeed] = [tilt === 0 ? hex(pan * 0x18) : '..', tilt === 0 ? '..' : hex(tilt * 0x14)]
			const ways = tilt === 0 ? `${pan < 0 ? '01' : '02'}03` : `03${tilt > 0 ? '01' : '02'}`
			ordered.push({ by, wire: new RegExp(`^81010601${panSpeed}${tiltSpeed}${ways}ff$`) })
			return devices.move(id, velocity, forMs)
		},
		moveTo(id, position, speed) {
			ordered.push({ by: 'director', wire: /^81010602/ })
			return devices.moveTo(id, position, speed)
		},
	}
}

/** Sony's header: type, length and number, of two, two and four bytes. */
function hear(datagram: Buffer) {
	expect(datagram.readUInt16BE(2)).toBe(datagram.length - 8)
	const number = datagram.readUInt32BE(4)
	const isReset = datagram.readUInt16BE(0) === 0x0200
	if (isReset) numbers.clear()
	if (isReset || numbers.has(number)) return
	numbers.add(number)
	heard.push(datagram.subarray(8).toString('hex'))
}
const numbers = new Set<number>()

/** PTZOptics VISCA list rev 1.2 (VV 01..18, WW 01..14), whole: all that there may be on the wire. */
const valid = [
	/^81010601(0[1-9a-f]|1[0-8])(0[1-9a-f]|1[0-4])0[123]0[123]ff$/, // Pan_tiltDrive
	/^81010602(0[1-9a-f]|1[0-8])(0[1-9a-f]|1[0-4])(0.){8}ff$/, // Pan_tiltDrive, AbsolutePosition
	/^81010447(0.){4}ff$/, // CAM_Zoom, Direct
	/^81010407(00|[23][0-7])ff$/, // CAM_Zoom
	/^81010408(00|02|03)ff$/, // CAM_Focus
	/^81010438(02|03)ff$/, // CAM_Focus, Auto and Manual
	/^8109(0002|0400|0447|0448|0438|0612)ff$/, // inquiries
	/^812[12]ff$/, // Command Cancel
	/^81010001ff$/, // IF_Clear
]
const moves = (packet: string) => /^81010(601|602)/.test(packet) && !/^81010601....0303ff$/.test(packet)

function speaking(seat: string): MeetingCore {
	const strip = { name: '발언자', title: '', bureau: '' }
	const clock = { limitMs: null, usedMs: 0, runningSince: 1 }
	const steps = { gate: null, camera: null, strip: null }
	const grant = {
		who: `p${seat}`,
		seat,
		grantedAt: Date.now() + leapt,
		kind: 'speak',
		asked: true,
		feed: null,
	} as const
	const waiting = { speak: 0, respond: 0, order: 0 }
	const floor = { waiting, next: null, nextSeat: null, mode: 'chair' } as const
	return plainCore(hub.meeting, { floor: { ...floor, speaking: [{ ...grant, steps, ...strip, ...clock }] } })
}

/** Whoever may drive owns the camera from the same moment on; whoever may not is shown who does. */
async function push(hand: typeof clerk): Promise<boolean> {
	const speed = Math.ceil(between(0, 0x14)) * (Math.random() < 0.5 ? -1 : 1)
	const way = hand === clerk ? { pan: speed / 0x18, tilt: 0 } : { pan: 0, tilt: speed / 0x14 }
	const answer = room.dispatch({ type: 'camera.move', camera: 'front', ...way, zoom: 0 }, hand)
	const shown = owner()
	const { ok } = await answer
	if (ok) expect(shown).toBe(hand.id)
	else {
		expect(await answer).toMatchObject({ code: 'leased' })
		expect(shown).not.toBe(hand.id)
	}
	return ok
}

/** Pushes, and now and then lets go, for so long. Tells how often it drove. */
async function plays(hand: typeof clerk, forMs: number): Promise<number> {
	let drove = 0
	for (const end = performance.now() + forMs; performance.now() < end; await sleep(between(5, 40))) {
		if (Math.random() < 0.85) drove += (await push(hand)) ? 1 : 0
		// Anybody may stop anything.
		else await room.dispatch({ type: 'camera.stop', camera: 'front' }, hand)
	}
	return drove
}

const lease = (hand: typeof clerk, take: boolean) =>
	room.dispatch({ type: 'camera.lease', camera: 'front', take }, hand)

/** Nobody's, and standing. */
async function leftAlone() {
	for (const hand of [clerk, chair]) await lease(hand, false)
	await room.dispatch({ type: 'camera.stop', camera: 'front' }, clerk)
	await until(() => front()?.status === 'ready' && owner() === null)
	leapt += 11_000
}

test('two panels and the director at once: nothing is mixed, the owner is shown, and the chair takes over', async () => {
	const shown = new Set<string>()
	const unwatch = room.watch(({ cameras }) => shown.add(cameras[0]?.lease?.label ?? ''))
	for (let round = 0; round < rounds; round++) {
		const from = { ordered: ordered.length, heard: heard.length }
		hub.tellMeeting({ type: 'core', core: speaking(round % 2 === 0 ? '1' : '2') })
		await until(() => ordered.length > from.ordered)
		await until(() => owner() === 'director')
		await sleep(between(60, 200))

		// The first hand takes it from the director; who holds it while both play is left to chance.
		expect(await push(clerk)).toBe(true)
		await Promise.all([plays(clerk, 250), plays(chair, 250)])

		const taking = lease(chair, true)
		expect(owner()).toBe(chair.id)
		expect(await taking).toEqual({ ok: true })
		const taken = ordered.length
		hub.tellMeeting({ type: 'core', core: speaking(round % 2 === 0 ? '2' : '1') })
		expect(await push(chair)).toBe(true)
		const [refused] = await Promise.all([plays(clerk, 200), plays(chair, 200)])
		expect(refused).toBe(0)
		expect(new Set(ordered.slice(taken).map(({ by }) => by))).toEqual(new Set([chair.id]))
		await leftAlone()

		// On the wire is what was ordered, in this order; of several at once the newest alone.
		const left = ordered.slice(from.ordered)
		const driven = heard.slice(from.heard).filter(moves)
		for (const packet of driven) {
			while (left[0] && !left[0].wire.test(packet)) left.shift()
			expect(left[0]?.wire).toBeDefined()
		}
		expect(driven.filter((packet) => packet.startsWith('81010602')).length).toBeGreaterThan(0)
		expect(driven.some((packet) => /^81010601..../.test(packet))).toBe(true)
	}
	unwatch()
	expect(heard.filter((packet) => !valid.some((form) => form.test(packet)))).toEqual([])
	expect([...shown].sort()).toEqual(['', 'Panel 1', 'Panel 2', 'director'])
})
