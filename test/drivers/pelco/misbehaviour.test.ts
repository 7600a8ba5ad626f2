import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { CameraState, Position } from '../../../drivers/camera.ts'
import { pelcoD } from '../../../drivers/pelco/driver.ts'
import type { Dome, DomeFaults } from '../../../drivers/virtual/pelco-dome.ts'
import { until } from '../wait.ts'
import { context, headOf, openSpecimen, startDomes } from './specimen.ts'

/** One bad habit of real domes and lines at a time; they wait rather than work, so many run together. */
vi.setConfig({ maxConcurrency: 10 })

const open: { close(): Promise<void> }[] = []

async function domeThat(faults: DomeFaults, options: Parameters<typeof openSpecimen>[0] = {}) {
	const specimen = await openSpecimen({ baudRate: 9_600, faults, ...options })
	const { camera, close } = specimen
	open.push({
		async close() {
			await camera[Symbol.asyncDispose]()
			await close()
		},
	})
	const states: CameraState[] = []
	camera.watch((state) => states.push(state))
	return { ...specimen, states, now: () => states.at(-1) }
}

async function silentDomes(options: Parameters<typeof startDomes>[0]) {
	const started = await startDomes({ baudRate: 9_600, ...options })
	open.push(started)
	return started
}

afterAll(async () => {
	for (const { close } of open.splice(0)) await close()
})

const place = (pan: number, tilt: number, zoom: number): Position => ({ pan, tilt, zoom, unit: 'degrees', at: 0 })
/** An answer that comes late from a machine that is busy elsewhere is none. */
const isWrong = ({ fault }: CameraState) => fault !== null && fault !== 'no-answer'
const right = { pan: 0.5, tilt: 0, zoom: 0 }
const stopFrame = 'ff010000000001'
const powerOn = 'ff018800000089'

describe.concurrent('opening a dome', () => {
	it('begins with a stop, told three times, and switches it on', async () => {
		const { line } = await domeThat({})
		expect(line.heard.slice(0, 4)).toEqual([stopFrame, stopFrame, stopFrame, powerOn])
	})

	it('that answers nothing is a failure, told as unreachable, with what to do about it', async () => {
		const { config } = await silentDomes({ faults: { noPosition: true } })
		await expect(pelcoD.open(config, context())).rejects.toMatchObject({
			code: 'unreachable',
			message: expect.stringContaining('blind'),
		})
	})

	it('that is said to be blind asks nothing and claims nothing', async () => {
		const { camera, line, now } = await domeThat({ silent: true }, { config: { blind: true } })
		await delay(1_200)
		expect(line.heard).toEqual([stopFrame, stopFrame, stopFrame, powerOn])
		expect(now()).toMatchObject({ position: null, moving: false })
		expect(camera.capabilities).toMatchObject({ positions: null, unseen: true })
	})

	it('of another address on the line leaves the others alone', async () => {
		const { config, line } = await silentDomes({ others: 1, config: { address: 1 } })
		const camera = await pelcoD.open({ ...config, address: 2 }, context())
		await camera.move(right)
		const [one, two] = line.domes as [Dome, Dome]
		await until('the head to move', () => headOf(two).pan > 1)
		expect(headOf(one)).toMatchObject({ pan: 0, moving: false })
		await camera[Symbol.asyncDispose]()
	})

	it('that another camera has already is refused, and so is another speed of the line', async () => {
		const { config } = await domeThat({})
		await expect(pelcoD.open(config, context())).rejects.toMatchObject({ code: 'rejected' })
		await expect(pelcoD.open({ ...config, address: 2, baudRate: 4_800 }, context())).rejects.toMatchObject({
			code: 'rejected',
		})
	})

	it('on a line that is not there is unreachable', async () => {
		await expect(pelcoD.open({ path: '/dev/serial/none' }, context())).rejects.toMatchObject({ code: 'unreachable' })
	})

	it('ends when it is no longer wanted', async () => {
		const { config } = await silentDomes({ faults: { silent: true } })
		const wanted = new AbortController()
		const opening = pelcoD.open(config, { ...context(), signal: wanted.signal })
		setTimeout(() => wanted.abort(), 100)
		await expect(opening).rejects.toMatchObject({ code: 'lost' })
		// And the line is free again.
		await expect(pelcoD.open(config, context())).rejects.toMatchObject({ code: 'unreachable' })
	})

	it('that was left moving stops it', async () => {
		const { camera, config, head } = await domeThat({})
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
		await camera[Symbol.asyncDispose]()
		expect(head().moving).toBe(true)
		const again = await pelcoD.open(config, context())
		await until('the head to stand', () => !head().moving)
		await again[Symbol.asyncDispose]()
	})
})

