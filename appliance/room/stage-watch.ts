import type { CallReason } from '../protocol/room-state.ts'

/** Whether a call that nobody sits at still makes sense, as a value. */

export interface UnattendedLimits {
	aloneMs: number
	iceMs: number
	missingMs: number
}

export const defaultLimits: UnattendedLimits = { aloneMs: 30 * 60_000, iceMs: 30_000, missingMs: 3 * 60_000 }

/** Since when each thing has been so; null while it is not. */
export interface Unattended {
	readonly alone: number | null
	readonly ice: number | null
	readonly missing: number | null
}

export const attended: Unattended = { alone: null, ice: null, missing: null }

export interface CallFacts {
	/** Our stage is in the call. */
	inside: boolean
	suspended: boolean
	others: number
	connected: boolean
	/** A source of ours that the hub doesn't receive, or pictures of others that don't come. */
	missing: boolean
}

/** Takes note of what is so now. In a suspended meeting nothing runs: people are at lunch, and microphones rest. */
export function observe(before: Unattended, facts: CallFacts, now: number): Unattended {
	if (!facts.inside || facts.suspended) return attended
	const since = (was: number | null, is: boolean) => (is ? (was ?? now) : null)
	return {
		alone: since(before.alone, facts.others === 0),
		ice: since(before.ice, !facts.connected),
		missing: since(before.missing, facts.missing),
	}
}

/** The limit that was reached, if any. Without a connection media must be missing, so that comes first. */
export function overdue(unattended: Unattended, limits: UnattendedLimits, now: number): CallReason | null {
	const over = (since: number | null, limit: number) => since !== null && now - since >= limit
	if (over(unattended.ice, limits.iceMs)) return 'ice-failed'
	if (over(unattended.missing, limits.missingMs)) return 'media-missing'
	if (over(unattended.alone, limits.aloneMs)) return 'alone'
	return null
}
