import type { Person } from '../../../appliance/protocol/messages.ts'
import { emptyList, type Keyed } from './keyed.ts'

/** Everyone in the meeting, as of one revision of the hub's list. */
export type People = Keyed<Person>

export const nobody: People = emptyList()

/** How many are in the meeting now; people who are away and may come back are not counted. */
export function countHere(people: People): number {
	let here = 0
	for (const person of people.byId.values()) if (person.here) here++
	return here
}
