import type { AskedView } from '../../../appliance/protocol/lesson.ts'
import type { MeetingMessage } from '../../../appliance/protocol/messages.ts'

/** What trainees ask in writing, as a page keeps it. Pure. */

/** Most wanted first, then as they were asked. */
export function byVotes(a: { votes: number; at: number }, b: { votes: number; at: number }): number {
	return b.votes - a.votes || a.at - b.at
}

/** The list after what the hub says of it, oldest first. */
export function patchAsked(
	list: readonly AskedView[],
	{ whole, set, gone }: Extract<MeetingMessage, { type: 'asked' }>,
): readonly AskedView[] {
	const changed = new Set([...gone, ...set.map(({ id }) => id)])
	const kept = whole ? [] : list.filter(({ id }) => !changed.has(id))
	return [...kept, ...set].sort((a, b) => a.at - b.at)
}
