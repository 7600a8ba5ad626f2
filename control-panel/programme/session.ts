import type { ProgrammeCommand, ProgrammeEvent } from '../../appliance/protocol/relay.ts'
import { Composing } from './composing.svelte.ts'
import type { Look } from './drawing.ts'

/** The programme's page as the hub commands it, and nobody else: in one meeting or in none. */

const beatMs = 500

export class ProgrammeSession {
	readonly #tell: (event: ProgrammeEvent) => void
	readonly #canvas: HTMLCanvasElement
	readonly #look: Look
	#stay: Composing | null = null
	#frames = 0

	constructor(tell: (event: ProgrammeEvent) => void, canvas: HTMLCanvasElement, look: Look) {
		this.#tell = tell
		this.#canvas = canvas
		this.#look = look
		setInterval(() => this.#beat(), beatMs)
	}

	command(command: ProgrammeCommand) {
		if (command.type === 'look') return void this.#showSmall()
		this.#stay?.close()
		this.#stay = null
		if (command.type === 'leave') return
		const stay = new Composing(command, this.#canvas, this.#look, {
			onFrame: () => this.#frames++,
			onEnd: (detail) => {
				// Told to do something else meanwhile.
				if (this.#stay !== stay) return
				stay.close()
				this.#stay = null
				this.#tell({ type: 'failed', detail })
			},
		})
		this.#stay = stay
	}

	/** What is on air and what is received, for whoever watches the page. */
	stats() {
		return this.#stay?.stats() ?? null
	}

	async #showSmall(): Promise<void> {
		if (!this.#stay) return
		const small = new OffscreenCanvas(320, 180)
		small.getContext('2d')?.drawImage(this.#canvas, 0, 0, small.width, small.height)
		const bytes = await (await small.convertToBlob({ type: 'image/jpeg', quality: 0.7 })).bytes()
		this.#tell({ type: 'look', jpeg: btoa(String.fromCharCode(...bytes)) })
	}

	#beat() {
		const stay = this.#stay
		// At rest it draws nothing and is well all the same: whoever counts shall not take it for hung.
		if (!stay) this.#frames++
		this.#tell({ type: 'beat', frames: this.#frames, fps: stay?.fps ?? 0, joined: stay?.joined ?? false })
	}
}
