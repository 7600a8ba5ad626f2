import { describe, expect, it } from 'vitest'
import { createHolds, createVain } from '../../appliance/http/holds.ts'

describe('What is renewed', () => {
	it('begins once, for as long as it is renewed in time', () => {
		const holds = createHolds()
		const begun = Array.from({ length: 100 }, (_, n) => holds.begins('front', 1_000, n * 150))
		expect(begun.filter(Boolean)).toHaveLength(1)
		expect(holds.begins('front', 1_000, 99 * 150 + 999)).toBe(false)
		expect(holds.begins('front', 1_000, 99 * 150 + 2_000)).toBe(true)
	})

	it('begins anew after it was ended, and each for itself', () => {
		const holds = createHolds()
		expect([holds.begins('front', 1_000, 0), holds.begins('rear', 1_000, 0)]).toEqual([true, true])
		holds.ends('front')
		expect([holds.begins('front', 1_000, 10), holds.begins('rear', 1_000, 10)]).toEqual([true, false])
	})

	it('is forgotten where there is too much of it, the oldest first', () => {
		const holds = createHolds()
		for (let n = 0; n < 20_000; n++) holds.begins(`c${n}`, 1_000_000, n)
		expect(holds.begins('c19999', 1_000_000, 20_000)).toBe(false)
		expect(holds.begins('c0', 1_000_000, 20_000)).toBe(true)
	})
})

describe('What is tried in vain', () => {
	const told = (times: number, key: (n: number) => string, ms = 1) => {
		const vain = createVain()
		return Array.from({ length: times }, (_, n) => vain.note(key(n), n * ms)).filter((one) => one !== null)
	}

	it('is told the first time, the tenth, the hundredth', () => {
		expect(told(20_000, () => 'a')).toEqual([1, 10, 100, 1_000, 10_000])
	})

	it('is told anew after an hour', () => {
		expect(told(3, () => 'a', 3_600_000)).toEqual([1, 1, 1])
	})

	it('is told six hundred times an hour at most, from however many addresses', () => {
		const all = told(50_000, (n) => `address ${n}`)
		expect(all).toHaveLength(600)
		expect(all.at(-1)).toBe('full')
		expect(told(3 * 3_600, (n) => `address ${n}`, 1_000).length).toBeLessThanOrEqual(3 * 600)
	})
})
