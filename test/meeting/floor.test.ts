import { describe, expect, it } from 'vitest'
import { openGates } from '../../appliance/meeting/gates.ts'
import type { FloorRequest, MeetingRequest } from '../../appliance/meeting/requests.ts'
import { whoOfSeat } from '../../appliance/meeting/who.ts'
import type { FloorRules } from '../../appliance/protocol/rules.ts'
import {
	asks,
	chair,
	clerk,
	council,
	desk,
	does,
	grants,
	listed,
	mic,
	mode,
	next,
	phase,
	revokeAll,
	Stage,
	self,
} from './floor-stage.ts'

type Act = MeetingRequest | number
/** Seconds pass where a number stands. The last answer counts. */
function play(stage: Stage, acts: readonly Act[]) {
	let last: string | string[] = []
	for (const act of acts) {
		if (typeof act === 'number') stage.pass(act)
		else last = stage.say(act)
	}
	return { last, speaking: stage.speaking, line: stage.line }
}

type Row = [name: string, acts: Act[], last: string | string[], speaking: string[], line: string[]]
function table(floor: Partial<FloorRules>, rows: Row[]) {
	it.each(rows)('%s', (_, acts, last, speaking, line) => {
		expect(play(new Stage(council(floor)), acts)).toEqual({ last, speaking, line })
	})
}

describe('Who asks for the floor', () => {
	table({ mode: 'chair' }, [
		['stands in line', [asks('a')], ['requested a'], [], ['a']],
		['stands in line once', [asks('a'), asks('a')], [], [], ['a']],
		[
			'stands on one list only',
			[asks('a'), asks('b'), asks('a', 'respond')],
			['withdrawn a', 'requested a'],
			[],
			['b', 'a'],
		],
		['stands first with a point of order', [asks('a'), asks('b', 'order')], ['requested b'], [], ['b', 'a']],
		['stands behind other points of order', [asks('a', 'order'), asks('b', 'order')], ['requested b'], [], ['a', 'b']],
		['may not ask while speaking', [grants('a'), asks('a')], 'has-floor', ['a'], []],
		['may take it back', [asks('a'), does('withdraw', 'a')], ['withdrawn a'], [], []],
		['takes back only what was asked', [does('withdraw', 'a')], 'not-in-queue', [], []],
		['may be declined', [asks('a'), does('decline', 'a', chair)], ['declined a'], [], []],
		['is declined only from the line', [does('decline', 'a', chair)], 'not-in-queue', [], []],
		[
			'is declined by those who run the meeting',
			[asks('a'), does('decline', 'a', self('b'))],
			'not-allowed',
			[],
			['a'],
		],
		['asks for themselves', [asks('a', 'speak', self('b'))], 'not-allowed', [], []],
		['may be entered by the clerk', [asks('a', 'speak', clerk)], ['requested a'], [], ['a']],
		['may be entered at the desk', [asks('a', 'speak', desk)], ['requested a'], [], ['a']],
		['must be of the meeting', [asks('nobody')], 'no-person', [], []],
		['must have a seat that there is', [asks('seat-9', 'speak', clerk)], 'no-seat', [], []],
		['must not only observe', [asks('o')], 'not-allowed', [], []],
		['must not only view', [asks('v')], 'not-allowed', [], []],
		['must not be the room', [asks('room')], 'not-allowed', [], []],
		['must not have left', [{ type: 'leave', person: 'a' }, asks('a')], 'no-person', [], []],
		['may have a bad line', [{ type: 'goAway', person: 'a' }, asks('a', 'speak', clerk)], ['requested a'], [], ['a']],
		['asks by a seat', [mic('1', 'request')], ['requested seat-1'], [], ['seat-1']],
		[
			'asks by a seat for the seat itself',
			[asks('seat-1', 'speak', self('seat-1'))],
			['requested seat-1'],
			[],
			['seat-1'],
		],
	])

	it('must wait until the meeting is open', () => {
		const stage = new Stage(council({}, { phase: 'planned' }))
		for (const act of [asks('a'), grants('a'), next, revokeAll, mode('queue'), mic('1', 'on'), does('withdraw', 'a')]) {
			expect(stage.say(act)).toBe('meeting-not-open')
		}
	})

	it('is the one who is named for the seat', () => {
		const seats = new Map([['2', { name: '2번석', person: 'a' }]])
		const stage = new Stage(council({ mode: 'chair' }, { seats }))
		expect(stage.say(mic('2', 'request'))).toEqual(['requested a'])
		expect(stage.say(asks('a'))).toEqual([])
		expect(stage.say(does('withdraw', 'seat-2', clerk))).toEqual(['withdrawn a'])
	})

	it('stays a seat until the speech is over, also when somebody is named for it', () => {
		const stage = new Stage(council({ mode: 'chair' }))
		stage.ask(grants('seat-2'))
		stage.meeting = { ...stage.meeting, seats: new Map([['2', { name: '2번석', person: 'a' }]]) }
		expect(whoOfSeat(stage.meeting, '2')).toBe('seat-2')
		expect(stage.say(mic('2', 'off'))).toEqual(['ended seat-2 yielded'])
		expect(whoOfSeat(stage.meeting, '2')).toBe('a')
	})

	it('may sit in the hall without any device, if the roll has them', () => {
		const seats = new Map([
			['1', { name: '1번석', person: 'h' }],
			['2', { name: '2번석', person: 'w' }],
		])
		const roll = new Map([
			['h', listed('h')],
			['w', listed('w', { role: 'observer' })],
		])
		const stage = new Stage(council({ mode: 'queue' }, { seats, roll }))
		expect(stage.say(mic('1', 'on'))).toEqual(['requested h', 'granted h'])
		expect(stage.say(mic('2', 'on'))).toBe('not-allowed')
		expect(new Stage(council({ mode: 'queue' }, { roll })).say(asks('h'))).toBe('no-person')
	})
})

