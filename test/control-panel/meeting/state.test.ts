import { describe, expect, it } from 'vitest'
import type { DeskResult, JoinResult, MeetingCore } from '../../../appliance/protocol/messages.ts'
import { clockText, leftMs, toneOf, usedMs, warningsBetween } from '../../../control-panel/lib/meeting/clock.ts'
import { MeetingState } from '../../../control-panel/lib/meeting/state.svelte.ts'
import { council, members, speech } from '../../browser/floor-scene.ts'

let now = 0
function loaded(more: Partial<JoinResult> = {}): MeetingState {
	now = 0
	const state = new MeetingState(() => now)
	state.load({ ...council(), media: null, ...more })
	return state
}

function coreAt(at: number): { type: 'core'; core: MeetingCore } {
	return { type: 'core', core: { ...council().core, at } }
}

describe('what a page knows of a meeting', () => {
	it('takes patches of lists one revision after the other, and says where one is missing', () => {
		const state = loaded()
		const asking = (id: string, rank: number) => ({ id, kind: 'speak', rank, at: 0 }) as const
		const patch = (revision: number, set: ReturnType<typeof asking>[], gone: string[] = []) =>
			state.hear({ type: 'list', list: 'asking', revision, set, gone })
		expect(patch(2, [asking('p2', 20), asking('p4', 10)])).toBe('ok')
		expect(state.line('speak').map(({ id }) => id)).toEqual(['p4', 'p2'])
		expect(patch(2, [asking('p9', 0)])).toBe('ok')
		expect(state.asking.byId.has('p9')).toBe(false)
		expect(patch(4, [asking('p9', 0)])).toBe('gap')
		expect(patch(3, [{ ...asking('p5', 5), kind: 'order' as never }], ['p4'])).toBe('ok')
		expect(state.place('p2')).toBe(1)
		expect(state.place('p5')).toBe(1)
		expect(state.place('p4')).toBeNull()
	})

	it('leaves the lists of those who preside alone on a page that is told none', () => {
		const state = loaded()
		expect(state.hear({ type: 'list', list: 'lobby', revision: 9, set: [], gone: [] })).toBe('ok')
		const desk: DeskResult['desk'] = {
			roll: { revision: 3, set: [] },
			lobby: { revision: 3, set: [] },
			readiness: { revision: 3, set: [] },
			questions: { revision: 3, set: [] },
		}
		state.load({ ...council(), desk })
		expect(state.hear({ type: 'list', list: 'lobby', revision: 9, set: [], gone: [] })).toBe('gap')
	})

	it('goes by the least delayed word of the hub in the last minute', () => {
		now = 0
		const state = new MeetingState(() => now)
		state.hear(coreAt(1000))
		now = 100
		state.hear(coreAt(1020)) // 80 ms late
		expect(state.ahead).toBe(1000)
		expect(state.nowAtHub(500)).toBe(1500)
		now = 70_000
		state.hear(coreAt(70_500))
		expect(state.ahead).toBe(500)
	})

	it('names people, and seats by who sits there or by their own name', () => {
		const state = loaded({
			people: { revision: 1, set: members(5) },
			lists: {
				...council().lists,
				seats: {
					revision: 1,
					set: [
						{ id: '3', name: '3번석', person: 'p2' },
						{ id: '4', name: '4번석', person: null },
					],
				},
			},
		})
		expect(state.strip('p3')).toEqual({ name: '이철수', title: '안전총괄과장', bureau: '안전교통국' })
		expect(state.strip('seat-3').name).toBe('김영희')
		expect(state.strip('seat-4')).toEqual({ name: '4번석', title: '', bureau: '' })
		expect(state.strip('nobody').name).toBe('')
	})
})

describe('a clock', () => {
	const clock = { limitMs: 180_000, usedMs: 30_000, runningSince: 1_000_000 }
	it('runs while it runs, and stands while the meeting is suspended', () => {
		expect(usedMs(clock, 1_010_000)).toBe(40_000)
		expect(leftMs(clock, 1_010_000)).toBe(140_000)
		expect(leftMs({ ...clock, runningSince: null }, 9_999_999)).toBe(150_000)
		expect(leftMs({ ...clock, limitMs: null }, 1_010_000)).toBeNull()
	})

	it.each([
		[180_000, '3:00'],
		[179_001, '3:00'],
		[5_000, '0:05'],
		[1, '0:01'],
		[0, '0:00'],
		[-999, '0:00'],
		[-12_000, '-0:12'],
		[3_723_000, '1:02:03'],
	])('%i ms reads %s', (ms, text) => expect(clockText(ms)).toBe(text))

	it('warns from the last warning before the end on, and says when it is over', () => {
		const tone = (left: number) => toneOf(clock, 1_000_000 + 150_000 - left, [180, 60, 0])
		expect([tone(61_000), tone(60_000), tone(1), tone(0)]).toEqual(['calm', 'warn', 'warn', 'over'])
		const short = { limitMs: 60_000, usedMs: 0, runningSince: 0 }
		expect(toneOf(short, 1000, [180, 60, 0])).toBe('calm')
		expect(toneOf(short, 46_000, [180, 60, 0])).toBe('warn')
		expect(toneOf(speech('p1', 60, 0), Date.now(), [])).toBe('calm')
	})

	it('gives each warning once, the most urgent first', () => {
		expect(warningsBetween(60_050, 59_990, [180, 60, 0])).toEqual([60])
		expect(warningsBetween(60_000, 59_990, [180, 60, 0])).toEqual([])
		expect(warningsBetween(61_000, -5, [180, 60, 0])).toEqual([0, 60])
	})
})
