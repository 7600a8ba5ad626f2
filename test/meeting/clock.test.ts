import { describe, expect, it } from 'vitest'
import { leftMs, spokenByBureau, spokenMsOf, usedMs } from '../../appliance/meeting/clock.ts'
import { nextDue } from '../../appliance/meeting/due.ts'
import type { Item, Vote } from '../../appliance/meeting/meeting.ts'
import type { FloorRules } from '../../appliance/protocol/rules.ts'
import { asks, began, chair, council, does, grants, listed, phase, Stage, self, tick } from './floor-stage.ts'

const item = (fields: Partial<Item> = {}): Item => ({
	id: 'i',
	title: '국별 보고',
	kind: 'report',
	bureau: '',
	presenters: ['a'],
	seconds: null,
	documents: [],
	status: 'current',
	usedMs: 0,
	runningSince: began,
	...fields,
})
const extend = (who: string, seconds: number, by = chair) => ({ type: 'floor.extend', who, seconds, by }) as const

describe('A clock', () => {
	it.each([
		[{ limitMs: 60_000, usedMs: 5_000, runningSince: null }, 5_000, 55_000],
		[{ limitMs: 60_000, usedMs: 5_000, runningSince: 1_000 }, 14_000, 46_000],
		[{ limitMs: 10_000, usedMs: 5_000, runningSince: 1_000 }, 14_000, -4_000],
		[{ limitMs: null, usedMs: 0, runningSince: 1_000 }, 9_000, null],
		// The machine's clock was set back.
		[{ limitMs: 10_000, usedMs: 5_000, runningSince: 20_000 }, 5_000, 5_000],
	])('%j has used %d ms and has %d ms left', (clock, used, left) => {
		expect(usedMs(clock, 10_000)).toBe(used)
		expect(leftMs(clock, 10_000)).toBe(left)
	})

	it('stands while the meeting is suspended, of speech and item alike', () => {
		const stage = new Stage(
			council(
				{ mode: 'chair', speechSeconds: 60 },
				{ agenda: [item(), item({ id: 'j', status: 'pending', runningSince: null })] },
			),
		)
		stage.ask(grants('b'))
		stage.pass(10).ask(phase('suspend'))
		expect(nextDue(stage.meeting)).toBe(null)
		stage.pass(1000).ask(tick)
		expect(stage.meeting.floor.speaking).toMatchObject([{ usedMs: 10_000, runningSince: null }])
		expect(stage.meeting.agenda).toMatchObject([
			{ usedMs: 10_000, runningSince: null },
			{ usedMs: 0, runningSince: null },
		])
		stage.ask(phase('resume'))
		expect(stage.meeting.agenda[1]?.runningSince).toBe(null)
		stage.pass(5)
		expect(spokenMsOf(stage.meeting, 'b', stage.now)).toBe(15_000)
		expect(stage.ask(does('yield', 'b'))).toMatchObject([{ type: 'floor.ended', spokenMs: 15_000 }])
		expect(spokenMsOf(stage.meeting, 'b', stage.now)).toBe(15_000)
	})

	it('is summed by bureau, what runs included', () => {
		const roll = new Map(
			[listed('a', { bureau: '안전국' }), listed('b', { bureau: '안전국' }), listed('d')].map((e) => [e.id, e]),
		)
		const stage = new Stage(council({ mode: 'chair' }, { roll }))
		stage.ask(grants('a'))
		stage.pass(10).ask(grants('b'))
		stage.pass(5).ask(grants('d'))
		stage.pass(3).ask(grants('a'))
		stage.pass(2)
		expect(spokenByBureau(stage.meeting, stage.now)).toEqual(new Map([['안전국', 17_000]]))
	})
})

