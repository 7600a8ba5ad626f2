/**
 * A lens in somebody's hands: near or far runs for as long as it is held. It is said again every 150 ms, because the room
 * stops a lens 400 ms after the last word; letting go says stop. The latest press wins.
 */

const renewMs = 150

export interface FocusTarget {
	run(direction: 'near' | 'far'): void
	stop(): void
}

export class FocusDrive {
	readonly #target: FocusTarget
	readonly #holds = new Map<string, 'near' | 'far'>()
	#timer: ReturnType<typeof setInterval> | undefined

	constructor(target: FocusTarget) {
		this.#target = target
	}

	get active(): boolean {
		return this.#holds.size > 0
	}

	hold(name: string, direction: 'near' | 'far') {
		this.#holds.delete(name)
		this.#holds.set(name, direction)
		this.#begin()
	}

	release(name: string) {
		if (!this.#holds.delete(name)) return
		if (this.active) this.#begin()
		else this.#end()
	}

	releaseAll() {
		if (!this.active) return
		this.#holds.clear()
		this.#end()
	}

	#begin() {
		clearInterval(this.#timer)
		this.#say()
		this.#timer = setInterval(() => this.#say(), renewMs)
	}

	#say() {
		const direction = [...this.#holds.values()].at(-1)
		if (direction) this.#target.run(direction)
	}

	#end() {
		clearInterval(this.#timer)
		this.#target.stop()
	}
}
