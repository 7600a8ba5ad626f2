import type { Person } from '../protocol/messages.ts'
import type { ParticipantView } from '../protocol/room-state.ts'

/** The people of a meeting as keyed patches tell them. */
export interface People {
	readonly revision: number
	readonly byId: ReadonlyMap<string, Person>
}

export const nobody: People = { revision: 0, byId: new Map() }

/** The whole, as a join brings it. */
export function wholePeople(revision: number, set: readonly Person[]): People {
	return { revision, byId: new Map(set.map((person) => [person.id, person])) }
}

/** Null when a patch is missing in between: ask for all. One that is already known changes nothing. */
export function patchPeople(
	people: People,
	patch: { revision: number; set: readonly Person[]; gone: readonly string[] },
): People | null {
	if (patch.revision <= people.revision) return people
	if (patch.revision !== people.revision + 1) return null
	const byId = new Map(people.byId)
	for (const person of patch.set) byId.set(person.id, person)
	for (const id of patch.gone) byId.delete(id)
	return { revision: patch.revision, byId }
}

export function participants(people: People): ParticipantView[] {
	return [...people.byId.values()].map(({ id, name, role, here, sources }) => {
		const sounds = sources.filter(({ kind }) => kind === 'audio')
		return {
			id,
			name,
			role,
			here,
			muted: sounds.length === 0 ? null : sounds.every(({ muted }) => muted),
			camera: sources.some(({ kind }) => kind === 'video'),
		}
	})
}

/** Everyone here but ourselves. */
export function others(people: People, own: string): number {
	return [...people.byId.values()].filter(({ id, here }) => here && id !== own).length
}

/** What the room should be sending now. */
export interface ExpectedMedia {
	microphone: boolean
	/** Pictures that the stage sends. */
	cameras: number
	/** Feeds that the ingest sends, by the hub's id. A camera that can't be reached is not expected. */
	feeds: readonly string[]
	/** Feeds that are about to be opened. */
	opening: number
}

/** True when the hub receives everything that we should be sending. */
export function allLive(person: Person | undefined, expected: ExpectedMedia): boolean {
	if (!person || expected.opening > 0) return false
	const live = person.sources.filter((source) => source.live)
	const microphones = live.filter(({ use }) => use === 'microphone').length
	const cameras = live.filter(({ use }) => use === 'camera').length
	return (
		(!expected.microphone || microphones > 0) &&
		cameras >= expected.cameras &&
		expected.feeds.every((feed) => live.some(({ id, use }) => use === 'feed' && id === feed))
	)
}
