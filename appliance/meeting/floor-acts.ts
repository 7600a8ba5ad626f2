import { Refusal } from '../protocol/errors.ts'
import type { FloorKind } from '../protocol/floor.ts'
import { spokenMsOf, usedMs } from './clock.ts'
import { type Draft, happen } from './draft.ts'
import { grant, mustWait, setAside, standInLine } from './grants.ts'
import type { Meeting } from './meeting.ts'
import { ranked, sorted } from './queue.ts'
import type { Actor, FloorRequest } from './requests.ts'
import { isChair, maySpeak, priorityOf, system } from './who.ts'

/** What people do about the floor, once it is settled that they may ask at all. */

export function request(draft: Draft, who: string, kind: FloorKind, by: Actor): Refusal | null {
	const refusal = notSpeaking(draft.meeting, who)
	if (refusal) return refusal
	const waiting = draft.meeting.floor.asking.find((one) => one.who === who)
	if (waiting?.kind !== kind) {
		if (waiting) happen(draft, { type: 'floor.withdrawn', who, by: by.id })
		standInLine(draft, who, kind, by.id)
	}
	if (draft.meeting.rules.floor.mode !== 'automatic' || mustWait(draft.meeting, kind)) return null
	// Nobody looks after the line in this mode, so whoever cannot be opened is told.
	return grant(draft, { who, kind, seconds: null, asked: true, by: system, cause: 'interrupted' })
}

/** One tap: whoever has spoken longest makes room where there is none. */
export function giveFloor(draft: Draft, request: FloorRequest & { type: 'floor.grant' }): Refusal | null {
	const { who, seconds, by } = request
	const refusal = notSpeaking(draft.meeting, who)
	if (refusal) return refusal
	beginRuledFloor(draft, by)
	const waiting = draft.meeting.floor.asking.find((one) => one.who === who)
	const kind = request.kind ?? waiting?.kind ?? 'speak'
	const asked = waiting !== undefined || who === by.id
	return grant(draft, { who, kind, seconds, asked, by: by.id, cause: 'revoked' })
}

export function nextInLine(draft: Draft, by: Actor): Refusal | null {
	const [first] = draft.meeting.floor.asking
	if (!first) return new Refusal('not-in-queue', 'nobody has asked for the floor')
	const { who } = first
	return giveFloor(draft, { type: 'floor.grant', who, seconds: null, kind: null, by })
}

/** Takes the floor from all who have it, as far as the rules let one. They go on afterwards. */
export function interrupt(draft: Draft, who: string, by: Actor): Refusal | null {
	const { meeting } = draft
	const refusal = notSpeaking(meeting, who)
	if (refusal) return refusal
	// Where everybody may speak there is nothing to take.
	if (meeting.rules.floor.mode === 'open') return null
	if (!mayInterrupt(meeting, who, by)) {
		return new Refusal('outranked', 'the rules do not let this one take the floor from those who have it')
	}
	const presides = by.chair || isChair(meeting, who)
	// Nobody to take it from: whoever does not preside asks like all others, or the line would be jumped.
	if (meeting.floor.speaking.length === 0 && !presides) return request(draft, who, 'speak', by)
	setAside(draft, meeting.floor.speaking, by.id)
	return grant(draft, { who, kind: 'speak', seconds: null, asked: true, by: by.id, cause: 'interrupted' })
}

function mayInterrupt(meeting: Meeting, who: string, by: Actor): boolean {
	if (by.chair) return true
	const rule = meeting.rules.floor.interrupt
	if (rule === 'nobody') return false
	if (rule === 'chair') return isChair(meeting, who)
	const own = priorityOf(meeting, who)
	return meeting.floor.speaking.every((speech) => own > priorityOf(meeting, speech.who))
}

/** More time, or less; never less than a second from now. A speech without a limit gets one, counted from now. */
export function extend(draft: Draft, who: string, seconds: number, by: Actor): Refusal | null {
	const speech = draft.meeting.floor.speaking.find((speech) => speech.who === who)
	if (!speech) return new Refusal('no-floor', 'this one does not have the floor')
	if (seconds === 0) return null
	const used = usedMs(speech, draft.now)
	const limitMs = Math.max(used + 1000, (speech.limitMs ?? used) + seconds * 1000)
	if (limitMs !== speech.limitMs) happen(draft, { type: 'floor.extended', who, limitMs, by: by.id })
	return null
}

/** Once: who comes later stands where the rules say. */
export function sort(draft: Draft, order: (FloorRequest & { type: 'floor.sort' })['order'], by: Actor): null {
	const { meeting, now } = draft
	const line = sorted(meeting.floor.asking, order, (who) => spokenMsOf(meeting, who, now))
	if (line.every((one, place) => one === meeting.floor.asking[place])) return null
	happen(draft, { type: 'floor.sorted', ranks: ranked(line), by: by.id })
	return null
}

function notSpeaking(meeting: Meeting, who: string): Refusal | null {
	if (!maySpeak(meeting, who)) return new Refusal('not-allowed', 'who only listens cannot have the floor')
	const speaks = meeting.floor.speaking.some((speech) => speech.who === who)
	return speaks ? new Refusal('has-floor', 'this one has the floor already') : null
}

function beginRuledFloor(draft: Draft, by: Actor) {
	const { rules } = draft.meeting
	if (rules.floor.mode !== 'open') return
	happen(draft, { type: 'rules.set', rules: { ...rules, floor: { ...rules.floor, mode: 'chair' } }, by: by.id })
}
