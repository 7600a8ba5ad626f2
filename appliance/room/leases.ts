import type { Role } from '../protocol/roles.ts'

/**
 * Who drives a camera. The first to move it holds it until five seconds after the last move; others are refused until
 * then, unless they take it over on purpose. Whoever goes before passes unasked: facilities staff and administrators,
 * then panels, then those who preside from home, then members at home, and last the director.
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

function rank({ role }: Origin): number {
	switch (role) {
		case 'facilities':
		case 'admin':
			return 4
		case 'chair':
			return 2
		case 'member':
			return 1
		// The director.
		case 'room':
			return 0
		default:
			return 3
	}
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
