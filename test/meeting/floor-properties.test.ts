import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limitOf } from '../../appliance/meeting/budget.ts'
import { spokenMsOf } from '../../appliance/meeting/clock.ts'
import { nextDue } from '../../appliance/meeting/due.ts'
import { evolve } from '../../appliance/meeting/evolve.ts'
import { openGates } from '../../appliance/meeting/gates.ts'
import type { Item, Meeting, MeetingEvent } from '../../appliance/meeting/meeting.ts'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { isChair, maySpeak } from '../../appliance/meeting/who.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'
import { type FloorRules, floorModes } from '../../appliance/protocol/rules.ts'
import {
	asks,
	began,
	chair,
	clerk,
	council,
	does,
	grants,
	listed,
	mic,
	next,
	phase,
	revokeAll,
	Stage,
	self,
	tick,
} from './floor-stage.ts'

/** In a mode each; more by hand: SEQUENCES=20000. */
const sequences = Number(process.env.SEQUENCES ?? 2_100)
const patience = 600_000

const kinds = ['speak', 'respond', 'order'] as const
const anyone = fc.constantFrom('a', 'a', 'b', 'b', 'd', 'd', 'e', 'c', 'c', 'o', 'h', 'seat-1', 'seat-2')
const seat = fc.constantFrom('1', '2')
const kind = fc.constantFrom(...kinds)
const secondsOrNone = fc.constantFrom(null, 5, 20, 60)

const floorRules = fc.record(
	{
		maxOpen: fc.integer({ min: 1, max: 3 }),
		order: fc.constantFrom('asked', 'spoken', 'priority'),
		interrupt: fc.constantFrom('nobody', 'chair', 'higher'),
		speechSeconds: secondsOrNone,
		respondSeconds: secondsOrNone,
		orderSeconds: secondsOrNone,
		warnSeconds: fc.constantFrom<number[]>([], [0], [30, 10, 0], [10, 10]),
		graceSeconds: fc.constantFrom(0, 5),
		atEnd: fc.constantFrom('warn', 'revoke'),
		personSeconds: secondsOrNone,
		bureauSeconds: secondsOrNone,
		chairOpen: fc.boolean(),
	},
	{ requiredKeys: [] },
)

/** A number: so many milliseconds pass. */
const act: fc.Arbitrary<MeetingRequest | number> = fc.oneof(
	{ weight: 8, arbitrary: fc.tuple(anyone, kind).map(([who, kind]) => asks(who, kind, clerk)) },
	{ weight: 2, arbitrary: fc.tuple(anyone, anyone).map(([who, by]) => asks(who, 'speak', self(by))) },
	{ weight: 4, arbitrary: fc.constantFrom(0, 1, 999, 4_000, 5_000, 21_000, 70_000) },
	{ weight: 3, arbitrary: fc.constant(tick) },
	{
		weight: 4,
		arbitrary: fc
			.tuple(anyone, fc.constantFrom(null, 10), fc.constantFrom(null, ...kinds))
			.map(([who, seconds, kind]) => grants(who, { seconds, kind })),
	},
	{ weight: 2, arbitrary: fc.constantFrom(next, next, revokeAll) },
	{
		weight: 6,
		arbitrary: fc
			.tuple(fc.constantFrom('withdraw', 'yield', 'interrupt', 'decline', 'revoke'), anyone, fc.boolean())
			.map(([type, who, own]) => does(type, who, own ? self(who) : chair)),
	},
	{
		weight: 4,
		arbitrary: fc
			.tuple(seat, fc.constantFrom('off', 'on', 'request', 'priority'))
			.map(([seat, state]) => mic(seat, state)),
	},
	{
		weight: 1,
		arbitrary: fc
			.tuple(anyone, fc.constantFrom(-600, -5, 0, 5, 30))
			.map(([who, seconds]) => ({ type: 'floor.extend', who, seconds, by: chair }) as const),
	},
	{
		weight: 1,
		arbitrary: fc
			.oneof(fc.constantFrom('asked', 'spoken', 'priority'), fc.uniqueArray(anyone))
			.map((order) => ({ type: 'floor.sort', order, by: chair }) as const),
	},
	{
		weight: 1,
		arbitrary: fc.constantFrom(...floorModes).map((mode) => ({ type: 'floor.mode', mode, by: chair }) as const),
	},
	{
		weight: 1,
		arbitrary: floorRules.map((floor) => ({ type: 'rules', floor, by: clerk }) as const),
	},
	{
		weight: 2,
		arbitrary: fc.constantFrom('suspend', 'resume', 'resume', 'resume', 'resume').map((type) => phase(type)),
	},
	{
		weight: 2,
		arbitrary: fc
			.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('leave', 'goAway'))
			.map(([person, type]) => ({ type, person }) as const),
	},
	{
		weight: 1,
		arbitrary: fc
			.tuple(fc.constantFrom('a', 'b', 'c', 'h'), fc.constantFrom('chair', 'member'))
			.map(([person, role]) => ({ type: 'join', person, role, name: 'hash' }) as const),
	},
	{
		weight: 1,
		arbitrary: fc
			.tuple(fc.constantFrom('a', 'c', 'd'), fc.constantFrom('chair', 'member', 'observer'))
			.map(([who, role]) => ({ type: 'person.role', who, role, by: clerk }) as const),
	},
	{
		weight: 1,
		arbitrary: fc
			.tuple(seat, fc.constantFrom(null, 'a', 'h'))
			.map(([seat, person]) => ({ type: 'seat.take', seat, person, by: clerk }) as const),
	},
	{
		weight: 1,
		arbitrary: fc.constantFrom(['1', '2'], ['1', '2', '3'], ['2']).map(
			(seats) =>
				({
					type: 'hall.declare',
					person: 'room',
					seats: seats.map((id) => ({ id, name: id })),
					gated: true,
				}) as const,
		),
	},
)