describe('The line', () => {
	const roll = new Map([
		['a', listed('a', { priority: 1 })],
		['b', listed('b', { priority: 5 })],
		['d', listed('d', { priority: 5 })],
	])
	const spokenMs = new Map([
		['a', 5000],
		['b', 1000],
	])
	it.each([
		['asked', ['e', 'a', 'b', 'd', 'k']],
		['priority', ['b', 'd', 'k', 'e', 'a']],
		['spoken', ['e', 'd', 'k', 'b', 'a']],
	] as const)('stands by what the rules say: %s', (order, line) => {
		const floor = { ...council().floor, spokenMs }
		const stage = new Stage(council({ mode: 'chair', order }, { roll, floor }))
		for (const who of ['e', 'a', 'b', 'd', 'k']) stage.ask(asks(who))
		expect(stage.line).toEqual(line)
		stage.ask(asks('f', 'order'))
		expect(stage.line).toEqual(['f', ...line])
	})

	it('changes nobody else\u2019s rank for one who comes', () => {
		const stage = new Stage(council({ mode: 'chair', order: 'priority' }, { roll }))
		for (const who of ['a', 'e', 'b', 'k', 'd', 'f']) {
			const before = new Map(stage.meeting.floor.asking.map(({ who, rank }) => [who, rank]))
			stage.ask(asks(who))
			for (const [id, rank] of before) {
				expect(stage.meeting.floor.asking.find(({ who }) => who === id)?.rank).toBe(rank)
			}
		}
	})

	it('is numbered anew, by an event, where no number is left between two', () => {
		// Each has spoken less than the one before and so stands right behind the first two.
		const ids = Array.from({ length: 40 }, (_, i) => `seat-${i}`)
		const seats = new Map(ids.map((id) => [id.slice(5), { name: id, person: null }]))
		const floor = { ...council().floor, spokenMs: new Map(ids.map((id, i) => [id, 1000 - i])) }
		const stage = new Stage(council({ mode: 'chair', order: 'spoken' }, { seats, floor }))
		for (const who of ['a', 'b', ...ids]) stage.ask(asks(who, 'speak', clerk))
		expect(stage.line).toEqual(['a', 'b', ...ids.toReversed()])
		expect(stage.events.filter(({ type }) => type === 'floor.sorted').length).toBeGreaterThan(0)
	})

	const waiting = [asks('f', 'order'), asks('a'), asks('b'), asks('d'), asks('k')]
	it.each<[string, 'asked' | 'spoken' | 'priority' | string[], string[]]>([
		['by time spoken', 'spoken', ['f', 'd', 'k', 'b', 'a']],
		['by priority', 'priority', ['f', 'b', 'd', 'k', 'a']],
		['as given, points of order first all the same', ['k', 'd', 'f', 'nobody'], ['f', 'k', 'd', 'a', 'b']],
	])('is sorted %s', (_, order, line) => {
		const floor = { ...council().floor, spokenMs }
		const stage = new Stage(council({ mode: 'chair' }, { roll, floor }))
		for (const act of waiting) stage.pass(1).ask(act)
		expect(stage.say({ type: 'floor.sort', order, by: chair })).toEqual(['sorted'])
		expect(stage.line).toEqual(line)
		expect(stage.say({ type: 'floor.sort', order, by: chair })).toEqual([])
		expect(stage.say({ type: 'floor.sort', order: 'asked', by: chair })).toEqual(['sorted'])
		expect(stage.line).toEqual(['f', 'a', 'b', 'd', 'k'])
		expect(stage.say({ type: 'floor.sort', order, by: self('a') })).toBe('not-allowed')
	})
})

