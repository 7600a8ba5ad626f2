import { setTimeout as delay } from 'node:timers/promises'
import type { Camera, CameraCapabilities, CameraState, Position, Velocity } from '../camera.ts'
import { DeviceError, type Log } from '../device.ts'
import { type Command, readPanTilt, readPower, readVersion, readZoom } from './codec.ts'
import type { Conversation } from './conversation.ts'
import { Journey, type Leg } from './journey.ts'
import { type Model, modelOf } from './models.ts'
import { type Aim, beginMotion, differ, type Motion, type MotionFault, seePosition } from './motion.ts'

/**
 * The thin device over the session. It says what it sees: `moving` is true from the first byte of a movement until the
 * camera's own positions stand still, and a movement that these do not show is a fault.
 */

const movingPollMs = 100
const idlePollMs = 1_500
/** Questions in a row that may stay unanswered, each asked three times, before the camera counts as lost. */
const misses = 2
const wakeUpMs = 40_000
const everywhere = ['pan-tilt', 'zoom'] as const
const zoomSpeeds = 8
const slots = 16
const still: Velocity = { pan: 0, tilt: 0, zoom: 0 }

export class ViscaCamera implements Camera {
	readonly lost: Promise<DeviceError | undefined>
	readonly #talk: Conversation
	readonly #log: Log
	readonly #override: Partial<Model>
	readonly #listeners = new Set<(state: CameraState) => void>()
	#state: CameraState = { moving: false, position: null, fault: null, firmware: null }
	#model: Model
	#lose: (error: DeviceError | undefined) => void = () => {}
	#poll: NodeJS.Timeout | undefined
	#pollAt = Number.POSITIVE_INFINITY
	#asking = false
	#motion: Motion | null = null
	#journey: Journey | null = null
	/** How often the present movement was told again. */
	#repeats = 0
	/** Velocity in steps that the camera was last told, so that a renewal that changes nothing costs no bytes. */
	#told = still
	/** What it was told may not have reached it. */
	#unsure = false
	/** False: it cannot tell where it is, so that ACKs must do. */
	#sighted = true
	#missed = 0
	#closed = false

	constructor(talk: Conversation, log: Log, override: Partial<Model> = {}) {
		this.#talk = talk
		this.#log = log
		this.#override = override
		this.#model = modelOf(null, override)
		this.lost = new Promise((resolve) => {
			this.#lose = resolve
		})
	}

