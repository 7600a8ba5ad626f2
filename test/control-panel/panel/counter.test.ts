import { describe, expect, it } from 'vitest'
import type { DeskVisit } from '../../../appliance/protocol/counsel.ts'
import { counterOf } from '../../../control-panel/panel/counter.ts'
import { chamber, meeting } from '../../browser/panel-scene.ts'

const visit = (number: number, fields: Partial<DeskVisit> = {}): DeskVisit => ({
	...{ id: `v${number}`, number, topic: 'passport', department: 'civil', phase: 'waiting', since: 1, arrivedAt: 1 },
	...{
		startsAt: null,
		official: null,
		interpreter: null,
		name: null,
		desk: null,
		calls: 0,
		from: null,
		meeting: null,
		endsAt: null,
	},
	...fields,
})
const serving = (number: number, desk: string) => visit(number, { phase: 'serving', desk, meeting: `s${number}` })
const call = (phase: 'idle' | 'joining' | 'inCall', id: string) => ({
	...{ phase, reason: null, since: 1, recovering: false },
	meeting: meeting({ id, kind: 'counsel' }),
})
const ring = (id: string) => ({ id, from: '12번 민원인', since: 1 })

describe('The counter on a panel', () => {
	it('has whoever waits in their order, and whoever is at another desk apart', () => {
		const visits = [
			visit(3),
			visit(1),
			visit(4, { phase: 'away' }),
			serving(2, '3번 창구'),
			visit(5, { phase: 'booked' }),
		]
		const { now, waiting, elsewhere } = counterOf(visits, chamber())
		expect(now).toBeNull()
		expect(waiting.map(({ number }) => number)).toEqual([3, 1])
		expect(elsewhere.map(({ number }) => number)).toEqual([2])
	})

	it('puts a ring before everything, also one that the counter has not told of yet', () => {
		const visits = [serving(12, '3번 창구'), serving(7, '대회의실')]
		expect(counterOf(visits, chamber({ ring: ring('s12') })).now).toMatchObject({ kind: 'ring', visit: { number: 12 } })
		expect(counterOf([], chamber({ ring: ring('s12') })).now).toEqual({ kind: 'ring', visit: null })
	})

	it('shows the session that this room is in, whoever called its visitor, from the moment it goes there', () => {
		const visits = [serving(12, '3번 창구'), serving(7, '대회의실')]
		for (const phase of ['joining', 'inCall'] as const) {
			const { now, elsewhere } = counterOf(visits, chamber({ call: call(phase, 's12') }))
			expect(now).toMatchObject({ kind: 'here', visit: { number: 12 } })
			expect(elsewhere.map(({ number }) => number)).toEqual([7])
		}
		expect(counterOf([serving(12, '3번 창구')], chamber({ call: call('idle', 's12') })).now).toBeNull()
	})

	it('offers no session but those that were called to this room', () => {
		expect(counterOf([serving(7, '대회의실')], chamber()).now).toMatchObject({ kind: 'waits', visit: { number: 7 } })
		const called = visit(8, { phase: 'called', desk: '대회의실' })
		expect(counterOf([called, serving(2, '3번 창구')], chamber()).now).toMatchObject({
			kind: 'called',
			visit: { number: 8 },
		})
	})
})
