/**
 * The dead-man: whoever moves a camera must keep saying so. Time goes in, stops come out; timers and cameras are elsewhere.
 *
 * Head and lens move apart: a hand that turns the head must not keep a forgotten lens running. One stop is for both.
 * A movement ends at its `until` unless it is renewed, and all movements end when the room has been silent for 500 ms.
 * A stop is asked for once and counts until the camera has confirmed it; one that was not confirmed is asked for again.
 */

const silenceMs = 500
const retryMs = 100
const tries = 10

export type Part = 'head' | 'lens'

/** A stop to perform. It means what moved when it was asked for; `turn` tells that from what began later. */
export interface Stop {
	readonly camera: string
	readonly turn: number
	readonly of: Part | 'all'
}

interface Movement {
	readonly camera: string
	readonly part: Part
	readonly turn: number
	/** Infinity: a journey that ends by itself, or a movement that somebody else began. */
	until: number
	/** A stop is on its way. */
	stopping: boolean
	/** A stop failed; the next one not before this. */
	retryAt: number
	failures: number
}

export class DeadMan {
	/** The newest of each part of each camera. */
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
	moved(camera: string, until: number, part: Part = 'head'): Stop {
		const turn = ++this.#turn
		const movement = { camera, part, turn, until, stopping: false, retryAt: 0, failures: 0 }
		this.#movements.set(keyOf(camera, part), movement)
		return { camera, turn, of: part }
	}

	/** It moves, and nobody has asked for a stop since. */
	runs(camera: string, part: Part): boolean {
		return this.#movements.get(keyOf(camera, part))?.stopping === false
	}

	/** What the camera itself tells: one that moves by another's hand stops with the room too. */
	seen(camera: string, moving: boolean): void {
		const movement = this.#movements.get(keyOf(camera, 'head'))
		if (moving && !movement) this.moved(camera, Number.POSITIVE_INFINITY)
		else if (!moving && movement?.until === Number.POSITIVE_INFINITY && !movement.stopping) this.#rest(movement)
	}

	/** Somebody orders a stop now. */
	stopping(camera: string, of: Stop['of'] = 'all'): Stop {
		const stop = { camera, turn: this.#turn, of }
		for (const movement of this.#meant(stop)) movement.stopping = true
		return stop
	}

	/** What the stop means stands, unless something newer moves it. */
	confirmed(stop: Stop): void {
		for (const movement of this.#meant(stop)) this.#rest(movement)
	}

	/** The stop failed: it is due again soon. False when it has failed so often that there is no sense in it. */
	unconfirmed(stop: Stop, now: number): boolean {
		let sense = true
		for (const movement of this.#meant(stop)) {
			if (++movement.failures >= tries) {
				this.#rest(movement)
				sense = false
			}
			movement.stopping = false
			movement.until = now
			movement.retryAt = now + retryMs
		}
		return sense
	}

	/** No longer ours to stop: it stands, or its connection is lost and the next one begins with a stop. */
	gone(camera: string): void {
		this.confirmed({ camera, turn: this.#turn, of: 'all' })
	}

	/** The stops to perform now. Each is given out once. */
	due(now: number): Stop[] {
		const silent = this.silent(now)
		const due = [...this.#movements.values()].filter(
			({ stopping, until, retryAt }) => !stopping && retryAt <= now && (silent || until <= now),
		)
		return [...new Set(due.map(({ camera }) => camera))].map((camera) => this.stopping(camera))
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

	#meant({ camera, turn, of }: Stop): Movement[] {
		return [...this.#movements.values()].filter(
			(it) => it.camera === camera && it.turn <= turn && (of === 'all' || of === it.part),
		)
	}

	#rest({ camera, part }: Movement): void {
		this.#movements.delete(keyOf(camera, part))
	}
}

const keyOf = (camera: string, part: Part) => `${part} ${camera}`
