import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Caption, CaptionBook, outranks } from '../../appliance/hub/caption-book.ts'
import { Spans } from '../../appliance/hub/spans.ts'

const said = (more: Partial<Caption> = {}): Caption => ({
	...{ id: 'a', revision: 1, source: 'machine', final: false, retracted: false, fromMs: 1_000, toMs: null },
	...{ text: '예산 안', person: null, name: null, at: 0, ...more },
})
const retracted = (source: Caption['source'] = 'machine') => said({ source, retracted: true, final: true, text: '' })

const anyCaption: fc.Arbitrary<Caption> = fc.record({
	id: fc.constantFrom('a', 'b'),
	revision: fc.nat(3),
	source: fc.constantFrom('machine' as const, 'human' as const),
	final: fc.boolean(),
	retracted: fc.boolean(),
	fromMs: fc.nat(3),
	toMs: fc.option(fc.nat(3)),
	text: fc.constantFrom('', '예산', '예산안'),
	person: fc.constantFrom(null, 'p1'),
	name: fc.constantFrom(null, '김'),
	at: fc.nat(9),
})

/** What a reader sees of them, and not when it came. */
function read(all: readonly Caption[]) {
	const book = new CaptionBook()
	for (const one of all) book.take(one)
	return book.latest(99).map(({ at: _, ...caption }) => caption)
}

describe('Of all that was written of a caption', () => {
	it.each([
		['a higher revision counts', said({ revision: 2 }), said({ revision: 1, final: true })],
		['of the same revision the final word does', said({ final: true }), said()],
		['a human outranks a machine', said({ source: 'human' }), said()],
		[
			"a human's final word stands, whatever a machine finds later",
			said({ source: 'human', final: true }),
			said({ revision: 9, final: true }),
		],
		["a human's draft does not", said({ revision: 2, final: true }), said({ source: 'human' })],
		['what was taken back stays so', retracted(), said({ revision: 9, final: true })],
		['a machine takes back no word of a human', said({ source: 'human', final: true }), retracted()],
		['a human takes back any', retracted('human'), said({ source: 'human', final: true, revision: 9 })],
	])('%s', (_, more, less) => {
		expect([outranks(more, less), outranks(less, more)]).toEqual([true, false])
		for (const all of [
			[more, less],
			[less, more],
		]) {
			expect(read(all)).toEqual(read([more]))
		}
	})

	it('the same counts in whatever order it came, and however often', () => {
		const some = fc.array(anyCaption, { maxLength: 8 })
		const shuffled = some.chain((all) =>
			fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
		)
		fc.assert(
			fc.property(shuffled, ([all, again]) => {
				expect(read(again)).toEqual(read(all))
			}),
			{ numRuns: 2_000 },
		)
	})

	it('nothing is taken that changes nothing', () => {
		const book = new CaptionBook()
		expect([said(), said({ at: 5 }), said({ revision: 0 })].map((one) => book.take(one))).toEqual([true, false, false])
		expect(book.get('a')?.at).toBe(0)
		expect(book.get('b')).toBeNull()
	})
})

describe('What held for a while', () => {
	it('covers what lies within it, its edges included', () => {
		const spans = new Spans(100)
		spans.set(true, 150)
		spans.set(false, 200)
		spans.set(true, 300)
		expect(spans.on).toBe(true)
		const asked = [
			[100, 200],
			[99, 150],
			[150, 201],
			[201, 299],
			[300, 9e9],
			[150, 350],
		] as const
		expect(asked.map(([from, to]) => spans.cover(from, to))).toEqual([true, false, false, false, true, false])
		expect(new Spans(null).on).toBe(false)
	})

	it('holds at a moment as it was set last before it', () => {
		const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 9 })), { maxLength: 20 })
		fc.assert(
			fc.property(steps, fc.nat(200), (all, asked) => {
				const spans = new Spans(null)
				let [at, expected] = [0, false]
				for (const [on, later] of all) {
					at += later
					spans.set(on, at)
					if (at < asked) expected = on
				}
				// At the very moment of a change both hold.
				if (!all.some((_, i) => all.slice(0, i + 1).reduce((sum, [, later]) => sum + later, 0) === asked)) {
					expect(spans.cover(asked, asked)).toBe(expected)
				}
			}),
		)
	})
})
