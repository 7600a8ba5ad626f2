import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Camera, CameraState, Position } from '../../drivers/camera.ts'
import { DeviceError } from '../../drivers/device.ts'
import { until } from './wait.ts'

/** What every camera driver promises, whatever it speaks. Run against a virtual device that moves like a real one. */

/** One open camera, and the truth about its device. */
export interface Specimen {
	camera: Camera
	/** Where the head really is, in degrees and 0..1. */
	head(): { pan: number; tilt: number; zoom: number; moving: boolean }
	/** From now on the device is silent, as if its power were cut. */
	silence(): void
	/** Frees the device. The camera is disposed of by the suite. */
	close(): Promise<void>
}

export interface Expectations {
	/** The camera tells where it is. */
	positions: boolean
	/** What it says at a place of its head, in its own unit. Default: degrees, as they are. */
	told?: (at: { pan: number; tilt: number; zoom: number }) => Position
}

interface Scene {
	specimen: Specimen
	camera: Camera
	head: Specimen['head']
	/** All that was told, from the first on. */
	states: CameraState[]
	now(): CameraState | undefined
	moved(): Promise<unknown>
	rest(): Promise<unknown>
}

/** Caught at once: a rejection that waits for its test would count as nobody's. */
const refused = (error: unknown) => error

const inDegrees: NonNullable<Expectations['told']> = (at) => ({ ...at, unit: 'degrees', at: 0 })
/** Decimal places to which two positions are the same. */
const digits = { degrees: 0, fraction: 2 } as const

