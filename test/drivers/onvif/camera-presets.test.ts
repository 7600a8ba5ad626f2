import { describe, expect, it } from 'vitest'
import { until } from '../wait.ts'
import { type OnvifSpecimen, withCamera } from './specimen.ts'

/** Cameras' own memories: tokens that are words, whatever they look like. */

const at = (pan: number) => ({ pan, tilt: 0, zoom: 0, unit: 'degrees', at: 0 }) as const
const told = ({ device }: OnvifSpecimen, name: string) =>
	device.heard.filter((line) => line.startsWith(name)).map((line) => line.replace('ProfileToken=profile_1 ', ''))

/** Remembers these slots at 3, 6, 9 … degrees. */
async function remember({ camera }: OnvifSpecimen, slots: readonly number[]): Promise<void> {
	for (const [i, slot] of slots.entries()) {
		await camera.moveTo(at(3 * (i + 1)), 1)
		await camera.saveSlot(slot)
	}
}

describe.concurrent('A camera’s presets', () => {
	it('are found again, however much their tokens look like numbers and dates', async () => {
		await withCamera({}, async (specimen) => {
			await remember(specimen, [1, 2, 3, 4, 5])
			for (const [slot, pan] of [
				[2, 6],
				[4, 12],
				[1, 3],
			] as const) {
				await specimen.camera.recallSlot(slot)
				expect(specimen.head().pan).toBeCloseTo(pan, 0)
			}
			expect(told(specimen, 'GotoPreset')).toEqual([
				'GotoPreset PresetToken=1.10',
				'GotoPreset PresetToken=2024-01-01T00:00:00Z',
				'GotoPreset PresetToken=1',
			])
		})
	})

	it('are remembered anew under the token that they have', async () => {
		await withCamera({}, async (specimen) => {
			await remember(specimen, [7, 7])
			expect(told(specimen, 'SetPreset')).toEqual([
				'SetPreset PresetName=Maru 7',
				'SetPreset PresetName=Maru 7 PresetToken=1',
			])
			await specimen.camera.recallSlot(7)
			expect(specimen.head().pan).toBeCloseTo(6, 0)
		})
	})

	it('are made anew where a camera takes no token', async () => {
		await withCamera({ faults: { refusePresetToken: true } }, async (specimen) => {
			await remember(specimen, [7, 7])
			await specimen.camera.recallSlot(7)
			expect(specimen.head().pan).toBeCloseTo(6, 0)
			expect(told(specimen, 'RemovePreset')).toEqual(['RemovePreset PresetToken=1'])
		})
	})

	it('may stand among hundreds of empty ones', async () => {
		await withCamera({ faults: { emptyPresets: 500 } }, async (specimen) => {
			await remember(specimen, [3])
			await specimen.camera.recallSlot(3)
			expect(specimen.head().pan).toBeCloseTo(3, 0)
		})
	})

	it('that we did not make are recalled by their number', async () => {
		await withCamera({}, async (specimen) => {
			// The first that this camera makes is called '1', the sixth '007'.
			await remember(specimen, [20])
			await specimen.camera.moveTo(at(-10), 1)
			await specimen.camera.recallSlot(1)
			expect(specimen.head().pan).toBeCloseTo(3, 0)
			await expect(specimen.camera.recallSlot(7)).rejects.toMatchObject({ code: 'rejected' })
		})
	})

	it('are not made while it moves, and that is said', async () => {
		await withCamera({}, async ({ camera, head }) => {
			await camera.move({ pan: 0.5, tilt: 0, zoom: 0 })
			await until('the head to move', () => head().pan > 1)
			await expect(camera.saveSlot(1)).rejects.toMatchObject({ code: 'rejected' })
			await camera.stop()
		})
	})
})
