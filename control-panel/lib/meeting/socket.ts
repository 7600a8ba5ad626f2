import type { MeetingCommand } from '../../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage } from '../../../appliance/protocol/messages.ts'
import { openSocket } from '../socket.ts'
import type { MeetingSocket, Surroundings } from './stay.ts'

/** The way to a hub's `/ws/meeting` with one link. It reconnects by itself. */
export function openMeetingSocket(
	url: string,
	token: string,
	listeners: Parameters<Surroundings['openSocket']>[0],
): MeetingSocket {
	return openSocket<MeetingMessage, MeetingCommand>({
		url,
		auth: () => token,
		onMessage: listeners.onMessage,
		onStatus: listeners.onStatus,
	})
}
