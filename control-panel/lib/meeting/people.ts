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

export interface Bureau {
	/** 국; empty: those without one. */
	bureau: string
	persons: Person[]
}

/** The first `count` people, in their bureaus. */
export function firstOf(bureaus: readonly Bureau[], count: number): Bureau[] {
	let left = count
	return bureaus.flatMap(({ bureau, persons }) => {
		const some = persons.slice(0, Math.max(0, left))
		left -= persons.length
		return some.length > 0 ? [{ bureau, persons: some }] : []
	})
}

const rank = { chair: 0, clerk: 1, room: 2, member: 3, observer: 4, viewer: 5, programme: 6, captioner: 7 }

/** Everyone by bureau, bureaus and their people in order of precedence; those without a bureau come last. */
export function bureausOf(people: People): Bureau[] {
	const sorted = [...people.byId.values()].sort(
		(a, b) =>
			a.order - b.order || rank[a.role] - rank[b.role] || a.joinedAt - b.joinedAt || a.name.localeCompare(b.name, 'ko'),
	)
	const groups = new Map<string, Person[]>()
	for (const person of sorted) {
		const group = groups.get(person.bureau)
		if (group) group.push(person)
		else groups.set(person.bureau, [person])
	}
	return [...groups]
		.map(([bureau, persons]) => ({ bureau, persons }))
		.sort((a, b) => Number(a.bureau === '') - Number(b.bureau === ''))
}
