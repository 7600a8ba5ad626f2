import type { CallPhase, CallReason } from '../protocol/room-state.ts'

/**
 * The call, as a value. Facts come in as events, what is to be done comes out as effects; sockets, the browser and the
 * clock are elsewhere.
 *
 * A call is up ('inCall') only when it is *proven*: the hub has told that every source of ours is live (its SFU receives
 * our packets), and where somebody sends a picture the stage has decoded some of it. Losing the stage, the control
 * connection or the SFU's media takes the proof away until it is given anew. A source that falters later does not: for
 * that the unattended limits are there.
 */

/** What somebody asked for. The link is a secret: it never leaves this value. */
export type CallTarget =
	| { kind: 'today'; title: string | null }
	| { kind: 'meeting'; id: string }
	| { kind: 'link'; link: string }
	/** Of the morning check: a meeting that no panel sees, and that is not come back to after a crash. */
	| { kind: 'rehearsal'; link: string }

export interface Call {
	readonly phase: CallPhase
	readonly reason: CallReason | null
	readonly since: number
	/** The call was up since it was asked for (or before the service restarted), so it is brought back without limit. */
	readonly wasUp: boolean
	/** Null when no call is wanted. */
	readonly target: CallTarget | null
	/** It is, or was, a call of the morning check. */
	readonly rehearsal: boolean
	readonly link: string | null
	readonly control: 'off' | 'entering' | 'connecting' | 'joined'
	readonly stage: 'away' | 'ready' | 'joining' | 'joined'
	readonly live: boolean
	readonly seen: boolean
	readonly proven: boolean
	/** Attempts that ended without a proof, since the last proof. */
	readonly attempts: number
	/** Steps that failed at once in this attempt. */
	readonly retries: number
	/** When this attempt has taken too long. */
	readonly attemptEnds: number | null
	/** Not before this the next step is taken. */
	readonly retryAt: number | null
	/** What follows 'leaving'. */
	readonly after: 'idle' | 'failed'
}

export type CallEvent =
	| { type: 'join'; target: CallTarget; wasUp: boolean }
	| { type: 'leave'; reason: CallReason | null }
	/** The hub gave us our link. */
	| { type: 'entered'; link: string }
	| { type: 'enterFailed'; reason: CallReason; final: boolean }
	/** The control connection. */
	| { type: 'controlJoined' }
	| { type: 'controlAway' }
	/** The hub wants us no more: a refused link, a closed meeting. */
	| { type: 'refused'; reason: CallReason }
	| { type: 'stageReady' }
	| { type: 'stageAway' }
	| { type: 'stageJoined' }
	| { type: 'stageLeft' }
	| { type: 'stageFailed'; reason: CallReason }
	/** All our sources are live; pictures of others are decoded, or there are none. */
	| { type: 'media'; live: boolean; seen: boolean }
	| { type: 'mediaLost' }
	/** An unattended limit that a fresh stage may cure. */
	| { type: 'limit'; reason: 'ice-failed' | 'media-missing' }
	| { type: 'tick' }

export type CallEffect =
	| { type: 'enter'; target: CallTarget }
	| { type: 'connect'; link: string }
	| { type: 'disconnect' }
	| { type: 'stageJoin' }
	| { type: 'stageLeave' }
	| { type: 'stageRestart' }
	| { type: 'remember' }
	| { type: 'forget' }

/** One attempt to get from the tap to a proven call. Started cold, with a slow camera, it takes under ten seconds. */
export const attemptMs = 30_000
/** A first join is given up after so many attempts; a call that was up never is. */
export const firstAttempts = 3
/** A page that does not leave within this is ended with its browser: no microphone stays open. */
export const leaveMs = 2000
const retryMs = [500, 1000, 2000, 5000, 10_000]

export function idleCall(now: number): Call {
	return {
		phase: 'idle',
		reason: null,
		since: now,
		wasUp: false,
		target: null,
		rehearsal: false,
		link: null,
		control: 'off',
		stage: 'away',
		live: false,
		seen: false,
		proven: false,
		attempts: 0,
		retries: 0,
		attemptEnds: null,
		retryAt: null,
		after: 'idle',
	}
}

