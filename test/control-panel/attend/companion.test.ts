import { expect, test } from 'vitest'
import { Companion, splitLink } from '../../../control-panel/attend/companion.svelte.ts'

function storage(kept: string | null) {
	const values = new Map(kept === null ? [] : [['maru.inHall', kept]])
	return {
		getItem: (name: string) => values.get(name) ?? null,
		setItem: (name: string, value: string) => void values.set(name, value),
	}
}

test('a link may say that its PC stands in the hall; its token is what it was', () => {
	expect(splitLink('aaa.bbb.ccc')).toEqual({ token: 'aaa.bbb.ccc', companion: false })
	expect(splitLink('aaa.bbb.ccc&companion')).toEqual({ token: 'aaa.bbb.ccc', companion: true })
	expect(splitLink('aaa.bbb.ccc&other')).toEqual({ token: 'aaa.bbb.ccc', companion: false })
})

test('where somebody sits is remembered, and a link that says it is believed', () => {
	const kept = storage(null)
	const first = new Companion(false, kept)
	expect(first.on).toBe(false)
	first.choose(true)
	expect(new Companion(false, kept).on).toBe(true)
	first.choose(false)
	expect([new Companion(false, kept).on, new Companion(true, kept).on]).toEqual([false, true])
})
