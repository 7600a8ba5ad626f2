import { describe, expect, it } from 'vitest'
import { decide } from '../../appliance/meeting/decide.ts'
import { evolve } from '../../appliance/meeting/evolve.ts'
import type { Meeting, MeetingEvent } from '../../appliance/meeting/meeting.ts'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'
import { offAir } from '../../appliance/protocol/relay.ts'
import { clerk, opened, planned } from './chamber.ts'

const relay = (on: boolean): MeetingRequest => ({ type: on ? 'relay.start' : 'relay.stop', by: clerk })
const record = (recording = 'r1'): MeetingRequest => ({ type: 'recording.start', recording, by: clerk })
const stop = (cause: 'asked' | 'disk-full' = 'asked'): MeetingRequest => ({ type: 'recording.stop', cause, by: clerk })
const kept: MeetingRequest = { type: 'recording.keep', recording: 'r1', bytes: 9, durationMs: 5, sha256: 'ab' }

const plan = { type: 'plan', meeting: 'm1', title: '확대간부회의', kind: 'council', startsAt: null } as const

describe('The relay', () => {
	it('goes on before the meeting is opened, through a suspension, and ends with the meeting', () => {
		const chamber = planned()
		expect(chamber.ask(relay(true))).toEqual(['relay.started'])
		expect(chamber.meeting.broadcast.relay).toEqual({ since: 1000 })
		expect(chamber.ask(relay(true))).toEqual([])
		chamber.all({ type: 'open', by: 'clerk' }, { type: 'suspend', by: 'clerk' })
		expect(chamber.meeting.broadcast.relay).toEqual({ since: 1000 })
		expect(chamber.ask({ type: 'close', by: 'clerk' })).toEqual(['relay.stopped', 'meeting.closed'])
		expect(chamber.ask(relay(true))).toBe('meeting-closed')
	})

	it('that is off cannot end', () => expect(opened().ask(relay(false))).toEqual([]))
})

describe('A recording', () => {
	it('begins when the meeting is open, once, and says why it ended', () => {
		expect(planned().ask(record())).toBe('meeting-not-open')
		const chamber = opened()
		expect(chamber.ask(record())).toEqual(['recording.started'])
		expect(chamber.ask(record('r2'))).toEqual([])
		expect(chamber.meeting.broadcast.recording).toEqual({ id: 'r1', since: 1000 })
		expect(chamber.ask(stop('disk-full'))).toEqual(['recording.stopped'])
		expect(chamber.events.at(-1)).toMatchObject({ recording: 'r1', cause: 'disk-full', by: 'clerk' })
		expect(chamber.ask(record('r2'))).toEqual(['recording.started'])
	})

	it('is stopped with the meeting, and its file may be finished after', () => {
		const chamber = opened()
		chamber.all(record(), relay(true))
		expect(chamber.ask({ type: 'close', by: 'clerk' })).toEqual([
			'recording.stopped',
			'relay.stopped',
			'meeting.closed',
		])
		expect(chamber.events.at(-3)).toMatchObject({ cause: 'closed' })
		expect(chamber.ask(kept)).toEqual(['recording.kept'])
		expect(chamber.meeting.phase).toBe('closed')
	})

	it('of a counselling session is refused while not both sides have agreed', () => {
		const meeting = [
			{ ...plan, kind: 'counsel' } as const,
			{ type: 'open', by: 'clerk' } as const,
		].reduce<Meeting | null>((before, request) => {
			const events = decide(before, request, 1)
			return events instanceof Refusal ? before : events.reduce(evolve, before)
		}, null)
		expect(decide(meeting, record(), 2)).toMatchObject({ code: 'no-consent' })
	})
})