/** True while a call that was up is being brought back. */
export function recovering(call: Call): boolean {
	return call.target !== null && call.wasUp && !call.proven
}

/** The next call, and what is to be done for it, in this order. */
export function step(call: Call, event: CallEvent, now: number): { call: Call; effects: CallEffect[] } {
	const effects: CallEffect[] = []
	const heard = hear(call, event, now, effects)
	const settled = settle(heard, now, effects)
	const phase = phaseOf(settled)
	const changed = phase !== call.phase || settled.reason !== call.reason
	return { call: { ...settled, phase, since: changed ? now : call.since }, effects }
}

/** When a tick is due without any other event; null: never. */
export function wakeAt(call: Call): number | null {
	const times = [call.attemptEnds, call.retryAt].filter((time) => time !== null)
	return times.length === 0 ? null : Math.min(...times)
}

function phaseOf(call: Call): CallPhase {
	if (call.phase === 'leaving' || call.target === null) return call.phase
	if (call.proven) return 'inCall'
	return call.link === null || call.stage === 'away' ? 'starting' : 'joining'
}

/** What the event tells, without drawing conclusions. */
function hear(call: Call, event: CallEvent, now: number, effects: CallEffect[]): Call {
	switch (event.type) {
		case 'join':
			if (call.target !== null || call.phase === 'leaving') return call
			return {
				...idleCall(now),
				phase: 'starting',
				stage: call.stage,
				target: event.target,
				rehearsal: event.target.kind === 'rehearsal',
				link: 'link' in event.target ? event.target.link : null,
				wasUp: event.wasUp,
				attemptEnds: now + attemptMs,
			}
		case 'leave':
			return end(call, 'idle', event.reason, now, effects)
		case 'refused':
			return end(call, event.reason === 'meeting-closed' ? 'idle' : 'failed', event.reason, now, effects)
		case 'entered':
			return call.control === 'entering' ? { ...call, link: event.link, control: 'off', retryAt: null } : call
		case 'enterFailed':
			if (call.control !== 'entering') return call
			if (event.final) return end(call, 'failed', event.reason, now, effects)
			return retry({ ...call, control: 'off', reason: event.reason }, now)
		case 'controlJoined':
			if (call.control === 'off') return call
			return { ...call, control: 'joined', reason: call.reason === 'hub-away' ? null : call.reason }
		case 'controlAway':
			if (call.control !== 'joined') return call
			return unproven({ ...call, control: 'connecting', reason: 'hub-away' }, now)
		case 'stageReady':
			// Also said by a page that was loaded anew in the midst of a call.
			return call.stage === 'ready' ? call : unproven({ ...call, stage: 'ready' }, now)
		case 'stageAway': {
			if (call.phase === 'leaving') return { ...call, stage: 'away' }
			if (call.target === null || call.stage === 'away') return { ...call, stage: 'away' }
			return unproven({ ...call, stage: 'away', reason: call.reason ?? 'stage-failed' }, now)
		}
		case 'stageJoined':
			return call.stage === 'joining' ? { ...call, stage: 'joined' } : call
		case 'stageLeft':
			return call.stage === 'away' ? call : unproven({ ...call, stage: 'ready' }, now)
		case 'stageFailed':
			if (call.stage === 'away') return call
			if (call.target === null) return { ...call, stage: 'ready' } // it is out, whatever kept it
			return retry(unproven({ ...call, stage: 'ready', reason: event.reason }, now), now)
		case 'media':
			return { ...call, live: event.live, seen: event.seen }
		case 'mediaLost':
			return unproven(call, now)
		case 'limit':
			if (!call.proven) return call // the attempt's own end sees to it
			effects.push({ type: 'stageRestart' })
			return unproven({ ...call, stage: 'away', reason: event.reason }, now)
		case 'tick':
			return call
	}
}

