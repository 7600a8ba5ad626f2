import { describe, expect, it } from 'vitest'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import type { AgendaItem } from '../../appliance/protocol/floor.ts'
import { as, type Chamber, clerk, desk, enter, join, opened, planned } from './chamber.ts'

const item = (id: string, difference: Partial<AgendaItem> = {}): AgendaItem => ({
	id,
	title: `안건 ${id}`,
	kind: 'report',
	bureau: '',
	presenters: [],
	seconds: 300,
	documents: [],
	...difference,
})
const set = (...items: (string | AgendaItem)[]): MeetingRequest => ({
	type: 'agenda.set',
	items: items.map((one) => (typeof one === 'string' ? item(one) : one)),
	by: clerk,
})
const start = (id: string): MeetingRequest => ({ type: 'agenda.start', item: id, by: clerk })
const skip = (id: string): MeetingRequest => ({ type: 'agenda.skip', item: id, by: clerk })
const move = (id: string, to: number): MeetingRequest => ({ type: 'agenda.move', item: id, to, by: clerk })
const end: MeetingRequest = { type: 'agenda.end', by: clerk }
const show = (by = clerk, page = 1, pages: number | null = 3): MeetingRequest => ({
	type: 'slide.show',
	document: 'd1',
	page,
	pages,
	by,
})
const hide = (by = clerk): MeetingRequest => ({ type: 'slide.hide', by })
const step = (type: 'suspend' | 'resume' | 'close'): MeetingRequest => ({ type, by: 'clerk' })
const order = ({ meeting }: Chamber) => meeting.agenda.map(({ id }) => id).join('')
const statuses = ({ meeting }: Chamber) => meeting.agenda.map(({ id, status }) => `${id} ${status}`)
const found = ({ meeting }: Chamber, id: string) => meeting.agenda.find((item) => item.id === id)

const withItems = () => {
	const chamber = opened()
	chamber.ask(set('a', 'b', 'c'))
	return chamber
}

describe('An agenda', () => {
	it('goes from item to item, and each has its clock', () => {
		const chamber = withItems()
		expect(chamber.ask(start('a'))).toEqual(['item.started'])
		expect(chamber.ask(start('a'))).toEqual([])
		chamber.now = 61_000
		expect(chamber.ask(start('b'))).toEqual(['item.ended', 'item.started'])
		chamber.now = 71_000
		expect(chamber.ask(end)).toEqual(['item.ended'])
		expect(chamber.ask(end)).toBe('no-item')
		expect(chamber.meeting.agenda).toMatchObject([
			{ status: 'done', usedMs: 60_000, runningSince: null },
			{ status: 'done', usedMs: 10_000, runningSince: null },
			{ status: 'pending', usedMs: 0, runningSince: null },
		])
	})

	it('takes up again what was done, on the clock that it had', () => {
		const chamber = withItems()
		chamber.ask(start('a'))
		chamber.now = 2000
		chamber.all(end, start('a'))
		chamber.now = 5000
		chamber.ask(end)
		expect(found(chamber, 'a')).toMatchObject({ status: 'done', usedMs: 4000 })
	})

	it('stands while the meeting is suspended and goes on with it', () => {
		const chamber = withItems()
		chamber.ask(start('a'))
		chamber.now = 11_000
		chamber.ask(step('suspend'))
		expect(found(chamber, 'a')).toMatchObject({ usedMs: 10_000, runningSince: null })
		expect(chamber.ask(start('b'))).toBe('suspended')
		chamber.now = 500_000
		chamber.ask(step('resume'))
		chamber.now = 505_000
		chamber.ask(end)
		expect(found(chamber, 'a')?.usedMs).toBe(15_000)
	})

	it('ends its item with the meeting', () => {
		const chamber = withItems()
		chamber.all(start('a'), show())
		chamber.now = 4000
		expect(chamber.ask(step('close'))).toEqual(['item.ended', 'meeting.closed'])
		expect(found(chamber, 'a')).toMatchObject({ status: 'done', usedMs: 3000, runningSince: null })
		expect(chamber.meeting.slide).toBeNull()
	})

	it('has nothing on before the meeting is open', () => {
		const chamber = planned()
		expect(chamber.all(set('a'), start('a'))).toBe('meeting-not-open')
	})

	it('set anew keeps what has been of items that stay, and the item that is on', () => {
		const chamber = withItems()
		chamber.all(start('a'), start('b'))
		chamber.now = 3000
		expect(chamber.ask(set('c', item('a', { title: '다른 제목' }), 'd'))).toEqual(['agenda.set'])
		expect(statuses(chamber)).toEqual(['c pending', 'b current', 'a done', 'd pending'])
		expect(found(chamber, 'a')?.title).toBe('다른 제목')
		expect(found(chamber, 'b')?.runningSince).toBe(1000)
		expect(chamber.ask(set('x', 'x'))).toBe('bad-message')
	})

	it('skips what is to come, and ends what is on when that is skipped', () => {
		const chamber = withItems()
		expect(chamber.ask(skip('b'))).toEqual(['item.skipped'])
		expect(chamber.ask(skip('b'))).toEqual([])
		chamber.ask(start('a'))
		chamber.now = 2000
		expect(chamber.ask(skip('a'))).toEqual(['item.ended', 'item.skipped'])
		expect(found(chamber, 'a')).toMatchObject({ status: 'skipped', usedMs: 1000, runningSince: null })
		chamber.all(start('c'), end)
		expect(chamber.ask(skip('c'))).toBe('already-so')
		// What was skipped by mistake can be taken up.
		expect(chamber.ask(start('b'))).toEqual(['item.started'])
	})

	it('is put in another order', () => {
		const chamber = withItems()
		expect(chamber.ask(move('c', 0))).toEqual(['agenda.moved'])
		expect(order(chamber)).toBe('cab')
		chamber.ask(move('c', 1))
		expect(order(chamber)).toBe('acb')
		chamber.ask(move('a', 199))
		expect(order(chamber)).toBe('cba')
		expect(chamber.ask(move('a', 2))).toEqual([])
	})

	it.each([start('x'), skip('x'), move('x', 0)])('knows no other items: $type', (request) => {
		expect(withItems().ask(request)).toBe('no-item')
	})
})

