import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CaptionView } from '../../../appliance/protocol/captions.ts'
import { latestFinal, patchCaptions, turnsAt } from '../../../control-panel/lib/meeting/captions.ts'

const nine = Date.UTC(2027, 2, 1)
const said = (more: Partial<CaptionView> = {}): CaptionView => ({
	...{ id: 'a', from: nine, to: nine + 2_000, text: '예산안입니다', speaker: '김 국장', final: true, at: nine + 3_000 },
	...more,
})

describe('captions on a page', () => {
	it('are kept by their times, replaced and taken back by their ids, and no more than are read', () => {
		const known = patchCaptions([], { set: [said(), said({ id: 'b', from: nine - 1 })], gone: [] })
		expect(known.map(({ id }) => id)).toEqual(['b', 'a'])
		const changed = patchCaptions(known, { set: [said({ text: '예산안' })], gone: ['b', 'x'] })
		expect(changed.map(({ text }) => text)).toEqual(['예산안'])
		const many = Array.from({ length: 100 }, (_, i) => said({ id: `c${i}`, from: nine + i }))
		expect(patchCaptions([], { set: many, gone: [] }).at(0)?.id).toBe('c40')
	})

	it('stand as long as they take to be read, grow together by speaker, and do not come back when they are set right late', () => {
		const all = [
			said(),
			said({ id: 'b', text: '이상입니다', from: nine + 2_500 }),
			said({ id: 'c', speaker: null, from: nine + 2_800 }),
		]
		expect(turnsAt(all, nine + 4_000)).toEqual([
			{ id: 'a', speaker: '김 국장', text: '예산안입니다 이상입니다' },
			{ id: 'c', speaker: null, text: '예산안입니다' },
		])
		expect(turnsAt(all, nine + 12_000)).toEqual([])
		expect(turnsAt([said({ at: nine + 90_000 })], nine + 90_001)).toEqual([])
		// In the midst of a sentence they stand longer, and not for ever.
		const growing = said({ final: false, to: null })
		expect([turnsAt([growing], nine + 10_000).length, turnsAt([growing], nine + 12_000).length]).toEqual([1, 0])
	})

	it('are read out when they are final', () => {
		expect(latestFinal([said(), said({ id: 'b', final: false })])).toBe('김 국장: 예산안입니다')
		expect(latestFinal([said({ speaker: null, final: true })])).toBe('예산안입니다')
		expect(latestFinal([said({ final: false })])).toBe('')
	})

	it('are the same whichever patches they came by', () => {
		const ids = fc.constantFrom('a', 'b', 'c')
		const patch = fc.record({ set: fc.uniqueArray(ids), gone: fc.uniqueArray(ids) })
		fc.assert(
			fc.property(fc.array(patch), (patches) => {
				const expected = new Set<string>()
				let known: readonly CaptionView[] = []
				for (const { set, gone } of patches) {
					for (const id of gone) expected.delete(id)
					for (const id of set) expected.add(id)
					known = patchCaptions(known, { set: set.map((id) => said({ id })), gone })
				}
				expect(known.map(({ id }) => id).sort()).toEqual([...expected].sort())
			}),
		)
	})
})
