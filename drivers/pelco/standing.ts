import type { Position } from '../camera.ts'
import type { Axis } from './codec.ts'
import { degreesOf, type Model } from './model.ts'

/**
 * Where a dome stands, asked axis by axis, because a question takes some 70 ms at 2400 baud: all that moves each time, and
 * where nothing moves one by turns. On a line where others are asked, too, it takes several looks until all that moves is
 * known: until then there is no position, since half a new one would look like a head that stands.
 */

interface Axle {
	/** Where it stood when it last said so. */
	steps: number
	askedAt: number
	/** It was asked since the last position, and since it was told something else. */
	fresh: boolean
	/** It may move until then, and until it has stood for several answers. */
	closeUntil: number
	stood: number
}

export const axes = ['pan', 'tilt', 'zoom'] as const
/** How long an axis is looked at closely after it was told something, or moved. */
const closeMs = 1_500
const answersToRest = 3
/** A look goes on with the next one after so long. */
const lookMs = 250

export class Standing {
	readonly #askDome: (axis: Axis) => Promise<number>
	readonly #isDriven: (axis: Axis) => boolean
	readonly #axles: Record<Axis, Axle>
	/** When the first of what is fresh was answered: milliseconds since the epoch. */
	#since: number | null = null
	#toldAt = 0

	/** `ask` answers in the dome's own steps. */
	constructor(ask: (axis: Axis) => Promise<number>, isDriven: (axis: Axis) => boolean) {
		this.#askDome = ask
		this.#isDriven = isDriven
		const axle = (): Axle => ({ steps: 0, askedAt: 0, fresh: false, closeUntil: 0, stood: answersToRest })
		this.#axles = { pan: axle(), tilt: axle(), zoom: axle() }
	}

	/** In the dome's own steps, when it last said so. */
	steps(axis: Axis): number {
		return this.#axles[axis].steps
	}

	/** These axes begin or end to move: what was asked before says nothing of that. */
	told(which: readonly Axis[]): void {
		if (which.length === 0) return
		for (const axis of which) this.#watchClosely(this.#axles[axis])
		this.#toldAt = performance.now()
		this.#forgetLook()
	}

	/** The first answer of all moves nothing. */
	async ask(axis: Axis): Promise<void> {
		const axle = this.#axles[axis]
		const first = axle.askedAt === 0
		const askedAt = performance.now()
		axle.askedAt = askedAt
		const steps = await this.#askDome(axis)
		if (first || steps === axle.steps) axle.stood += 1
		else this.#watchClosely(axle)
		axle.steps = steps
		if (askedAt < this.#toldAt) return
		axle.fresh = true
		this.#since ??= Date.now()
	}

	/** True: all that moves was asked. */
	async look(): Promise<boolean> {
		const begun = performance.now()
		const close = axes.filter((axis) => this.#isClose(axis, begun))
		const oldest = axes.toSorted((a, b) => this.#axles[a].askedAt - this.#axles[b].askedAt)
		const unknown = oldest.filter((axis) => close.includes(axis) && !this.#axles[axis].fresh)
		for (const axis of close.length > 0 ? unknown : oldest.slice(0, 1)) {
			await this.ask(axis)
			if (performance.now() - begun > lookMs) break
		}
		return close.every((axis) => this.#axles[axis].fresh)
	}

	/** As it was said; as old as the oldest part of it. */
	position({ panPerDegree, tiltPerDegree, zoom: [wide, tele] }: Model): Position {
		const at = this.#since ?? Date.now()
		this.#forgetLook()
		const { pan, tilt, zoom } = this.#axles
		return {
			pan: degreesOf(pan.steps, panPerDegree),
			tilt: degreesOf(tilt.steps, tiltPerDegree),
			zoom: Math.min(1, Math.max(0, (zoom.steps - wide) / (tele - wide))),
			unit: 'degrees',
			at,
		}
	}

	#watchClosely(axle: Axle): void {
		axle.closeUntil = performance.now() + closeMs
		axle.stood = 0
	}

	#forgetLook(): void {
		this.#since = null
		for (const axis of axes) this.#axles[axis].fresh = false
	}

	/** It moves, or may do so. */
	#isClose(axis: Axis, now: number): boolean {
		const { closeUntil, stood } = this.#axles[axis]
		return this.#isDriven(axis) || closeUntil > now || stood < answersToRest
	}
}
