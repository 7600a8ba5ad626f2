import type { CallLamps, SpeakerphoneEvent, SpeakerphoneState } from '../speakerphone.ts'
import { createAsked } from './asked.ts'
import { createButton } from './button.ts'
import { type InputControl, type InputName, type Layout, readInput } from './layout.ts'
import { createLevel } from './level.ts'

/**
 * One conversation with one device. Pure: reports, lamps and the time in, what should happen out.
 *
 * - Every write is the whole call, in as many reports as the lamps are spread over. The newest lamps win; those that were
 *   passed over are settled with them.
 * - The device only asks: each press is told once, as what is wanted from then on, and the room answers with `show`.
 * - A device that goes off hook may put its mute out. Once it has, it is told of the mute again.
 */

export type Output =
	| { type: 'write'; reports: readonly Uint8Array[] }
	| { type: 'settled'; id: number }
	| { type: 'event'; event: SpeakerphoneEvent }
	| { type: 'state'; state: SpeakerphoneState }
	/** Call `tick` then, unless a later call says otherwise. */
	| { type: 'wake'; at: number }

export interface Session {
	readonly state: SpeakerphoneState
	show(id: number, lamps: CallLamps, now: number): Output[]
	/** The system has taken all that the last 'write' had. */
	written(now: number): Output[]
	receive(report: Uint8Array, now: number): Output[]
	tick(now: number): Output[]
}

/** A device without a key for it refuses a ring by lifting and hanging up at once: so long the answer is held back. */
const rejectMs = 40
/** A device that takes longer than this for a few bytes is not known to show what it was told. */
const unconfirmedMs = 100
/** No oftener than this, whatever it says. */
const doubtMs = 30

