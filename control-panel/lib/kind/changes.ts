import type { MeetingCore } from '../../../appliance/protocol/messages.ts'
import type { MeetingKind } from '../../../appliance/protocol/room-state.ts'
import { type FloorMode, rulesOfKind } from '../../../appliance/protocol/rules.ts'

/** What will be otherwise once a meeting is of another kind, said before it is. Pure. */
export type KindChange =
	| { what: 'mode'; from: FloorMode; to: FloorMode }
	| { what: 'locked' | 'unlocked' | 'chatUnkept' }
	/** What ends. */
	| { what: 'vote' | 'poll' | 'groups' | 'check' | 'relay' | 'recording' }
	/** What there is then, or is no longer. */
	| { what: 'classBegins' | 'classEnds' | 'counselBegins' }

/** In the order in which they matter. None for the kind that it is. */
export function changesOf(core: MeetingCore, to: MeetingKind): KindChange[] {
	const { meeting, rules, vote, lesson, broadcast } = core
	if (meeting.kind === to) return []
	const next: { floor: { mode: FloorMode }; lobby: string; chat?: { kept: boolean } } = rulesOfKind[to]
	const counsel = to === 'counsel' || meeting.kind === 'counsel'
	const changes: (KindChange | false)[] = [
		counsel && broadcast.recording !== null && { what: 'recording' },
		counsel && broadcast.relay !== null && { what: 'relay' },
		vote?.phase === 'open' && { what: vote.poll ? 'poll' : 'vote' },
		lesson?.groups != null && { what: 'groups' },
		lesson?.check != null && { what: 'check' },
		rules.floor.mode !== next.floor.mode && { what: 'mode', from: rules.floor.mode, to: next.floor.mode },
		rules.lobby !== next.lobby && { what: next.lobby === 'locked' ? 'locked' : 'unlocked' },
		rules.chat.kept && next.chat?.kept === false && { what: 'chatUnkept' },
		to === 'class' && { what: 'classBegins' },
		meeting.kind === 'class' && { what: 'classEnds' },
		to === 'counsel' && { what: 'counselBegins' },
	]
	return changes.filter((change) => change !== false)
}
