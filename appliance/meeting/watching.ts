import type { Happening, Meeting } from './meeting.ts'

/**
 * Trainees of a class who watch its relay and of whom the house knows who they are: they are asked as the others are, and
 * have a certificate by the same rule. Whoever watches by a shared link is nobody here. Pure.
 */

/** As many as there may be in a meeting by their pages. */
const most = 500

export interface Watching {
	/** Hash of the sealed card. */
	readonly name: string
	/** Whether a page of theirs watches now. */
	readonly here: boolean
}

export type WatchingEvent =
	| { type: 'presence.watched'; person: string; name: string }
	| { type: 'presence.unwatched'; person: string }

export type WatchingRequest =
	| { type: 'presence.watch'; person: string; name: string }
	| { type: 'presence.unwatch'; person: string }

/** What follows. Who is in the class by another role is no trainee because they watch as well. */
export function decideWatching(meeting: Meeting, request: WatchingRequest): Happening[] {
	const { person } = request
	const { watching } = meeting.lesson
	const known = watching.get(person)
	if (request.type === 'presence.unwatch') return known?.here ? [{ type: 'presence.unwatched', person }] : []
	const role = meeting.members.get(person)?.role ?? meeting.roll.get(person)?.role ?? 'member'
	if (known?.here || (role !== 'member' && role !== 'observer')) return []
	// They watch all the same, and are listed by how long they did.
	if (!known && watching.size >= most) return []
	return [{ type: 'presence.watched', person, name: request.name }]
}

/** Who watches after this. */
export function evolveWatching(
	watching: ReadonlyMap<string, Watching>,
	event: WatchingEvent,
): ReadonlyMap<string, Watching> {
	const { person } = event
	if (event.type === 'presence.watched') return new Map(watching).set(person, { name: event.name, here: true })
	const known = watching.get(person)
	return known ? new Map(watching).set(person, { ...known, here: false }) : watching
}
