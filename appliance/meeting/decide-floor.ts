import { Refusal } from '../protocol/errors.ts'
import type { Tick } from './decide.ts'
import { decideRules } from './decide-rules.ts'
import { type Draft, draftOf, happen } from './draft.ts'
import { dueOf } from './due.ts'
import { extend, giveFloor, interrupt, nextInLine, request, sort } from './floor-acts.ts'
import { end, endAll, settle } from './grants.ts'
import type { Happening, Meeting } from './meeting.ts'
import type { FloorRequest } from './requests.ts'
import { isSeat, roleOf, system, whoMeant, whoOfSeat } from './who.ts'

/** What takes from somebody, or orders those who wait, may be asked while the meeting is suspended too. */
const whileSuspended: readonly FloorRequest['type'][] = [
	'floor.withdraw',
	'floor.revoke',
	'floor.revokeAll',
	'floor.mode',
	'floor.sort',
]
const forThoseWhoRun: readonly FloorRequest['type'][] = [
	'floor.grant',
	'floor.next',
	'floor.decline',
	'floor.revoke',
	'floor.revokeAll',
	'floor.extend',
	'floor.sort',
	'floor.mode',
]

/** What follows from this request, or why not. */
export function decideFloor(meeting: Meeting, request: FloorRequest | Tick, now: number): Happening[] | Refusal {
	const draft = draftOf(meeting, now)
	const refusal = perform(draft, request)
	if (refusal) return refusal
	settle(draft)
	return draft.happenings
}

function perform(draft: Draft, request: FloorRequest | Tick): Refusal | null {
	if (request.type === 'tick') return tick(draft)
	if (request.type === 'rules') return decideRules(draft, request)
	const { meeting } = draft
	if (request.type === 'hall.mic') {
		const asked = askedBySeat(meeting, request)
		return asked instanceof Refusal || asked === null ? asked : perform(draft, asked)
	}
	const { type, by } = request
	if (meeting.phase === 'planned') return new Refusal('meeting-not-open', 'the meeting has not been opened yet')
	if (meeting.phase === 'suspended' && !whileSuspended.includes(type)) {
		return new Refusal('suspended', 'the meeting is suspended')
	}
	if (!by.runs && forThoseWhoRun.includes(type)) {
		return new Refusal('not-allowed', 'this is for those who run the meeting')
	}
	if (!('who' in request)) return actOnAll(draft, request)
	const who = whoMeant(meeting, request.who)
	if (roleOf(meeting, who) === null) {
		return isSeat(who)
			? new Refusal('no-seat', 'the hall has no such seat')
			: new Refusal('no-person', 'this person is not in the meeting')
	}
	if (!by.runs && whoMeant(meeting, by.id) !== who) {
		return new Refusal('not-allowed', 'this is for the person themselves')
	}
	return act(draft, { ...request, who })
}

function actOnAll(draft: Draft, asked: Exclude<FloorRequest, { who: string } | { seat: string }>): Refusal | null {
	const { by } = asked
	switch (asked.type) {
		case 'floor.mode':
			return decideRules(draft, { type: 'rules', floor: { mode: asked.mode }, by })
		case 'floor.next':
			return nextInLine(draft, by)
		case 'floor.sort':
			return sort(draft, asked.order, by)
		case 'floor.revokeAll':
			endAll(draft, 'revoked', by.id)
			return null
	}
}

function act(draft: Draft, asked: Extract<FloorRequest, { who: string }>): Refusal | null {
	const { who, by } = asked
	switch (asked.type) {
		case 'floor.request':
			return request(draft, who, asked.kind, by)
		case 'floor.grant':
			return giveFloor(draft, asked)
		case 'floor.interrupt':
			return interrupt(draft, who, by)
		case 'floor.extend':
			return extend(draft, who, asked.seconds, by)
		case 'floor.withdraw':
		case 'floor.decline': {
			if (!isAsking(draft.meeting, who)) return new Refusal('not-in-queue', 'this one has not asked for the floor')
			const type = asked.type === 'floor.withdraw' ? 'floor.withdrawn' : 'floor.declined'
			happen(draft, { type, who, by: by.id })
			return null
		}
		case 'floor.yield':
		case 'floor.revoke': {
			const speech = draft.meeting.floor.speaking.find((speech) => speech.who === who)
			if (!speech) return new Refusal('no-floor', 'this one does not have the floor')
			end(draft, speech, asked.type === 'floor.yield' ? 'yielded' : 'revoked', by.id)
			return null
		}
	}
}

/** A button or microphone of the hall as what its seat asks for; null: nothing, it is so already. */
function askedBySeat(meeting: Meeting, mic: FloorRequest & { type: 'hall.mic' }): FloorRequest | Refusal | null {
	const { seat, state } = mic
	if (!meeting.seats.has(seat)) return new Refusal('no-seat', 'the hall has no such seat')
	const who = whoOfSeat(meeting, seat)
	// The button speaks for whoever sits there, and outranks others as they do, whoever passes it on.
	const by = { id: mic.by.id, runs: true, chair: false }
	const speaks = meeting.floor.speaking.some((speech) => speech.who === who)
	switch (state) {
		case 'off':
			if (speaks) return { type: 'floor.yield', who, by }
			return isAsking(meeting, who) ? { type: 'floor.withdraw', who, by } : null
		case 'on':
			// Where everybody may speak, a microphone that is on asks for nothing.
			if (speaks || (meeting.phase === 'open' && meeting.rules.floor.mode === 'open')) return null
			return { type: 'floor.request', who, kind: 'speak', by }
		case 'request':
			return { type: 'floor.request', who, kind: 'speak', by }
		case 'priority':
			return speaks ? null : { type: 'floor.interrupt', who, by }
	}
}

function isAsking({ floor }: Meeting, who: string): boolean {
	return floor.asking.some((one) => one.who === who)
}

/** Warnings, and speeches whose time is up. Votes are closed by whoever keeps the ballots. */
function tick(draft: Draft): null {
	const { meeting, now } = draft
	if (meeting.phase !== 'open') return null
	for (const speech of meeting.floor.speaking) {
		const due = dueOf(speech, meeting.rules.floor, now)
		if (due === 'end') end(draft, speech, 'time', system)
		else if (due) happen(draft, { type: 'floor.warned', who: speech.who, leftSeconds: due.warn })
	}
	return null
}
