import { setTimeout as delay } from 'node:timers/promises'
import type { CameraCapabilities, CameraHealth, Position, Velocity } from '../camera.ts'
import { DeviceError } from '../device.ts'
import type { Mechanism } from '../ptz/mechanism.ts'
import type { Limits } from '../ptz/motion.ts'
import { type Axis, type Command, fastest, zoomSpeeds } from './codec.ts'
import type { Dome } from './conversation.ts'
import { common, domeTravel, type Model, presetOf, stepsOf, zeroPan } from './model.ts'
import { axes, Standing } from './standing.ts'

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
	readonly #standing: Standing
	#sighted = false
	/** It answers where its pan is, though not all. */
	#answers = false
	#told: Velocity = { pan: 0, tilt: 0, zoom: 0 }
	#focusing: 'near' | 'far' | null = null

	constructor(dome: Dome, { blind = false, limits = domeTravel, model = {}, ended }: PelcoOptions) {
		this.#dome = dome
		this.#blind = blind
		this.#model = { ...common, ...model }
		this.limits = limits
		this.ended = ended
		this.#standing = new Standing(dome.ask, (axis) => this.#told[axis] !== 0)
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
		return this.#sighted ? this.#standing.position(this.#model) : null
	}

	quantise({ pan, tilt, zoom }: Velocity): Velocity {
		return { pan: toSteps(pan, fastest), tilt: toSteps(tilt, fastest), zoom: toSteps(zoom, zoomSpeeds) }
	}

	drive(velocity: Velocity): Promise<unknown> {
		this.#standing.told(axes.filter((axis) => Math.sign(velocity[axis]) !== Math.sign(this.#told[axis])))
		this.#told = velocity
		return this.#dome.drive({ ...velocity, focus: this.#focusing })
	}

	stop(): Promise<unknown> {
		this.#standing.told(axes.filter((axis) => this.#told[axis] !== 0))
		this.#told = { pan: 0, tilt: 0, zoom: 0 }
		this.#focusing = null
		return this.#dome.stop(!this.#sighted)
	}

	/** It is sent to where it is: what does not heed a stop may heed that. */
	stopHarder(): void {
		const here = axes.map((axis) => this.#go(axis, this.#standing.steps(axis)))
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

	/** Null also while not all that moves is known. */
	async look(withFocus: boolean): Promise<Position | null> {
		if (!this.#sighted) return null
		if (!withFocus) return (await this.#standing.look()) ? this.#standing.position(this.#model) : null
		// Who asks for a position wants all of it as it is.
		for (const axis of axes) await this.#standing.ask(axis)
		return this.#standing.position(this.#model)
	}

	ping(): Promise<unknown> {
		if (this.#blind) return Promise.resolve()
		if (this.#answers) return this.#standing.ask('pan')
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

	/** Whether it tells that. */
	async #asked(axis: Axis): Promise<boolean> {
		try {
			await this.#standing.ask(axis)
			return true
		} catch (error) {
			if (error instanceof DeviceError && error.code === 'timeout') return false
			throw error
		}
	}

	/** A drive that is under way ends first: not all domes leave it for a journey. */
	async #travel(commands: Command[]): Promise<unknown> {
		this.#standing.told(axes)
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
