import { Refusal } from '../protocol/errors.ts'
import type { Programme } from '../protocol/relay.ts'
import type { BroadcastEvent, Happening, Meeting } from './meeting.ts'
import type { BroadcastRequest } from './requests.ts'

/** The relay and the recording of a meeting: when they go on, and what those who run it arranged of the programme. Pure. */

export function decideBroadcast(meeting: Meeting, request: BroadcastRequest): Happening[] | Refusal {
	const { relay, recording, programme } = meeting.broadcast
	const by = request.by.id
	switch (request.type) {
		case 'relay.start':
			return relay ? [] : [{ type: 'relay.started', by }]
		case 'relay.stop':
			return relay ? [{ type: 'relay.stopped', by }] : []
		case 'recording.start': {
			if (recording) return []
			if (meeting.phase === 'planned') return new Refusal('meeting-not-open', 'the meeting has not been opened yet')
			// 민원 상담: what a visitor says is theirs. Both sides have to agree first, and neither can for the other.
			if (meeting.kind === 'counsel') return new Refusal('no-consent', 'both sides have to agree to a recording')
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
			return { ...meeting, broadcast: { ...broadcast, recording: null } }
		case 'recording.kept':
			return meeting
		case 'programme.set': {
			const { layout, source, hold, closed } = event
			return { ...meeting, broadcast: { ...broadcast, programme: { layout, source, hold, closed } } }
		}
	}
}