describe.concurrent('a dome that', () => {
	it.each<[string, DomeFaults]>([
		['sends noise before each answer', { noise: true }],
		['sends three answers with a wrong checksum', { wrongChecksums: 3 }],
		['does not hear three words', { loseFrames: 3 }],
		['loses three of its answers', { loseReplies: 3 }],
	])('%s moves, stops and arrives', async (_, faults) => {
		const { camera, dome, head, now } = await domeThat({})
		Object.assign(dome.faults, faults)
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
		await camera.stop()
		await until('rest', () => !head().moving && now()?.moving === false)
		await camera.moveTo(place(-20, 10, 0.3), 1)
		expect(head()).toMatchObject({ pan: expect.closeTo(-20, 0), tilt: expect.closeTo(10, 0) })
		expect(now()?.fault).toBeNull()
	})

	it('gives the general response as well moves, stops and arrives', async () => {
		const { camera, head, now } = await domeThat({ acknowledges: true })
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
		await camera.stop()
		expect(camera.health().ackMs).toBeGreaterThan(0)
		await until('rest', () => now()?.moving === false)
		await camera.moveTo(place(-20, 10, 0.3), 1)
		expect(head()).toMatchObject({ pan: expect.closeTo(-20, 0), tilt: expect.closeTo(10, 0) })
		expect(now()?.fault).toBeNull()
	})

	it.each<[string, DomeFaults]>([
		['answers with a wrong checksum', { wrongChecksum: true }],
		['answers with the address of another', { wrongAddress: true }],
		['reboots for long', { rebootMs: 60_000 }],
	])('%s is lost', async (_, faults) => {
		const { camera, dome, states } = await domeThat({})
		Object.assign(dome.faults, faults)
		await until('it to be told', () => states.some(({ fault }) => fault === 'no-answer'))
		expect(await camera.lost).toMatchObject({ code: 'lost' })
	})

	it('reboots in the midst of a movement is lost, and found again where it stands', async () => {
		const { camera, config, dome, head } = await domeThat({})
		await camera.move(right)
		await until('the head to move', () => head().pan > 1)
		dome.faults.rebootMs = 1_500
		await until('the head to stand', () => !head().moving)
		expect(await camera.lost).toMatchObject({ code: 'lost' })
		await delay(1_000)
		const again = await pelcoD.open(config, context())
		expect((await again.position())?.pan).toBeCloseTo(head().pan, 1)
		await again[Symbol.asyncDispose]()
	})

	it('ends what is not told again goes on as long as a finger is on the pad', async () => {
		const { camera, head } = await domeThat({ runsForMs: 1_500 })
		const renewal = setInterval(() => camera.move({ pan: 0.05, tilt: 0, zoom: 0 }).catch(() => {}), 150)
		await until('the head to move', () => head().moving)
		const begin = performance.now()
		while (performance.now() - begin < 3_500) {
			expect(head().moving).toBe(true)
			await delay(50)
		}
		clearInterval(renewal)
		await camera.stop()
		await until('the head to stand', () => !head().moving)
	})

	it('does not tell its zoom lives and tells no position', async () => {
		const { camera, now } = await domeThat({ noZoomPosition: true })
		expect(camera.capabilities).toMatchObject({ positions: null, unseen: true })
		expect(await camera.position()).toBeNull()
		await camera.saveSlot(2)
		await delay(1_500)
		expect(now()?.fault).toBeNull()
	})

	it('turns without end passes 180 degrees without a fault, and comes back the near way', async () => {
		const { camera, head, states, now } = await domeThat(
			{},
			{ zero: 100, config: { travel: { pan: [-180, 180], tilt: [-30, 90] } } },
		)
		await camera.moveTo(place(-175, 0, 0), 1)
		expect(head().pan).toBeCloseTo(-75, 0)
		await camera.move({ pan: -0.4, tilt: 0, zoom: 0 })
		await until('the seam', () => (now()?.position?.pan ?? 0) > 150)
		await delay(300)
		await camera.stop()
		await until('rest', () => now()?.moving === false)
		expect(states.filter(isWrong)).toEqual([])
		await camera.moveTo(place(180, 0, 0), 1)
		expect(head().pan).toBeCloseTo(-80, 0)
	})

	it('is driven by another hand is told as moving until it stands', async () => {
		const { dome, now, head } = await domeThat({})
		dome.hear([1, 0, 2, 0x06, 0])
		await until('it to be told', () => now()?.moving)
		dome.hear([1, 0, 0, 0, 0])
		await until('it to be told', () => now()?.moving === false)
		expect(now()?.position?.pan).toBeCloseTo(head().pan, 1)
	})
})

