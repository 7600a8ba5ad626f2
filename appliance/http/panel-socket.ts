import type { FastifyPluginAsync } from 'fastify'
import { houseRoles } from '../protocol/roles.ts'
import { type RoomCommand, roomCommands } from '../protocol/room-commands.ts'
import type { RoomState } from '../protocol/room-state.ts'
import type { Parts } from './parts.ts'
import { createSocketService, notASocket } from './socket.ts'
import { isStill, type Keeping } from './trail.ts'

/** A panel that is still draining gets no more than the newest snapshot. */
const drainedBelow = 256 * 1024

/** How loud it was is not kept. */
const quiet = /^(room\.volume|sound\..*)$/

function keeping(command: RoomCommand): Keeping {
	switch (command.type) {
		case 'camera.move':
			return isStill(command) ? 'end' : 'hold'
		case 'camera.stop':
			return 'end'
		case 'camera.focus':
			return command.mode === 'auto' ? 'each' : command.mode === 'stop' ? 'no' : 'hold'
		default:
			return quiet.test(command.type) ? 'no' : 'each'
	}
}

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
		keeping,
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
			let stopLevels: (() => void) | null = null
			/** Levels are for those who show a meter, and nothing to make up for. */
			function listen(on: boolean) {
				stopLevels?.()
				stopLevels = on
					? room.watchLevels((level) => {
							if (buffered() === 0) send(JSON.stringify({ type: 'level', level }))
						})
					: null
			}
			return {
				handle(command) {
					if (command.type === 'sound.listen') listen(command.on)
					return room.dispatch(command, origin)
				},
				gone() {
					stop()
					stopLevels?.()
					stopHearing()
					clearInterval(catchUp)
					room.released(origin.id)
				},
			}
		},
	})
	app.route({ method: 'GET', url: '/ws/panel', handler: notASocket, wsHandler: serve })
}
