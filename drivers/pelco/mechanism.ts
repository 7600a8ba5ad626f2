import { setTimeout as delay } from 'node:timers/promises'
import type { CameraCapabilities, CameraHealth, Position, Velocity } from '../camera.ts'
import { DeviceError } from '../device.ts'
import type { Mechanism } from '../ptz/mechanism.ts'
import type { Limits } from '../ptz/motion.ts'
import { type Axis, type Command, fastest, zoomSpeeds } from './codec.ts'
import type { Dome } from './conversation.ts'
import { common, degreesOf, domeTravel, type Model, presetOf, stepsOf, zeroPan } from './model.ts'

/**
 * A Pelco-D dome, told and asked over its part of a line; what it is told is decided in `ptz/camera.ts`.
 *
 * Most domes answer nothing, on most lines nothing can come back, and that is no different from a dome that is dead or a
 * wire that is cut. So silence is a fault ('unreachable') unless the configuration says `blind`: then nothing is asked, each
 * stop and each journey is told several times, and what was told is all that is known: no position, no arrival, no views
 * but those in the dome's own memory. A dome that answers where it stands is proved like any other camera; one that only
 * acknowledges, or does not tell its zoom, is known to live and no more.
 */

/** For a dome that ends by itself what is not told again (some do after 15 s), and for one that missed a word. */
const renewMs = 500
/** Nobody sees a blind dome arrive. The slowest of the fast ones are there by then. */
const blindJourneyMs = 5_000
const lensAgainMs = 100
/** How long an axis is looked at closely after it was told something, or moved. */
const closeMs = 1_500
/** On a busy line a look goes on with the next one after so long. */
const lookMs = 250
const axes = ['pan', 'tilt', 'zoom'] as const
const stop: Command = { kind: 'stop' }

export interface PelcoOptions {
	/** Nothing can come back from it. */
	blind?: boolean
	limits?: Limits
	/** Overrules what the manual says. */
	model?: Partial<Model>
	/** The end of the line itself. */
	ended: Promise<unknown>
}

interface Axle {
	/** Where it stood when it last said so. */
	steps: number
	askedAt: number
	/** It was asked since the last position. */
	fresh: boolean
	/** It may move until then. */
	closeUntil: number
}

export class PelcoMechanism implements Mechanism {
	readonly completes = false
	readonly firmware = null
	readonly video = null
	readonly renewMs = renewMs
	readonly pollMs = { moving: 20, idle: 500 }
	readonly limits: Limits
	readonly ended: Promise<unknown>
	readonly #dome: Dome
	readonly #blind: boolean
	readonly #model: Model
	readonly #axles: Record<Axis, Axle>
	#sighted = false
	/** It answers where its pan is, though not all. */
	#answers = false
	/** When the first of what is fresh was answered: milliseconds since the epoch. */
	#since: number | null = null
	#told: Velocity = { pan: 0, tilt: 0, zoom: 0 }
	#focusing: 'near' | 'far' | null = null

	constructor(dome: Dome, { blind = false, limits = domeTravel, model = {}, ended }: PelcoOptions) {
		this.#dome = dome
		this.#blind = blind
		this.#model = { ...common, ...model }
		this.limits = limits
		this.ended = ended
		const axle = (): Axle => ({ steps: 0, askedAt: 0, fresh: false, closeUntil: 0 })
		this.#axles = { pan: axle(), tilt: axle(), zoom: axle() }
	}