	get capabilities(): CameraCapabilities {
		return { panTilt: { speeds: this.#model.panSpeeds }, zoom: { speeds: zoomSpeeds }, presets: { slots } }
	}

	/** RESET, and the first act: a stop. Rejects with 'unreachable' when nothing answers, about a second later. */
	async start(): Promise<void> {
		try {
			// Cameras without a sequence ignore the RESET, and it may be lost: the stop does not wait for its answer.
			this.#talk.begin()
			let refused = false // as it does in standby, and for a while after that
			await this.#stopBoth().catch((error) => {
				unlessRefused(error)
				refused = true
			})
			await this.#talk.act({ kind: 'clear' }, [], 1_000).catch(nothingYet) // not all know it
			const version = readVersion(await this.#talk.ask('version').catch(nothingIfRefused))
			this.#model = modelOf(version, this.#override)
			const power = readPower(await this.#talk.ask('power').catch(nothingIfRefused))
			if (power === 'standby') await this.#switchOn()
			let position = await this.#look()
			if (refused && !position) {
				await this.#untilAwake()
				position = await this.#look()
			}
			this.#sighted = position !== null
			const firmware = version?.rom.toString(16).padStart(4, '0') ?? null
			this.#log.info({ model: this.#model.name, firmware, position: this.#sighted }, 'the camera answers')
			this.#update({ firmware, position })
		} catch (error) {
			if (!isTimeout(error)) throw error
			throw new DeviceError('unreachable', 'the camera answers nothing', { cause: error })
		}
		this.#schedule()
	}

	watch(listener: (state: CameraState) => void): () => void {
		this.#listeners.add(listener)
		listener(this.#state)
		return () => this.#listeners.delete(listener)
	}

	async move(velocity: Velocity): Promise<void> {
		const steps = {
			pan: toSteps(velocity.pan, this.#model.panSpeeds),
			tilt: toSteps(velocity.tilt, this.#model.tiltSpeeds),
			zoom: toSteps(velocity.zoom, zoomSpeeds),
		}
		if (steps.pan === 0 && steps.tilt === 0 && steps.zoom === 0) return this.stop()
		const { pan, tilt, zoom } = this.#told
		// A hand that takes over ends a journey also on the axes that it leaves alone.
		const all = this.#unsure || this.#journey !== null
		const panTilt = all || steps.pan !== pan || steps.tilt !== tilt
		if (!panTilt && steps.zoom === zoom) return
		this.#told = steps
		this.#unsure = false
		const sent: Promise<unknown>[] = []
		if (panTilt) sent.push(this.#drivePanTilt())
		if (all || steps.zoom !== zoom) sent.push(this.#driveZoom())
		// A hand that only changes its speed does not put off the proof, nor the next look.
		const signs = signsOf(steps)
		if (all || !this.#drivesTo(signs)) this.#expect({ kind: 'drive', signs })
		try {
			await Promise.all(sent)
		} catch (error) {
			// A renewal is to be sent again.
			if (this.#told === steps) this.#unsure = true
			throw error
		}
	}

	async stop(): Promise<void> {
		this.#told = still
		const stopped = this.#stopBoth()
		this.#expect({ kind: 'stop' })
		await stopped
		// Nothing else will tell.
		if (!this.#sighted && this.#motion?.aim.kind === 'stop') this.#stand({})
	}

	async home(): Promise<void> {
		await this.#travel(null, [{ command: { kind: 'home' }, axes: ['pan-tilt'] }])
	}

	async position(): Promise<Position | null> {
		const position = await this.#look()
		if (position) this.#judge(position)
		return position
	}

	async moveTo(position: Position, speed: number): Promise<void> {
		const { panPerDegree, tiltPerDegree, panSpeeds, tiltSpeeds, zoomTele, digits, oneSpeed } = this.#model
		const panTilt: Command = {
			kind: 'pan-tilt-to',
			pan: position.pan * panPerDegree,
			tilt: position.tilt * tiltPerDegree,
			panSpeed: Math.max(1, speed * panSpeeds),
			tiltSpeed: oneSpeed ? 0 : Math.max(1, speed * tiltSpeeds),
			digits,
		}
		await this.#travel(position, [
			{ command: panTilt, axes: ['pan-tilt'] },
			{ command: { kind: 'zoom-to', zoom: position.zoom * zoomTele }, axes: ['zoom'] },
		])
	}

	async focus(mode: 'auto' | 'near' | 'far' | 'stop'): Promise<void> {
		// Near and far are refused (6y 41) while autofocus is on.
		if (mode === 'near' || mode === 'far') await this.#act({ kind: 'focus', mode: 'manual' })
		await this.#act({ kind: 'focus', mode })
	}

	async recallSlot(slot: number): Promise<void> {
		await this.#travel(null, [{ command: { kind: 'preset', action: 'recall', slot }, axes: everywhere }])
	}

	async saveSlot(slot: number): Promise<void> {
		await this.#act({ kind: 'preset', action: 'set', slot })
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#end(undefined)
	}

	// --- what is sent

	#act(command: Command) {
		return this.#talk.act(command, [], 5_000)
	}

	#drivePanTilt(): Promise<unknown> {
		const { pan, tilt } = this.#told
		const command: Command = { kind: 'pan-tilt', pan, tilt }
		return pan === 0 && tilt === 0 ? this.#talk.stop('pan-tilt', command) : this.#talk.drive('pan-tilt', command)
	}

	#driveZoom(): Promise<unknown> {
		const command: Command = { kind: 'zoom', speed: this.#told.zoom }
		return this.#told.zoom === 0 ? this.#talk.stop('zoom', command) : this.#talk.drive('zoom', command)
	}

	#stopBoth(): Promise<unknown> {
		return Promise.all([
			this.#talk.stop('pan-tilt', { kind: 'pan-tilt', pan: 0, tilt: 0 }),
			this.#talk.stop('zoom', { kind: 'zoom', speed: 0 }),
		])
	}

	/** For a camera that acknowledges its stop and moves on: whatever else could end a movement. */
	#stopHarder() {
		this.#log.warn('the camera ignores its stop; speed zero and cancel are tried')
		this.#talk.stop('pan-tilt', { kind: 'zero-speed' }).catch(() => {})
		for (const socket of [1, 2]) this.#talk.act({ kind: 'cancel', socket }, [], 1).catch(() => {})
	}

	/** From standby. */
	async #switchOn(): Promise<void> {
		this.#log.info('the camera is in standby and is switched on')
		this.#talk.act({ kind: 'power', on: true }, [], wakeUpMs).catch(() => {})
		await this.#untilAwake()
	}

	/** After it was switched on, by us or another: it is deaf or refuses everything for 10 to 40 s. */
	async #untilAwake(): Promise<void> {
		const until = performance.now() + wakeUpMs
		for (;;) {
			await delay(500)
			const power = readPower(await this.#talk.ask('power').catch(nothingYet))
			if (power === 'on' && (await this.#look().catch(() => null))) return
			if (performance.now() > until) throw new DeviceError('timeout', 'the camera does not wake up')
		}
	}

	/** Resolves on arrival, which the camera's positions prove; its completion alone does where it has none. */
	async #travel(target: Position | null, legs: readonly Leg[]): Promise<void> {
		this.#told = still
		const former = this.#journey
		const journey = new Journey(this.#talk, legs, {
			completed: (ended) => {
				if (this.#journey !== ended) return
				if (!this.#sighted) return this.#arrive()
				if (this.#motion?.aim.kind === 'journey') this.#motion.aim.completed = true
				this.#schedule(0)
			},
			silent: (ended, error) => {
				if (!this.#sighted) ended.end(error)
			},
		})
		this.#journey = journey
		journey.tell()
		this.#begin({ kind: 'journey', target, completed: false })
		former?.end(superseded())
		try {
			await journey.done
		} finally {
			// Refused: what was seen of the movement so far still has to come to rest.
			if (this.#journey === journey) {
				this.#journey = null
				if (this.#sighted) this.#begin({ kind: 'foreign' })
				else this.#stand({})
			}
		}
	}

	#arrive(position?: Position) {
		const journey = this.#journey
		this.#journey = null
		this.#stand(position ? { position, fault: null } : { fault: null })
		journey?.end(null)
	}

	// --- what is seen

	#drivesTo({ pan, tilt, zoom }: Velocity): boolean {
		const aim = this.#motion?.aim
		return aim?.kind === 'drive' && aim.signs.pan === pan && aim.signs.tilt === tilt && aim.signs.zoom === zoom
	}

	/** Takes the place of whatever was expected before. */
	#expect(aim: Aim) {
		const journey = this.#journey
		this.#journey = null
		this.#begin(aim)
		journey?.end(superseded())
	}

	#begin(aim: Aim) {
		this.#motion = beginMotion(aim, this.#state.position, performance.now())
		this.#repeats = 0
		// A stop is watched, too, where nothing was known to move; that alone does not make it move.
		if (aim.kind === 'drive' || aim.kind === 'journey') this.#update({ moving: true })
		this.#schedule()
	}

	#stand(change: Partial<CameraState>) {
		this.#motion = null
		this.#update({ ...change, moving: false })
		this.#schedule()
	}

	/** Null: it cannot tell. */
	async #look(): Promise<Position | null> {
		const [panTilt, zoom] = await Promise.all([
			this.#talk.ask('pan-tilt').catch(nothingIfRefused),
			this.#talk.ask('zoom').catch(nothingIfRefused),
		])
		const at = readPanTilt(panTilt)
		if (!at) return null
		const { panPerDegree, tiltPerDegree, zoomTele } = this.#model
		return {
			pan: at.pan / panPerDegree,
			tilt: at.tilt / tiltPerDegree,
			zoom: Math.min(1, (readZoom(zoom) ?? 0) / zoomTele),
			unit: 'degrees',
			at: Date.now(),
		}
	}

	/** One look at a time, and what comes often puts none off. */
	#schedule(afterMs = this.#motion ? movingPollMs : idlePollMs) {
		const at = performance.now() + afterMs
		if (this.#closed || this.#asking || this.#pollAt <= at) return
		clearTimeout(this.#poll)
		this.#pollAt = at
		this.#poll = setTimeout(() => void this.#ask(), afterMs)
	}

	async #ask() {
		this.#asking = true
		this.#pollAt = Number.POSITIVE_INFINITY
		const next = await this.#lookAgain()
		this.#asking = false
		this.#schedule(next)
	}

	/** Answers when to look next, where that differs from what is usual. */
	async #lookAgain(): Promise<number | undefined> {
		try {
			if (this.#sighted) {
				const position = await this.#look()
				if (position) this.#judge(position)
			} else await this.#talk.ask('power').catch(nothingIfRefused)
			this.#missed = 0
		} catch (error) {
			if (this.#closed) return
			if (!isTimeout(error)) {
				// Who looks no more would not notice that the camera is gone: whatever it is, this connection is over.
				const reason = error instanceof DeviceError ? error : new DeviceError('protocol', 'this driver failed')
				if (reason !== error) this.#log.error({ err: error }, 'the driver failed')
				this.#end(reason)
				return
			}
			this.#missed += 1
			if (this.#missed >= misses) this.#end(new DeviceError('lost', 'the camera stopped answering'))
			return 0
		}
	}

	#judge(position: Position) {
		const last = this.#state.position
		if (!this.#motion) {
			this.#update({ position })
			if (last && differ(last, position)) {
				// By its own remote control, or late after a stop that it ignored.
				this.#begin({ kind: 'foreign' })
				this.#update({ moving: true })
			}
			return
		}
		const now = performance.now()
		const { motion, verdict } = seePosition(this.#motion, position, this.#model, now)
		this.#motion = motion
		switch (verdict) {
			case 'open':
				return this.#update({ position })
			case 'proven':
				return this.#update({ position, fault: null })
			case 'arrived':
				return this.#arrive(position)
			case 'elsewhere': {
				const journey = this.#journey
				this.#journey = null
				this.#stand({ position })
				return journey?.end(new DeviceError('rejected', 'the camera stands elsewhere than it was sent'))
			}
			case 'still':
				// What was wrong with a movement stays told until a movement is right.
				return this.#stand(this.#state.fault === 'still-moving-after-stop' ? { position, fault: null } : { position })
			case 'still-moving-after-stop':
				// A head that needs long to brake is no fault; a second is too long for any.
				this.#update(
					now - motion.since > 1_000 ? { position, moving: true, fault: verdict } : { position, moving: true },
				)
				return this.#repeatStop()
			default:
				this.#update({ position, fault: verdict })
				return this.#repeat(motion, verdict)
		}
	}

	/** As long as it moves: every other time by other means. */
	#repeatStop() {
		this.#repeats += 1
		if (this.#repeats > 2 && this.#repeats % 2 === 1) this.#stopHarder()
		else this.#stopBoth().catch(() => {})
	}

	/** Once: what was told may have been lost on the way. */
	#repeat(motion: Motion, fault: MotionFault) {
		const again = this.#repeats === 0
		if (!again && this.#journey) {
			const journey = this.#journey
			this.#journey = null
			this.#stand({})
			return journey.end(new DeviceError('timeout', 'the camera does not go where it is sent'))
		}
		// From now on each renewal is sent, whether it changes anything or not.
		this.#unsure = true
		if (!again) return
		this.#log.warn({ fault }, 'the camera does not do what it was told; told again')
		this.#motion = { ...beginMotion(motion.aim, this.#state.position, performance.now()) }
		this.#repeats = 1
		if (this.#journey) return this.#journey.tell()
		this.#drivePanTilt().catch(() => {})
		this.#driveZoom().catch(() => {})
	}

	#update(change: Partial<CameraState>) {
		const before = this.#state
		const next = { ...before, ...change }
		// Seen again where it was is no news.
		if (before.position && next.position && samePlace(before.position, next.position)) next.position = before.position
		this.#state = next
		const news = Object.keys(next).some((key) => next[key as keyof CameraState] !== before[key as keyof CameraState])
		if (news) for (const listener of this.#listeners) listener(next)
	}

	#end(reason: DeviceError | undefined) {
		if (this.#closed) return
		this.#closed = true
		clearTimeout(this.#poll)
		this.#journey?.end(new DeviceError('lost', 'the connection is closed'))
		this.#talk.close()
		this.#lose(reason)
	}
}

/** Any movement that was asked for is at least the slowest step. What is no number is no movement. */
function toSteps(fraction: number, speeds: number): number {
	if (!(Math.abs(fraction) > 0)) return 0
	return Math.sign(fraction) * Math.max(1, Math.round(Math.min(1, Math.abs(fraction)) * speeds))
}

const signsOf = ({ pan, tilt, zoom }: Velocity) => ({
	pan: Math.sign(pan),
	tilt: Math.sign(tilt),
	zoom: Math.sign(zoom),
})
const samePlace = (a: Position, b: Position) => a.pan === b.pan && a.tilt === b.tilt && a.zoom === b.zoom
const superseded = () => new DeviceError('rejected', 'something newer moves the camera')
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