export function cameraContract(
	name: string,
	open: () => Promise<Specimen>,
	{ positions, told = inDegrees }: Expectations,
): void {
	const place = (pan: number, tilt: number, zoom: number) => told({ pan, tilt, zoom })
	/** Each promise with a device of its own; they wait rather than work, so many run at a time. */
	const promises = (what: string, check: (scene: Scene) => Promise<void>, when = true) =>
		it.runIf(when)(what, async () => {
			const specimen = await open()
			const { camera, head } = specimen
			const states: CameraState[] = []
			camera.watch((state) => states.push(state))
			const now = () => states.at(-1)
			try {
				await check({
					...{ specimen, camera, head, states, now },
					moved: () => until('the head to move', () => Math.abs(head().pan) > 2),
					rest: () => until('rest', () => !head().moving && now()?.moving === false),
				})
			} finally {
				await camera[Symbol.asyncDispose]()
				await specimen.close()
			}
		})

	describe.concurrent(`${name} as a camera`, () => {
		promises('tells its state at once, and to each who watches', async ({ camera, states }) => {
			expect(states).toHaveLength(1)
			expect(states[0]).toMatchObject({ moving: false, fault: null })
			expect(states[0]?.position === null).toBe(!positions)
			const others: CameraState[] = []
			camera.watch((state) => others.push(state))
			expect(others).toEqual(states)
		})

		promises('tells nobody who no longer watches', async ({ camera, states }) => {
			let told = 0
			const unwatch = camera.watch(() => {
				told += 1
			})
			unwatch()
			await camera.move({ pan: 1, tilt: 0, zoom: 0 })
			await camera.stop()
			expect(told).toBe(1)
			expect(states.length).toBeGreaterThan(1)
		})

		promises('moves right and up for positive fractions, and stops', async ({ camera, head, now, rest }) => {
			await camera.move({ pan: 0.5, tilt: 0.5, zoom: 0.5 })
			expect(now()?.moving).toBe(true)
			await until('all axes to move', () => {
				const { pan, tilt, zoom } = head()
				return pan > 2 && tilt > 2 && zoom > 0.05
			})
			await camera.stop()
			await rest()
			expect(now()).toMatchObject({ moving: false, fault: null })
		})

		promises('moves left and down for negative fractions, each axis for itself', async ({ camera, head, rest }) => {
			await camera.move({ pan: -0.5, tilt: 0, zoom: 0 })
			await until('pan', () => head().pan < -2)
			expect(head()).toMatchObject({ tilt: 0, zoom: 0 })
			await camera.move({ pan: 0, tilt: -0.5, zoom: 0 })
			await until('tilt', () => head().tilt < -2)
			await camera.stop()
			await rest()
		})

		promises('obeys the newest of many movements', async ({ camera, head, rest }) => {
			const all = Array.from({ length: 40 }, (_, i) => camera.move({ pan: i % 2 ? 1 : -1, tilt: 0, zoom: 0 }))
			await Promise.all([...all, camera.move({ pan: 0.5, tilt: 0, zoom: 0 })])
			await until('the head to go right', () => head().pan > 3)
			await camera.stop()
			await rest()
		})

		promises('stands after a stop that follows a movement in the same moment', async ({ camera, head, rest }) => {
			const moving = camera.move({ pan: 1, tilt: 1, zoom: 1 })
			await camera.stop()
			await moving
			await rest()
			const before = head()
			await delay(300)
			expect(head()).toEqual(before)
		})

		promises('takes a movement of nothing for a stop', async ({ camera, moved, rest }) => {
			await camera.move({ pan: 1, tilt: 0, zoom: 0 })
			await moved()
			await camera.move({ pan: 0, tilt: 0, zoom: 0 })
			await rest()
		})

		promises(
			'takes what is out of range for full speed, and what is no number for none',
			async ({ camera, head, moved, rest }) => {
				await camera.move({ pan: 40, tilt: Number.NaN, zoom: 0 })
				await moved()
				expect(head().tilt).toBe(0)
				await camera.stop()
				await rest()
			},
		)

		promises('stops when nothing moves', async ({ camera, now }) => {
			await camera.stop()
			await camera.stop()
			expect(now()?.moving).toBe(false)
		})

		promises('says who it can do how finely', async ({ camera }) => {
			const { panTilt, zoom, presets } = camera.capabilities
			for (const speeds of [panTilt?.speeds, zoom?.speeds, presets?.slots]) {
				if (speeds !== undefined) expect(speeds).toBeGreaterThan(0)
			}
		})

		promises('goes to its own memory and resolves on arrival', async ({ camera, head, now, moved }) => {
			if (!camera.capabilities.presets) return
			await camera.saveSlot(3)
			await camera.move({ pan: 1, tilt: 0, zoom: 0 })
			await moved()
			await camera.stop()
			await camera.recallSlot(3)
			expect(Math.abs(head().pan)).toBeLessThan(0.5)
			expect(now()?.moving).toBe(false)
		})

		promises('goes home', async ({ camera, head, moved }) => {
			await camera.move({ pan: 1, tilt: 0, zoom: 0 })
			await moved()
			await camera.home()
			expect(Math.abs(head().pan)).toBeLessThan(0.5)
		})

		promises(
			'tells where it is',
			async ({ camera, head, moved, rest }) => {
				await camera.move({ pan: 0.6, tilt: 0.3, zoom: 0.4 })
				await moved()
				await camera.stop()
				await rest()
				const { pan, tilt, zoom, unit } = told(head())
				const seen = await camera.position()
				expect(seen?.unit).toBe(unit)
				expect(camera.capabilities.positions).toBe(unit)
				expect(seen?.pan).toBeCloseTo(pan, digits[unit])
				expect(seen?.tilt).toBeCloseTo(tilt, digits[unit])
				expect(seen?.zoom).toBeCloseTo(zoom, 1)
				expect(Math.abs((seen?.at ?? 0) - Date.now())).toBeLessThan(60_000)
			},
			positions,
		)

		promises(
			'says that it cannot tell where it is',
			async ({ camera }) => {
				expect(await camera.position()).toBeNull()
			},
			!positions,
		)

		promises(
			'goes to a place and resolves on arrival',
			async ({ camera, head, now }) => {
				await camera.moveTo(place(25, 10, 0.5), 1)
				const { pan, tilt, zoom, moving } = head()
				expect([pan, tilt]).toEqual([expect.closeTo(25, 0), expect.closeTo(10, 0)])
				expect(zoom).toBeCloseTo(0.5, 1)
				expect(moving).toBe(false)
				expect(now()).toMatchObject({ moving: false, fault: null })
			},
			positions,
		)

		promises(
			'stops on the way, and the journey did not arrive',
			async ({ camera, head, moved, rest }) => {
				const journey = camera.moveTo(place(150, 0, 1), 1)
				const refusal = journey.then(() => null, refused)
				await moved()
				await camera.stop()
				expect(await refusal).toMatchObject({ code: 'rejected' })
				await rest()
				expect(head().pan).toBeLessThan(140)
			},
			positions,
		)

		promises(
			'goes to the newest of two places',
			async ({ camera, head }) => {
				const first = camera.moveTo(place(60, 0, 0), 1).then(() => null, refused)
				await delay(100)
				await camera.moveTo(place(-20, 0, 0), 1)
				expect(await first).toMatchObject({ code: 'rejected' })
				expect(head().pan).toBeCloseTo(-20, 0)
			},
			positions,
		)

		promises('focuses', async ({ camera }) => {
			for (const mode of ['near', 'stop', 'far', 'stop', 'auto'] as const) await camera.focus(mode)
		})

		promises('is lost, with the reason, when its device is silent', async ({ specimen, camera }) => {
			specimen.silence()
			expect(await camera.lost).toBeInstanceOf(DeviceError)
			await expect(camera.move({ pan: 1, tilt: 0, zoom: 0 })).rejects.toThrow(DeviceError)
		})

		promises('is lost without a reason when it is disposed of, and rejects what is asked then', async ({ camera }) => {
			const journey = camera.home().then(() => null, refused)
			await camera[Symbol.asyncDispose]()
			expect(await camera.lost).toBeUndefined()
			expect(await journey).toMatchObject({ code: 'lost' })
			await expect(camera.stop()).rejects.toMatchObject({ code: 'lost' })
			await camera[Symbol.asyncDispose]()
		})
	})
}