describe('Where everybody may speak', () => {
	table({ mode: 'open' }, [
		['who asks raises a hand', [asks('a'), asks('b')], ['requested b'], [], ['a', 'b']],
		['a microphone of the hall asks for nothing', [mic('1', 'on')], [], [], []],
		[
			'the first grant begins the ruled floor',
			[asks('a'), grants('b')],
			['rules.set chair', 'granted b'],
			['b'],
			['a'],
		],
		['so does the next in line', [asks('a'), next], ['rules.set chair', 'granted a'], ['a'], []],
		['a refused grant begins nothing', [grants('o')], 'not-allowed', [], []],
		['there is nothing to interrupt', [does('interrupt', 'a')], [], [], []],
		['nobody has the floor', [does('yield', 'a')], 'no-floor', [], []],
	])
})

describe('Where the chair grants', () => {
	table({ mode: 'chair' }, [
		['nobody follows by themselves', [asks('a'), grants('b'), does('yield', 'b')], ['ended b yielded'], [], ['a']],
		['the next in line follows', [asks('a'), asks('b'), next], ['granted a'], ['a'], ['b']],
		['a point of order is next', [asks('a'), asks('b', 'order'), next], ['granted b'], ['b'], ['a']],
		['nobody is next where nobody waits', [next], 'not-in-queue', [], []],
		['one tap is enough', [grants('a'), grants('b')], ['ended a revoked', 'granted b'], ['b'], []],
		['nobody gets what they have', [grants('a'), grants('a')], 'has-floor', ['a'], []],
		['nobody else grants', [asks('a'), grants('a', { by: self('a') })], 'not-allowed', [], ['a']],
		['the clerk may', [grants('a', { by: clerk })], ['granted a'], ['a'], []],
		['the chair takes nobody\u2019s room', [grants('a'), grants('c')], ['granted c'], ['a', 'c'], []],
		[
			'the chair\u2019s speech makes no room either',
			[grants('c'), grants('a'), grants('b')],
			['ended a revoked', 'granted b'],
			['c', 'b'],
			[],
		],
		['a seat has the floor like all others', [mic('1', 'request'), next], ['granted seat-1'], ['seat-1'], []],
		['a seat gives it back', [grants('seat-1'), mic('1', 'off')], ['ended seat-1 yielded'], [], []],
		['a seat that waits gives up', [mic('1', 'on'), mic('1', 'off')], ['withdrawn seat-1'], [], []],
		['a seat that is off does nothing', [mic('1', 'off')], [], [], []],
		['a seat must be there', [mic('9', 'on')], 'no-seat', [], []],
		['the floor is given back', [grants('a'), does('yield', 'a')], ['ended a yielded'], [], []],
		['it is given back by those who have it', [does('yield', 'a')], 'no-floor', [], []],
		['it is given back by oneself', [grants('a'), does('yield', 'a', self('b'))], 'not-allowed', ['a'], []],
		['it is taken', [grants('a'), does('revoke', 'a', chair)], ['ended a revoked'], [], []],
		['it is taken by those who run the meeting', [grants('a'), does('revoke', 'a')], 'not-allowed', ['a'], []],
		['it is taken from those who have it', [does('revoke', 'a', chair)], 'no-floor', [], []],
		['it is taken from all', [grants('a'), grants('c'), revokeAll], ['ended a revoked', 'ended c revoked'], [], []],
		['it is taken from nobody', [revokeAll], [], [], []],
	])

	it('more than one may speak, and the longest gives way', () => {
		const stage = new Stage(council({ mode: 'chair', maxOpen: 2 }))
		expect(play(stage, [grants('a'), 5, grants('b'), 5, grants('d')])).toEqual({
			last: ['ended a revoked', 'granted d'],
			speaking: ['b', 'd'],
			line: [],
		})
	})

	it('fewer from now on end nobody, and the next grant ends as many as it must', () => {
		const stage = new Stage(council({ mode: 'chair', maxOpen: 3 }))
		play(stage, [grants('a'), 1, grants('b'), 1, grants('d')])
		expect(stage.say({ type: 'rules', floor: { maxOpen: 2 }, by: chair })).toEqual(['rules.set chair'])
		expect(stage.speaking).toEqual(['a', 'b', 'd'])
		expect(stage.say(grants('e'))).toEqual(['ended a revoked', 'ended b revoked', 'granted e'])
	})

	it.each<[string, FloorRequest[], boolean]>([
		['asked', [asks('a'), grants('a')], true],
		['not asked', [grants('a')], false],
		['their own act', [grants('c')], true],
		['a seat that asked', [mic('1', 'request'), grants('seat-1')], true],
	])('a grant knows whether they had asked: %s', (_, acts, asked) => {
		const stage = new Stage(council({ mode: 'chair' }))
		play(stage, acts)
		expect(stage.meeting.floor.speaking[0]?.asked).toBe(asked)
	})
})

