import type { Tile } from '../../lib/meeting/tiles.ts'
import type { AttendSession } from '../session.svelte.ts'
import { largestFrame } from './largest.ts'

/**
 * What a visitor holds up to their camera, kept still to be read. They are told before it is taken. It is in the memory of
 * this page alone: no file, no storage, and gone with the session.
 */

interface Still {
	bitmap: ImageBitmap
	tile: Tile
	at: number
}

const zooms = [1, 1.5, 2, 3, 4]
const trackMs = 3_000

export class StillBox {
	still = $state.raw<Still | null>(null)
	taking = $state(false)
	/** Quarter turns, clockwise. */
	turn = $state(0)
	#zoom = $state(0)
	readonly #session: AttendSession
	#closed = false

	constructor(session: AttendSession) {
		this.#session = session
	}

	get zoom(): number {
		return zooms[this.#zoom] ?? 1
	}

	get nearest(): boolean {
		return this.#zoom === zooms.length - 1
	}

	/** Whether there was a picture to take; null: the hub refused, which the page says. */
	async take(tile: Tile): Promise<boolean | null> {
		const { client, shown } = this.#session
		if (!tile.source || this.taking) return null
		this.taking = true
		const end = shown.want(tile.source)
		try {
			if (!(await this.#session.tried(client.ask({ type: 'person.still', who: tile.person }))).ok) return null
			const track = await this.#trackOf(tile)
			if (!track) return false
			const bitmap = await largestFrame(track)
			this.drop()
			if (this.#closed) bitmap.close()
			else this.still = { bitmap, tile, at: this.#session.hubNow }
			return true
		} catch {
			return false
		} finally {
			end()
			this.taking = false
		}
	}

	rotate(by: 1 | -1) {
		this.turn = (this.turn + by + 4) % 4
	}

	zoomBy(by: 1 | -1) {
		this.#zoom = Math.min(zooms.length - 1, Math.max(0, this.#zoom + by))
	}

	/** Its pixels are given back at once. */
	drop() {
		this.still?.bitmap.close()
		this.still = null
		this.turn = 0
		this.#zoom = 0
	}

	close() {
		this.#closed = true
		this.drop()
	}

	/** A picture that is out of sight on this page comes when it is asked for. */
	async #trackOf(tile: Tile): Promise<MediaStreamTrack | null> {
		const end = performance.now() + trackMs
		for (;;) {
			const track = this.#session.trackOf(tile)
			if (track || performance.now() > end) return track
			await new Promise((resolve) => setTimeout(resolve, 50))
		}
	}
}

/** Draws it as it is turned, in its own pixels. */
export function drawn(canvas: HTMLCanvasElement, bitmap: ImageBitmap, turn: number) {
	const lies = turn % 2 === 1
	canvas.width = lies ? bitmap.height : bitmap.width
	canvas.height = lies ? bitmap.width : bitmap.height
	const pen = canvas.getContext('2d')
	if (!pen) return
	pen.translate(canvas.width / 2, canvas.height / 2)
	pen.rotate((turn * Math.PI) / 2)
	pen.drawImage(bitmap, -bitmap.width / 2, -bitmap.height / 2)
}