/** `h` is of the roll and sits in the hall only; the bureau has two. */
const roll = new Map(
	[
		listed('a', { bureau: '안전국', priority: 1 }),
		listed('b', { bureau: '안전국', priority: 4 }),
		listed('h', { role: 'chair', priority: 5 }),
	].map((entry) => [entry.id, entry]),
)

function start(mode: FloorRules['mode'], rules: object): Meeting {
	const seats = new Map([
		['1', { name: '1번석', person: null }],
		['2', { name: '2번석', person: 'h' }],
	])
	const agenda: Item[] = [
		{
			id: 'i',
			title: '안전국 보고',
			kind: 'report',
			bureau: '안전국',
			presenters: ['a'],
			seconds: 60,
			documents: [],
			status: 'current',
			usedMs: 0,
			runningSince: began,
		},
	]
	return council({ ...rules, mode }, { roll, seats, agenda })
}

describe.each(floorModes)('Whatever happens on a floor that begins as %s', (mode) => {
	it('keeps its rules', { timeout: patience }, () => {
		fc.assert(
			fc.property(floorRules, fc.array(act, { minLength: 4, maxLength: 30, size: 'max' }), (rules, acts) => {
				const stage = new Stage(start(mode, rules))
				const spoken = new Map<string, number>()
				for (const act of acts) step(stage, act, spoken)
				sumsUp(stage, spoken)
				replays(start(mode, rules), stage)
				stage.ask(phase('close'))
				assert(stage.speaking.length === 0, 'nobody speaks after the end')
				sumsUp(stage, spoken)
			}),
			{ numRuns: sequences },
		)
	})
})

function step(stage: Stage, act: MeetingRequest | number, spoken: Map<string, number>) {
	if (typeof act === 'number') {
		if (stage.meeting.phase === 'open') for (const who of stage.speaking) spoken.set(who, (spoken.get(who) ?? 0) + act)
		stage.now += act
		return
	}
	const before = stage.meeting
	const answer = stage.ask(act)
	if (answer instanceof Refusal) return assert(answer.code !== 'internal', answer.message)
	assert(bringsAbout(before, answer), `an event changes nothing: ${JSON.stringify(answer)}`)
	inOrder(stage.meeting)
	withinTheRule(before, stage.meeting, answer)
	gatesShut(stage.meeting, answer)
	onlyWhatIsDue(stage)
	nobodyWaitsInVain(stage.meeting, stage.now)
}

/** Every event changes what it is about. */
function bringsAbout(before: Meeting, events: readonly MeetingEvent[]): boolean {
	let meeting = before
	return events.every((event) => {
		const then = meeting
		meeting = evolve(meeting, event) ?? meeting
		if (!event.type.startsWith('floor.') && event.type !== 'rules.set') return true
		return !isDeepStrictEqual(then.floor, meeting.floor) || !isDeepStrictEqual(then.rules, meeting.rules)
	})
}

/** Nobody is there twice, points of order stand first, and only those are there who may be. */
function inOrder(meeting: Meeting) {
	const { speaking, asking } = meeting.floor
	const all = [...speaking, ...asking].map(({ who }) => who)
	assert(new Set(all).size === all.length, `somebody is there twice: ${all}`)
	assert(
		all.every((who) => maySpeak(meeting, who)),
		`somebody may not be there: ${all}`,
	)
	asking.forEach((one, place) => {
		const above = asking[place - 1]
		if (!above) return
		assert(above.rank < one.rank, 'two have the same rank')
		assert(one.kind !== 'order' || above.kind === 'order', 'a point of order does not stand first')
	})
}

/** As many as the rule says, chairs not counted; a smaller number ends nobody, and then nobody is added. */
function withinTheRule(before: Meeting, after: Meeting, events: readonly MeetingEvent[]) {
	const { mode, maxOpen } = after.rules.floor
	if (mode === 'open') return assert(after.floor.speaking.length === 0, 'somebody has the floor where all may speak')
	const granted = events.some((event) => event.type === 'floor.granted' && !isChair(after, event.who))
	const most = granted ? maxOpen : Math.max(maxOpen, count(before))
	assert(count(after) <= most, `${count(after)} speak where ${most} may`)
}

