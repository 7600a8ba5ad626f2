import type { CameraView } from '../../../appliance/protocol/room-state.ts'
import type { CameraDrive } from './camera-drive.svelte.ts'
import { driveKeys, focusKeys } from './pad.ts'

/** One camera by keyboard: arrows turn, + and − zoom, N and F focus for as long as they are down; A is autofocus. */
export function cameraKey(event: KeyboardEvent, steering: CameraDrive, { capabilities }: CameraView) {
	const name = `key ${event.code}`
	if (event.type === 'keyup') {
		steering.drive.release(name)
		steering.focus.release(name)
		return
	}
	if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
	const { panTilt, zoom, focus } = capabilities
	const wanted = driveKeys[event.key]
	const lens = focusKeys[event.code]
	if (wanted && (wanted.zoom === undefined ? panTilt : zoom)) steering.arrow(name, wanted)
	else if (lens === 'auto' && focus) steering.autofocus()
	else if (lens && lens !== 'auto' && focus?.byHand) steering.focus.hold(name, lens)
	else return
	event.preventDefault()
}

function typing(target: EventTarget | null): boolean {
	return target instanceof HTMLElement && target.matches('input, textarea, select')
}
