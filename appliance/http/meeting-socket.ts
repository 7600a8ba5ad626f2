import type { FastifyPluginAsync } from 'fastify'
import { type MeetingCommand, meetingCommands } from '../protocol/meeting-commands.ts'
import type { MeetingMessage } from '../protocol/messages.ts'
import { attending, operating } from '../protocol/roles.ts'
import type { Parts } from './parts.ts'
import { createSocketService, notASocket } from './socket.ts'
import { isStill, type Keeping } from './trail.ts'

/**
 * Reading, media, and what the meeting's own journal keeps: who came and went. What people write is not the house's to log. A
 * microphone that is opened for somebody, a right that is given and a camera that is moved are kept here as well.
 */
const elsewhere =
	/^(meetings\.list|meeting\.(join|leave)|roll\.(mark|call)|floor\.(?!grant|next).*|feed\.(open|close|ask|refused)|(media|desk|hall|grant|readiness|vote|slide|rules|seat|lobby|agenda|minutes|chat|spotlight|reaction|relay|recording|consent|programme|presence|groups|certificates)\..*|question\.(ask|vote))$/

function keeping(command: MeetingCommand): Keeping {
	if (command.type === 'feed.move') return isStill(command) ? 'end' : 'hold'
	if (command.type === 'feed.stop') return 'end'
	return elsewhere.test(command.type) ? 'no' : 'each'
}

/** One WebSocket for each page or room in a meeting, and for a room's standing connection. */
export const meetingSocket: FastifyPluginAsync<
	Pick<Parts, 'hub' | 'identity' | 'origins' | 'build' | 'metrics'>
> = async (app, { hub, identity, origins, build, metrics }) => {
	/** What goes to everybody is one object: two hundred people cost one serialisation. */
	const texts = new WeakMap<object, string>()
	function textOf(message: MeetingMessage): string {
		const text = texts.get(message) ?? JSON.stringify(message)
		texts.set(message, text)
		return text
	}

	const serve = createSocketService<MeetingCommand>({
		commands: meetingCommands,
		roles: [...attending, 'programme', ...operating],
		keeping,
		identity,
		origins,
		build,
		answered: metrics.answered,
		open: (principal, { address, send, close }) =>
			hub.connect(principal, { address, send: (message) => send(textOf(message)), close }),
	})
	app.route({ method: 'GET', url: '/ws/meeting', handler: notASocket, wsHandler: serve })
}
