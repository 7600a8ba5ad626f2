import { describe, expect, it } from 'vitest'
import type { MeetingCore } from '../../../appliance/protocol/messages.ts'
import type { MeetingKind } from '../../../appliance/protocol/room-state.ts'
import { kindTexts } from '../../../control-panel/lib/i18n-kind.ts'
import { changesOf } from '../../../control-panel/lib/kind/changes.ts'
import { council, vote } from '../../browser/floor-scene.ts'

/** What is said before a meeting becomes one of another kind. */

function core(kind: MeetingKind, more: Partial<MeetingCore> = {}): MeetingCore {
	const { core } = council()
	return { ...core, meeting: { ...core.meeting, kind }, ...more }
}
const lesson = { check: null, groups: null, certificates: 0 }
const on = { since: 0 }
const broadcast = { ...core('council').broadcast, relay: on, recording: { id: 'r', ...on } }
const told = (from: MeetingCore, to: MeetingKind) => changesOf(from, to).map(({ what }) => what)

describe('What changes with the kind of a meeting', () => {
	it('is nothing where it is so already', () => {
		expect(told(core('class', { lesson }), 'class')).toEqual([])
	})

	it('is the floor, and what a class brings', () => {
		expect(changesOf(core('council'), 'class')).toEqual([
			{ what: 'mode', from: 'chair', to: 'queue' },
			{ what: 'classBegins' },
		])
	})

	it('is what ends: an open vote or question, groups, a check', () => {
		expect(told(core('council', { vote: vote() }), 'class')).toContain('vote')
		const groups = { list: [{ id: 'g', name: '1조' }], endsAt: null }
		const check = { id: 'c', until: 0, asked: 1, answered: 0 }
		const busy = core('class', {
			vote: vote({ poll: { quiz: false, right: null } }),
			lesson: { ...lesson, groups, check },
		})
		expect(told(busy, 'council')).toEqual(['poll', 'groups', 'check', 'classEnds'])
		expect(told(core('class', { vote: vote({ phase: 'closed' }), lesson }), 'council')).toEqual(['classEnds'])
	})

	it('is that counselling is private: what goes out ends, who comes waits, nothing is kept', () => {
		const from = core('council', { broadcast })
		const rules = { ...from.rules, chat: { ...from.rules.chat, kept: true } }
		expect(told({ ...from, rules }, 'counsel')).toEqual([
			...['recording', 'relay', 'mode', 'locked', 'chatUnkept', 'counselBegins'],
		])
		const back = core('counsel', { rules: { ...from.rules, lobby: 'locked' } })
		expect(told(back, 'council')).toEqual(['unlocked'])
		expect(told(core('council', { broadcast }), 'class')).not.toContain('relay')
	})

	it('has a sentence for each, in both languages', () => {
		for (const language of ['ko', 'en'] as const) {
			const { change, names } = kindTexts(language)
			for (const to of ['council', 'class', 'counsel'] as const) {
				const busy = core(to === 'class' ? 'counsel' : 'class', { vote: vote(), broadcast, lesson })
				for (const one of changesOf(busy, to))
					expect(change(one)).toMatch(language === 'ko' ? /[가-힣].*\.$/ : /^[^가-힣]+\.$/)
				expect(names[to]).not.toBe('')
			}
		}
	})
})