describe('A slide', () => {
	it('is shown once, and hidden once', () => {
		const chamber = opened()
		expect(chamber.ask(show())).toEqual(['slide.shown'])
		expect(chamber.ask(show())).toEqual([])
		expect(chamber.ask(show(clerk, 2))).toEqual(['slide.shown'])
		expect(chamber.meeting.slide).toEqual({ document: 'd1', page: 2, by: 'clerk' })
		expect(chamber.ask(hide())).toEqual(['slide.hidden'])
		expect(chamber.ask(hide())).toEqual([])
	})

	it.each([
		['no document that is not there', show(clerk, 1, null), 'no-document'],
		['no page after the last', show(clerk, 4), 'bad-message'],
		['no page before the first', show(clerk, 0), 'bad-message'],
	] as const)('is of %s', (_, request, code) => {
		expect(opened().ask(request)).toBe(code)
	})

	it('is shown by those who run, who speak and who present, and nobody else', () => {
		const chamber = opened()
		chamber.all(join('a'), join('b'), join('c'), set(item('a1', { presenters: ['b'] })))
		expect(chamber.ask(show(as('a')))).toBe('not-allowed')
		expect(chamber.ask(show(as('b')))).toBe('not-allowed')
		chamber.ask(start('a1'))
		expect(chamber.ask(show(as('b')))).toEqual(['slide.shown'])
		chamber.ask({ type: 'floor.grant', who: 'a', seconds: null, kind: null, by: clerk })
		expect(chamber.ask(show(as('a'), 2))).toEqual(['slide.shown'])
		expect(chamber.ask(show(as('c')))).toBe('not-allowed')
		expect(chamber.ask(hide(as('c')))).toBe('not-allowed')
		chamber.ask({ type: 'floor.revoke', who: 'a', by: clerk })
		// Whoever showed it may take it away.
		expect(chamber.ask(hide(as('a')))).toEqual(['slide.hidden'])
	})

	it('is shown by whoever speaks from their seat in the hall', () => {
		const chamber = opened()
		const seats = [{ id: '1', name: '1' }]
		chamber.all(join('room', 'room'), { type: 'hall.declare', person: 'room', seats, gated: false })
		chamber.all(enter(['a'], { a: '1' }), join('a'))
		chamber.ask({ type: 'floor.grant', who: 'seat-1', seconds: null, kind: null, by: desk })
		expect(chamber.ask(show(as('a')))).toEqual(['slide.shown'])
	})

	it('goes when the next item begins', () => {
		const chamber = withItems()
		chamber.all(start('a'), show(), start('b'))
		expect(chamber.meeting.slide).toBeNull()
	})
})
