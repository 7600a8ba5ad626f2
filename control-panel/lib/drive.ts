import { ramp, still, sum, type Velocity } from './steering.ts'

/**
 * A camera in somebody's hands. While anything is held the newest velocity is sent at once and again every 150 ms, which
 * is what keeps the camera moving: it stops by itself 400 ms after the last word. Letting the last thing go sends stop.
 */

const renewMs = 150
/** A finger that slides says something new at most twenty times a second. */
const shortestMs = 50

export interface DriveTarget {
	move(velocity: Velocity): void
	stop(): void
}

interface Hold {
	velocity: Velocity
	/** When it began, for what comes to its speed slowly; null: at full speed at once. */
	ramped: number | null
}

export class Drive {
	readonly #target: DriveTarget
	readonly #now: () => number
	readonly #holds = new Map<string, Hold>()
	#sentAt = Number.NEGATIVE_INFINITY
	#sent = still
	#timer: ReturnType<typeof setTimeout> | undefined

	constructor(target: DriveTarget, now: () => number = () => performance.now()) {
		this.#target = target
		this.#now = now
	}

	get active(): boolean {
		return this.#holds.size > 0
	}

	/** A finger or key, named, wants this from now on. */
	hold(name: string, velocity: Partial<Velocity>, how: 'ramped' | 'direct' = 'direct') {
		const before = this.#holds.get(name)
		const ramped = how === 'ramped' ? (before?.ramped ?? this.#now()) : null
		this.#holds.set(name, { velocity: { ...still, ...velocity }, ramped })
		this.#schedule(before === undefined ? 0 : shortestMs)
	}

	/** It is let go. */
	release(name: string) {
		if (!this.#holds.delete(name)) return
		if (this.#holds.size > 0) return this.#schedule(0)
		this.#end()
	}

	/** Everything is let go: the window lost the focus, the screen changed, the room refused. */
	releaseAll() {
		if (this.#holds.size === 0) return
		this.#holds.clear()
		this.#end()
	}

	#end() {
		clearTimeout(this.#timer)
		this.#timer = undefined
		this.#sent = still
		this.#sentAt = Number.NEGATIVE_INFINITY
		this.#target.stop()
	}

	#schedule(afterLastMs: number) {
		clearTimeout(this.#timer)
		const wait = this.#sentAt + afterLastMs - this.#now()
		if (wait <= 0) return this.#send()
		this.#timer = setTimeout(() => this.#send(), wait)
	}

	#send() {
		const now = this.#now()
		const wanted = sum([...this.#holds.values()].map((hold) => scaled(hold, now)))
		this.#timer = setTimeout(() => this.#send(), renewMs)
		// A finger resting in the dead zone holds the pad but asks for nothing; only the first such word is news.
		if (isStill(wanted) && isStill(this.#sent)) return
		this.#sent = wanted
		this.#sentAt = now
		this.#target.move(wanted)
	}
}

function isStill({ pan, tilt, zoom }: Velocity): boolean {
	return pan === 0 && tilt === 0 && zoom === 0
}

function scaled({ velocity, ramped }: Hold, now: number): Velocity {
	if (ramped === null) return velocity
	const part = ramp(now - ramped)
	return { pan: velocity.pan * part, tilt: velocity.tilt * part, zoom: velocity.zoom * part }
}