describe('The limit of a speech', () => {
	const limit = (stage: Stage, who = 'a') => stage.meeting.floor.speaking.find((speech) => speech.who === who)?.limitMs
	const kinds = { speechSeconds: 300, respondSeconds: 120, orderSeconds: 60 }
	it.each([
		['speak', 300_000],
		['respond', 120_000],
		['order', 60_000],
	] as const)('is what the rules say of the list: %s', (kind, ms) => {
		const stage = new Stage(council({ mode: 'chair', ...kinds }))
		stage.ask(asks('a', kind))
		stage.ask(grants('a'))
		expect(limit(stage)).toBe(ms)
	})

	it('is what the chair says', () => {
		const stage = new Stage(council({ mode: 'chair', ...kinds, personSeconds: 5 }))
		stage.ask(grants('a', { seconds: 42 }))
		expect(limit(stage)).toBe(42_000)
	})

	it('is what one\u2019s own time leaves; used up it is refused, but for the chair who gives seconds', () => {
		const stage = new Stage(council({ mode: 'chair', speechSeconds: 60, personSeconds: 90 }))
		stage.ask(grants('a'))
		stage.pass(60).ask(does('yield', 'a'))
		stage.ask(grants('a'))
		expect(limit(stage)).toBe(30_000)
		stage.pass(30).ask(does('yield', 'a'))
		expect(stage.say(grants('a'))).toBe('no-time')
		expect(stage.say(grants('a', { seconds: 20 }))).toEqual(['granted a'])
		expect(limit(stage)).toBe(20_000)
	})

	it('is what the bureau\u2019s time leaves', () => {
		const roll = new Map([listed('a', { bureau: '국' }), listed('b', { bureau: '국' })].map((e) => [e.id, e]))
		const stage = new Stage(council({ mode: 'chair', bureauSeconds: 60 }, { roll }))
		stage.ask(grants('a'))
		stage.pass(40).ask(grants('b'))
		expect(limit(stage, 'b')).toBe(20_000)
		stage.pass(20)
		expect(stage.say(grants('a'))).toBe('no-time')
		expect(stage.say(grants('d'))).toEqual(['ended b revoked', 'granted d'])
		expect(limit(stage, 'd')).toBe(null)
	})

	it('is what the item\u2019s time leaves its presenters, and nobody else', () => {
		const stage = new Stage(council({ mode: 'chair' }, { agenda: [item({ seconds: 100 })] }))
		stage.pass(30).ask(grants('a'))
		expect(limit(stage)).toBe(70_000)
		expect(stage.meeting.floor.speaking[0]?.item).toBe('i')
		stage.ask(grants('b'))
		expect(limit(stage, 'b')).toBe(null)
	})

	it('keeps who has no time in line, and lets others pass', () => {
		const stage = new Stage(council({ mode: 'queue', personSeconds: 30 }))
		stage.ask(asks('a'))
		stage.pass(30).ask(does('yield', 'a'))
		expect(stage.say(asks('a'))).toEqual(['requested a'])
		expect(stage.say(asks('b'))).toEqual(['requested b', 'granted b'])
		expect(stage.say({ type: 'rules', floor: { personSeconds: 60, maxOpen: 2 }, by: chair })).toEqual([
			'rules.set queue',
			'granted a',
		])
	})

	it('refuses who has no time where nobody looks after the line', () => {
		const stage = new Stage(council({ mode: 'automatic', personSeconds: 30 }))
		stage.ask(asks('a'))
		stage.pass(30).ask(does('yield', 'a'))
		expect(stage.say(asks('a'))).toBe('no-time')
		expect(stage.line).toEqual([])
	})

	it.each<[string, number | null, number, number, string | string[], number | null]>([
		['more', 60, 10, 30, ['extended a'], 90_000],
		['less', 60, 10, -30, ['extended a'], 30_000],
		['never less than a second from now', 60, 10, -300, ['extended a'], 11_000],
		['from now, where there was none', null, 10, 30, ['extended a'], 40_000],
		['nothing', 60, 10, 0, [], 60_000],
	])('is extended: %s', (_, speechSeconds, used, seconds, last, ms) => {
		const stage = new Stage(council({ mode: 'chair', speechSeconds }))
		stage.ask(grants('a'))
		stage.pass(used)
		expect(stage.say(extend('a', seconds))).toEqual(last)
		expect(limit(stage)).toBe(ms)
	})

	it('is extended for who has the floor, by those who run the meeting', () => {
		const stage = new Stage(council({ mode: 'chair' }))
		expect(stage.say(extend('a', 30))).toBe('no-floor')
		stage.ask(grants('a'))
		expect(stage.say(extend('a', 30, self('a')))).toBe('not-allowed')
	})
})

