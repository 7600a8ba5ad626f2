import type { CameraView, RoomState } from '../../appliance/protocol/room-state.ts'
import { troubled, usable } from '../lib/camera/standing.ts'
import { phoneStanding } from './speakerphone.ts'

/** What works and what doesn't, as the status and offline screens tell it. Words are made where it is shown. */
export interface Part {
	key: string
	kind: 'panel' | 'hub' | 'stage' | 'devices' | 'speakerphone' | 'sound' | 'camera'
	/** 'unknown': nothing that it does can be confirmed, which is so by choice and no fault of today. */
	well: 'good' | 'wait' | 'bad' | 'unknown'
	since: number | null
	camera: CameraView | null
}

const phoneWell = { ready: 'good', muted: 'good', waiting: 'wait', unconfirmed: 'wait', failed: 'bad' } as const

/** Every part of the room. `awaySince` is when this panel lost the room, null while it has it. */
export function parts(state: RoomState, awaySince: number | null): Part[] {
	const list: Part[] = []
	const add = (kind: Part['kind'], well: Part['well'], since: number | null, camera: CameraView | null = null) =>
		list.push({ key: camera ? `camera ${camera.id}` : kind, kind, well, since, camera })
	if (awaySince !== null) add('panel', 'bad', awaySince)
	add('hub', state.hub.status === 'online' ? 'good' : 'bad', state.hub.since)
	add('stage', stageWell(state), state.stage.since)
	add('devices', state.devices.status === 'ready' ? 'good' : 'wait', state.devices.since)
	const phone = phoneStanding(state)
	if (phone !== 'none' && phone !== 'absent') add('speakerphone', phoneWell[phone], state.speakerphone.since)
	const { sound } = state
	if (sound.microphone === 'missing' || sound.output === 'missing') add('sound', 'bad', null)
	for (const camera of state.cameras) add('camera', cameraWell(camera), cameraSince(camera), camera)
	return list
}

/** Before a call the stage is off by design; that is no fault. */
function stageWell({ stage, call }: RoomState): Part['well'] {
	if (stage.status === 'failed') return 'bad'
	if (stage.status === 'off' && call.phase !== 'idle' && call.phase !== 'failed') return 'wait'
	return stage.status === 'starting' ? 'wait' : 'good'
}

function cameraWell(camera: CameraView): Part['well'] {
	if (!usable(camera)) return 'bad'
	if (troubled(camera)) return 'wait'
	return camera.blind ? 'unknown' : 'good'
}

/** The time that a camera tells is of its own state, not of its pictures. */
function cameraSince(camera: CameraView): number | null {
	return usable(camera) && camera.reason === null ? null : camera.since
}

/** Whether somebody should look after it. */
export function wrong({ well }: Part): boolean {
	return well === 'wait' || well === 'bad'
}