/** What follows from all we know now. */
function settle(call: Call, now: number, effects: CallEffect[]): Call {
	if (call.phase === 'leaving') return settleLeaving(call, now, effects)
	if (call.target === null) return call
	let next = call
	if (next.attemptEnds !== null && now >= next.attemptEnds && !next.proven) next = attemptOver(next, now, effects)
	if (next.target === null) return next
	if (next.retryAt !== null) {
		if (now < next.retryAt) return next
		next = { ...next, retryAt: null }
	}
	if (next.control === 'off') {
		if (next.link === null) {
			effects.push({ type: 'enter', target: call.target })
			next = { ...next, control: 'entering' }
		} else {
			effects.push({ type: 'connect', link: next.link })
			next = { ...next, control: 'connecting' }
		}
	}
	if (next.control === 'joined' && next.stage === 'ready') {
		// The page takes the resume token of the control connection along, so that both are one person.
		effects.push({ type: 'stageJoin' })
		next = { ...next, stage: 'joining', live: false, seen: false }
	}
	if (next.control === 'joined' && next.stage === 'joined' && next.live && next.seen && !next.proven) {
		if (!next.rehearsal) effects.push({ type: 'remember' })
		next = { ...next, proven: true, wasUp: true, reason: null, attempts: 0, retries: 0, attemptEnds: null }
	}
	return next
}

function settleLeaving(call: Call, now: number, effects: CallEffect[]): Call {
	const gone = call.stage === 'away' || call.stage === 'ready'
	const late = call.attemptEnds !== null && now >= call.attemptEnds
	if (!gone && !late) return call
	if (!gone) effects.push({ type: 'stageRestart' })
	const { after: phase, reason, rehearsal } = call
	return { ...idleCall(now), phase, reason, rehearsal, stage: gone ? call.stage : 'away' }
}

function attemptOver(call: Call, now: number, effects: CallEffect[]): Call {
	const reason = whyNotProven(call)
	const attempts = call.attempts + 1
	if (!call.wasUp && attempts >= firstAttempts) return end(call, 'failed', reason, now, effects)
	// Where the page is up and yet nothing flows, a fresh browser is the cure that needs no diagnosis.
	const restart = call.control === 'joined' && (call.stage === 'joining' || call.stage === 'joined')
	if (restart) effects.push({ type: 'stageRestart' })
	const stage = restart ? 'away' : call.stage
	// A room without its microphone still shows and plays the meeting: interrupt that less and less often.
	const attemptEnds = now + attemptMs * 2 ** Math.min(attempts, 5)
	return { ...call, stage, reason, attempts, retries: 0, live: false, seen: false, attemptEnds }
}

function whyNotProven(call: Call): CallReason {
	if (call.control !== 'joined') return 'hub-away'
	if (call.stage === 'away' || call.stage === 'ready') return 'stage-failed'
	return call.stage === 'joining' ? 'ice-failed' : 'media-missing'
}

/** The proof is gone; the attempt to get it back begins. */
function unproven(call: Call, now: number): Call {
	const base = { ...call, live: false, seen: false }
	return call.proven ? { ...base, proven: false, attempts: 0, retries: 0, attemptEnds: now + attemptMs } : base
}

function retry(call: Call, now: number): Call {
	const delay = retryMs[Math.min(call.retries, retryMs.length - 1)] ?? 0
	return { ...call, retries: call.retries + 1, retryAt: now + delay }
}

/** Nobody wants the call any more. The page is given a moment to leave. */
function end(
	call: Call,
	phase: 'idle' | 'failed',
	reason: CallReason | null,
	now: number,
	effects: CallEffect[],
): Call {
	if (call.phase === 'leaving') return call
	if (call.target === null) return { ...call, phase: 'idle', reason: null }
	if (call.control !== 'off') effects.push({ type: 'disconnect' })
	effects.push({ type: 'forget' })
	const rest = { ...idleCall(now), stage: call.stage, rehearsal: call.rehearsal, reason, after: phase }
	if (call.stage !== 'joining' && call.stage !== 'joined') return { ...rest, phase }
	effects.push({ type: 'stageLeave' })
	return { ...rest, phase: 'leaving', attemptEnds: now + leaveMs }
}
