import { Refusal } from '../protocol/errors.ts'
import type { Programme } from '../protocol/relay.ts'
import { isAgreed, needsConsent } from './consent.ts'
import type { BroadcastEvent, Happening, Meeting } from './meeting.ts'
import type { BroadcastRequest, MeetingRequest } from './requests.ts'
import { system } from './who.ts'

/** The relay and the recording of a meeting: when they go on, and what those who run it arranged of the programme. Pure. */

export function decideBroadcast(meeting: Meeting, request: BroadcastRequest): Happening[] | Refusal {
	const { relay, recording, programme } = meeting.broadcast
	const by = request.by.id
	switch (request.type) {
		case 'relay.start':
			if (needsConsent(meeting)) return isPrivate()
			return relay ? [] : [{ type: 'relay.started', by }]
		case 'relay.stop':
			return relay ? [{ type: 'relay.stopped', by }] : []
		case 'recording.start': {
			if (recording) return []
			if (meeting.phase === 'planned') return new Refusal('meeting-not-open', 'the meeting has not been opened yet')
			if (needsConsent(meeting) && !isAgreed(meeting)) return noConsent()
			return [{ type: 'recording.started', recording: request.recording, by }]
		}
		case 'recording.stop':
			return recording ? [{ type: 'recording.stopped', recording: recording.id, cause: request.cause, by }] : []
		case 'programme.set': {
			const { type: _, by: __, ...change } = request
			const after = { ...programme, ...change }
			const same = Object.entries(after).every(([name, value]) => programme[name as keyof Programme] === value)
			return same ? [] : [{ type: 'programme.set', ...after, by }]
		}
	}
}

/** What begins when the meeting is opened, by its rules. `recording`: the id of one; absent: there is nothing to do it with. */
export function broadcastBeginnings(meeting: Meeting, recording?: string): Happening[] {
	const { rules, broadcast } = meeting
	if (recording === undefined || needsConsent(meeting)) return []
	return [
		...(rules.autoRelay && !broadcast.relay ? [{ type: 'relay.started', by: system } as const] : []),
		...(rules.autoRecord ? [{ type: 'recording.started', recording, by: system } as const] : []),
	]
}

/** Whether the file of this recording may go, also when the meeting is over. */
export function decideRemoval(
	{ broadcast }: Meeting,
	{ type: _, ...removal }: MeetingRequest & { type: 'recording.remove' },
): Happening[] | Refusal {
	if (broadcast.recording?.id === removal.recording) return new Refusal('busy', 'this recording still goes on')
	return [{ type: 'recording.removed', ...removal }]
}

/** What ends with the meeting. */
export function broadcastEndings({ broadcast: { relay, recording } }: Meeting, by: string): Happening[] {
	return [
		...(recording ? [{ type: 'recording.stopped', recording: recording.id, cause: 'closed', by } as const] : []),
		...(relay ? [{ type: 'relay.stopped', by } as const] : []),
	]
}

export function evolveBroadcast(meeting: Meeting, event: BroadcastEvent & { at: number }): Meeting {
	const { broadcast } = meeting
	switch (event.type) {
		case 'relay.started':
			return { ...meeting, broadcast: { ...broadcast, relay: { since: event.at } } }
		case 'relay.stopped':
			return { ...meeting, broadcast: { ...broadcast, relay: null } }
		case 'recording.started':
			return { ...meeting, broadcast: { ...broadcast, recording: { id: event.recording, since: event.at } } }
		case 'recording.stopped':
			// One who comes in is asked as the others were, and who took their word back is named; else it has to be asked anew.
			return {
				...meeting,
				broadcast: {
					...broadcast,
					recording: null,
					consent: event.cause.startsWith('consent-') ? broadcast.consent : null,
				},
			}
		case 'recording.kept':
		case 'recording.removed':
			return meeting
		case 'programme.set': {
			const { layout, source, hold, closed } = event
			return { ...meeting, broadcast: { ...broadcast, programme: { layout, source, hold, closed } } }
		}
	}
}

/** What a visitor says to an official is for no employee to watch, whoever agrees. */
export const isPrivate = () => new Refusal('private', 'a counselling session is not relayed')
export const noConsent = () => new Refusal('no-consent', 'both sides have to agree to a recording')