describe.concurrent('proof of motion', () => {
	it('notices a dome that does not move, and one that turns the other way', async () => {
		for (const [faults, fault] of [
			[{ ignoreDrives: true }, 'no-motion'],
			[{ reversed: true }, 'wrong-direction'],
		] as const) {
			const { camera, now } = await domeThat(faults)
			await camera.move(right)
			await until(fault, () => now()?.fault === fault)
		}
	})

	it('repeats a stop that is ignored, by other means too, until it is obeyed', async () => {
		const { camera, dome, line, head, now } = await domeThat({})
		await camera.move({ pan: 0.2, tilt: 0, zoom: 0 })
		await until('the head to move', () => head().pan > 1)
		dome.faults.ignoreStops = 1_000
		await camera.stop()
		await until('rest', () => !head().moving && now()?.moving === false)
		// "Set pan position": it is sent to where it is.
		expect(line.heard.some((frame) => frame.startsWith('ff01004b'))).toBe(true)
		expect(now()?.fault).toBeNull()
	})

	it('rejects a journey that never begins', async () => {
		const { camera, now } = await domeThat({ ignoreDrives: true })
		await expect(camera.moveTo(place(30, 0, 0), 1)).rejects.toMatchObject({ code: 'timeout' })
		expect(now()).toMatchObject({ fault: 'no-motion', moving: false })
	})
})

describe.concurrent('on a line at 2400 baud', () => {
	it('several domes that move at once are all proved, and nobody talks over another', async () => {
		const { config, line } = await silentDomes({ baudRate: 2_400, others: 2 })
		const cameras = await Promise.all([1, 2, 3].map((address) => pelcoD.open({ ...config, address }, context())))
		const states = cameras.map((camera) => {
			const told: CameraState[] = []
			camera.watch((state) => told.push(state))
			return told
		})
		const renewals = cameras.map((camera, i) => {
			let wave = 0
			const move = () => camera.move({ pan: 0.1 + 0.02 * (wave++ % 5), tilt: 0.1 * i, zoom: 0 }).catch(() => {})
			return setInterval(move, 150)
		})
		await delay(2_500)
		// A machine that is busy elsewhere answers late at times.
		expect(line.collisions).toBeLessThan(line.heard.length / 20)
		for (const renewal of renewals) clearInterval(renewal)
		await Promise.all(cameras.map((camera) => camera.stop()))
		await until('all heads to stand', () => line.domes.every((dome) => !headOf(dome).moving))
		await until('rest', () => states.every((told) => told.at(-1)?.moving === false))
		expect(states.flat().filter(isWrong)).toEqual([])
		await Promise.all(cameras.map((camera) => camera[Symbol.asyncDispose]()))
	})

	it('a stop does not wait for a dome that is asked and silent', async () => {
		const { camera, config, line } = await domeThat({}, { baudRate: 2_400, others: 1 })
		const other = await pelcoD.open({ ...config, address: 2 }, context())
		await camera.move({ pan: 0.1, tilt: 0, zoom: 0 })
		const [one, two] = line.domes as [Dome, Dome]
		await until('the head to move', () => headOf(one).moving)
		two.faults.silent = true
		await until('it to be asked', () => line.heard.at(-1)?.startsWith('ff020051'))
		const before = line.heard.length
		await camera.stop()
		await until('the head to stand', () => !headOf(one).moving)
		expect(line.heard[before]).toBe(stopFrame)
		await other[Symbol.asyncDispose]()
	})

	it('that is pulled out and put back is found again', async () => {
		const { camera, config, pty, line } = await domeThat({}, { baudRate: 2_400 })
		await pty.unplug()
		expect(await camera.lost).toMatchObject({ code: 'lost' })
		await expect(pelcoD.open(config, context())).rejects.toMatchObject({ code: 'unreachable' })
		await line.close()
	})
})

