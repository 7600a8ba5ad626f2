import type { CameraView } from '../../appliance/protocol/room-state.ts'
import { Drive } from '../lib/drive.ts'
import { type Velocity, zoomFactor } from '../lib/steering.ts'
import type { Panel } from './context.ts'
import { type Speed, speeds } from './pad.ts'

/** What the panel knows of a movement it asks for; the camera's own word (`status`) comes with the snapshot. */
export type Asking = 'nothing' | 'asked' | 'unanswered'

const patienceMs = 1000

/** Driving one camera from this panel: fingers and keys in, commands out, and what the driver should see of it. */
export class CameraDrive {
	speed = $state<Speed>('normal')
	asking = $state<Asking>('nothing')
	readonly drive: Drive
	readonly #panel: Pick<Panel, 'room' | 'notices' | 'words'>
	readonly #camera: () => CameraView
	#patience: ReturnType<typeof setTimeout> | undefined

	constructor(panel: Pick<Panel, 'room' | 'notices' | 'words'>, camera: () => CameraView) {
		this.#panel = panel
		this.#camera = camera
		// The camera in hand is the one that was touched, whatever is shown later.
		const { id } = camera()
		this.drive = new Drive({ move: (velocity) => this.#move(id, velocity), stop: () => this.#stop(id) })
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

	/** The stop button: at once, whoever moves the camera. */
	stop() {
		this.drive.releaseAll()
		this.#stop(this.#camera().id)
	}

	async #move(camera: string, velocity: Velocity) {
		if (this.asking === 'nothing') {
			this.asking = 'asked'
			this.#patience = setTimeout(() => {
				if (this.#camera().status !== 'moving') this.asking = 'unanswered'
			}, patienceMs)
		}
		const { room, notices, words } = this.#panel
		const result = await room.send({ type: 'camera.move', camera, ...velocity })
		if (result.ok || !this.drive.active) return
		// Refused or unheard: asking on would only repeat the refusal six times a second.
		this.drive.releaseAll()
		notices.show({ tone: 'problem', title: words.failure('camera.move'), text: words.error(result.code), action: null })
	}

	async #stop(camera: string) {
		clearTimeout(this.#patience)
		this.asking = 'nothing'
		const { room, notices, words } = this.#panel
		const result = await room.send({ type: 'camera.stop', camera })
		if (result.ok || result.code === 'lost') return // cut: the room stops it by itself
		notices.show({ tone: 'problem', title: words.failure('camera.stop'), text: words.error(result.code), action: null })
	}
}
