import type { ParticipantView } from '../../appliance/protocol/room-state.ts'

/** Those who are here first; within that as the room tells them. */
export function byPresence(people: readonly ParticipantView[]): ParticipantView[] {
	return [...people].sort((a, b) => Number(b.here) - Number(a.here))
}

/** How many are here, this room among them where it is listed. */
export function here(people: readonly ParticipantView[]): number {
	return people.filter((person) => person.here).length
}

/** How many stay when this room leaves. */
export function othersHere(people: readonly ParticipantView[]): number {
	return people.filter((person) => person.here && person.role !== 'room').length
}
