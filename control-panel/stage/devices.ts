import type { StageCommand } from '../../appliance/protocol/stage.ts'
import type { Outgoing } from '../lib/meeting/media-call.ts'

/** The room's microphone and USB cameras, found by their labels: device ids change with the port they are plugged into. */

type Wish = Pick<Extract<StageCommand, { type: 'join' }>, 'microphone' | 'cameras' | 'processing' | 'roomName'>
/** One thing to open. `label` null: the default device. */
export interface Wanted {
	use: 'microphone' | 'camera'
	label: string | null
	name: string
}

export function wantedDevices(wish: Wish): Wanted[] {
	const cameras = wish.cameras.map(({ label, name }): Wanted => ({ use: 'camera', label, name }))
	if (wish.microphone === 'none') return cameras
	return [{ use: 'microphone', label: wish.microphone, name: wish.roomName.slice(0, 80) || 'room' }, ...cameras]
}

/** Opens it. Null: it is not there, or does not open; it may come later. */
export async function openDevice(
	devices: MediaDevices,
	wanted: Wanted,
	processing: boolean,
): Promise<Omit<Outgoing, 'muted'> | null> {
	try {
		const deviceId = wanted.label === null ? null : await idOf(devices, wanted)
		if (deviceId === undefined) return null
		const device = deviceId === null ? {} : { deviceId: { exact: deviceId } }
		const stream = await devices.getUserMedia(
			wanted.use === 'microphone'
				? {
						audio: {
							...device,
							echoCancellation: processing,
							noiseSuppression: processing,
							autoGainControl: processing,
						},
					}
				: { video: { ...device, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } },
		)
		const track = stream.getTracks()[0]
		return track ? { track, use: wanted.use, label: wanted.name } : null
	} catch {
		return null
	}
}

/**
 * By its label; else one whose label has it, which is how a card is named. ALSA shows a card as several devices, of which
 * the one that converts (plughw) takes whatever the browser asks for.
 */
export function chooseDevice(
	devices: readonly MediaDeviceInfo[],
	kind: MediaDeviceKind,
	label: string,
): MediaDeviceInfo | undefined {
	const all = devices.filter((device) => device.kind === kind)
	// 'Default' is whichever it is today.
	const named = all.filter((device) => device.deviceId !== 'default' && device.label.includes(label))
	return (
		all.find((device) => device.label === label) ??
		named.find((device) => /software conversions/i.test(device.label)) ??
		named[0]
	)
}

/** Undefined: no such device now. The browser that the room launches is allowed its devices, so it tells their labels. */
async function idOf(devices: MediaDevices, wanted: Wanted): Promise<string | undefined> {
	const kind = wanted.use === 'microphone' ? 'audioinput' : 'videoinput'
	const all = await devices.enumerateDevices()
	return chooseDevice(all, kind, wanted.label ?? '')?.deviceId
}
