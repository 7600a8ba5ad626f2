import { describe, expect, it } from 'vitest'
import { Starved } from '../../appliance/media/starved.ts'

const picture = (id: string, flows: boolean, due = true) => ({ id, due, flows })

/** Looks every half second, as the meeting does; answers the times at which the line is to be measured. */
function measured(seconds: number, pictures: (at: number) => ReturnType<typeof picture>[]): number[] {
	const starved = new Starved()
	const times: number[] = []
	for (let at = 0; at <= seconds * 1_000; at += 500) if (starved.look(at, pictures(at))) times.push(at)
	return times
}

describe('A line is measured anew', () => {
	it('never while there is nothing to show, or all that is due comes', () => {
		expect(measured(60, () => [])).toEqual([])
		expect(measured(60, () => [picture('a', true), picture('b', false, false)])).toEqual([])
	})

	it('when a picture has been away for a second and a half, and every five seconds while it stays away', () => {
		expect(measured(12, () => [picture('a', true), picture('b', false)])).toEqual([1_500, 6_500, 11_500])
	})

	it('not for pictures that each came within the time', () => {
		expect(measured(20, (at) => [picture(`${Math.floor(at / 1_500)}`, false)])).toEqual([])
	})

	it('for one that comes and goes only when it has been away for the whole time', () => {
		expect(measured(20, (at) => [picture('a', at % 1_500 === 0)])).toEqual([])
	})
})
