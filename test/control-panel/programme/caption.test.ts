import { describe, expect, it } from 'vitest'
import type { VoteView } from '../../../appliance/protocol/floor.ts'
import { captionOf } from '../../../control-panel/programme/caption.ts'
import { programmeTexts } from '../../../control-panel/programme/i18n-programme.ts'
import { programme } from './moments.ts'

const at = (hours: number, minutes: number, seconds = 0) => new Date(2026, 10, 29, hours, minutes, seconds).getTime()
const { core } = programme({}).moment(0)
if (!core) throw new Error('no core')
const item = { title: '2027년도 예산안', bureau: '기획조정실' }
const said = { core, item, mark: '마루시', now: at(14, 5) }
const ko = programmeTexts('ko')
const slate = (kind: 'planned' | 'suspended' | 'title' | 'ended', since: number | null = null, core = said.core) => {
	return captionOf({ slate: { kind, since } }, { ...said, core }, ko).slate
}

describe('the caption', () => {
	it('tells the time on the wall, the house, the meeting and its item', () => {
		expect(captionOf({ slate: null }, said, ko)).toEqual({
			...{ mark: '마루시', clock: '14:05', meeting: '확대간부회의', item, vote: null, slate: null },
		})
	})

	it('of a break says since when it is, where that is known', () => {
		expect(slate('suspended', at(13, 58))).toEqual({
			...{ title: '확대간부회의', head: '정회', line: '13:58부터 · 잠시 후 속개합니다' },
		})
		expect(slate('suspended')?.line).toBe('잠시 후 속개합니다')
	})

	it('before the opening says when that is to be', () => {
		const planned = { ...core, meeting: { ...core.meeting, startsAt: at(15, 0) } }
		expect(slate('planned', null, planned)?.line).toBe('15:00 개의 예정')
		expect(slate('planned')?.line).toBe('잠시 후 개의합니다')
	})

	it('names the item where nobody is to be seen', () => {
		expect(slate('title')).toEqual({ title: '확대간부회의', head: '', line: '2027년도 예산안' })
	})

	it('tells a vote while it is open, what came out for as long as it is read, and then no more', () => {
		const vote = { phase: 'open', title: '예산안 의결', closedAt: null } as VoteView
		const told = (vote: VoteView, now: number) =>
			captionOf({ slate: null }, { ...said, core: { ...core, vote }, now }, ko).vote
		expect(told(vote, at(14, 5))).toBe(vote)
		const closed: VoteView = { ...vote, phase: 'closed', closedAt: at(14, 5) }
		expect(told(closed, at(14, 5, 19))).toBe(closed)
		expect(told(closed, at(14, 5, 20))).toBeNull()
	})
})