describe('What is due', () => {
	const rules: Partial<FloorRules> = { mode: 'queue', speechSeconds: 300, warnSeconds: [180, 60, 0], graceSeconds: 10 }
	/** Ticks when something is due, as the hub does; each answer with the seconds since the beginning. */
	function run(stage: Stage, seconds: number) {
		const told: string[] = []
		for (
			let due = nextDue(stage.meeting);
			due !== null && due <= began + seconds * 1000;
			due = nextDue(stage.meeting)
		) {
			stage.now = due - 1
			expect(stage.say(tick)).toEqual([])
			stage.now = due
			const answer = stage.say(tick)
			told.push(`${(due - began) / 1000}: ${answer}`)
			if (answer.length === 0) break
		}
		return told
	}

	it('is each warning once, then nothing where the rules only warn', () => {
		const stage = new Stage(council({ ...rules, atEnd: 'warn' }))
		stage.ask(asks('a'))
		expect(run(stage, 1000)).toEqual(['120: warned a 180', '240: warned a 60', '300: warned a 0'])
		expect(nextDue(stage.meeting)).toBe(null)
	})

	it('is the end after the grace, and then the next', () => {
		const stage = new Stage(council({ ...rules, atEnd: 'revoke' }))
		stage.ask(asks('a'))
		stage.ask(asks('b'))
		expect(run(stage, 400)).toEqual([
			'120: warned a 180',
			'240: warned a 60',
			'300: warned a 0',
			'310: ended a time,granted b',
		])
		expect(stage.meeting.floor.spokenMs.get('a')).toBe(310_000)
	})

	it('is the end alone where there is no grace', () => {
		const stage = new Stage(council({ ...rules, mode: 'chair', atEnd: 'revoke', graceSeconds: 0, warnSeconds: [0] }))
		stage.ask(grants('a'))
		expect(run(stage, 400)).toEqual(['300: ended a time'])
	})

	it('is the last of several that have passed', () => {
		const stage = new Stage(council({ ...rules, atEnd: 'warn' }))
		stage.ask(asks('a'))
		expect(stage.pass(250).say(tick)).toEqual(['warned a 60'])
		expect(stage.say(tick)).toEqual([])
		expect(stage.pass(100).say(tick)).toEqual(['warned a 0'])
	})

	it('is no warning that the speech began beyond', () => {
		const stage = new Stage(council({ ...rules, speechSeconds: 60, atEnd: 'warn' }))
		stage.ask(asks('a'))
		expect(stage.say(tick)).toEqual([])
		expect(run(stage, 400)).toEqual(['60: warned a 0'])
	})

	it('is a warning again after more time was given', () => {
		const stage = new Stage(council({ ...rules, atEnd: 'warn' }))
		stage.ask(asks('a'))
		expect(run(stage, 250)).toEqual(['120: warned a 180', '240: warned a 60'])
		stage.ask(extend('a', 60))
		expect(run(stage, 1000)).toEqual(['300: warned a 60', '360: warned a 0'])
	})

	it('is the close of a vote, which others see to', () => {
		const vote = (id: string, phase: Vote['phase'], closesAt: number | null) =>
			[id, { id, phase, closesAt } as Vote] as const
		const votes = new Map([vote('x', 'open', began + 9000), vote('y', 'open', null), vote('z', 'closed', began + 1000)])
		const stage = new Stage(council(rules, { votes }))
		expect(nextDue(stage.meeting)).toBe(began + 9000)
		stage.ask(asks('a'))
		expect(nextDue(stage.meeting)).toBe(began + 9000)
		expect(stage.pass(9).say(tick)).toEqual([])
	})

	it('is nothing where nobody speaks', () => {
		expect(nextDue(council(rules))).toBe(null)
		expect(new Stage(council(rules)).say(tick)).toEqual([])
	})
})
