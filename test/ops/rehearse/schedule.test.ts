import { describe, expect, it } from 'vitest'
import { hindrance, nextAt } from '../../../appliance/ops/rehearse/schedule.ts'
import type { MeetingView, RoomState } from '../../../appliance/protocol/room-state.ts'

/** A Wednesday. */
const morning = new Date(2026, 10, 25, 6, 30).getTime()
const workdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const
const hour = 3_600_000

describe('The next rehearsal', () => {
	it.each([
		['is today where its hour is to come', '07:00', [...workdays], morning, new Date(2026, 10, 25, 7, 0)],
		['is tomorrow where it is over', '06:00', [...workdays], morning, new Date(2026, 10, 26, 6, 0)],
		['leaves the weekend out', '06:00', [...workdays], morning + 48 * hour, new Date(2026, 10, 30, 6, 0)],
		['is a week ahead where there is one day alone', '06:30', ['wed' as const], morning, new Date(2026, 11, 2, 6, 30)],
	])('%s', (_, at, days, now, then) => {
		expect(nextAt({ at, days }, now)).toBe(then.getTime())
	})

	it('is begun by people alone where no hour is configured', () => {
		expect(nextAt({ days: ['mon'] }, morning)).toBeNull()
	})
})

describe('A rehearsal', () => {
	const meeting = (change: Partial<MeetingView>): MeetingView => ({
		...{ id: 'm1', title: '회의', kind: 'council', phase: 'planned', startsAt: null, openedAt: null },
		...change,
	})
	type Room = Pick<RoomState, 'call' | 'meetings' | 'ring' | 'rehearsal'>
	const free: Room = {
		call: { phase: 'idle', meeting: null, reason: null, since: 0, recovering: false },
		...{ meetings: [], ring: null },
	}
	const running = { running: { startedAt: 0, steps: 1, done: 0, step: null }, last: null, nextAt: null }
	it.each<[string, Partial<Room>, string | null]>([
		['is begun in a free room', {}, null],
		['is begun after a call that failed', { call: { ...free.call, phase: 'failed' } }, null],
		['is not begun in a call', { call: { ...free.call, phase: 'joining' } }, 'in-call'],
		['is not begun while somebody calls', { ring: { id: 'r', from: '민원', since: 0 } }, 'ringing'],
		['is not begun twice', { rehearsal: running }, 'running'],
		[
			'is not begun in a meeting of others',
			{ meetings: [meeting({ phase: 'open', openedAt: morning - hour })] },
			'meeting-on',
		],
		['waits while one is suspended', { meetings: [meeting({ phase: 'suspended', openedAt: morning })] }, 'meeting-on'],
		[
			'minds no meeting that was never closed',
			{ meetings: [meeting({ phase: 'open', openedAt: morning - 20 * hour })] },
			null,
		],
		['is not begun shortly before one', { meetings: [meeting({ startsAt: morning + 29 * 60_000 })] }, 'meeting-soon'],
		['is not begun where one is late', { meetings: [meeting({ startsAt: morning - 60_000 })] }, 'meeting-soon'],
		['is begun where there is time enough', { meetings: [meeting({ startsAt: morning + 31 * 60_000 })] }, null],
	])('%s', (_, change, reason) => {
		expect(hindrance({ ...free, ...change }, 30, morning)).toBe(reason)
	})
})