describe('Where the line moves by itself', () => {
	table({ mode: 'queue' }, [
		['the first has the floor at once', [asks('a')], ['requested a', 'granted a'], ['a'], []],
		['the second waits', [asks('a'), asks('b')], ['requested b'], ['a'], ['b']],
		['and follows', [asks('a'), asks('b'), does('yield', 'a')], ['ended a yielded', 'granted b'], ['b'], []],
		[
			'also after who has left',
			[asks('a'), asks('b'), { type: 'leave', person: 'a' }],
			['person.left a', 'ended a left', 'granted b'],
			['b'],
			[],
		],
		[
			'nobody follows who has left',
			[asks('a'), asks('b'), { type: 'leave', person: 'b' }, does('yield', 'a')],
			['ended a yielded'],
			[],
			[],
		],
		[
			'a point of order waits for the end of a speech',
			[asks('a'), asks('b'), asks('d', 'order')],
			['requested d'],
			['a'],
			['d', 'b'],
		],
		['the chair need not wait', [asks('a'), asks('c')], ['requested c', 'granted c'], ['a', 'c'], []],
		[
			'a change to it moves the line',
			[mode('chair'), asks('a'), mode('queue')],
			['rules.set queue', 'granted a'],
			['a'],
			[],
		],
		[
			'more room moves it',
			[asks('a'), asks('b'), { type: 'rules', floor: { maxOpen: 2 }, by: chair }],
			['rules.set queue', 'granted b'],
			['a', 'b'],
			[],
		],
		[
			'not while suspended',
			[asks('a'), asks('b'), phase('suspend'), does('revoke', 'a', chair)],
			['ended a revoked'],
			[],
			['b'],
		],
		[
			'but when it goes on',
			[asks('a'), asks('b'), phase('suspend'), does('revoke', 'a', chair), phase('resume')],
			['meeting.resumed', 'granted b'],
			['b'],
			[],
		],
	])
})

describe('Where whoever asks is opened', () => {
	table({ mode: 'automatic', maxOpen: 2 }, [
		['they are', [asks('a')], ['requested a', 'granted a'], ['a'], []],
		[
			'the longest gives way for good',
			[asks('a'), 1, asks('b'), 1, asks('d')],
			['requested d', 'ended a interrupted', 'granted d'],
			['b', 'd'],
			[],
		],
		[
			'the chair takes nobody\u2019s room',
			[asks('a'), asks('b'), asks('c')],
			['requested c', 'granted c'],
			['a', 'b', 'c'],
			[],
		],
		[
			'a point of order puts others aside',
			[asks('a'), asks('b'), asks('d', 'order')],
			['requested d', 'ended b interrupted back', 'ended a interrupted back', 'granted d'],
			['d'],
			['a', 'b'],
		],
		[
			'and they go on after it',
			[asks('a'), asks('b'), asks('d', 'order'), does('yield', 'd')],
			['ended d yielded', 'granted a', 'granted b'],
			['a', 'b'],
			[],
		],
		['others wait until it is over', [asks('d', 'order'), asks('e')], ['requested e'], ['d'], ['e']],
		['another point of order too', [asks('d', 'order'), asks('e', 'order')], ['requested e'], ['d'], ['e']],
	])
})

