import { setTimeout as delay } from 'node:timers/promises'
import type { CameraCapabilities, CameraHealth, CameraVideo, Position, Velocity } from '../camera.ts'
import { DeviceError, type Log } from '../device.ts'
import type { Mechanism } from '../ptz/mechanism.ts'
import { type Conversation, isRefusal, unlessRefused } from './conversation.ts'
import { Head } from './head.ts'
import { findLens, type Lens } from './lens.ts'
import { findProfile, greet, type Identity, identify, measure } from './opening.ts'
import { createPresets, type Presets } from './presets.ts'
import { getStatus } from './ptz.ts'
import { type Coordinates, readCoordinates, readPosition, type Travel } from './spaces.ts'
import type { Credentials } from './username-token.ts'
import { createVideo } from './video.ts'
import { childOf, textAt, type XmlElement } from './xml.ts'

/** An ONVIF camera, told and asked over one conversation; what it is told is decided in `ptz/camera.ts`. */

export interface OnvifOptions {
	readonly talk: Conversation
	readonly log: Log
	/** Where the camera is reached. */
	readonly host: string
	readonly who: Credentials | null
	readonly travel: Travel | null
	readonly pollMs?: Mechanism['pollMs']
}

/** Its velocities are numbers, so that it has as many speeds as a hand can tell apart. */
const speeds = 50
/** Who needs longer to say where it is can't be proven to move; some need half a minute. */
const promptMs = 600
/** Some say for ever that they move. */
const restMs = 10_000
const restPollMs = 250

export class OnvifMechanism implements Mechanism {
	/** Its orders are acknowledged when they are taken. */
	readonly completes = false
	readonly pollMs: Mechanism['pollMs']
	/** Its connections come and go. */
	readonly ended = new Promise<never>(() => {})
	readonly #options: OnvifOptions
	readonly #talk: Conversation
	#profile = ''
	#identity: Identity = { model: null, firmware: null }
	#coordinates: Coordinates = readCoordinates(undefined, undefined, null)
	#slots = 0
	/** Null: nobody can move it. */
	#head: Head | null = null
	#lens: Lens | null = null
	#presets: Presets | null = null
	#video: CameraVideo | null = null
	#sighted = false
	/** Of orders to the head. */
	#turn = 0

	constructor(options: OnvifOptions) {
		this.#options = options
		this.#talk = options.talk
		this.pollMs = options.pollMs ?? { moving: 100, idle: 500 }
	}

	get capabilities(): CameraCapabilities {
		const { velocity, unit } = this.#coordinates
		const moves = this.#head !== null
		return {
			panTilt: moves && (velocity.pan || velocity.tilt) ? { speeds } : null,
			zoom: moves && velocity.zoom ? { speeds } : null,
			presets: moves && this.#slots > 0 ? { slots: this.#slots } : null,
			focus: this.#lens && { byHand: this.#lens.byHand },
			positions: this.#sighted ? unit : null,
		}
	}

	get limits() {
		return this.#coordinates.limits
	}

	get firmware() {
		return this.#identity.firmware
	}

	get video() {
		return this.#video
	}

	get renewMs() {
		return this.#head?.renewMs ?? null
	}

	/** What must be known to stop it, the stop, and then the rest. */
	async begin(): Promise<Position | null> {
		const { talk, host, who, travel } = this.#options
		try {
			await greet(talk)
			const { profile, media } = await findProfile(talk)
			this.#profile = profile.token
			this.#video = createVideo({ talk, host, who, media })
			if (profile.ptz && talk.paths.has('tptz')) {
				this.#coordinates = readCoordinates(profile.ptz, undefined, travel)
				this.#head = new Head(talk, profile.token, this.#coordinates)
				await this.#head.stop()
			}
			const [identity, measured, lens] = await Promise.all([
				identify(talk),
				this.#head && profile.ptz && measure(talk, profile.ptz, travel),
				profile.source !== null && talk.paths.has('timg') ? findLens(talk, profile.source) : null,
			])
			this.#identity = identity
			this.#lens = lens
			if (measured) {
				this.#coordinates = measured.coordinates
				this.#slots = measured.slots
				this.#head?.measured(measured.coordinates)
				this.#presets = createPresets(talk, profile.token)
			}
			return await this.#firstLook()
		} catch (error) {
			if (!(error instanceof DeviceError) || error.code !== 'timeout') throw error
			throw new DeviceError('unreachable', 'the camera does not answer in time', { cause: error })
		}
	}