describe.concurrent('a lens', () => {
	it('focuses by hand while the head turns, and stops without it', async () => {
		const { camera, dome, head } = await domeThat({})
		/** As a finger does, until it is seen. */
		const held = async (what: string, order: () => Promise<void>, seen: () => boolean) => {
			const renewal = setInterval(() => order().catch(() => {}), 150)
			await order()
			await until(what, seen)
			clearInterval(renewal)
		}
		await camera.move({ pan: 0.1, tilt: 0, zoom: 0 })
		await held(
			'the lens to run',
			() => camera.focus('near'),
			() => dome.lens === 'near',
		)
		expect(dome.autofocus).toBe(false)
		expect(head().moving).toBe(true)
		await camera.move({ pan: 0.2, tilt: 0, zoom: 0 })
		await delay(100)
		expect(dome.lens).toBe('near')
		await camera.focus('stop')
		await until('the lens to stop', () => dome.lens === null)
		expect(head().moving).toBe(true)
		await held(
			'the lens to run',
			() => camera.focus('far'),
			() => dome.lens === 'far',
		)
		await camera.stop()
		await until('all to stand', () => dome.lens === null && !head().moving)
		await camera.focus('auto')
		await until('autofocus', () => dome.autofocus)
	})

	it('that nobody runs is left alone by a stop of it, as a journey is', async () => {
		const { camera, head } = await domeThat({})
		const journey = camera.moveTo(place(40, 0, 0), 1)
		await camera.focus('stop')
		await journey
		expect(head().pan).toBeCloseTo(40, 0)
	})

	it('zooms as fast as it is told', async () => {
		const { camera, line } = await domeThat({})
		await camera.move({ pan: 0, tilt: 0, zoom: 0.2 })
		await camera.move({ pan: 0, tilt: 0, zoom: 1 })
		const speeds = () => line.heard.filter((frame) => frame.startsWith('ff010025'))
		await until('both speeds', () => speeds().length > 1)
		expect(speeds()).toEqual(['ff010025000026', 'ff010025000329'])
	})
})

describe.concurrent('the memory of a blind dome', () => {
	it('is used by its own numbers, and what it does not have is refused', async () => {
		const { camera, dome, line } = await domeThat(
			{ noPosition: true },
			{ config: { blind: true, model: { presets: 40 } } },
		)
		await camera.saveSlot(0)
		await camera.saveSlot(32)
		await until('both', () => dome.presets.size === 2)
		expect([...dome.presets]).toEqual([1, 35])
		await expect(camera.saveSlot(40)).rejects.toMatchObject({ code: 'unsupported' })
		await expect(camera.recallSlot(40)).rejects.toMatchObject({ code: 'unsupported' })
		// Told twice: nobody sees whether it was heard.
		expect(line.heard.filter((frame) => frame === 'ff010003000105')).toHaveLength(2)
	})
})
