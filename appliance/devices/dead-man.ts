/**
 * The dead-man: whoever moves a camera must keep saying so. Time goes in, stops come out; timers and cameras are elsewhere.
 *
 * A movement ends at its `until` unless it is renewed, and all movements end when the room has been silent for 500 ms.
 * A stop is asked for once and counts until the camera has confirmed it; one that was not confirmed is asked for again.
 */

const silenceMs = 500
const retryMs = 100
const tries = 10

/** A stop to perform. `turn` tells it from a movement that began later on the same camera. */
export interface Stop {
	readonly camera: string
	readonly turn: number
}

interface Movement {
	turn: number
	/** Infinity: a journey that ends by itself, or a movement that somebody else began. */
	until: number
	/** A stop is on its way. */
	stopping: boolean
	/** A stop failed; the next one not before this. */
	retryAt: number
	failures: number
}

export class DeadMan {
	readonly #movements = new Map<string, Movement>()
	#turn = 0
	#heard: number
	#ended = false

	constructor(now: number) {
		this.#heard = now
	}

	/** The room lives. */
	beat(now: number): void {
		this.#heard = now
	}

	/** From now on all is to stop, and nothing may move again. */
	end(): void {
		this.#ended = true
	}

	/** While the room is silent nothing may begin to move. */
	silent(now: number): boolean {
		return this.#ended || now - this.#heard >= silenceMs
	}

	/** A movement was ordered. The newest takes the place of any before it, also of a stop on its way. */
	moved(camera: string, until: number): Stop {
		const turn = ++this.#turn
		this.#movements.set(camera, { turn, until, stopping: false, retryAt: 0, failures: 0 })
		return { camera, turn }
	}

	/** What the camera itself tells: one that moves by another's hand stops with the room too. */
	seen(camera: string, moving: boolean): void {
		const movement = this.#movements.get(camera)
		if (moving && !movement) this.moved(camera, Number.POSITIVE_INFINITY)
		else if (!moving && movement?.until === Number.POSITIVE_INFINITY && !movement.stopping) this.gone(camera)
	}

	/** Somebody orders a stop now. */
	stopping(camera: string): Stop {
		const movement = this.#movements.get(camera)
		if (movement) movement.stopping = true
		return { camera, turn: movement?.turn ?? 0 }
	}

	/** The camera stands, unless something newer moves it. */
	confirmed(stop: Stop): void {
		if (this.#movements.get(stop.camera)?.turn === stop.turn) this.gone(stop.camera)
	}

	/** The stop failed: it is due again soon. False when it has failed so often that there is no sense in it. */
	unconfirmed(stop: Stop, now: number): boolean {
		const movement = this.#movements.get(stop.camera)
		if (movement?.turn !== stop.turn) return true
		if (++movement.failures >= tries) {
			this.gone(stop.camera)
			return false
		}
		movement.stopping = false
		movement.until = now
		movement.retryAt = now + retryMs
		return true
	}

	/** No longer ours to stop: it stands, or its connection is lost and the next one begins with a stop. */
	gone(camera: string): void {
		this.#movements.delete(camera)
	}

	/** The stops to perform now. Each is given out once. */
	due(now: number): Stop[] {
		const silent = this.silent(now)
		return [...this.#movements]
			.filter(([, { stopping, until, retryAt }]) => !stopping && retryAt <= now && (silent || until <= now))
			.map(([camera]) => this.stopping(camera))
	}

	/** When to ask for `due` again, null while nothing moves. */
	wakeAt(): number | null {
		const open = [...this.#movements.values()].filter(({ stopping }) => !stopping)
		if (open.length === 0) return null
		const silenceAt = this.#ended ? 0 : this.#heard + silenceMs
		return Math.min(...open.map(({ until, retryAt }) => Math.max(retryAt, Math.min(until, silenceAt))))
	}

	/** True while a camera moves or its stop is not confirmed. */
	get busy(): boolean {
		return this.#movements.size > 0
	}
}
