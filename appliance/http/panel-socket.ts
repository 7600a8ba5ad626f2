import type { FastifyPluginAsync } from 'fastify'
import { houseRoles } from '../protocol/roles.ts'
import { type RoomCommand, roomCommands, type SettingsCommand, settingsCommands } from '../protocol/room-commands.ts'
import type { RoomState } from '../protocol/room-state.ts'
import { openSettings } from './panel-settings.ts'
import type { Parts } from './parts.ts'
import { createSocketService, notASocket } from './socket.ts'
import { isStill, type Keeping } from './trail.ts'

/** A panel that is still draining gets no more than the newest snapshot. */
const drainedBelow = 256 * 1024

/** How loud it was is not kept, nor what changes nothing; what is wrong about a PIN is kept apart. */
const quiet = /^(room\.volume|sound\..*|settings\.(standing|lock|read))$/

function keeping(command: RoomCommand | SettingsCommand): Keeping {
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
export const panelSocket: FastifyPluginAsync<Parts> = async (app, parts) => {
	const { room, panels, identity, origins, build } = parts
	let made = { revision: -1, text: '' }
	let opened = 0

	/** Serialised once, however many panels there are. */
	function textOf(state: RoomState, revision: number): string {
		if (made.revision !== revision) made = { revision, text: JSON.stringify({ type: 'state', revision, state }) }
		return made.text
	}

	const serve = createSocketService<RoomCommand | SettingsCommand>({
		commands: { ...roomCommands, ...settingsCommands },
		roles: houseRoles,
		identity,
		origins,
		build,
		keeping,
		open(principal, { id, address, send, refuse, buffered }) {
			const origin = { id, label: `${principal.role} ${++opened}`, role: principal.role }
			const stopHearing = identity.onRevoked((jti) => {
				if (jti === principal.jti) refuse('revoked', 'this token has been withdrawn')
			})
			const settings = openSettings(principal, address, parts)
			const stopBeing = panels.connected(principal.jti)
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
				unlocked: settings.unlocked,
				handle(command) {
					if (isSettings(command)) return settings.handle(command)
					if (command.type === 'sound.listen') listen(command.on)
					return room.dispatch(command, origin)
				},
				gone() {
					stop()
					stopBeing()
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

function isSettings(command: RoomCommand | SettingsCommand): command is SettingsCommand {
	return Object.hasOwn(settingsCommands, command.type)
}
