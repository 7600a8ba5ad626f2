import { isIn } from '../meeting/people.ts'
import type { Actor } from '../meeting/requests.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import { presides } from '../protocol/roles.ts'
import type { LiveMeeting } from './live-meeting.ts'

/** What those who run a meeting do about others' microphones and cameras. Nobody is opened by anybody but themselves. */

type Hosting = Extract<
	MeetingCommand,
	{ type: 'person.mute' | 'person.muteAll' | 'person.stopCamera' | 'person.ask' | 'person.still' }
>

/** Throws the Refusal: 'no-person', 'not-allowed'. */
export function host(meeting: LiveMeeting, command: Hosting, by: Actor): void {
	if (!by.runs) throw new Refusal('not-allowed', 'this is for those who run the meeting')
	switch (command.type) {
		case 'person.mute':
			mute(meeting, mayBeTold(meeting, command.who, by))
			return
		case 'person.muteAll':
			for (const { id, role } of meeting.state.members.values()) {
				if (id !== by.id && role !== 'room' && !presides(role) && isIn(meeting.state, id)) mute(meeting, id)
			}
			return
		case 'person.stopCamera': {
			const who = mayBeTold(meeting, command.who, by)
			const shown = meeting.media.sourcesOf(who).filter(({ use }) => use === 'camera' || use === 'screen')
			for (const { id } of shown) meeting.media.closeSource(who, id)
			if (shown.length > 0) meeting.listeners.tellPerson(who, { type: 'host', act: 'stopped' })
			return
		}
		case 'person.still':
			if (meeting.state.kind !== 'counsel') throw new Refusal('not-allowed', 'a still is taken in counselling alone')
			meeting.listeners.tellPerson(mayBeTold(meeting, command.who, by), { type: 'host', act: 'still' })
			return
		case 'person.ask':
			meeting.listeners.tellPerson(mayBeTold(meeting, command.who, by), { type: 'host', act: `ask-${command.for}` })
	}
}

/** Somebody who is in, with a page of their own. A clerk does nothing about a chair. */
function mayBeTold({ state }: LiveMeeting, who: string, by: Actor): string {
	const role = state.members.get(who)?.role
	if (role === undefined || !isIn(state, who)) throw new Refusal('no-person', 'nobody of this id is in the meeting')
	if (role === 'room') throw new Refusal('not-allowed', 'a hall is muted as a whole')
	if (role === 'chair' && !by.chair) throw new Refusal('not-allowed', 'a clerk does not silence the chair')
	return who
}

/** Nothing of their microphone is forwarded from now on; opened again by their own press and by nothing else. */
function mute(meeting: LiveMeeting, who: string): void {
	const open = meeting.media.sourcesOf(who).filter(({ use, muted }) => use === 'microphone' && !muted)
	if (open.length === 0) return
	meeting.returns.setMuted(meeting.state.id, who, 'microphone', true)
	for (const { id } of open) {
		// Shut is what stays when the worker does not answer; see source.ts.
		const shut = meeting.media.sourceOf(who, id).setMuted(true)
		shut.catch((error) => meeting.log.warn({ err: error }, 'a microphone could not be shut in the SFU'))
	}
	meeting.listeners.tellPerson(who, { type: 'host', act: 'muted' })
}
