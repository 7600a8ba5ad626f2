import { expect, it } from 'vitest'
import { openPace } from '../../appliance/hub/pace.ts'

const come = (pace: ReturnType<typeof openPace>, now: number, count: number) =>
	Array.from({ length: count }, () => pace.take(now)).filter(Boolean).length

it('Forty come at once, and twenty-five in each second after', () => {
	const pace = openPace()
	expect(come(pace, 0, 200)).toBe(40)
	expect(come(pace, 1_000, 200)).toBe(25)
	expect(come(pace, 1_040, 200)).toBe(1)
})

it('A quiet hour saves up no more than forty', () => {
	const pace = openPace()
	come(pace, 0, 1)
	expect(come(pace, 3_600_000, 200)).toBe(40)
})
