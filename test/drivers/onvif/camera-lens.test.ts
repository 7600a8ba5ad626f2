import { describe, expect, it } from 'vitest'
import type { OnvifFaults } from '../../../drivers/virtual/onvif-camera.ts'
import { until } from '../wait.ts'
import { withCamera } from './specimen.ts'

describe.concurrent('A lens', () => {
	it.each<[string, OnvifFaults]>([
		['of a camera that ends autofocus by itself', {}],
		['of a camera that must be told to', { refuseFocusInAuto: true }],
	])('%s runs near and far until it is stopped', async (_, faults) => {
		await withCamera({ faults }, async ({ camera, device }) => {
			await camera.focus('far')
			await until('far', () => device.focus().position > 0.55)
			await camera.focus('near')
			await until('near', () => device.focus().position < 0.45)
			await camera.focus('stop')
			expect(device.focus()).toMatchObject({ mode: 'MANUAL', moving: false })
			await camera.focus('auto')
			expect(device.focus().mode).toBe('AUTO')
		})
	})

	it('is stopped with the head', async () => {
		await withCamera({}, async ({ camera, device }) => {
			await camera.focus('far')
			await camera.stop()
			expect(device.focus().moving).toBe(false)
		})
	})

	it('is set with a place, and told with it', async () => {
		await withCamera({}, async ({ camera, device }) => {
			const place = { pan: 3, tilt: 0, zoom: 0, unit: 'degrees', at: 0 } as const
			await camera.moveTo({ ...place, focus: 0.25 }, 1)
			await until(
				'the lens to be there',
				() => Math.abs(device.focus().position - 0.25) < 0.01 && !device.focus().moving,
			)
			expect((await camera.position())?.focus).toBeCloseTo(0.25, 2)
			await camera.moveTo({ ...place, focus: null }, 1)
			expect(device.focus().mode).toBe('AUTO')
			expect((await camera.position())?.focus).toBeNull()
		})
	})

	it('that focuses by itself is its own affair', async () => {
		await withCamera({ faults: { noFocus: true } }, async ({ camera }) => {
			expect(camera.capabilities.focus).toBeNull()
			await expect(camera.focus('near')).rejects.toMatchObject({ code: 'unsupported' })
			expect(await camera.position()).toMatchObject({ unit: 'degrees' })
			// A view is framed also where its focus can't be set.
			await camera.moveTo({ pan: 3, tilt: 0, zoom: 0, unit: 'degrees', at: 0, focus: 0.5 }, 1)
		})
	})
})
