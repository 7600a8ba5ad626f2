import { describe, expect, it } from 'vitest'
import { blur, canBlur, isBlurred } from '../../../control-panel/attend/still/own-blur.ts'

/** A camera that can be set to these; `obeys`: does what it says. */
function camera(values: boolean[] | undefined, obeys = true) {
	let on = false
	const asked: object[] = []
	const track = {
		getCapabilities: () => (values ? { backgroundBlur: values } : {}),
		getConstraints: () => ({ width: { ideal: 1280 } }),
		getSettings: () => (values ? { backgroundBlur: on } : {}),
		async applyConstraints(wanted: { backgroundBlur: boolean }) {
			asked.push(wanted)
			if (obeys) on = wanted.backgroundBlur
			else throw new DOMException('no', 'OverconstrainedError')
		},
	}
	return { track: track as unknown as MediaStreamTrack, asked }
}

describe('A camera that blurs the background', () => {
	it('is set by the page, and keeps what else was wanted of it', async () => {
		const { track, asked } = camera([true, false])
		expect([canBlur(track), isBlurred(track)]).toEqual([true, false])
		expect(await blur(track, true)).toBe(true)
		expect(asked).toEqual([{ width: { ideal: 1280 }, backgroundBlur: true }])
		expect(await blur(track, false)).toBe(false)
	})

	it('is not offered where the system decides, the camera cannot, or there is none', () => {
		expect([camera([true]), camera([false]), camera(undefined)].map(({ track }) => canBlur(track))).toEqual([
			false,
			false,
			false,
		])
		expect([canBlur(null), isBlurred(null)]).toEqual([false, false])
	})

	it('that refuses is shown as it is', async () => {
		expect(await blur(camera([true, false], false).track, true)).toBe(false)
	})
})
