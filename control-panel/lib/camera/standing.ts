import type { HouseRole } from '../../../appliance/protocol/roles.ts'
import type { CameraView, PresetView } from '../../../appliance/protocol/room-state.ts'

/** What a camera does and what became of what was asked of it, as one word for whoever drives it. */

/** What this page knows of a movement it asks for; the camera's own word comes with the snapshot. */
export type Asking = 'nothing' | 'asked' | 'unanswered'

export interface Standing {
	kind: 'out' | 'failed' | 'requested' | 'moving' | 'arrived' | 'stopped' | 'idle' | 'sent' | 'blind'
	/** A device error code or a fault of motion; null where there is nothing to explain. */
	reason: string | null
	/** Since when, for what lasts. */
	since: number | null
}

/** Whether orders to this camera can have an effect now. */
export function usable(camera: CameraView): boolean {
	return camera.status === 'ready' || camera.status === 'moving'
}

/** Whether it has views to go to: one that stands fixed has a single one. */
export function turnable({ capabilities }: CameraView): boolean {
	return capabilities.panTilt !== null || capabilities.zoom !== null
}

/** Whether somebody should look after it: it does not obey, or nobody sees what it sees. */
export function troubled(camera: CameraView): boolean {
	return !usable(camera) || camera.reason !== null || camera.video === 'failed' || camera.stream?.remedy === 'none'
}

/** Faults come before what is hoped for: a camera that turns the wrong way is not "moving". */
export function standing(camera: CameraView, asking: Asking): Standing {
	const { motion, reason, since, status } = camera
	if (!usable(camera)) return { kind: 'out', reason, since }
	if (reason !== null) return { kind: 'failed', reason, since }
	if (camera.blind) return unproven(camera, asking)
	if (asking === 'unanswered') return { kind: 'failed', reason: 'not-following', since: null }
	if (status === 'moving' || motion?.state === 'moving') return { kind: 'moving', reason: null, since: null }
	if (asking === 'asked' || motion?.state === 'requested') return { kind: 'requested', reason: null, since: null }
	if (motion === null) return { kind: 'idle', reason: null, since: null }
	if (motion.state === 'failed') return { kind: 'failed', reason: motion.reason, since: motion.since }
	return { kind: motion.state, reason: null, since: null }
}

/** Of a camera whose answers don't reach us only this is known: whether what was asked could be sent. */
function unproven({ motion }: CameraView, asking: Asking): Standing {
	if (motion?.state === 'failed') return { kind: 'failed', reason: motion.reason, since: motion.since }
	return { kind: motion || asking !== 'nothing' ? 'sent' : 'blind', reason: null, since: null }
}

/** Whether the one that holds a camera goes before: facilities staff and administrators before panels. */
export function outranked(holder: string, own: HouseRole): boolean {
	const before = (role: string | undefined) => role === 'facilities' || role === 'admin'
	return before(holder.split(' ')[0]) && !before(own)
}

/**
 * The saved view where it stands, or the one that it left; neither where it was never at one since this page looks, and
 * where nobody knows how it stands now.
 */
export function place(camera: CameraView, stood: number | undefined): { preset: PresetView; here: boolean } | null {
	if (!usable(camera)) return null
	const { presets, preset } = camera
	const slot = preset ?? stood
	const found = presets.find((one) => one.slot === slot)
	return found ? { preset: found, here: preset !== null } : null
}
