import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterWrong, type From, keysOf, networkOf } from '../../appliance/identity/lockout.ts'
import { type Tries, waitOf } from '../../appliance/identity/tries.ts'

const minute = 60_000
const hour = 60 * minute
const none: Tries = new Map()

const from = (who: Partial<From> = {}): From => ({ account: 'kim', address: '192.0.2.1', device: null, ...who })

/** Wrong tries, each as soon as it may be; what the next one waits, in seconds. */
function waitsOf(count: number, who: (index: number) => From): number[] {
	let [tries, now] = [none, 0]
	return Array.from({ length: count }, (_, index) => {
		const keys = keysOf(who(index))
		now += waitOf(tries, keys, now)
		const after = afterWrong(tries, keys, now)
		tries = after.tries
		return after.waitMs / 1_000
	})
}

describe('Whoever tries wrong passwords', () => {
	it.each<[string, number, (index: number) => From, number[]]>([
		['of one account from one place', 8, () => from(), [0, 0, 0, 0, 30, 60, 120, 240]],
		['of one account from many', 8, (i) => from({ address: `192.0.2.${i}` }), [0, 0, 0, 0, 30, 60, 120, 240]],
		['of a name that is none', 6, () => from({ account: 'nobody' }), [0, 0, 0, 0, 30, 60]],
		[
			'of many accounts from one place',
			22,
			(i) => from({ account: `clerk ${i}` }),
			[...Array.from({ length: 19 }, () => 0), 30, 60, 120],
		],
		[
			'of many accounts from one network of IPv6',
			21,
			(i) => from({ account: `clerk ${i}`, address: `2001:db8:0:1::${i}` }),
			[...Array.from({ length: 19 }, () => 0), 30, 60],
		],
		['in the owner’s own browser', 6, () => from({ device: 'own' }), [0, 0, 0, 0, 30, 60]],
	])('%s waits', (_, count, who, waits) => {
		expect(waitsOf(count, who)).toEqual(waits)
	})

	it('keeps nobody out who uses a browser of their own, and whose slips cost strangers nothing', () => {
		let tries = none
		for (let index = 0; index < 50; index++) tries = afterWrong(tries, keysOf(from()), 0).tries
		expect(waitOf(tries, keysOf(from()), 0)).toBe(hour)
		expect(waitOf(tries, keysOf(from({ device: 'own' })), 0)).toBe(0)
		expect(waitOf(tries, keysOf(from({ account: 'lee', address: '192.0.2.9' })), 0)).toBe(0)
		let slips = none
		for (let index = 0; index < 50; index++) slips = afterWrong(slips, keysOf(from({ device: 'own' })), 0).tries
		expect(waitOf(slips, keysOf(from()), 0)).toBe(0)
	})

	it('is looked at 36 times a day and no more, from however many places and however it is timed', () => {
		fc.assert(
			fc.property(
				fc.array(fc.record({ after: fc.nat(10 * minute), from: fc.nat(500) }), { maxLength: 2_000 }),
				(asks) => {
					let [tries, now, looked] = [none, 0, 0]
					for (const ask of asks) {
						now += ask.after
						if (now > 24 * hour) break
						const keys = keysOf(from({ address: `198.51.100.${ask.from}` }))
						if (waitOf(tries, keys, now) > 0) continue
						looked += 1
						tries = afterWrong(tries, keys, now).tries
					}
					expect(looked).toBeLessThanOrEqual(36)
				},
			),
			{ numRuns: 30 },
		)
		// By a password that is one of 2²⁰, which is less than our rules ask.
		expect(36 / 2 ** 20).toBeLessThan(1e-4)
	})

	it('who tries as soon as they may comes to no more than that', () => {
		let [tries, now, looked] = [none, 0, 0]
		while (now <= 24 * hour) {
			looked += 1
			tries = afterWrong(tries, keysOf(from()), now).tries
			now += Math.max(1, waitOf(tries, keysOf(from()), now))
		}
		expect(looked).toBeGreaterThan(30)
		expect(looked).toBeLessThanOrEqual(36)
	})
})

describe('A network', () => {
	it.each([
		['192.0.2.7', '192.0.2.7'],
		['::ffff:192.0.2.7', '192.0.2.7'],
		['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
		['2001:0DB8::1', '2001:db8:0:0::/64'],
		['fe80::1%eth0', 'fe80:0:0:0::/64'],
		['::1', '0:0:0:0::/64'],
	])('%s is of %s', (address, network) => {
		expect(networkOf(address)).toBe(network)
	})
})
