import { expect, it } from 'vitest'
import { parts, planOf, ways } from './plan.ts'

it('A plan tries everything as often, in an order that only its seed decides', () => {
	const names = (seed: number) => [...planOf(seed, 3)].map(({ part, way }) => `${part} ${way}`)
	const all = parts.flatMap((part) => ways.map((way) => `${part} ${way}`)).sort()
	const rounds = [0, 1, 2].map((round) => names(7).slice(round * all.length, (round + 1) * all.length))
	for (const round of rounds) expect([...round].sort()).toEqual(all)
	expect(new Set(rounds.map(String)).size).toBe(3)
	expect(names(7)).toEqual(names(7))
	expect(names(8)).not.toEqual(names(7))
	const long = [...planOf(7, 9)]
	const again = long.filter(({ part }, i) => part === long[i - 1]?.part)
	expect(again.length).toBeGreaterThan(0)
	for (const { restMs } of again) expect(restMs).toBeGreaterThanOrEqual(4_000)
})
