import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capacity, decide } from '../../appliance/meeting/decide.ts'
import { evolve } from '../../appliance/meeting/evolve.ts'
import { type Meeting, type MeetingEvent, viewOf } from '../../appliance/meeting/meeting.ts'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'
import { meetingRoles } from '../../appliance/protocol/roles.ts'

const planned: MeetingRequest = { type: 'plan', meeting: 'm1', title: '확대간부회의', kind: 'council', startsAt: 500 }
const joining = (person: string, role: (typeof meetingRoles)[number] = 'member'): MeetingRequest => ({
	type: 'join',
	person,
	role,
	name: `name of ${person}`,
})

/** Asks one after the other; what is refused leaves the meeting as it is. */
function play(requests: readonly MeetingRequest[]) {
	let meeting: Meeting | null = null
	const events: MeetingEvent[] = []
	const answers: (MeetingEvent[] | Refusal)[] = []
	requests.forEach((request, i) => {
		const answer = decide(meeting, request, 1000 + i)
		answers.push(answer)
		if (answer instanceof Refusal) return
		for (const event of answer) meeting = evolve(meeting, event)
		events.push(...answer)
	})
	const last = answers.at(-1)
	return {
		meeting: meeting as Meeting | null,
		events,
		last: last instanceof Refusal ? last.code : last?.map(({ type }) => type),
	}
}

const step = (type: 'open' | 'suspend' | 'resume' | 'close'): MeetingRequest => ({ type, by: 'chair-1' })

describe('A meeting', () => {
	it.each<[string, MeetingRequest[], unknown]>([
		['is planned', [planned], ['meeting.planned']],
		['is planned once', [planned, planned], 'already-so'],
		['must be planned before anything', [step('open')], 'no-meeting'],
		['opens', [planned, step('open')], ['meeting.opened']],
		['opens once', [planned, step('open'), step('open')], 'already-so'],
		['is not opened by opening a suspended one', [planned, step('open'), step('suspend'), step('open')], 'already-so'],
		['is suspended', [planned, step('open'), step('suspend')], ['meeting.suspended']],
		['is not suspended before it is open', [planned, step('suspend')], 'meeting-not-open'],
		['is not suspended twice', [planned, step('open'), step('suspend'), step('suspend')], 'already-so'],
		['goes on', [planned, step('open'), step('suspend'), step('resume')], ['meeting.resumed']],
		['does not go on when it is', [planned, step('open'), step('resume')], 'already-so'],
		['does not go on before it is open', [planned, step('resume')], 'meeting-not-open'],
		['closes', [planned, step('open'), step('close')], ['meeting.closed']],
		['closes unopened', [planned, step('close')], ['meeting.closed']],
		['stays closed', [planned, step('close'), step('open')], 'meeting-closed'],
		['takes nobody once closed', [planned, step('close'), joining('a', 'chair')], 'meeting-closed'],
		[
			'gives out no link once closed',
			[planned, step('close'), { type: 'issueLink', jti: 'j', role: 'member', person: null }],
			'meeting-closed',
		],
		['takes no member before it is open', [planned, joining('a')], 'meeting-not-open'],
		['takes its chair before it is open', [planned, joining('a', 'chair')], ['person.joined']],
		['takes its clerk before it is open', [planned, joining('a', 'clerk')], ['person.joined']],
		['takes a room before it is open', [planned, joining('a', 'room')], ['person.joined']],
		['takes people while suspended', [planned, step('open'), step('suspend'), joining('a')], ['person.joined']],
		['does not count the same person twice', [planned, step('open'), joining('a'), joining('a')], []],
		[
			'knows who returns',
			[planned, step('open'), joining('a'), { type: 'goAway', person: 'a' }, joining('a')],
			['person.returned'],
		],
		[
			'lets who left join again',
			[planned, step('open'), joining('a'), { type: 'leave', person: 'a' }, joining('a')],
			['person.joined'],
		],
		[
			'hears a new name',
			[planned, step('open'), joining('a'), { ...joining('a'), name: 'other' } as MeetingRequest],
			['person.named'],
		],
		['keeps a role', [planned, step('open'), joining('a'), joining('a', 'chair')], 'not-allowed'],
		['says that a stranger cannot leave', [planned, step('open'), { type: 'leave', person: 'a' }], 'not-joined'],
		[
			'notes who goes after the close without a word',
			[planned, joining('a', 'chair'), step('close'), { type: 'leave', person: 'a' }],
			[],
		],
	])('%s', (_, requests, expected) => {
		expect(play(requests).last).toEqual(expected)
	})

	it('is full at its capacity', () => {
		const crowd = Array.from({ length: capacity + 1 }, (_, i) => joining(`p${i}`))
		expect(play([planned, step('open'), ...crowd]).last).toBe('full')
	})

	it('shows when it was opened, and everyone gone when it is closed', () => {
		const { meeting } = play([planned, step('open'), joining('a'), step('close')])
		expect(meeting && viewOf(meeting)).toEqual({
			id: 'm1',
			title: '확대간부회의',
			kind: 'council',
			phase: 'closed',
			startsAt: 500,
			openedAt: 1001,
		})
		expect(meeting?.members.get('a')).toMatchObject({ presence: 'left', joinedAt: 1002, since: 1003 })
	})
})

const person = fc.constantFrom('a', 'b', 'c')
const request: fc.Arbitrary<MeetingRequest> = fc.oneof(
	fc.constant(planned),
	fc.constantFrom('open' as const, 'suspend' as const, 'resume' as const, 'close' as const).map(step),
	fc.record({
		type: fc.constant('join' as const),
		person,
		role: fc.constantFrom(...meetingRoles),
		name: fc.constantFrom('n1', 'n2'),
	}),
	fc.record({ type: fc.constantFrom('goAway' as const, 'leave' as const), person }),
	fc.record({
		type: fc.constant('issueLink' as const),
		jti: fc.uuid(),
		role: fc.constantFrom(...meetingRoles),
		person: fc.constant(null),
	}),
)
const requests = fc.array(request, { maxLength: 60 }).map((some) => [planned, ...some])

describe('Whatever is asked in whatever order', () => {
	it('replaying the events gives the meeting that lived', () => {
		fc.assert(
			fc.property(requests, (some) => {
				const { meeting, events } = play(some)
				const replayed = events.map((event) => JSON.parse(JSON.stringify(event))).reduce(evolve, null)
				expect(replayed).toEqual(meeting)
			}),
			{ numRuns: 2000 },
		)
	})

	it('nobody joins twice without leaving, nor returns without having been away', () => {
		fc.assert(
			fc.property(requests, (some) => {
				const presence = new Map<string, string>()
				for (const event of play(some).events) {
					if (!event.type.startsWith('person.') || !('person' in event) || event.person === null) continue
					const before = presence.get(event.person) ?? 'left'
					if (event.type === 'person.joined') expect(before).toBe('left')
					if (event.type === 'person.returned') expect(before).toBe('away')
					if (event.type === 'person.away') expect(before).toBe('here')
					if (event.type === 'person.named') continue
					presence.set(
						event.person,
						{ joined: 'here', returned: 'here', away: 'away', left: 'left' }[event.type.slice(7)] ?? '',
					)
				}
			}),
			{ numRuns: 2000 },
		)
	})

	it('a closed meeting stays closed, and nothing happens in it', () => {
		fc.assert(
			fc.property(requests, (some) => {
				const { events } = play(some)
				const closed = events.findIndex(({ type }) => type === 'meeting.closed')
				if (closed >= 0) expect(events.slice(closed + 1)).toEqual([])
			}),
			{ numRuns: 2000 },
		)
	})
})