	quantise({ pan, tilt, zoom }: Velocity): Velocity {
		const { velocity } = this.#coordinates
		if (!this.#head) return { pan: 0, tilt: 0, zoom: 0 }
		return {
			pan: velocity.pan ? inSteps(pan) : 0,
			tilt: velocity.tilt ? inSteps(tilt) : 0,
			zoom: velocity.zoom ? inSteps(zoom) : 0,
		}
	}

	/** Whole each time: an axis that is left out goes on as it was. */
	drive(velocity: Velocity): Promise<unknown> {
		this.#turn += 1
		return this.#moving().drive(velocity)
	}

	stop(): Promise<unknown> {
		this.#turn += 1
		const stopped = [this.#head?.stop()]
		if (this.#lens?.running) stopped.push(this.#lens.focus('stop'))
		return Promise.all(stopped)
	}

	stopHarder(): void {
		this.#head?.stopHarder()
	}

	async moveTo(position: Position, speed: number): Promise<unknown> {
		this.#turn += 1
		if (!this.#coordinates.place) throw new DeviceError('unsupported', 'this camera cannot be sent to a place')
		return this.#moving().moveTo(position, speed)
	}

	home(): Promise<unknown> {
		return this.#travel((head) => head.home())
	}

	async recallSlot(slot: number): Promise<unknown> {
		const presets = this.#remembering()
		return this.#travel((head) => head.recall(() => presets.tokenOf(slot)))
	}

	async saveSlot(slot: number): Promise<unknown> {
		return this.#remembering().save(slot)
	}

	async focus(mode: 'auto' | 'near' | 'far' | 'stop'): Promise<unknown> {
		if (!this.#lens) throw new DeviceError('unsupported', 'the focus of this camera is its own affair')
		return this.#lens.focus(mode)
	}

	async setFocus(focus: number | null): Promise<unknown> {
		if (!this.#lens) throw new DeviceError('unsupported', 'the focus of this camera is its own affair')
		return this.#lens.setFocus(focus)
	}

	async look(withFocus: boolean): Promise<Position | null> {
		if (!this.#sighted) return null
		const [response, focus] = await Promise.all([
			this.#talk.ask(getStatus(this.#profile)).catch(asSilence),
			withFocus && this.#lens ? this.#lens.look() : undefined,
		])
		const position = readPosition(this.#coordinates, childOf(response, 'PTZStatus'), Date.now())
		return position && focus !== undefined ? { ...position, focus } : position
	}

	/** Its clock, which needs no log-in and tells what may have changed. */
	ping(): Promise<unknown> {
		return this.#talk.measureClock().catch(asSilence)
	}

	health(): CameraHealth {
		return { ...this.#talk.health(), model: this.#identity.model }
	}

	close(): void {
		this.#talk.close()
	}

	/** Whether it tells where it is, soon enough. What it says of whether it moves is not believed: its positions prove. */
	async #firstLook(): Promise<Position | null> {
		if (!this.#head || !this.#coordinates.place) return null
		const begin = performance.now()
		const ask = this.#talk.ask(getStatus(this.#profile), { limitMs: 2 * promptMs, again: 'closed' })
		const status = await ask.catch((error: unknown) => {
			if (!(error instanceof DeviceError) || error.code !== 'timeout') return unlessRefused(error)
		})
		const position = readPosition(this.#coordinates, childOf(status, 'PTZStatus'), Date.now())
		const slow = performance.now() - begin > promptMs
		if (position && slow) this.#options.log.warn('the camera is too slow in telling where it is: nothing is proven')
		this.#sighted = position !== null && !slow
		return this.#sighted ? position : null
	}

	/** Where nothing proves an arrival, the camera's word for it is better than none. */
	async #travel(order: (head: Head) => Promise<unknown>): Promise<void> {
		this.#turn += 1
		const turn = this.#turn
		await order(this.#moving())
		const until = performance.now() + restMs
		while (!this.#sighted && turn === this.#turn && performance.now() < until) {
			await delay(restPollMs)
			const status = await this.#talk.ask(getStatus(this.#profile)).catch(unlessRefused)
			if (!says(status, 'MOVING')) return
		}
	}

	#moving(): Head {
		if (!this.#head) throw new DeviceError('unsupported', 'nobody can move this camera')
		return this.#head
	}

	#remembering(): Presets {
		if (!this.#presets) throw new DeviceError('unsupported', 'this camera has no presets')
		return this.#presets
	}
}

/** Of pan and tilt or of the zoom. */
function says(status: XmlElement | undefined, word: string): boolean {
	const moves = childOf(childOf(status, 'PTZStatus'), 'MoveStatus')
	return textAt(moves, 'PanTilt') === word || textAt(moves, 'Zoom') === word
}

/** Once is no reason to give it up; again and again is as good as silence. */
function asSilence(error: unknown): never {
	const passing = isRefusal(error) || (error instanceof DeviceError && error.code === 'protocol')
	throw passing ? new DeviceError('timeout', 'the camera does not tell where it is', { cause: error }) : error
}

/** Any movement that was asked for is at least the slowest step. What is no number is no movement. */
function inSteps(share: number): number {
	if (!(Math.abs(share) > 0)) return 0
	return (Math.sign(share) * Math.max(1, Math.round(Math.min(1, Math.abs(share)) * speeds))) / speeds
}
