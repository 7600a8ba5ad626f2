import { describe, expect, it } from 'vitest'
import type { RecordingEntry } from '../../../appliance/protocol/relay.ts'
import { found, playingAt } from '../../../control-panel/recordings/entries.ts'
import { readRecordingsLink, withoutToken } from '../../../control-panel/recordings/link.ts'

const entry = (id: string, fromMs: number, toMs: number, name: string | null, item: string | null): RecordingEntry => ({
	...{
		id,
		type: name === null ? 'item' : 'speech',
		number: null,
		item,
		bureau: '기획국',
		startsAt: fromMs,
		endsAt: toMs,
	},
	...{ speaker: name === null ? null : { name, title: '국장', bureau: '도시국' }, fromMs, toMs, recorded: 'whole' },
})
const entries = [
	entry('item', 1_000, 9_000, null, '예산 Budget'),
	entry('park', 2_000, 4_000, '박도시', '예산 Budget'),
	entry('choi', 3_000, 5_000, '최환경', null),
]
const ids = (some: readonly RecordingEntry[]) => some.map(({ id }) => id)

describe('What is looked for', () => {
	it.each([
		['', ['item', 'park', 'choi']],
		['  ', ['item', 'park', 'choi']],
		['박도시', ['park']],
		['도시국 국장', ['park', 'choi']],
		['budget', ['item', 'park']],
		['예산 최환경', []],
		['최환경'.normalize('NFD'), ['choi']],
	])('%j is found by name, title, bureau or item', (query, expected) =>
		expect(ids(found(entries, query))).toEqual(expected),
	)
})

describe('What is playing', () => {
	it.each([
		[500, null],
		[1_000, 'item'],
		[2_500, 'park'],
		[3_500, 'choi'],
		[4_500, 'choi'],
		[5_000, 'item'],
		[9_000, null],
	])('at %i ms is the speech that began last, else the item', (ms, expected) =>
		expect(playingAt(entries, ms)?.id ?? null).toBe(expected),
	)
})

describe('A link', () => {
	const token = (claims: object) => `aaa.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.ccc`

	it('of a meeting names it, whatever stands behind it', () => {
		const own = token({ role: 'chair', meeting: 'm1' })
		expect(readRecordingsLink(`${own}&meeting=m2`)).toEqual({ token: own, meeting: 'm1', removes: true })
		expect(readRecordingsLink(token({ role: 'clerk', meeting: 'm1' }))).toMatchObject({ removes: false })
	})

	it('of the house names one behind an ampersand, or opens nothing', () => {
		const admin = token({ role: 'admin' })
		expect(readRecordingsLink(`${admin}&meeting=m%201`)).toEqual({ token: admin, meeting: 'm 1', removes: true })
		expect(readRecordingsLink(`${token({ role: 'panel' })}&meeting=m1`)).toMatchObject({ removes: false })
		expect(readRecordingsLink(admin)).toBeNull()
		expect(readRecordingsLink(`${admin}&meeting=`)).toBeNull()
		expect(readRecordingsLink('')).toBeNull()
		expect(readRecordingsLink('', 'admin')).toBeNull()
	})

	it('has no token where somebody is signed in, and is shown without one in the address of the page that signs in', () => {
		expect(readRecordingsLink('meeting=m1')).toEqual({ token: null, meeting: 'm1', removes: false })
		expect(readRecordingsLink('meeting=m1', 'admin')).toEqual({ token: null, meeting: 'm1', removes: true })
		expect(withoutToken(readRecordingsLink(`${token({ role: 'clerk', meeting: 'm 1' })}`))).toBe(
			'/recordings#meeting=m%201',
		)
		expect(withoutToken(null)).toBe('/recordings')
	})
})
