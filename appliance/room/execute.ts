import type { Result } from '../protocol/messages.ts'
import type { RoomCommand } from '../protocol/room-commands.ts'
import type { CallRunner } from './call-runner.ts'
import type { Cameras } from './cameras.ts'
import type { Origin } from './leases.ts'
import type { Rehearsing } from './rehearsing.ts'
import { refused } from './result.ts'
import type { Sound } from './sound.ts'
import type { RoomPhone } from './speakerphone.ts'
import type { Views } from './views.ts'

interface Executors {
	call: CallRunner
	cameras: Cameras
	views: Views
	phone: RoomPhone
	sound: Sound
	rehearsing: Rehearsing
}

/**
 * One command of a panel, already checked against schema and roles. Everything up to the order to the devices process
 * happens within this call.
 */
export function execute(
	command: RoomCommand,
	origin: Origin,
	{ call, cameras, views, phone, sound, rehearsing }: Executors,
): Promise<Result> | Result {
	switch (command.type) {
		case 'camera.move': {
			const { camera, pan, tilt, zoom } = command
			return cameras.move(camera, { pan, tilt, zoom }, origin)
		}
		case 'camera.stop':
			return cameras.stop(command.camera)
		case 'camera.home':
			return cameras.home(command.camera, origin)
		case 'camera.lease':
			return cameras.lease(command.camera, command.take, origin)
		case 'camera.focus':
			return cameras.focus(command.camera, command.mode, origin)
		case 'preset.save':
			return views.save(command.camera, command.slot, command.name)
		case 'preset.recall':
			return cameras.recallPreset(command.camera, command.slot, origin)
		case 'preset.remove':
			return views.remove(command.camera, command.slot)
		case 'preset.undo':
			return views.undo(command.camera)
		case 'room.start':
			return call.join({ kind: 'today', title: command.title ?? null })
		case 'room.join': {
			const { link, meeting } = command
			if (link !== undefined) return call.join({ kind: 'link', link })
			if (meeting !== undefined) return call.join({ kind: 'meeting', id: meeting })
			return refused('bad-message', 'room.join needs a link or a meeting')
		}
		case 'room.leave':
			return call.leave()
		case 'room.end':
			return call.end()
		case 'room.mute':
			return phone.mute(command.muted)
		case 'room.volume':
			return phone.setVolume(command.volume)
		case 'room.answer':
			return phone.answer(command.ring)
		case 'room.reject':
			return phone.reject(command.ring)
		case 'room.stay':
			return phone.stay()
		case 'sound.listen':
			return sound.listen(command.on)
		case 'sound.tone':
			return sound.tone()
		case 'sound.key':
			return phone.tryKey(command.on)
		case 'rehearsal.start':
			return rehearsing.start()
		case 'rehearsal.stop':
			return rehearsing.stop()
	}
}