export function createSession(layout: Layout, initial: CallLamps): Session {
	const { inputs, numbered } = layout
	const hook = { level: createLevel(false), button: createButton(), asked: createAsked() }
	const mute = { level: createLevel(false), button: createButton(), asked: createAsked() }
	const buttons = new Map<InputName, ReturnType<typeof createButton>>()
	/** As they came last, by their id: what is new in a report is not old news. */
	const reports = new Map<number, Uint8Array>()
	const rejects = inputs.reject !== null || inputs.drop !== null
	let lamps = initial
	/** What was taken last. */
	let taken: CallLamps | null = null
	let writing: { ids: number[]; lamps: CallLamps; since: number } | null = null
	let waiting: number[] = []
	let again = false
	let doubtedAt = Number.NEGATIVE_INFINITY
	let heldBackUntil: number | null = null
	/** The report that is being read says that the call is over. */
	let muteEnds = false
	let state: SpeakerphoneState = { offHook: false, muted: false, unconfirmed: false }
	let outputs: Output[] = []

	function event(told: SpeakerphoneEvent): void {
		outputs.push({ type: 'event', event: told })
	}

	function begin(now: number): void {
		writing = { ids: waiting, lamps, since: now }
		waiting = []
		again = false
		hook.level.written(lamps.offHook, true, now)
		// On hook most take no notice of a mute.
		mute.level.written(lamps.muted, lamps.offHook, now)
		outputs.push({ type: 'write', reports: layout.compose(lamps) })
	}

	/** The lamps once more, after what is under way. */
	function repeat(now: number): void {
		again = true
		if (!writing) begin(now)
	}

	/** Nobody knows what the device made of the lamps: it is told them again. */
	function doubt(now: number): void {
		if (now - doubtedAt < doubtMs) return
		doubtedAt = now
		repeat(now)
	}

	function wantHook(offHook: boolean, now: number): void {
		if (offHook === hook.asked.expected(lamps.offHook, now)) return
		hook.asked.ask(offHook, now)
		event({ type: 'hook', offHook })
	}

	function wantMute(muted: boolean, now: number): void {
		if (muted === mute.asked.expected(lamps.muted, now)) return
		mute.asked.ask(muted, now)
		event({ type: 'mute', muted })
	}

	function hearHook(control: InputControl, value: -1 | 0 | 1, alone: boolean, now: number): void {
		if (control.kind !== 'level') {
			if (!hook.button.hear(value, now)) return
			const offHook = control.kind === 'three-state' ? value > 0 : !hook.asked.expected(lamps.offHook, now)
			wantHook(offHook, now)
			return
		}
		const wasOn = hook.level.on
		const news = hook.level.hear(value === 1, alone, now)
		// Muting is for calls: a mute that goes out with the call asks for nothing.
		if (value === 0 && (wasOn || news !== null)) muteEnds = true
		if (news === 'pressed') {
			if (value === 1 && lamps.ringing && !rejects) heldBackUntil = now + rejectMs
			else if (value === 0 && heldBackUntil !== null) {
				heldBackUntil = null
				event({ type: 'reject' })
			} else wantHook(value === 1, now)
		} else if (news === 'fell-back') {
			if (heldBackUntil !== null) event({ type: 'reject' })
			heldBackUntil = null
			if (lamps.offHook) repeat(now)
		} else if (news === 'followed' && value === 1 && lamps.muted) repeat(now)
		else if (news === 'unsure') doubt(now)
	}

	function hearMute(control: InputControl, value: -1 | 0 | 1, alone: boolean, now: number): void {
		if (control.kind === 'level') {
			if (muteEnds && value === 0) {
				mute.level.reset()
				return
			}
			const news = mute.level.hear(value === 1, alone, now)
			if (news === 'pressed') wantMute(value === 1, now)
			else if (news === 'fell-back' && lamps.muted !== (value === 1)) repeat(now)
			else if (news === 'unsure') doubt(now)
		} else if (mute.button.hear(value, now)) {
			wantMute(control.kind === 'three-state' ? value > 0 : !mute.asked.expected(lamps.muted, now), now)
		}
	}

	function press(name: Exclude<InputName, 'hook' | 'mute'>, now: number): void {
		if (name === 'volumeUp') event({ type: 'volume', direction: 'up' })
		else if (name === 'volumeDown') event({ type: 'volume', direction: 'down' })
		else if (name === 'flash' || name === 'hold') event({ type: 'hold' })
		else if (lamps.ringing) event({ type: 'reject' })
		else if (name === 'drop') wantHook(false, now)
	}

	/** Ends a call: an answer that was held back is told when its time has come, and the next moment is named. */
	function flush(now: number): Output[] {
		if (heldBackUntil !== null && now >= heldBackUntil) {
			heldBackUntil = null
			wantHook(true, now)
		}
		const unconfirmed = writing !== null && now - writing.since >= unconfirmedMs
		const next: SpeakerphoneState = {
			offHook: inputs.hook?.kind === 'level' ? hook.level.on : (taken?.offHook ?? false),
			muted: taken?.muted ?? false,
			unconfirmed,
		}
		if (!same(next, state)) {
			state = next
			outputs.push({ type: 'state', state })
		}
		const moments = [heldBackUntil, writing && !unconfirmed ? writing.since + unconfirmedMs : null]
		const at = Math.min(...moments.filter((moment) => moment !== null))
		if (Number.isFinite(at)) outputs.push({ type: 'wake', at: Math.max(at, now) })
		const all = outputs
		outputs = []
		return all
	}

	return {
		get state() {
			return state
		},
		show(id, wanted, now) {
			lamps = wanted
			hook.asked.answer(wanted.offHook)
			mute.asked.answer(wanted.muted)
			waiting.push(id)
			if (!writing) begin(now)
			return flush(now)
		},
		written(now) {
			if (!writing) return flush(now)
			taken = writing.lamps
			for (const id of writing.ids) outputs.push({ type: 'settled', id })
			writing = null
			if (waiting.length > 0 || again) begin(now)
			return flush(now)
		},
		receive(report, now) {
			const id = numbered ? (report[0] ?? 0) : 0
			const before = reports.get(id)
			const alone = before ? sameBytes(before, report) : report.every((byte, i) => byte === 0 || (numbered && i === 0))
			let known = false
			muteEnds = false
			for (const name of inputNames) {
				const control = inputs[name]
				const value = control && readInput(control, report, numbered)
				if (!control || value === null) continue
				known = true
				if (name === 'hook') hearHook(control, value, alone, now)
				else if (name === 'mute') hearMute(control, value, alone, now)
				else {
					const button = buttons.get(name) ?? createButton()
					buttons.set(name, button)
					if (button.hear(value, now)) press(name, now)
				}
			}
			if (known) reports.set(id, report.slice())
			return flush(now)
		},
		tick: flush,
	}
}

/** The hook first: who answers and mutes in one report is in a call when the mute is told. */
const inputNames = ['hook', 'mute', 'flash', 'hold', 'drop', 'reject', 'volumeUp', 'volumeDown'] as const

function same(one: SpeakerphoneState, other: SpeakerphoneState): boolean {
	return one.offHook === other.offHook && one.muted === other.muted && one.unconfirmed === other.unconfirmed
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
	return one.length === other.length && one.every((byte, i) => byte === other[i])
}