describe('Where a voice opens a seat', () => {
	table({ mode: 'voice' }, [
		['who begins to speak is on', [mic('1', 'on')], ['requested seat-1', 'granted seat-1'], ['seat-1'], []],
		['who goes on speaking is not told twice', [mic('1', 'on'), mic('1', 'on')], [], ['seat-1'], []],
		[
			'others wait while there is no room',
			[mic('1', 'on'), mic('2', 'on')],
			['requested seat-2'],
			['seat-1'],
			['seat-2'],
		],
		[
			'and follow',
			[mic('1', 'on'), mic('2', 'on'), mic('1', 'off')],
			['ended seat-1 yielded', 'granted seat-2'],
			['seat-2'],
			[],
		],
		['at home they ask', [asks('a')], ['requested a', 'granted a'], ['a'], []],
	])
})

describe('A point of order', () => {
	const after: Act[] = [grants('a'), 10, grants('b', { kind: 'order' })]
	table({ mode: 'chair', speechSeconds: 60 }, [
		['puts the speech aside', after, ['ended a interrupted back', 'granted b'], ['b'], ['a']],
		[
			'is followed by nobody but at the chair\u2019s word',
			[...after, asks('d'), does('yield', 'b')],
			['ended b yielded'],
			[],
			['a', 'd'],
		],
		[
			'lets the one go on who was interrupted',
			[...after, asks('d'), does('yield', 'b'), next],
			['granted a'],
			['a'],
			['d'],
		],
		['is put to the chair, who stays', [grants('c'), grants('b', { kind: 'order' })], ['granted b'], ['c', 'b'], []],
		['stands before one who was interrupted', [...after, asks('d', 'order')], ['requested d'], ['b'], ['d', 'a']],
		[
			'is granted by the list that it is on',
			[grants('a'), asks('b', 'order'), next],
			['ended a interrupted back', 'granted b'],
			['b'],
			['a'],
		],
	])

	it('costs nobody their time', () => {
		const stage = new Stage(council({ mode: 'chair', speechSeconds: 60 }))
		play(stage, [...after, 30, does('yield', 'b'), next])
		expect(stage.meeting.floor.speaking).toMatchObject([{ who: 'a', limitMs: 50_000, usedMs: 0 }])
		expect(stage.meeting.floor.spokenMs).toEqual(
			new Map([
				['a', 10_000],
				['b', 30_000],
			]),
		)
	})

	it('brings nobody back whose time was up', () => {
		const stage = new Stage(council({ mode: 'chair', speechSeconds: 60 }))
		expect(play(stage, [grants('a'), 61, grants('b', { kind: 'order' })])).toEqual({
			last: ['ended a interrupted', 'granted b'],
			speaking: ['b'],
			line: [],
		})
	})

	it('stands behind those interrupted where the line is by priority', () => {
		const stage = new Stage(council({ mode: 'chair', order: 'priority' }))
		play(stage, [...after, asks('k'), asks('d')])
		expect(stage.line).toEqual(['a', 'k', 'd'])
	})
})

