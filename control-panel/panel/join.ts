import type { RoomCommand } from '../../appliance/protocol/room-commands.ts'
import type { MeetingView } from '../../appliance/protocol/room-state.ts'
import type { Panel } from './context.ts'
import type { View } from './view.svelte.ts'

/** Joins exactly the meeting that the control named; opens a new one where it named none. */
export function joinCommand(meeting: MeetingView | null): RoomCommand {
	return meeting ? { type: 'room.join', meeting: meeting.id } : { type: 'room.start' }
}

/** Asks for a call, and keeps how it was asked for, to try again. `page`: what is shown meanwhile. */
export async function join(
	{ room, view }: Pick<Panel, 'room' | 'view'>,
	command: RoomCommand,
	page: View['page'] = 'main',
) {
	view.lastJoin = command
	view.page = page
	const before = room.state?.call.phase
	return room.ask('call', command, (state) => state.call.phase !== before)
}
