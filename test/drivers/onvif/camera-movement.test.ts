import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { OnvifFaults } from '../../../drivers/virtual/onvif-camera.ts'
import { until } from '../wait.ts'
import { type OnvifSpecimen, type Options, openDriver, withCamera } from './specimen.ts'

/** Cameras that do not move as they are told, and above all do not stop. */

const slowly = { pan: 0.2, tilt: 0, zoom: 0 }
const turning = async ({ camera, head }: OnvifSpecimen) => {
	const from = head().pan
	await camera.move(slowly)
	await until('the head to turn', () => head().pan > from + 1)
}
const stands = ({ head, states }: OnvifSpecimen) =>
	until('rest', () => !head().moving && states.at(-1)?.moving === false)
const orders = ({ device }: OnvifSpecimen, name: string) => device.heard.filter((line) => line.startsWith(name))
/** What was told to move it, and what of that was a stop. */
const said = (specimen: OnvifSpecimen) =>
	specimen.lines.flatMap((line) => ('tx' in line && /^(ContinuousMove|Stop)/.test(line.tx) ? [line.tx] : []))

describe.concurrent('A camera', () => {
	it('is told to move for a second at most, again while it is driven, and whole each time', async () => {
		await withCamera({}, async (specimen) => {
			const { camera, head } = specimen
			const began = performance.now()
			for (let i = 0; i < 10; i++) {
				await camera.move(slowly)
				await delay(150)
				if (i === 2) await until('the head to move', () => head().moving)
			}
			const seconds = (performance.now() - began) / 1_000
			const moves = orders(specimen, 'ContinuousMove')
			expect(moves.length).toBeGreaterThan(2)
			expect(moves.length).toBeLessThan(3 + 2 * seconds) // not with every renewal of the hand
			expect(new Set(moves)).toEqual(
				new Set(['ContinuousMove ProfileToken=profile_1 PanTilt.x=0.2 PanTilt.y=0 Zoom.x=0 Timeout=PT1S']),
			)
			// Nobody stops it: it does so itself.
			await until('rest', () => !head().moving)
		})
	})

	it.each<[string, OnvifFaults, string]>([
		['refuses a timeout', { rejectTimeout: true }, 'ContinuousMove 0.2 0 0'],
		['takes no less than five seconds and says so', { shortestTimeoutMs: 5_000 }, 'ContinuousMove 0.2 0 0 PT5S'],
		['takes no less than three', { shortestTimeoutMs: 2_500 }, 'ContinuousMove 0.2 0 0 PT3S'],
		[
			'takes no less than four and does not say so',
			{ shortestTimeoutMs: 4_000, only: ['GetConfigurationOptions'], faultInsteadOf200: true },
			'ContinuousMove 0.2 0 0 PT5S',
		],
	])('that %s is told what it takes, and asked for it once', async (_, faults, expected) => {
		await withCamera({ faults }, async (specimen) => {
			await turning(specimen)
			await specimen.camera.stop()
			await stands(specimen)
			const found = said(specimen).length
			await turning(specimen)
			await specimen.camera.stop()
			await stands(specimen)
			expect(said(specimen).slice(found)[0]).toBe(expected)
			expect(specimen.states.every(({ fault }) => fault === null)).toBe(true)
		})
	})

	it('whose HTTP breaks at a timeout is told none', async () => {
		await withCamera({ faults: { rejectTimeout: true, faultStatus: 200 } }, async (specimen) => {
			await turning(specimen)
			expect(said(specimen).at(-1)).toBe('ContinuousMove 0.2 0 0')
			await specimen.camera.stop()
			await stands(specimen)
		})
	})

	it('that refuses every movement is not asked for other timeouts for ever', async () => {
		await withCamera({}, async (specimen) => {
			Object.assign(specimen.device.faults, { only: ['ContinuousMove'], faultInsteadOf200: true })
			await expect(specimen.camera.move(slowly)).rejects.toMatchObject({ code: 'rejected' })
			specimen.device.faults.faultInsteadOf200 = false
			await turning(specimen)
			expect(said(specimen).at(-1)).toBe('ContinuousMove 0.2 0 0 PT1S')
			await specimen.camera.stop()
		})
	})

	it.each<[string, OnvifFaults]>([
		['takes a timeout and goes on', { ignoreTimeout: true }],
		['ignores three stops', { ignoreStops: 3, ignoreTimeout: true }],
		['obeys nothing but a velocity of zero', { stopOnlyByZeroVelocity: true, ignoreTimeout: true }],
		['obeys only a stop of what moves', { stopMustMatch: true, ignoreTimeout: true }],
		['knows no Stop', { only: ['Stop'], faultInsteadOf200: true, ignoreTimeout: true }],
	])('that %s stands after a stop', async (_, faults) => {
		await withCamera({}, async (specimen) => {
			await turning(specimen)
			Object.assign(specimen.device.faults, faults)
			await specimen.camera.stop()
			await stands(specimen)
			expect(specimen.states.at(-1)?.fault).toBeNull()
		})
	})

	it('that obeyed only zero is told that beside its stop from then on', async () => {
		await withCamera({ faults: { stopOnlyByZeroVelocity: true, ignoreTimeout: true } }, async (specimen) => {
			await turning(specimen)
			await specimen.camera.stop()
			await stands(specimen)
			await turning(specimen)
			const before = said(specimen).length
			await specimen.camera.stop()
			await stands(specimen)
			// Each perhaps more than once, on a busy machine.
			expect([...new Set(said(specimen).slice(before))]).toEqual(['Stop', 'ContinuousMove 0 0 0 PT1S'])
		})
	})

	it('is stopped while its answer to a movement hangs, and again after that', async () => {
		await withCamera({ faults: { ignoreTimeout: true } }, async (specimen) => {
			Object.assign(specimen.device.faults, { only: ['ContinuousMove'], blackHole: true })
			const moving = specimen.camera.move(slowly).catch((error: { code: string }) => error.code)
			await until('the head to turn', () => specimen.head().pan > 1)
			const stopped = specimen.camera.stop()
			expect(said(specimen).at(-1)).toBe('Stop') // at once
			await until('rest', () => !specimen.head().moving)
			await stopped
			expect(await moving).toBe('timeout')
			expect(orders(specimen, 'Stop').length).toBeGreaterThan(1)
		})
	})

	it('is told nothing new before its stop is answered', async () => {
		await withCamera({}, async (specimen) => {
			await turning(specimen)
			const before = said(specimen).length
			const stopping = specimen.camera.stop()
			const moving = specimen.camera.move(slowly)
			expect(said(specimen).slice(before)).toEqual(['Stop'])
			await Promise.all([stopping, moving])
			expect([...new Set(said(specimen).slice(before))]).toEqual(['Stop', 'ContinuousMove 0.2 0 0 PT1S'])
			await specimen.camera.stop()
		})
	})

	it('is told the newest of many movements, one after the other', async () => {
		await withCamera({}, async (specimen) => {
			const before = said(specimen).length
			const all = Array.from({ length: 20 }, (_, i) => specimen.camera.move({ pan: (i + 1) / 50, tilt: 0, zoom: 0 }))
			await Promise.all(all)
			expect(said(specimen).slice(before)).toEqual(['ContinuousMove 0.02 0 0 PT1S', 'ContinuousMove 0.4 0 0 PT1S'])
			await specimen.camera.stop()
		})
	})

	it('whose stop is not answered is told again beside it, and the stop counts as failed', async () => {
		await withCamera({ faults: { ignoreTimeout: true } }, async (specimen) => {
			await turning(specimen)
			const before = orders(specimen, 'Stop').length
			Object.assign(specimen.device.faults, { only: ['Stop', 'ContinuousMove'], blackHole: true })
			await expect(specimen.camera.stop()).rejects.toMatchObject({ code: 'timeout' })
			expect(orders(specimen, 'Stop').length - before).toBeGreaterThan(1)
		})
	})

	it('that turns the other way than it says is found out', async () => {
		await withCamera({ faults: { reversedPan: true } }, async ({ camera, states, device }) => {
			const renewal = setInterval(() => camera.move(slowly).catch(() => {}), 150)
			await until('the fault', () => states.at(-1)?.fault === 'wrong-direction')
			clearInterval(renewal)
			expect(device.faults.reversedPan).toBe(true)
			await camera.stop()
		})
	})

	it('whose positions count against its velocities is right where its travel is told so', async () => {
		const travel: NonNullable<Options['config']>['travel'] = { pan: [170, -170], tilt: [-30, 90] }
		await withCamera({ faults: { reversedPan: true }, config: { travel } }, async ({ camera, states, head }) => {
			await camera.move(slowly)
			await until('the head to turn', () => head().pan < -2)
			await delay(1_000)
			await camera.stop()
			expect(states.map(({ fault }) => fault)).not.toContain('wrong-direction')
			await camera.moveTo({ pan: 20, tilt: 10, zoom: 0, unit: 'degrees', at: 0 }, 1)
			expect(head().pan).toBeCloseTo(-20, 0)
		})
	})

	it('that starts anew in the midst of a movement is lost, and stands once it is opened again', async () => {
		await withCamera({ faults: { rebootMidMove: { downMs: 400, stands: false } } }, async (specimen) => {
			specimen.camera.move(slowly).catch(() => {})
			expect(await specimen.camera.lost).toMatchObject({ code: expect.stringMatching(/unreachable|lost/) })
			const open = (): ReturnType<typeof openDriver> => openDriver(specimen.device).catch(() => delay(50).then(open))
			const again = await open()
			expect(specimen.device.faults.clockOffsetMs).toBeLessThan(-1e11)
			await until('rest', () => !specimen.head().moving)
			await again[Symbol.asyncDispose]()
		})
	})

	it('that can only be driven is sent nowhere', async () => {
		await withCamera({ faults: { noAbsolute: true } }, async (specimen) => {
			const { camera } = specimen
			expect(camera.capabilities.positions).toBeNull()
			await expect(camera.moveTo({ pan: 1, tilt: 1, zoom: 0, unit: 'degrees', at: 0 }, 1)).rejects.toMatchObject({
				code: 'unsupported',
			})
			await turning(specimen)
			await camera.stop()
			await until('rest', () => !specimen.head().moving)
		})
	})

	it('that refuses to be told a speed is sent without one', async () => {
		await withCamera({}, async (specimen) => {
			await specimen.camera.moveTo({ pan: 20, tilt: 0, zoom: 0, unit: 'degrees', at: 0 }, 0.5)
			expect(orders(specimen, 'AbsoluteMove')[0]).toMatch(/PanTilt.x=0.1176 .* PanTilt.x=0.5 PanTilt.y=0.5 Zoom.x=0.5/)
			expect(specimen.head().pan).toBeCloseTo(20, 0)
		})
	})

	it('that cannot say where it is has arrived when it says that it stands, and some never say so', async () => {
		await withCamera({ faults: { noPosition: true } }, async ({ camera, head }) => {
			await camera.move({ pan: 1, tilt: 0, zoom: 0 })
			await until('the head to move', () => head().pan > 5)
			await camera.home()
			expect(head()).toMatchObject({ pan: 0, moving: false })
		})
	})
})