describe('Who interrupts', () => {
	const roll = new Map([
		['a', listed('a', { priority: 2 })],
		['b', listed('b', { priority: 4 })],
		['d', listed('d', { priority: 2 })],
	])
	type Case = [FloorRules['interrupt'], string, FloorRequest, string | string[]]
	it.each<Case>([
		['nobody', 'a member', does('interrupt', 'b'), 'outranked'],
		['nobody', 'the clerk for a chair', does('interrupt', 'c', clerk), 'outranked'],
		['nobody', 'the chair', does('interrupt', 'c', chair), ['ended a interrupted back', 'granted c']],
		['chair', 'a member', does('interrupt', 'b'), 'outranked'],
		['chair', 'the clerk for the chair', does('interrupt', 'c', clerk), ['ended a interrupted back', 'granted c']],
		[
			'chair',
			'a member at the chair\u2019s word',
			does('interrupt', 'b', chair),
			['ended a interrupted back', 'granted b'],
		],
		['higher', 'one who is higher', does('interrupt', 'b'), ['ended a interrupted back', 'granted b']],
		['higher', 'one who is the same', does('interrupt', 'd'), 'outranked'],
		['higher', 'a seat', mic('1', 'priority'), ['ended a interrupted back', 'granted seat-1']],
		['chair', 'a seat', mic('1', 'priority'), 'outranked'],
		['higher', 'who has the floor', does('interrupt', 'a'), 'has-floor'],
		['higher', 'who is not there', does('interrupt', 'nobody', clerk), 'no-person'],
		['higher', 'who only listens', does('interrupt', 'o'), 'not-allowed'],
		['higher', 'one for another', does('interrupt', 'b', self('d')), 'not-allowed'],
	])('where %s may: %s', (rule, _, act, last) => {
		const stage = new Stage(council({ mode: 'chair', interrupt: rule }, { roll }))
		stage.ask(grants('a'))
		expect(stage.say(act)).toEqual(last)
	})

	it('asks like all others where nobody speaks', () => {
		const stage = new Stage(council({ mode: 'chair', interrupt: 'higher' }, { roll }))
		expect(play(stage, [asks('a'), does('interrupt', 'b')])).toEqual({
			last: ['requested b'],
			speaking: [],
			line: ['a', 'b'],
		})
	})

	it('has the floor at once who presides, also where nobody speaks', () => {
		const stage = new Stage(council({ mode: 'chair', interrupt: 'chair' }))
		expect(stage.say(does('interrupt', 'c', chair))).toEqual(['granted c'])
	})

	it('makes the chair wait too, although the chair takes nobody’s room', () => {
		const stage = new Stage(council({ mode: 'queue', maxOpen: 2 }))
		expect(play(stage, [asks('c'), does('interrupt', 'a', chair), asks('b')])).toEqual({
			last: ['requested b'],
			speaking: ['a'],
			line: ['c', 'b'],
		})
		expect(stage.say(does('yield', 'a'))).toEqual(['ended a yielded', 'granted c', 'granted b'])
	})

	it('has the floor alone until it is given back, however many may speak', () => {
		const stage = new Stage(council({ mode: 'queue', maxOpen: 2, interrupt: 'higher' }, { roll }))
		play(stage, [asks('a'), asks('d'), asks('e'), does('interrupt', 'b')])
		expect([stage.speaking, stage.line]).toEqual([['b'], ['a', 'd', 'e']])
		expect(stage.say(asks('f'))).toEqual(['requested f'])
		expect(stage.say(does('yield', 'b'))).toEqual(['ended b yielded', 'granted a', 'granted d'])
		expect(stage.line).toEqual(['e', 'f'])
	})
})

describe('Who goes', () => {
	it.each<[string, MeetingRequest, string[], string[]]>([
		['leaves the floor', { type: 'leave', person: 'a' }, ['person.left a', 'ended a left'], []],
		['leaves the line', { type: 'leave', person: 'b' }, ['person.left b', 'withdrawn b'], ['a']],
		['keeps the floor when a line drops', { type: 'goAway', person: 'a' }, ['person.away a'], ['a']],
	])('%s', (_, request, last, speaking) => {
		const stage = new Stage(council({ mode: 'chair' }))
		play(stage, [grants('a'), asks('b')])
		expect(stage.say(request)).toEqual(last)
		expect(stage.speaking).toEqual(speaking)
	})

	it('keeps the floor in the hall when a device leaves', () => {
		const more = { roll: new Map([['a', listed('a')]]), seats: new Map([['1', { name: '', person: 'a' }]]) }
		const stage = new Stage(council({ mode: 'chair' }, more))
		stage.ask(grants('a'))
		expect(stage.say({ type: 'leave', person: 'a' })).toEqual(['person.left a'])
	})
})