	get capabilities(): CameraCapabilities {
		return {
			panTilt: { speeds: fastest },
			zoom: { speeds: zoomSpeeds },
			presets: { slots: this.#model.presets },
			focus: { byHand: true },
			positions: this.#sighted ? 'degrees' : null,
		}
	}

	/** Stopped as often as it takes, switched on, asked where it stands. */
	async begin(): Promise<Position | null> {
		await this.#dome.stop(true)
		await this.#dome.act([{ kind: 'power', on: true }], false)
		if (this.#blind) return null
		this.#answers = await this.#asked('pan')
		// One that only acknowledges gets another chance to do so.
		if (!this.#answers && this.#dome.health().ackMs === null) await this.#dome.stop(true)
		if (!this.#answers && this.#dome.health().ackMs === null) {
			throw new DeviceError(
				'unreachable',
				'the dome answers nothing; if nothing can come back on this line, it is blind',
			)
		}
		this.#sighted = this.#answers && (await this.#asked('tilt')) && (await this.#asked('zoom'))
		return this.#sighted ? this.#place() : null
	}

	quantise({ pan, tilt, zoom }: Velocity): Velocity {
		return { pan: toSteps(pan, fastest), tilt: toSteps(tilt, fastest), zoom: toSteps(zoom, zoomSpeeds) }
	}

	drive(velocity: Velocity): Promise<unknown> {
		this.#lookClosely(axes.filter((axis) => velocity[axis] !== 0 || this.#told[axis] !== 0))
		this.#told = velocity
		return this.#dome.drive({ ...velocity, focus: this.#focusing })
	}

	stop(): Promise<unknown> {
		this.#lookClosely(axes)
		this.#told = { pan: 0, tilt: 0, zoom: 0 }
		this.#focusing = null
		return this.#dome.stop(!this.#sighted)
	}

	/** It is sent to where it is: what does not heed a stop may heed that. */
	stopHarder(): void {
		const here = axes.map((axis) => this.#go(axis, this.#axles[axis].steps))
		this.#dome.stop(false, here).catch(() => {})
	}

	/** As fast as it likes: the command carries no speed. */
	moveTo({ pan, tilt, zoom }: Position): Promise<unknown> {
		const { panPerDegree, tiltPerDegree, zoom: lens } = this.#model
		return this.#travel([
			this.#go('pan', stepsOf(pan, panPerDegree)),
			this.#go('tilt', stepsOf(tilt, tiltPerDegree)),
			this.#go('zoom', Math.round(lens[0] + zoom * (lens[1] - lens[0]))),
		])
	}

	home(): Promise<unknown> {
		if (this.#sighted) return this.#travel([this.#go('pan', 0), this.#go('tilt', 0)])
		return this.#travel([{ kind: 'preset', action: 'goto', preset: zeroPan }])
	}

	async recallSlot(slot: number): Promise<unknown> {
		return this.#travel([{ kind: 'preset', action: 'goto', preset: this.#presetOf(slot) }])
	}

	async saveSlot(slot: number): Promise<unknown> {
		return this.#dome.act(twice({ kind: 'preset', action: 'set', preset: this.#presetOf(slot) }), false)
	}

	focus(mode: 'auto' | 'near' | 'far' | 'stop'): Promise<unknown> {
		const ran = this.#focusing !== null
		this.#focusing = mode === 'near' || mode === 'far' ? mode : null
		if (mode === 'auto') {
			const switched = this.#dome.act(twice({ kind: 'autofocus', on: true }), false)
			return ran ? Promise.all([this.#stopLens(), switched]) : switched
		}
		if (mode === 'stop') return ran ? this.#stopLens() : Promise.resolve()
		// Autofocus would take it back.
		const first: Command[] = ran ? [] : [{ kind: 'autofocus', on: false }]
		return this.#dome.drive({ ...this.#told, focus: this.#focusing }, first)
	}

	async setFocus(focus: number | null): Promise<unknown> {
		if (focus === null) return this.focus('auto')
		throw new DeviceError('unsupported', 'this camera cannot be told how far to focus')
	}

	/**
	 * What moves is asked each time, what stands by turns: a question takes some 70 ms at 2400 baud. On a line where others
	 * are asked, too, it takes several looks until all that moves is known: until then there is no position.
	 */
	async look(withFocus: boolean): Promise<Position | null> {
		if (!this.#sighted) return null
		// One that is asked for a position wants all of it as it is.
		if (withFocus) {
			for (const axis of axes) await this.#ask(axis)
			return this.#place()
		}
		const begun = performance.now()
		const close = axes.filter((axis) => this.#isClose(axis, begun))
		const oldest = axes.toSorted((a, b) => this.#axles[a].askedAt - this.#axles[b].askedAt)
		const resting = oldest.filter((axis) => !close.includes(axis)).slice(0, 1)
		for (const axis of [...oldest.filter((axis) => close.includes(axis) && !this.#axles[axis].fresh), ...resting]) {
			await this.#ask(axis)
			if (performance.now() - begun > lookMs) break
		}
		if (close.some((axis) => !this.#axles[axis].fresh)) return null
		return this.#place()
	}

	ping(): Promise<unknown> {
		if (this.#blind) return Promise.resolve()
		if (this.#answers) return this.#ask('pan')
		// What it has anyhow, for its general response.
		return this.#dome.act([{ kind: 'zoom-speed', speed: Math.max(0, Math.abs(this.#told.zoom) - 1) }], false)
	}

	isSilent(): boolean {
		return this.#dome.isSilent()
	}

	health(): CameraHealth {
		return { ...this.#dome.health(), clockOffsetMs: null, model: null }
	}

	close(): void {
		this.#dome.close()
	}

	// --- where it stands

	async #ask(axis: Axis): Promise<void> {
		const axle = this.#axles[axis]
		axle.askedAt = performance.now()
		const steps = await this.#dome.ask(axis)
		if (steps !== axle.steps) axle.closeUntil = performance.now() + closeMs
		axle.steps = steps
		axle.fresh = true
		this.#since ??= Date.now()
	}

	/** Whether it tells that. */
	async #asked(axis: Axis): Promise<boolean> {
		try {
			await this.#ask(axis)
			return true
		} catch (error) {
			if (error instanceof DeviceError && error.code === 'timeout') return false
			throw error
		}
	}

	#lookClosely(which: readonly Axis[]): void {
		for (const axis of which) this.#axles[axis].closeUntil = performance.now() + closeMs
	}

	/** It moves, or may do so. */
	#isClose(axis: Axis, now: number): boolean {
		return this.#told[axis] !== 0 || this.#axles[axis].closeUntil > now
	}

	#place(): Position {
		// As old as the oldest part of it.
		const at = this.#since ?? Date.now()
		this.#since = null
		for (const axis of axes) this.#axles[axis].fresh = false
		const { panPerDegree, tiltPerDegree, zoom: lens } = this.#model
		const { pan, tilt, zoom } = this.#axles
		return {
			pan: degreesOf(pan.steps, panPerDegree),
			tilt: degreesOf(tilt.steps, tiltPerDegree),
			zoom: Math.min(1, Math.max(0, (zoom.steps - lens[0]) / (lens[1] - lens[0]))),
			unit: 'degrees',
			at,
		}
	}

	// --- where it goes

	/** A drive that is under way ends first: not all domes leave it for a journey. */
	async #travel(commands: Command[]): Promise<unknown> {
		this.#lookClosely(axes)
		this.#told = { pan: 0, tilt: 0, zoom: 0 }
		this.#focusing = null
		await this.#dome.act([stop, ...twice(...commands)], true)
		if (!this.#sighted) await delay(blindJourneyMs, undefined, { ref: false })
		return null
	}

	#go(axis: Axis, steps: number): Command {
		return { kind: 'go', axis, steps }
	}

	#stopLens(): Promise<unknown> {
		if (axes.every((axis) => this.#told[axis] === 0)) return this.#dome.stop(!this.#sighted)
		const headAlone = { ...this.#told, focus: null }
		const told = this.#dome.drive(headAlone)
		// Nobody sees a lens: told again, unless something newer was told.
		const moving = this.#told
		delay(lensAgainMs, undefined, { ref: false }).then(() => {
			if (this.#told === moving && !this.#focusing) this.#dome.drive(headAlone).catch(() => {})
		})
		return told
	}

	#presetOf(slot: number): number {
		if (slot < this.#model.presets) return presetOf(slot)
		throw new DeviceError('unsupported', `this camera keeps ${this.#model.presets} views of its own`)
	}
}

/** There may be noise on the line, and no acknowledgement. What is told twice is the same order. */
const twice = (...commands: Command[]) => [...commands, ...commands]

/** Any movement that was asked for is at least the slowest step. What is no number is no movement. */
function toSteps(fraction: number, speeds: number): number {
	if (!(Math.abs(fraction) > 0)) return 0
	return Math.sign(fraction) * Math.max(1, Math.round(Math.min(1, Math.abs(fraction)) * speeds))
}
