import { setTimeout as delay } from 'node:timers/promises'
import type { CameraCapabilities, CameraHealth, Position, Velocity } from '../camera.ts'
import { DeviceError, type Log } from '../device.ts'
import type { Mechanism } from '../ptz/mechanism.ts'
import { type Command, readFocus, readFocusMode, readPanTilt, readPower, readVersion, readZoom } from './codec.ts'
import type { Conversation } from './conversation.ts'
import { type Model, modelOf } from './models.ts'

/** A VISCA camera, told and asked over one conversation; what it is told is decided in `ptz/camera.ts`. */

const wakeUpMs = 40_000
const journeyMs = 20_000
/** A setting is complete at once. */
const settingMs = 1_000
/** Somewhat less than a look may take before it is looked into why. */
const silentMs = 350
const everywhere = ['pan-tilt', 'zoom'] as const
const zoomSpeeds = 8
const slots = 16
const panTiltStop: Command = { kind: 'pan-tilt', pan: 0, tilt: 0 }
const zoomStop: Command = { kind: 'zoom', speed: 0 }
/** What stops every axis. */
export const stops: readonly Command[] = [panTiltStop, zoomStop]

export interface ViscaOptions {
	/** Overrules what is known of the model. */
	model?: Partial<Model>
	pollMs?: Mechanism['pollMs']
	/** The transport's own end, where it has one. */
	ended?: Promise<unknown>
	/** Its answers do not reach us: what is written counts as done, and nothing is asked. */
	blind?: boolean
	/** The opening takes so much longer, for a reason that panels show; see `OpenContext`. */
	prolong?: (ms: number, reason: string) => void
}

export class ViscaMechanism implements Mechanism {
	readonly completes = true
	readonly renewMs = null
	readonly video = null
	readonly pollMs: Mechanism['pollMs']
	readonly ended: Promise<unknown>
	firmware: string | null = null
	readonly #talk: Conversation
	readonly #log: Log
	readonly #options: ViscaOptions
	#model: Model
	#sighted = true
	/** The lens runs near or far until it is stopped. */
	#focusing = false

	constructor(talk: Conversation, log: Log, options: ViscaOptions = {}) {
		this.#talk = talk
		this.#log = log
		this.#options = options
		this.#model = modelOf(null, options.model)
		this.pollMs = options.pollMs ?? { moving: 100, idle: 500 }
		this.ended = options.ended ?? new Promise(() => {})
	}

