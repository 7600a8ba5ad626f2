import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Tries, waitOf, withRight, withWrong } from '../../appliance/identity/tries.ts'

const none: Tries = new Map()

describe('A code', () => {
	it('may be mistyped five times; then each wrong one costs a wait twice as long', () => {
		let tries = none
		let now = 0
		const waits: number[] = []
		for (let index = 0; index < 9; index++) {
			tries = withWrong(tries, ['v'], now)
			const wait = waitOf(tries, ['v'], now)
			waits.push(wait / 1_000)
			now += wait
		}
		expect(waits).toEqual([0, 0, 0, 0, 30, 60, 120, 240, 480])
	})

	it('that is right lets whoever mistyped before begin anew', () => {
		let tries = none
		for (let index = 0; index < 4; index++) tries = withWrong(tries, ['v', 'address'], 0)
		tries = withRight(tries, ['v'])
		expect(waitOf(withWrong(tries, ['v'], 0), ['v'], 0)).toBe(0)
		expect(waitOf(withWrong(tries, ['address'], 0), ['address'], 0)).toBe(30_000)
	})

	it('cannot be guessed in a day at the counter, from however many places and however it is timed', () => {
		const hours = 10 * 3_600_000
		fc.assert(
			fc.property(fc.array(fc.record({ after: fc.nat(60_000), from: fc.nat(50) }), { maxLength: 5_000 }), (asks) => {
				let tries = none
				let now = 0
				let looked = 0
				for (const { after, from } of asks) {
					now += after
					if (now > hours) break
					const keys = ['visit', `address ${from}`]
					if (waitOf(tries, keys, now) > 0) continue
					looked += 1
					tries = withWrong(tries, keys, now)
				}
				// Of a million: what is looked at is one in forty thousand.
				expect(looked).toBeLessThanOrEqual(25)
			}),
			{ numRuns: 50 },
		)
	})

	it('cannot be guessed by one who tries as soon as they may', () => {
		let tries = none
		let looked = 0
		for (let now = 0; now <= 10 * 3_600_000; now += 1_000) {
			if (waitOf(tries, ['visit'], now) > 0) continue
			looked += 1
			tries = withWrong(tries, ['visit'], now)
		}
		expect(looked).toBeLessThanOrEqual(25)
	})
})
