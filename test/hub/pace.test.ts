import { expect, it } from 'vitest'
import { Pace } from '../../appliance/hub/pace.ts'

const come = (pace: Pace, now: number, count: number) =>
	Array.from({ length: count }, () => pace.take(now)).filter(Boolean).length

it('Forty come at once, and twenty-five in each second after', () => {
	const pace = new Pace()
	expect(come(pace, 0, 200)).toBe(40)
	expect(come(pace, 1_000, 200)).toBe(25)
	expect(come(pace, 1_040, 200)).toBe(1)
})

it('A quiet hour saves up no more than forty', () => {
	const pace = new Pace()
	come(pace, 0, 1)
	expect(come(pace, 3_600_000, 200)).toBe(40)
})

it('Nobody new comes while three are being worked for, whether they come or are back; then the next may', async () => {
	const pace = new Pace()
	const ends = [0, 1, 2].map(() => Promise.withResolvers<void>())
	const works = ends.map(({ promise }) => pace.during(() => promise))
	expect(come(pace, 0, 5)).toBe(0)
	ends[1]?.reject(new Error('the SFU is gone'))
	await expect(works[1]).rejects.toThrow('the SFU is gone')
	expect(come(pace, 0, 1)).toBe(1)
	for (const { resolve } of ends) resolve()
	await Promise.allSettled(works)
})
