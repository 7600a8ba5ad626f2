import type { DeskVisit } from '../../appliance/protocol/counsel.ts'
import type { RoomState } from '../../appliance/protocol/room-state.ts'

/** What the panel's screen 민원 상담 says of this room, from the counter's visits and the room itself. Pure. */

/**
 * ring: a visitor calls, and nobody is there for them yet. here: this room is with them, or on its way. waits: they are in
 * their session and were called to this room, which is not there. called: they were called to this room, and are not in.
 */
export interface Now {
	kind: 'ring' | 'here' | 'waits' | 'called'
	/** Null: the ring came before the counter's next answer. */
	visit: DeskVisit | null
}

export interface Counter {
	/** Null: nobody is in this room's care. */
	now: Now | null
	/** As they are called. */
	waiting: DeskVisit[]
	/** Called and served at other desks. */
	elsewhere: DeskVisit[]
}

export function counterOf(visits: readonly DeskVisit[], { name, ring, call }: RoomState): Counter {
	const now = nowOf(visits, name, ring?.id ?? null, call.phase === 'idle' ? null : (call.meeting?.id ?? null))
	return {
		now,
		waiting: visits.filter(({ phase }) => phase === 'waiting'),
		elsewhere: visits.filter(({ id, phase }) => (phase === 'called' || phase === 'serving') && id !== now?.visit?.id),
	}
}

function nowOf(visits: readonly DeskVisit[], room: string, ring: string | null, meeting: string | null): Now | null {
	const of = (id: string | null) => (id === null ? undefined : visits.find((visit) => visit.meeting === id))
	if (ring !== null) return { kind: 'ring', visit: of(ring) ?? null }
	const here = of(meeting)
	if (here) return { kind: 'here', visit: here }
	const own = visits.filter(({ desk }) => desk === room)
	const waits = own.find(({ phase }) => phase === 'serving')
	if (waits) return { kind: 'waits', visit: waits }
	const called = own.find(({ phase }) => phase === 'called')
	return called ? { kind: 'called', visit: called } : null
}
