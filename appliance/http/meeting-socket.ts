import type { FastifyPluginAsync } from 'fastify'
import { type MeetingCommand, meetingCommands } from '../protocol/meeting-commands.ts'
import { attending, operating } from '../protocol/roles.ts'
import type { Parts } from './parts.ts'
import { createSocketService } from './socket.ts'

/** One WebSocket for each page or room in a meeting, and for a room's standing connection. */
export const meetingSocket: FastifyPluginAsync<Parts> = async (app, { hub, identity, origins, build }) => {
	const serve = createSocketService<MeetingCommand>({
		commands: meetingCommands,
		roles: [...attending, ...operating],
		identity,
		origins,
		build,
		open: (principal, { send, close }) =>
			hub.connect(principal, { send: (message) => send(JSON.stringify(message)), close }),
	})
	app.get('/ws/meeting', { websocket: true }, serve)
}