	get capabilities(): CameraCapabilities {
		return {
			panTilt: { speeds: this.#model.panSpeeds },
			zoom: { speeds: zoomSpeeds },
			presets: { slots },
			focus: { byHand: true },
			positions: this.#sighted ? 'degrees' : null,
		}
	}

	get limits() {
		return this.#model
	}

	/** RESET, and the first act: a stop. Rejects with 'unreachable' when nothing answers, about a second later. */
	async begin(): Promise<Position | null> {
		try {
			// Cameras without a sequence ignore the RESET, and it may be lost: the stop does not wait for its answer.
			this.#talk.begin()
			if (this.#options.blind) {
				await this.#stopAxes()
				this.#sighted = false
				return null
			}
			let refused = false // as it does in standby, and for a while after that
			await this.#stopAxes().catch((error) => {
				unlessRefused(error)
				refused = true
			})
			await this.#talk.act({ kind: 'clear' }, [], 1_000).catch(nothingYet) // not all know it
			const version = readVersion(await this.#talk.ask('version').catch(nothingIfRefused))
			this.#model = modelOf(version, this.#options.model)
			this.firmware = version?.rom.toString(16).padStart(4, '0') ?? null
			const power = readPower(await this.#talk.ask('power').catch(nothingIfRefused))
			if (power === 'standby') await this.#switchOn()
			let position = await this.look(false)
			if (refused && !position) {
				await this.#untilAwake()
				position = await this.look(false)
			}
			this.#sighted = position !== null
			return position
		} catch (error) {
			if (!isTimeout(error)) throw error
			throw new DeviceError('unreachable', 'the camera answers nothing', { cause: error })
		}
	}

	quantise(velocity: Velocity): Velocity {
		return {
			pan: toSteps(velocity.pan, this.#model.panSpeeds),
			tilt: toSteps(velocity.tilt, this.#model.tiltSpeeds),
			zoom: toSteps(velocity.zoom, zoomSpeeds),
		}
	}

	drive({ pan, tilt, zoom }: Velocity, changed: { panTilt: boolean; zoom: boolean }): Promise<unknown> {
		const sent: Promise<unknown>[] = []
		if (changed.panTilt) {
			const command: Command = { kind: 'pan-tilt', pan, tilt }
			const stops = pan === 0 && tilt === 0
			sent.push(stops ? this.#talk.stop('pan-tilt', command) : this.#talk.drive('pan-tilt', command))
		}
		if (changed.zoom) {
			const command: Command = { kind: 'zoom', speed: zoom }
			sent.push(zoom === 0 ? this.#talk.stop('zoom', command) : this.#talk.drive('zoom', command))
		}
		return Promise.all(sent)
	}

	stop(): Promise<unknown> {
		const stopped = [this.#stopAxes()]
		if (this.#focusing) stopped.push(this.focus('stop'))
		return Promise.all(stopped)
	}

	stopHarder(): void {
		this.#talk.stop('pan-tilt', { kind: 'zero-speed' }).catch(() => {})
		for (const socket of [1, 2]) this.#talk.act({ kind: 'cancel', socket }, [], 1).catch(() => {})
	}

	moveTo(position: Position, speed: number): Promise<unknown> {
		const { panPerDegree, tiltPerDegree, panSpeeds, tiltSpeeds, zoomTele, digits, oneSpeed } = this.#model
		const panTilt: Command = {
			kind: 'pan-tilt-to',
			pan: position.pan * panPerDegree,
			tilt: position.tilt * tiltPerDegree,
			panSpeed: Math.max(1, speed * panSpeeds),
			tiltSpeed: oneSpeed ? 0 : Math.max(1, speed * tiltSpeeds),
			digits,
		}
		const zoom: Command = { kind: 'zoom-to', zoom: position.zoom * zoomTele }
		return Promise.all([this.#talk.act(panTilt, ['pan-tilt'], journeyMs), this.#talk.act(zoom, ['zoom'], journeyMs)])
	}

	home(): Promise<unknown> {
		return this.#talk.act({ kind: 'home' }, ['pan-tilt'], journeyMs)
	}

	recallSlot(slot: number): Promise<unknown> {
		return this.#talk.act({ kind: 'preset', action: 'recall', slot }, everywhere, journeyMs)
	}

	saveSlot(slot: number): Promise<unknown> {
		return this.#act({ kind: 'preset', action: 'set', slot })
	}

	async focus(mode: 'auto' | 'near' | 'far' | 'stop'): Promise<void> {
		// Near and far are refused (6y 41) while autofocus is on.
		const byHand = mode === 'near' || mode === 'far'
		if (byHand && !this.#focusing) await this.#act({ kind: 'focus', mode: 'manual' })
		this.#focusing = byHand
		await this.#act({ kind: 'focus', mode })
	}

	async setFocus(focus: number | null): Promise<void> {
		if (focus === null) return this.focus('auto')
		const [near, far] = this.#model.focus
		await this.#act({ kind: 'focus', mode: 'manual' })
		await this.#act({ kind: 'focus-to', focus: near + focus * (far - near) })
	}

	async look(withFocus: boolean): Promise<Position | null> {
		const [panTilt, zoom, focus] = await Promise.all([
			this.#talk.ask('pan-tilt').catch(nothingIfRefused),
			this.#talk.ask('zoom').catch(nothingIfRefused),
			withFocus ? this.#lens() : undefined,
		])
		const at = readPanTilt(panTilt)
		if (!at) return null
		const { panPerDegree, tiltPerDegree, zoomTele } = this.#model
		return {
			pan: at.pan / panPerDegree,
			tilt: at.tilt / tiltPerDegree,
			zoom: Math.min(1, (readZoom(zoom) ?? 0) / zoomTele),
			unit: 'degrees',
			...(focus === undefined ? {} : { focus }),
			at: Date.now(),
		}
	}

	async ping(): Promise<unknown> {
		return this.#options.blind ? null : this.#talk.ask('power').catch(nothingIfRefused)
	}

	/** On a line that others use too, each of a look's questions may take its time. */
	isSilent(): boolean {
		return this.#talk.silentMs() >= silentMs
	}

	health(): CameraHealth {
		return { ...this.#talk.health(), clockOffsetMs: null, model: this.#model.name }
	}

	close(): void {
		this.#talk.close()
	}

	#act(command: Command) {
		return this.#talk.act(command, [], settingMs)
	}

	#stopAxes(): Promise<unknown> {
		return Promise.all([this.#talk.stop('pan-tilt', panTiltStop), this.#talk.stop('zoom', zoomStop)])
	}

	/** Null: it focuses by itself, or does not tell. */
	async #lens(): Promise<number | null> {
		const [mode, at] = await Promise.all([
			this.#talk.ask('focus-mode').catch(nothingYet),
			this.#talk.ask('focus').catch(nothingYet),
		])
		const steps = readFocus(at)
		if (readFocusMode(mode) !== 'manual' || steps === null) return null
		const [near, far] = this.#model.focus
		return Math.min(1, Math.max(0, (steps - near) / (far - near)))
	}

	/** From standby. */
	async #switchOn(): Promise<void> {
		this.#log.info('the camera is in standby and is switched on')
		this.#talk.act({ kind: 'power', on: true }, [], wakeUpMs).catch(() => {})
		await this.#untilAwake()
	}

	/** After it was switched on, by us or another: it is deaf or refuses everything for 10 to 40 s. */
	async #untilAwake(): Promise<void> {
		this.#options.prolong?.(wakeUpMs, 'waking')
		const until = performance.now() + wakeUpMs
		for (;;) {
			await delay(500)
			const power = readPower(await this.#talk.ask('power').catch(nothingYet))
			if (power === 'on' && (await this.look(false).catch(() => null))) return
			if (performance.now() > until) throw new DeviceError('timeout', 'the camera does not wake up')
		}
	}
}

/** Any movement that was asked for is at least the slowest step. What is no number is no movement. */
function toSteps(fraction: number, speeds: number): number {
	if (!(Math.abs(fraction) > 0)) return 0
	return Math.sign(fraction) * Math.max(1, Math.round(Math.min(1, Math.abs(fraction)) * speeds))
}

const isTimeout = (error: unknown) => error instanceof DeviceError && error.code === 'timeout'
const isRefusal = (error: unknown) => error instanceof DeviceError && error.code === 'rejected'

function unlessRefused(error: unknown): void {
	if (!isRefusal(error)) throw error
}

/** While it boots it may be deaf, too. */
function nothingYet(error: unknown): Uint8Array {
	if (isRefusal(error) || isTimeout(error)) return new Uint8Array()
	throw error
}

/** What a camera refuses to tell is empty. */
function nothingIfRefused(error: unknown): Uint8Array {
	if (isRefusal(error)) return new Uint8Array()
	throw error
}
