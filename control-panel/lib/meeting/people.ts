import type { Person } from '../../../appliance/protocol/messages.ts'

/** Everyone in the meeting, as of one revision of the hub's list. */
export interface People {
	revision: number
	byId: ReadonlyMap<string, Person>
}

export const nobody: People = { revision: 0, byId: new Map() }

/** The whole list, as a join answers it. */
export function allPeople(whole: { revision: number; set: Person[] }): People {
	return { revision: whole.revision, byId: new Map(whole.set.map((person) => [person.id, person])) }
}

/** A keyed patch on top. Null: a patch is missing in between, and the whole list must be fetched anew. */
export function patchPeople(people: People, patch: { revision: number; set: Person[]; gone: string[] }): People | null {
	if (patch.revision <= people.revision) return people
	if (patch.revision !== people.revision + 1) return null
	const byId = new Map(people.byId)
	for (const id of patch.gone) byId.delete(id)
	for (const person of patch.set) byId.set(person.id, person)
	return { revision: patch.revision, byId }
}

/** How many are in the meeting now; people who are away and may come back are not counted. */
export function countHere(people: People): number {
	let here = 0
	for (const person of people.byId.values()) if (person.here) here++
	return here
}
