import type { Meeting } from '../meeting/meeting.ts'
import type { Actor, MeetingRequest } from '../meeting/requests.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'

/**
 * What a client asks for, as the meeting's own request. Only what needs nothing sealed, random or stored; the rest is in
 * desk-work.ts. Null: not of this kind.
 */
export function requestOf(command: MeetingCommand, by: Actor, meeting: Meeting): MeetingRequest | null {
	const self = (who: string | undefined) => who ?? by.id
	switch (command.type) {
		case 'floor.request':
			return { type: 'floor.request', who: self(command.who), kind: command.kind ?? 'speak', by }
		case 'floor.withdraw':
		case 'floor.yield':
		case 'floor.interrupt':
			return { type: command.type, who: self(command.who), by }
		case 'floor.decline':
		case 'floor.revoke':
			return { type: command.type, who: command.who, by }
		case 'floor.grant': {
			const { who, seconds = null, kind = null } = command
			return { type: 'floor.grant', who, seconds, kind, by }
		}
		case 'floor.next':
		case 'floor.revokeAll':
		case 'agenda.end':
		case 'slide.hide':
		case 'roll.call':
		case 'hall.mute':
			return { type: command.type, by }
		case 'floor.extend':
			return { type: 'floor.extend', who: command.who, seconds: command.seconds, by }
		case 'floor.sort':
			return { type: 'floor.sort', order: command.order ?? command.by ?? 'asked', by }
		case 'floor.mode':
			return { type: 'floor.mode', mode: command.mode, by }
		case 'roll.remove':
			return { type: 'roll.remove', who: command.who, by }
		case 'roll.mark':
			return { type: 'roll.mark', who: command.who, attendance: command.attendance, by }
		case 'seat.take':
			return { type: 'seat.take', seat: command.seat, person: command.person, by }
		case 'lobby.admit':
			return { type: 'lobby.admit', who: command.who, as: command.as ?? null, by }
		case 'lobby.refuse':
			return { type: 'lobby.refuse', who: command.who, by }
		case 'person.remove':
			return { type: 'person.remove', who: command.who, by }
		case 'spotlight.set':
			return { type: 'spotlight.set', who: command.who, by }
		case 'person.role':
			return { type: 'person.role', who: command.who, role: command.role, by }
		case 'agenda.start':
		case 'agenda.skip':
			return { type: command.type, item: command.item, by }
		case 'agenda.move':
			return { type: 'agenda.move', item: command.item, to: command.to, by }
		case 'vote.cast': {
			const who = self(command.who)
			if (who !== by.id && !by.runs) throw new Refusal('not-allowed', 'a ballot is cast by the one whose it is')
			// A recorded vote in the hall may be entered by the clerk; nobody fills in another's secret ballot.
			if (who !== by.id && meeting.votes.get(command.vote)?.kind === 'secret') {
				throw new Refusal('not-allowed', 'a secret ballot is cast by the one whose it is')
			}
			return { type: 'vote.cast', vote: command.vote, who, of: command.for ?? who, choice: command.choice, by }
		}
		case 'meeting.kind':
			return { type: 'kind', kind: command.kind, by }
		case 'presence.answer':
			return { type: 'presence.answer', check: command.check, by }
		case 'groups.move':
			return { type: 'groups.move', who: self(command.who), group: command.group, by }
		case 'groups.close':
			return { type: 'groups.close', by }
		case 'vote.count':
			return { type: 'vote.count', vote: command.vote, counts: command.counts, by }
		case 'vote.cancel':
			return { type: 'vote.cancel', vote: command.vote, by }
		case 'relay.stop':
			return { type: 'relay.stop', by }
		case 'recording.stop':
			return { type: 'recording.stop', cause: 'asked', by }
		case 'consent.withdraw':
			return { type: 'consent.withdraw', by }
		case 'programme.set':
			return { ...command, by }
		case 'minutes.note':
			return { type: 'minutes.note', text: command.text, by }
		default:
			return null
	}
}