describe('By rule', () => {
	const open = { type: 'open', recording: 'r1', by: 'chair' } as const

	it('relay and recording begin when the meeting is opened, in the name of nobody, and end with it', () => {
		const chamber = planned()
		chamber.ask({ type: 'rules', autoRelay: true, autoRecord: true, by: clerk })
		expect(chamber.ask(open)).toEqual(['meeting.opened', 'relay.started', 'recording.started'])
		expect(chamber.events.at(-1)).toMatchObject({ recording: 'r1', by: 'system' })
		expect(chamber.ask({ type: 'suspend', by: 'chair' })).toEqual(['meeting.suspended'])
		expect(chamber.ask({ type: 'resume', by: 'chair' })).toEqual(['meeting.resumed'])
		expect(chamber.ask({ type: 'close', by: 'chair' })).toEqual([
			...['recording.stopped', 'relay.stopped', 'meeting.closed'],
		])
	})

	it('only what is asked for begins, and nothing where nothing can', () => {
		const chamber = planned()
		chamber.all(relay(true), { type: 'rules', autoRelay: true, by: clerk })
		expect(chamber.ask(open)).toEqual(['meeting.opened'])
		const without = planned()
		without.ask({ type: 'rules', autoRelay: true, autoRecord: true, by: clerk })
		expect(without.ask({ type: 'open', by: 'chair' })).toEqual(['meeting.opened'])
	})

	it('what was ended by hand does not begin again', () => {
		const chamber = planned()
		chamber.ask({ type: 'rules', autoRecord: true, by: clerk })
		chamber.all(open, stop(), { type: 'suspend', by: 'chair' }, { type: 'resume', by: 'chair' })
		expect(chamber.meeting.broadcast.recording).toBeNull()
	})

	it('a counselling session is neither recorded nor relayed: whoever would make that rule is told so', () => {
		const events = decide(null, { ...plan, kind: 'counsel' }, 1) as MeetingEvent[]
		const counsel = events.reduce<Meeting | null>(evolve, null) as Meeting
		expect(decide(counsel, { type: 'rules', autoRecord: true, by: clerk }, 2)).toMatchObject({ code: 'no-consent' })
		expect(decide(counsel, { type: 'rules', autoRelay: true, by: clerk }, 2)).toMatchObject({ code: 'private' })
		// Not even with a rule from elsewhere.
		const ruled = { ...counsel, rules: { ...counsel.rules, autoRelay: true, autoRecord: true } }
		const types = (decide(ruled, open, 3) as MeetingEvent[]).map(({ type }) => type)
		expect(types).toEqual(['meeting.opened'])
	})
})

describe('A file', () => {
	const remove: MeetingRequest = { type: 'recording.remove', recording: 'r1', cause: 'asked', by: 'chair' }

	it('goes when its recording has ended, also after the meeting', () => {
		const chamber = opened()
		chamber.ask(record())
		expect(chamber.ask(remove)).toBe('busy')
		chamber.ask({ type: 'close', by: 'chair' })
		expect(chamber.ask(remove)).toEqual(['recording.removed'])
		expect(chamber.meeting.phase).toBe('closed')
	})
})

describe('The programme', () => {
	it('goes by the floor until somebody arranges it, and keeps what was not changed', () => {
		const chamber = opened()
		expect(chamber.meeting.broadcast).toEqual(offAir)
		expect(chamber.ask({ type: 'programme.set', layout: 'two', by: clerk })).toEqual(['programme.set'])
		chamber.all(
			{ type: 'programme.set', source: 's1', by: clerk },
			{ type: 'programme.set', hold: true, closed: true, by: clerk },
		)
		const arranged = { layout: 'two', source: 's1', hold: true, closed: true }
		expect(chamber.meeting.broadcast.programme).toEqual(arranged)
		expect(chamber.ask({ type: 'programme.set', hold: true, by: clerk })).toEqual([])
		expect(chamber.ask({ type: 'programme.set', source: null, by: clerk })).toEqual(['programme.set'])
		expect(chamber.meeting.broadcast.programme.source).toBeNull()
	})

	it('and the relay are as before after a replay', () => {
		const chamber = opened()
		chamber.all(relay(true), record(), { type: 'programme.set', closed: true, by: clerk })
		expect(chamber.events.reduce<Meeting | null>(evolve, null)?.broadcast).toEqual(chamber.meeting.broadcast)
	})
})