function count(meeting: Meeting): number {
	return meeting.floor.speaking.filter(({ who }) => !isChair(meeting, who)).length
}

function gatesShut(meeting: Meeting, events: readonly MeetingEvent[]) {
	const open = openGates(meeting)
	if (open === 'all') return
	const speaking = new Set(meeting.floor.speaking.map(({ who }) => who))
	for (const event of events) {
		if (event.type !== 'floor.ended' || speaking.has(event.who)) continue
		const byRole = meeting.rules.floor.chairOpen && isChair(meeting, event.who)
		assert(open.has(event.who) === byRole, `${event.who} can be heard after the end`)
	}
}

/** Where the line moves by itself, nobody waits who has time and room, unless others gave way to who speaks. */
function nobodyWaitsInVain(meeting: Meeting, now: number) {
	const { mode, maxOpen } = meeting.rules.floor
	if (meeting.phase !== 'open' || mode === 'open' || mode === 'chair') return
	if (count(meeting) >= maxOpen || meeting.floor.speaking.some(({ over }) => over)) return
	const free = meeting.floor.asking.filter(({ who, kind }) => !(limitOf(meeting, who, kind, now) instanceof Refusal))
	assert(free.length === 0, `${free.map(({ who }) => who)} wait for nothing`)
}

/** A tick does what nextDue says and nothing else; so what follows by itself has followed already. */
function onlyWhatIsDue({ meeting, now }: Stage) {
	const due = nextDue(meeting)
	const trial = new Stage(meeting)
	trial.now = now
	const answer = trial.ask(tick)
	if (meeting.phase === 'closed') return
	assert(!(answer instanceof Refusal), 'a tick is refused')
	const some = Array.isArray(answer) && answer.length > 0
	assert(trial.ask(tick).toString() === '', 'a second tick tells something again')
	assert(some === (due !== null && due <= now), `due at ${due}, at ${now}: ${JSON.stringify(answer)}`)
}

function sumsUp({ meeting, now }: Stage, spoken: ReadonlyMap<string, number>) {
	for (const who of new Set([...spoken.keys(), ...meeting.floor.spokenMs.keys()])) {
		assert(spokenMsOf(meeting, who, now) === (spoken.get(who) ?? 0), `the time of ${who} is not what the clock ran`)
	}
}

function replays(from: Meeting, { meeting, events }: Stage) {
	const told = JSON.parse(JSON.stringify(events)) as MeetingEvent[]
	const again = told.reduce<Meeting>((then, event) => evolve(then, event) ?? then, from)
	assert(isDeepStrictEqual(again, meeting), 'a replay is something else')
}

function assert(holds: boolean, message: string) {
	if (!holds) throw new Error(message)
}

describe('A hundred requests within 50 ms', () => {
	const people = Array.from({ length: 100 }, (_, i) => `seat-${i}`)
	const seats = new Map(people.map((who) => [who.slice(5), { name: who, person: null }]))
	const request = fc.record({ ms: fc.integer({ min: 0, max: 50 }), kind, spoken: fc.integer({ min: 0, max: 20 }) })
	const hundred = fc.array(request, { minLength: 100, maxLength: 100 })
	const shuffled = fc.shuffledSubarray(people, { minLength: 100, maxLength: 100 })

	it('stand in one line, in whatever order they are heard of, and after a crash', { timeout: patience }, () => {
		fc.assert(
			fc.property(
				hundred,
				shuffled,
				shuffled,
				fc.constantFrom('asked', 'spoken', 'priority'),
				(requests, came, heard, order) => {
					const spokenMs = new Map(people.map((who, i) => [who, requests[i]?.spoken ?? 0]))
					const from = council({ mode: 'chair', order }, { seats, floor: { ...council().floor, spokenMs } })
					const stage = new Stage(from)
					const byTime = requests.toSorted((a, b) => a.ms - b.ms)
					came.forEach((who, i) => {
						stage.now = (from.openedAt ?? 0) + (byTime[i]?.ms ?? 0)
						stage.ask(asks(who, byTime[i]?.kind, clerk))
					})
					expect(stage.line).toHaveLength(100)
					replays(from, stage)
					inOrder(stage.meeting)
					// Numbered anew, the line depends on who was there by then; that is rare, and an event of its own.
					if (stage.events.some(({ type }) => type === 'floor.sorted')) return
					const otherwise = stage.events.toSorted((a, b) => place(heard, a) - place(heard, b))
					const again = otherwise.reduce<Meeting>((then, event) => evolve(then, event) ?? then, from)
					expect(again.floor.asking.map(({ who }) => who)).toEqual(stage.line)
				},
			),
			{ numRuns: Math.ceil(sequences / 20) },
		)
	})

	function place(heard: readonly string[], event: MeetingEvent): number {
		return 'who' in event ? heard.indexOf(event.who) : -1
	}
})
