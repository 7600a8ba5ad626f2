import type { Role } from '../protocol/roles.ts'

/**
 * Who drives a camera. The first to move it holds it until five seconds after the last move; others are refused until
 * then, unless they take it over on purpose. Facilities staff and administrators pass before panels, also unasked.
 */
export const holdMs = 5000
/** How long a camera taken on purpose is held before the first move. */
export const takenMs = 30_000

export interface Origin {
	/** The socket (or request) that asks. */
	id: string
	/** What others see: 'Panel 2'. */
	label: string
	/** Null: as a panel. */
	role?: Role | null
}

export interface Lease {
	readonly owner: string
	readonly label: string
	readonly rank: number
	readonly until: number
}

function rank(origin: Origin): number {
	// The director goes last: facilities > panel > director.
	if (origin.role === 'room') return 0
	return origin.role === 'facilities' || origin.role === 'admin' ? 2 : 1
}

/** The lease after a movement by this origin, or null when another's holds. */
export function drive(lease: Lease | null, origin: Origin, now: number): Lease | null {
	const mine = rank(origin)
	if (lease !== null && lease.owner !== origin.id && lease.until > now && lease.rank >= mine) return null
	const until = lease?.owner === origin.id ? Math.max(lease.until, now + holdMs) : now + holdMs
	return { owner: origin.id, label: origin.label, rank: mine, until }
}

/** The lease after somebody takes the camera on purpose, or null when one who passes before them holds it. */
export function take(lease: Lease | null, origin: Origin, now: number): Lease | null {
	const mine = rank(origin)
	if (lease !== null && lease.owner !== origin.id && lease.until > now && lease.rank > mine) return null
	return { owner: origin.id, label: origin.label, rank: mine, until: now + takenMs }
}
