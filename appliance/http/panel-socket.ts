import type { FastifyPluginAsync } from 'fastify'
import { houseRoles } from '../protocol/roles.ts'
import { type RoomCommand, roomCommands } from '../protocol/room-commands.ts'
import type { RoomState } from '../protocol/room-state.ts'
import type { Parts } from './parts.ts'
import { createSocketService, notASocket } from './socket.ts'

/** A panel that is still draining gets no more than the newest snapshot. */
const drainedBelow = 256 * 1024

/** One WebSocket per touch panel: commands in, snapshots out. */
export const panelSocket: FastifyPluginAsync<Parts> = async (app, { room, identity, origins, build }) => {
	let made = { revision: -1, text: '' }
	let panels = 0

	/** Serialised once, however many panels there are. */
	function textOf(state: RoomState, revision: number): string {
		if (made.revision !== revision) made = { revision, text: JSON.stringify({ type: 'state', revision, state }) }
		return made.text
	}

	const serve = createSocketService<RoomCommand>({
		commands: roomCommands,
		roles: houseRoles,
		identity,
		origins,
		build,
		// A finger on the pad is ten commands a second; what it moved is not kept.
		unaudited: ['camera.move', 'camera.stop', 'camera.focus'],
		open(principal, { id, send, refuse, buffered }) {
			const origin = { id, label: `${principal.role} ${++panels}`, role: principal.role }
			const stopHearing = identity.onRevoked((jti) => {
				if (jti === principal.jti) refuse('revoked', 'this token has been withdrawn')
			})
			let behind = false
			const stop = room.watch((state, revision) => {
				behind = buffered() > drainedBelow
				if (!behind) send(textOf(state, revision))
			})
			const catchUp = setInterval(() => {
				if (!behind || buffered() > drainedBelow) return
				behind = false
				const { state, revision } = room.state()
				send(textOf(state, revision))
			}, 100)
			return {
				handle: (command) => room.dispatch(command, origin),
				gone() {
					stop()
					stopHearing()
					clearInterval(catchUp)
					room.released(origin.id)
				},
			}
		},
	})
	app.route({ method: 'GET', url: '/ws/panel', handler: notASocket, wsHandler: serve })
}
