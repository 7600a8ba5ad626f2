import type { CameraView } from '../../../appliance/protocol/room-state.ts'
import { Drive } from '../drive.ts'
import { type Velocity, zoomFactor } from '../steering.ts'
import type { Cameras } from './context.ts'
import { FocusDrive } from './focus-drive.ts'
import { type Speed, speeds } from './pad.ts'
import type { Asking } from './standing.ts'

type Owner = Pick<Cameras, 'room' | 'notices' | 'words' | 'view'>

const patienceMs = 1000

/** Driving one camera from this page: fingers and keys in, commands out, and what the driver should see of it. */
export class CameraDrive {
	speed = $state<Speed>('normal')
	asking = $state<Asking>('nothing')
	readonly drive: Drive
	readonly focus: FocusDrive
	readonly #owner: Owner
	readonly #camera: () => CameraView
	#patience: ReturnType<typeof setTimeout> | undefined

	constructor(owner: Owner, camera: () => CameraView) {
		this.#owner = owner
		this.#camera = camera
		// The camera in hand is the one that was touched, whatever is shown later.
		const { id } = camera()
		this.drive = new Drive({ move: (velocity) => this.#move(id, velocity), stop: () => this.#stop(id) })
		this.focus = new FocusDrive({
			run: (direction) => this.#focus(id, direction),
			stop: () => void owner.room.send({ type: 'camera.focus', camera: id, mode: 'stop' }), // unheard: the room stops it
		})
	}

	/** A finger or key on an arrow, at the chosen speed; slower where the picture is large. */
	arrow(name: string, { pan = 0, tilt = 0, zoom = 0 }: Partial<Velocity>) {
		const speed = speeds[this.speed]
		const turn = speed * zoomFactor(this.#camera().position?.zoom ?? null)
		this.drive.hold(name, { pan: pan * turn, tilt: tilt * turn, zoom: zoom * speed }, 'ramped')
	}

	/** A finger that drags the centre. */
	drag(name: string, { pan, tilt }: { pan: number; tilt: number }) {
		const factor = zoomFactor(this.#camera().position?.zoom ?? null)
		this.drive.hold(name, { pan: pan * factor, tilt: tilt * factor })
	}

	/** From now on the camera focuses by itself. */
	autofocus() {
		this.focus.releaseAll()
		this.#focus(this.#camera().id, 'auto')
	}

	/** Whatever took the hand away: everything that is held is let go. */
	letGo() {
		this.drive.releaseAll()
		this.focus.releaseAll()
	}

	/** The stop button: at once, whoever moves the camera. */
	stop() {
		this.letGo()
		this.#stop(this.#camera().id)
	}

	get #follows(): boolean {
		const { status, motion } = this.#camera()
		return status === 'moving' || motion?.state === 'moving'
	}

	async #focus(camera: string, mode: 'auto' | 'near' | 'far') {
		const { room, notices, words, view } = this.#owner
		const result = await room.send({ type: 'camera.focus', camera, mode })
		if (result.ok) return view.focus.set(camera, mode === 'auto' ? 'auto' : 'hand')
		if (mode !== 'auto' && !this.focus.active) return
		this.focus.releaseAll()
		notices.show({
			tone: 'problem',
			title: words.failure('camera.focus'),
			text: words.cameraError(result.code),
			action: null,
		})
	}

	async #move(camera: string, velocity: Velocity) {
		if (this.asking === 'nothing') {
			this.asking = 'asked'
			this.#patience = setTimeout(() => {
				if (!this.#follows) this.asking = 'unanswered'
			}, patienceMs)
		}
		const { room, notices, words } = this.#owner
		const result = await room.send({ type: 'camera.move', camera, ...velocity })
		if (result.ok || !this.drive.active) return
		// Refused or unheard: asking on would only repeat the refusal six times a second.
		this.drive.releaseAll()
		notices.show({
			tone: 'problem',
			title: words.failure('camera.move'),
			text: words.cameraError(result.code),
			action: null,
		})
	}

	async #stop(camera: string) {
		clearTimeout(this.#patience)
		this.asking = 'nothing'
		const { room, notices, words } = this.#owner
		const result = await room.send({ type: 'camera.stop', camera })
		if (result.ok || result.code === 'lost') return // cut: the room stops it by itself
		notices.show({
			tone: 'problem',
			title: words.failure('camera.stop'),
			text: words.cameraError(result.code),
			action: null,
		})
	}
}
