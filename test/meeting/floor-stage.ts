import { decide } from '../../appliance/meeting/decide.ts'
import { evolve } from '../../appliance/meeting/evolve.ts'
import type { Meeting, MeetingEvent } from '../../appliance/meeting/meeting.ts'
import type { Actor, FloorRequest, MeetingRequest } from '../../appliance/meeting/requests.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'
import { type FloorRules, openRules } from '../../appliance/protocol/rules.ts'

/** A meeting under way, set out as a value: tests of the floor need no more of people and agenda than what it reads. */

export const began = 1_000_000

type Roled = 'chair' | 'clerk' | 'member' | 'observer' | 'viewer' | 'room'

/** Chair 의장 `c`, clerk `k`, members `a` to `f`, observer `o`, viewer `v`, the room `room`; seats 1 (nobody named), 2. */
export function council(floor: Partial<FloorRules> = {}, more: Partial<Meeting> = {}): Meeting {
	const roles: Record<string, Roled> = { c: 'chair', k: 'clerk', o: 'observer', v: 'viewer', room: 'room' }
	for (const id of 'abcdef'.replace('c', '')) roles[id] = 'member'
	let meeting: Meeting | null = null
	for (const event of [
		{ type: 'meeting.planned', meeting: 'm', title: '확대간부회의', kind: 'council', startsAt: null },
		...Object.entries(roles).map(([person, role]) => ({ type: 'person.joined', person, role, name: 'hash' }) as const),
		{ type: 'meeting.opened', by: 'c' },
	] as const)
		meeting = evolve(meeting, { ...event, at: began })
	if (!meeting) throw new Error('a planned meeting is one')
	return {
		...meeting,
		rules: { ...openRules, floor: { ...openRules.floor, ...floor } },
		seats: new Map([
			['1', { name: '1번석', person: null }],
			['2', { name: '2번석', person: null }],
		]),
		...more,
	}
}

export function listed(id: string, fields: Partial<Expectedly> = {}): Expectedly {
	return {
		id,
		role: 'member',
		bureau: '',
		order: 0,
		priority: 3,
		weight: 1,
		card: `card of ${id}`,
		attendance: 'present',
		at: began,
		...fields,
	}
}
type Expectedly = Meeting['roll'] extends ReadonlyMap<string, infer E> ? E : never

export const chair: Actor = { id: 'c', runs: true, chair: true }
export const clerk: Actor = { id: 'k', runs: true, chair: false }
export const desk: Actor = { id: 'desk', runs: true, chair: false }
const theRoom: Actor = { id: 'room', runs: false, chair: false }
export const self = (id: string): Actor => ({ id, runs: false, chair: false })

/** The meeting as it goes on, with all that has happened. Time stands until it is told to pass. */
export class Stage {
	meeting: Meeting
	now = began
	readonly events: MeetingEvent[] = []

	constructor(meeting: Meeting) {
		this.meeting = meeting
	}

	/** What has come of it, or why not. */
	ask(request: MeetingRequest): MeetingEvent[] | Refusal {
		const decided = decide(this.meeting, request, this.now)
		if (decided instanceof Refusal) return decided
		for (const event of decided) this.meeting = evolve(this.meeting, event) ?? this.meeting
		this.events.push(...decided)
		return decided
	}

	/** The same in short: `granted a`, or the code of the refusal. */
	say(request: MeetingRequest): string[] | string {
		const answer = this.ask(request)
		return answer instanceof Refusal ? answer.code : answer.map(inShort)
	}

	pass(seconds: number): this {
		this.now += seconds * 1000
		return this
	}

	get speaking(): string[] {
		return this.meeting.floor.speaking.map(({ who }) => who)
	}

	get line(): string[] {
		return this.meeting.floor.asking.map(({ who }) => who)
	}
}

function inShort(event: MeetingEvent): string {
	const what = event.type.replace(/^floor\./, '')
	const who = 'who' in event ? ` ${event.who}` : 'person' in event ? ` ${event.person}` : ''
	if (event.type === 'floor.ended') return `${what}${who} ${event.cause}${event.back ? ' back' : ''}`
	if (event.type === 'floor.warned') return `${what}${who} ${event.leftSeconds}`
	if (event.type === 'rules.set') return `${what} ${event.rules.floor.mode}`
	return what + who
}

export const asks = (who: string, kind: 'speak' | 'respond' | 'order' = 'speak', by = self(who)): FloorRequest => ({
	type: 'floor.request',
	who,
	kind,
	by,
})
export const grants = (
	who: string,
	{
		seconds = null,
		kind = null,
		by = chair,
	}: { seconds?: number | null; kind?: 'speak' | 'respond' | 'order' | null; by?: Actor } = {},
): FloorRequest => ({ type: 'floor.grant', who, seconds, kind, by })
export const does = (
	type: 'withdraw' | 'yield' | 'interrupt' | 'decline' | 'revoke',
	who: string,
	by = self(who),
): FloorRequest => ({ type: `floor.${type}`, who, by })
export const mic = (seat: string, state: 'off' | 'on' | 'request' | 'priority', by = theRoom): FloorRequest => ({
	type: 'hall.mic',
	seat,
	state,
	by,
})
export const next: FloorRequest = { type: 'floor.next', by: chair }
export const revokeAll: FloorRequest = { type: 'floor.revokeAll', by: chair }
export const tick: MeetingRequest = { type: 'tick' }
export const mode = (mode: FloorRules['mode'], by = chair): FloorRequest => ({ type: 'floor.mode', mode, by })
export const phase = (type: 'suspend' | 'resume' | 'close'): MeetingRequest => ({ type, by: 'c' })
