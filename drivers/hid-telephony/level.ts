/**
 * A switch that tells its state and follows ours: hook and mute of many devices. Pure. A report of it may be a person's
 * doing, the device's acknowledgement of what we wrote, its giving up on an answer, or nothing at all, because another key
 * shares the report.
 */
export interface Level {
	/** What it is by all that is known. */
	readonly on: boolean
	/** It is told this now. `heeds`: it may acknowledge that. */
	written(on: boolean, heeds: boolean, now: number): void
	/** The call has ended, and with it what the switch stood for. */
	reset(): void
	/**
	 * `alone`: nothing else in the report is new. 'pressed': by a person. 'fell-back': nobody has answered in time, and the
	 * device does as if it had not been pressed. 'followed': it did what it was told. 'unsure': it may have been pressed, or
	 * not have heard yet. Null: no news.
	 */
	hear(on: boolean, alone: boolean, now: number): 'pressed' | 'fell-back' | 'followed' | 'unsure' | null
}

/** What was written and overruled since may still be acknowledged for so long; after a press only what was on the wire. */
const echoMs = 100
const wireMs = 20
/** Jabra gives up after about two seconds; what is late by a transfer or two was on its way then. */
const patienceMs = 1_500
const crossingMs = 150
const givenUpMs = 4_000
/** Poly gives up within 50 ms; no hand is as quick. */
const bounceMs = 60

export function createLevel(initial: boolean): Level {
	let on = initial
	/** What it was told while it could heed it, or said itself: anything else is acknowledged. */
	let heeded = initial
	/** As the device itself said last. A device that was just plugged in is on hook and not muted. */
	let told = false
	/** Oldest first. */
	let echoes: { on: boolean; at: number }[] = []
	let press: { on: boolean; at: number; answeredAt: number | null } | null = null

	function gaveUp(now: number): boolean {
		if (!press) return false
		const sinceMs = now - press.at
		const open = press.answeredAt === null || now - press.answeredAt < crossingMs
		return open && (sinceMs < bounceMs || (sinceMs >= patienceMs && sinceMs < givenUpMs))
	}

	return {
		get on() {
			return on
		},
		written(next, heeds, now) {
			if (press?.on === next) press.answeredAt ??= now
			if (heeds && next !== heeded) echoes.push({ on: next, at: now })
			// What heeds nothing now starts from off when it does: a mute that was told before the call is acknowledged in it.
			heeded = heeds && next
			on = next
		},
		reset() {
			on = false
			heeded = false
			told = false
			echoes = []
			press = null
		},
		hear(next, alone, now) {
			const changed = next !== told
			told = next
			echoes = echoes.filter(({ at }) => now - at < echoMs)
			// Another key shares the report. Else what we wrote had not arrived yet, or it is one that acknowledges nothing.
			if (!changed && (!alone || next === on)) return null
			if (!changed && echoes.length > 0) return 'unsure'
			const echo = echoes.findIndex((written) => written.on === next)
			if (echo >= 0) {
				echoes = echoes.slice(echo + 1)
				return next === on ? 'followed' : 'unsure'
			}
			heeded = next
			if (next === on) return 'followed'
			on = next
			echoes = echoes.filter(({ at }) => now - at < wireMs)
			const fellBack = press !== null && press.on !== next && gaveUp(now)
			press = fellBack ? null : { on: next, at: now, answeredAt: null }
			return fellBack ? 'fell-back' : 'pressed'
		},
	}
}