describe('A suspension', () => {
	it.each<[string, FloorRequest, string | string[]]>([
		['takes no request', asks('d'), 'suspended'],
		['sees no grant', grants('b'), 'suspended'],
		['sees no next', next, 'suspended'],
		['sees no extension', { type: 'floor.extend', who: 'a', seconds: 60, by: chair }, 'suspended'],
		['sees nobody interrupt', does('interrupt', 'c', chair), 'suspended'],
		['lets one give up', does('withdraw', 'b'), ['withdrawn b']],
		['lets the floor be taken', does('revoke', 'a', chair), ['ended a revoked']],
		['lets the floor be taken from all', revokeAll, ['ended a revoked']],
		['lets the mode change', mode('queue'), ['rules.set queue']],
		['lets the line be sorted', { type: 'floor.sort', order: ['e', 'b'], by: chair }, ['sorted']],
	])('%s', (_, act, last) => {
		const stage = new Stage(council({ mode: 'chair' }))
		play(stage, [grants('a'), asks('b'), asks('e'), phase('suspend')])
		expect(stage.say(act)).toEqual(last)
	})
})

describe('A change of the rules', () => {
	it('between ruled modes costs nobody the floor', () => {
		const stage = new Stage(council({ mode: 'chair' }))
		play(stage, [grants('a'), asks('b')])
		for (const to of ['queue', 'automatic', 'voice', 'chair'] as const) {
			expect(stage.say(mode(to))).toEqual([`rules.set ${to}`])
			expect([stage.speaking, stage.line]).toEqual([['a'], ['b']])
		}
	})

	it('to where everybody may speak leaves nobody the floor, and raised hands', () => {
		const stage = new Stage(council({ mode: 'queue' }))
		play(stage, [asks('a'), asks('b')])
		expect(stage.say(mode('open'))).toEqual(['ended a mode', 'rules.set open'])
		expect(stage.line).toEqual(['b'])
	})

	it('sets what it names, once, by those who run the meeting, before the opening too', () => {
		const stage = new Stage(council({ mode: 'chair' }, { phase: 'planned' }))
		const change: MeetingRequest = { type: 'rules', floor: { speechSeconds: 60 }, quorum: { people: 5 }, by: clerk }
		const { rules } = stage.meeting
		expect(stage.say(change)).toEqual(['rules.set chair'])
		expect(stage.meeting.rules).toEqual({
			...rules,
			floor: { ...rules.floor, speechSeconds: 60 },
			quorum: { people: 5 },
		})
		expect(stage.say(change)).toEqual([])
		expect(stage.say({ ...change, by: self('a') })).toBe('not-allowed')
		expect(stage.say({ type: 'rules', quorum: null, by: clerk })).toEqual(['rules.set chair'])
		expect(stage.meeting.rules.quorum).toBe(null)
	})
})

describe('The gates', () => {
	const gates = (stage: Stage) => {
		const open = openGates(stage.meeting)
		return open === 'all' ? open : [...open].sort()
	}
	it('are all open where everybody may speak, suspended or not', () => {
		const stage = new Stage(council())
		expect(gates(stage)).toBe('all')
		stage.ask(phase('suspend'))
		expect(gates(stage)).toBe('all')
		stage.ask(phase('close'))
		expect(gates(stage)).toEqual([])
	})

	it('are open for who speaks, in the hall and at home, and the chair', () => {
		const stage = new Stage(council({ mode: 'chair', maxOpen: 2 }))
		play(stage, [grants('a'), grants('seat-1'), asks('b')])
		expect(gates(stage)).toEqual(['a', 'c', 'seat-1'])
		stage.ask(phase('suspend'))
		expect(gates(stage)).toEqual(['a', 'c', 'seat-1'])
		stage.ask(does('revoke', 'a', chair))
		expect(gates(stage)).toEqual(['c', 'seat-1'])
	})

	it('are open for a chair who only sits in the hall', () => {
		const roll = new Map([['h', listed('h', { role: 'chair' })]])
		const seats = new Map([['1', { name: '의장석', person: 'h' }]])
		expect(gates(new Stage(council({ mode: 'chair' }, { roll, seats })))).toEqual(['c', 'h'])
	})

	it('are not open for the chair where the rules do not say so', () => {
		const stage = new Stage(council({ mode: 'chair', chairOpen: false }))
		stage.ask(grants('a'))
		expect(gates(stage)).toEqual(['a'])
	})
})

describe('The end of the meeting', () => {
	it('ends every speech before itself', () => {
		const stage = new Stage(council({ mode: 'queue' }))
		play(stage, [asks('a'), asks('b'), asks('c'), 7])
		expect(stage.say(phase('close'))).toEqual(['ended a closed', 'ended c closed', 'meeting.closed'])
		expect(stage.meeting.floor.spokenMs.get('a')).toBe(7000)
		expect(stage.speaking).toEqual([])
	})
})
