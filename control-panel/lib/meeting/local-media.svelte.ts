import type { Outgoing } from './media-call.ts'

/**
 * The person's own microphone and camera: asked for once, chosen, tried, lost and found. Nothing is asked of people
 * whose link only listens. Whether they are sent is the meeting client's business.
 */

export type DeviceProblem =
	/** The page is not on https, so the browser has no devices for it. */
	| 'insecure'
	/** The person, or their administrator, said no. */
	| 'denied'
	| 'missing'
	/** Another program holds it. */
	| 'busy'

export type DeviceKind = 'microphone' | 'camera'

export interface DeviceList {
	microphones: MediaDeviceInfo[]
	cameras: MediaDeviceInfo[]
}

/** Ids of the devices that were used last; a browser gives a page the same ones each time. */
const kept = { microphone: 'maru.microphone', camera: 'maru.camera' }

const nothing: DeviceList = { microphones: [], cameras: [] }

export class LocalMedia {
	microphone = $state.raw<MediaStreamTrack | null>(null)
	camera = $state.raw<MediaStreamTrack | null>(null)
	microphoneProblem = $state<DeviceProblem | null>(null)
	cameraProblem = $state<DeviceProblem | null>(null)
	list = $state.raw<DeviceList>(nothing)
	asking = $state(false)

	readonly #devices: MediaDevices | undefined
	readonly #onLost: (kind: DeviceKind) => void
	readonly #storage: Pick<Storage, 'getItem' | 'setItem'>

	/** `devices` is undefined where the page is not on https. `onLost`: a device in use was unplugged or taken away. */
	constructor(
		devices: MediaDevices | undefined,
		onLost: (kind: DeviceKind) => void,
		storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage,
	) {
		this.#devices = devices
		this.#onLost = onLost
		this.#storage = storage
		devices?.addEventListener('devicechange', () => void this.#readList())
	}

	/** Asks for both in one prompt; where one is missing, for the other alone. */
	async ask(): Promise<void> {
		if (!this.#devices) {
			this.microphoneProblem = 'insecure'
			this.cameraProblem = 'insecure'
			return
		}
		this.asking = true
		try {
			const stream = await this.#devices.getUserMedia({
				audio: sound(this.#last('microphone')),
				video: picture(this.#last('camera')),
			})
			this.#set('microphone', stream.getAudioTracks()[0] ?? null, null)
			this.#set('camera', stream.getVideoTracks()[0] ?? null, null)
		} catch {
			await this.choose('microphone', null)
			await this.choose('camera', null)
		}
		this.asking = false
		await this.#readList()
	}

	/** Opens this device instead; null: the one used last, else the default. Answers the new track, or null with the problem set. */
	async choose(kind: DeviceKind, deviceId: string | null): Promise<MediaStreamTrack | null> {
		if (!this.#devices) return null
		// First closed: some cameras can be opened once only.
		this.drop(kind)
		try {
			const track = await this.#open(kind, deviceId ?? this.#last(kind)).catch((error: unknown) => {
				// The one used last is not plugged in today.
				if (deviceId !== null || problemOf(error) !== 'missing') throw error
				return this.#open(kind, null)
			})
			this.#set(kind, track, null)
			// Only what was chosen by hand: the default may be another one tomorrow, and is meant to be.
			if (deviceId) this.#storage.setItem(kept[kind], deviceId)
			return track
		} catch (error) {
			this.#set(kind, null, problemOf(error))
			return null
		}
	}

	/** Closes it: the lamp beside the lens goes out. */
	drop(kind: DeviceKind) {
		const track = kind === 'microphone' ? this.microphone : this.camera
		track?.stop()
		this.#set(kind, null, null)
	}

	/** What to send now. */
	outgoing(muted: boolean): Outgoing[] {
		const list: Outgoing[] = []
		if (this.microphone) list.push({ track: this.microphone, use: 'microphone', label: 'microphone', muted })
		if (this.camera) list.push({ track: this.camera, use: 'camera', label: 'camera', muted: false })
		return list
	}

	async #open(kind: DeviceKind, deviceId: string | null): Promise<MediaStreamTrack | null> {
		const wish = kind === 'microphone' ? { audio: sound(deviceId) } : { video: picture(deviceId) }
		return (await this.#devices?.getUserMedia(wish))?.getTracks()[0] ?? null
	}

	#last(kind: DeviceKind): string | null {
		return this.#storage.getItem(kept[kind])
	}

	#set(kind: DeviceKind, track: MediaStreamTrack | null, problem: DeviceProblem | null) {
		if (kind === 'microphone') {
			this.microphone = track
			this.microphoneProblem = problem
		} else {
			this.camera = track
			this.cameraProblem = problem
		}
		track?.addEventListener('ended', () => {
			if (track !== this.microphone && track !== this.camera) return
			this.#set(kind, null, 'missing')
			this.#onLost(kind)
		})
	}

	async #readList(): Promise<void> {
		const all = (await this.#devices?.enumerateDevices()) ?? []
		// Without permission the browser lists devices without names: of no use to choose from.
		const named = all.filter((device) => device.deviceId !== '' && device.label !== '')
		this.list = {
			microphones: named.filter((device) => device.kind === 'audioinput'),
			cameras: named.filter((device) => device.kind === 'videoinput'),
		}
	}
}

function sound(deviceId: string | null): MediaTrackConstraints {
	return {
		echoCancellation: true,
		noiseSuppression: true,
		autoGainControl: true,
		...(deviceId ? { deviceId: { exact: deviceId } } : {}),
	}
}

function picture(deviceId: string | null): MediaTrackConstraints {
	return {
		width: { ideal: 1280 },
		height: { ideal: 720 },
		frameRate: { ideal: 30 },
		...(deviceId ? { deviceId: { exact: deviceId } } : {}),
	}
}

/** Names of DOMException as Media Capture and Streams §10.2 lists them. */
function problemOf(error: unknown): DeviceProblem {
	switch (error instanceof Error ? error.name : '') {
		case 'NotAllowedError':
		case 'SecurityError':
			return 'denied'
		case 'NotReadableError':
		case 'AbortError':
			return 'busy'
		default:
			return 'missing'
	}
}
