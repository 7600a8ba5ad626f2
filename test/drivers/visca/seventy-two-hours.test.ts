import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { CameraReport } from '../../../appliance/devices/messages.ts'
import { superviseCamera } from '../../../appliance/devices/supervisor.ts'
import { startViscaChain } from '../../../drivers/virtual/visca-chain.ts'
import { createViscaSerial } from '../../../drivers/visca/serial-driver.ts'
import { createMemoryLine } from '../transport/memory-line.ts'
import { silentLog } from '../wait.ts'

/**
 * A camera on a bad serial line for hours and days of a fake clock: the real supervisor and driver, a virtual camera, and a
 * line in memory that vanishes, garbles, cuts and falls silent. An hour in `npm test`, seventy-two in the long run.
 */

const hours = Number(process.env.MARU_HOURS ?? 1)
const pauseMs = 30_000
const backWithinMs = 3_000
const seed = 0x5eed

beforeAll(() => {
	const toFake = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] as const
	// Node's own modules too: the supervisor waits with node:timers/promises.
	vi.useFakeTimers({ now: 0, toFake: [...toFake], fakeNodeBuiltins: true })
})
afterAll(() => {
	vi.useRealTimers()
})

function numbers(): () => number {
	let state = seed
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
		return state / 2 ** 32
	}
}

function collectGarbage(): number {
	setFlagsFromString('--expose-gc')
	runInNewContext('gc')()
	return process.memoryUsage().heapUsed
}

function setUp() {
	const random = numbers()
	const between = (low: number, high: number) => low + random() * (high - low)
	const line = createMemoryLine('/dev/serial/by-id/usb-bad')
	const chain = startViscaChain({ baudRate: 9_600, cameras: [{}, {}] })
	chain.plug(line.plug())
	const driver = createViscaSerial(line.openPort)
	let report: CameraReport | null = null
	const supervisor = superviseCamera({
		id: 'a',
		open: (context) => driver.open({ path: 'bad', address: 2 }, context),
		report(next) {
			report = next
		},
		log: silentLog,
		random,
	})
	const camera = chain.cameras[1] as (typeof chain.cameras)[number]
	const isReady = () => report?.status === 'ready' || report?.status === 'moving'
	const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

	async function untilReady(): Promise<number> {
		const from = performance.now()
		while (!isReady() && performance.now() - from < 60_000) await pass(25)
		return performance.now() - from
	}

	const noise = () => Uint8Array.from({ length: between(1, 60) }, () => between(0, 256))

	/** Each ends when the line is whole again. */
	const events: Record<string, () => Promise<unknown>> = {
		async vanishes() {
			line.unplug()
			await pass(between(100, 20_000))
			chain.plug(line.plug())
		},
		async 'vanishes again and again'() {
			for (let i = 0; i < 5; i++) {
				line.unplug()
				await pass(between(10, 400))
				chain.plug(line.plug())
				await pass(between(10, 400))
			}
		},
		async 'brings bytes from nowhere'() {
			for (let i = 0; i < 20; i++) {
				line.disturb(noise())
				await pass(between(1, 80))
			}
		},
		async 'garbles replies'() {
			chain.faults.garbage = Number.POSITIVE_INFINITY
			await pass(between(10, 4_000))
			chain.faults.garbage = 0
		},
		async 'cuts replies in half'() {
			chain.faults.halfFrames = Number.POSITIVE_INFINITY
			await pass(between(10, 4_000))
			chain.faults.halfFrames = 0
		},
		async 'carries nothing back'() {
			chain.faults.mute = true
			await pass(between(300, 8_000))
			chain.faults.mute = false
		},
		async 'has a silent camera'() {
			camera.faults.silent = true
			await pass(between(300, 8_000))
			camera.faults.silent = false
		},
		async 'has a camera without power'() {
			const ms = between(300, 8_000)
			camera.powerCut(ms)
			await pass(ms)
		},
		async 'has a neighbour without power'() {
			const ms = between(300, 8_000)
			chain.cameras[0]?.powerCut(ms)
			await pass(ms)
		},
		async 'is told of a change'() {
			camera.faults.networkChange = 1
			await pass(550)
		},
		async 'has no room for commands'() {
			camera.faults.bufferFull = 5
			supervisor.run({ name: 'move', velocity: { pan: between(-1, 1), tilt: 0, zoom: 0 }, forMs: 400 }).catch(() => {})
			await pass(between(100, 1_000))
			supervisor.run({ name: 'stop' }).catch(() => {})
			await pass(1_000)
		},
		async 'has a hand at work'() {
			for (let i = 0; i < 5; i++) {
				supervisor
					.run({ name: 'move', velocity: { pan: between(-1, 1), tilt: between(-1, 1), zoom: 0 }, forMs: 400 })
					.catch(() => {})
				await pass(between(50, 400))
			}
			supervisor.run({ name: 'stop' }).catch(() => {})
			await pass(500)
		},
	}
	return { chain, line, camera, supervisor, events: Object.entries(events), random, pass, untilReady, isReady }
}

it(`a serial line that is bad for ${hours} hours costs nothing but the time it is bad`, {
	timeout: 3_600_000,
}, async () => {
	const { chain, line, supervisor, events, random, pass, untilReady, isReady } = setUp()
	expect(await untilReady()).toBeLessThan(backWithinMs)

	/** The most that wait at a time while nothing happens. */
	async function timers(): Promise<number> {
		let most = 0
		for (let i = 0; i < 100; i++) {
			await pass(25)
			most = Math.max(most, vi.getTimerCount())
		}
		return most
	}

	const longest = new Map<string, number>()
	let counted = 0
	async function suffer(untilMs: number): Promise<void> {
		while (performance.now() < untilMs) {
			const [name, happen] = events[Math.floor(random() * events.length)] as (typeof events)[number]
			await happen()
			const backMs = await untilReady()
			longest.set(name, Math.max(longest.get(name) ?? 0, backMs))
			counted += 1
			await pass(pauseMs)
			expect(isReady(), `after the line ${name}`).toBe(true)
		}
	}

	// A quarter of an hour first, so that what is made once has been made.
	await suffer(900_000)
	const timersBefore = await timers()
	const heapBefore = collectGarbage()
	await suffer(hours * 3_600_000)
	const timersAfter = await timers()
	const grownKB = Math.round((collectGarbage() - heapBefore) / 1_024)

	const figures = [...longest].map(([name, ms]) => `${name} ${Math.round(ms)} ms`).join(', ')
	console.log(`${counted} events in ${hours} h, ${line.openings} openings; back at most: ${figures}`)
	console.log(`timers ${timersBefore} → ${timersAfter}, heap ${grownKB} kB more`)
	expect(Math.max(...longest.values())).toBeLessThan(backWithinMs)
	expect(timersAfter).toBeLessThanOrEqual(timersBefore)
	expect(grownKB).toBeLessThan(2_048)

	const closing = supervisor.close()
	await pass(2_000)
	await closing
	await chain.close()
	expect(vi.getTimerCount()).toBe(0)
})
