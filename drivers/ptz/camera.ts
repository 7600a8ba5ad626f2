import type { Camera, CameraCapabilities, CameraHealth, CameraState, Position, Velocity } from '../camera.ts'
import { DeviceError, type Log } from '../device.ts'
import { Journey } from './journey.ts'
import type { Mechanism } from './mechanism.ts'
import { type Aim, beginMotion, differ, type Motion, type MotionFault, seePosition } from './motion.ts'
import { Watch } from './watch.ts'

/**
 * The thin device over a mechanism, the same for every protocol. It says what it sees: `moving` is true from the first
 * byte of a movement until the camera's own positions stand still, and a movement that these do not show is a fault.
 */

const still: Velocity = { pan: 0, tilt: 0, zoom: 0 }
/** A head that needs long to brake is no fault; this is too long for any. */
const brakeMs = 750

export class PtzCamera implements Camera {
	readonly lost: Promise<DeviceError | undefined>
	readonly #mechanism: Mechanism
	readonly #log: Log
	readonly #watch: Watch
	readonly #listeners = new Set<(state: CameraState) => void>()
	#state: CameraState = { moving: false, position: null, fault: null, firmware: null }
	#lose: (error: DeviceError | undefined) => void = () => {}
	#motion: Motion | null = null
	#journey: Journey | null = null
	/** How often the present movement was told again. */
	#repeats = 0
	/** What the camera was last told, in its own steps, so that a renewal that changes nothing costs no bytes. */
	#told = still
	#toldAt = 0
	/** What it was told may not have reached it. */
	#unsure = false
	/** False: it cannot tell where it is, so that ACKs must do. */
	#sighted = true
	#closed = false

	constructor(mechanism: Mechanism, log: Log) {
		this.#mechanism = mechanism
		this.#log = log
		this.lost = new Promise((resolve) => {
			this.#lose = resolve
		})
		this.#watch = new Watch({
			everyMs: () => (this.#motion ? mechanism.pollMs.moving : mechanism.pollMs.idle),
			look: async () => {
				const position = this.#sighted ? await mechanism.look(false) : await mechanism.ping().then(() => null)
				if (this.#state.fault === 'no-answer') this.#update({ fault: null })
				if (position) this.#judge(position)
			},
			late: () => {
				if (mechanism.isSilent?.() ?? true) this.#update({ fault: 'no-answer' })
			},
			gone: (reason) => {
				if (reason.code === 'protocol') log.error({ err: reason.cause ?? reason }, 'the driver failed')
				this.#end(reason)
			},
		})
		mechanism.ended.then(() => this.#end(new DeviceError('lost', 'the connection ended')))
	}

	get capabilities(): CameraCapabilities {
		const { capabilities, completes } = this.#mechanism
		return this.#sighted || completes ? capabilities : { ...capabilities, unseen: true }
	}

	get video() {
		return this.#mechanism.video
	}

	/** The opening conversation, whose first act is a stop. Rejects with 'unreachable' when nothing answers. */
	async start(): Promise<void> {
		const position = await this.#mechanism.begin()
		this.#sighted = position !== null
		const { firmware } = this.#mechanism
		const { model } = this.#mechanism.health()
		const opened = this.capabilities.unseen ? 'the camera is open; nothing tells what it does' : 'the camera answers'
		this.#log.info({ model, firmware, position: this.#sighted }, opened)
		this.#update({ firmware, position })
		this.#watch.start()
	}

	watch(listener: (state: CameraState) => void): () => void {
		this.#listeners.add(listener)
		listener(this.#state)
		return () => this.#listeners.delete(listener)
	}

	health(): CameraHealth {
		return this.#mechanism.health()
	}

	async move(velocity: Velocity): Promise<void> {
		const steps = this.#mechanism.quantise(velocity)
		if (isStill(steps)) return this.stop()
		const now = performance.now()
		const { renewMs } = this.#mechanism
		// A hand that takes over ends a journey also on the axes that it leaves alone.
		const all = this.#unsure || this.#journey !== null || (renewMs !== null && now - this.#toldAt >= renewMs)
		const changed = {
			panTilt: all || steps.pan !== this.#told.pan || steps.tilt !== this.#told.tilt,
			zoom: all || steps.zoom !== this.#told.zoom,
		}
		if (!changed.panTilt && !changed.zoom) return
		this.#told = steps
		this.#toldAt = now
		this.#unsure = false
		const sent = this.#mechanism.drive(steps, changed)
		// A hand that only changes its speed does not put off the proof, nor the next look; nor does a camera that refuses.
		const signs = signsOf(steps)
		if (!this.#drivesTo(signs)) this.#expect({ kind: 'drive', signs })
		try {
			await sent
		} catch (error) {
			// A renewal is to be sent again.
			if (this.#told === steps) this.#unsure = true
			throw error
		}
	}

	async stop(): Promise<void> {
		this.#told = still
		const stopped = this.#mechanism.stop()
		this.#expect({ kind: 'stop' })
		await stopped
		// Nothing else will tell.
		if (!this.#sighted && this.#motion?.aim.kind === 'stop') this.#stand({})
	}

	async home(): Promise<void> {
		await this.#travel(null, () => this.#mechanism.home())
	}

	async position(): Promise<Position | null> {
		const position = await this.#mechanism.look(true)
		if (position) this.#judge(position)
		return position
	}

	async moveTo(position: Position, speed: number): Promise<void> {
		const { positions } = this.capabilities
		if (positions !== position.unit)
			throw new DeviceError(
				'unsupported',
				`this camera tells positions in ${positions ?? 'no unit'}, not ${position.unit}`,
			)
		const { focus } = position
		const focused = focus === undefined ? null : this.#mechanism.setFocus(focus)
		// A view is framed also where its focus can't be set.
		focused?.catch((error: unknown) => this.#log.warn({ reason: String(error) }, 'the focus could not be set'))
		await this.#travel(position, () => this.#mechanism.moveTo(position, speed))
		await focused?.catch(() => {})
	}

	async focus(mode: 'auto' | 'near' | 'far' | 'stop'): Promise<void> {
		await this.#mechanism.focus(mode)
	}

	async recallSlot(slot: number): Promise<void> {
		await this.#travel(null, () => this.#mechanism.recallSlot(slot))
	}

	async saveSlot(slot: number): Promise<void> {
		await this.#mechanism.saveSlot(slot)
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#end(undefined)
	}

	// --- what is told

	/** Resolves on arrival, which the camera's positions prove; its completion alone does where it has none. */
	async #travel(target: Position | null, order: () => Promise<unknown>): Promise<void> {
		this.#told = still
		const former = this.#journey
		const journey = new Journey(order, {
			completed: (ended) => {
				if (this.#journey !== ended) return
				if (!this.#sighted) return this.#arrive()
				// "Taken" is no arrival; told twice without a movement, it was there before.
				const done = this.#mechanism.completes || this.#repeats > 0
				if (done && this.#motion?.aim.kind === 'journey') this.#motion.aim.completed = true
				this.#watch.soon(0)
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
		this.#watch.soon()
	}

	#stand(change: Partial<CameraState>) {
		this.#motion = null
		this.#update({ ...change, moving: false })
		this.#watch.soon()
	}

	// --- what is seen

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
		const saidAt = now - Math.max(0, Date.now() - position.at)
		const { motion, verdict } = seePosition(this.#motion, position, this.#mechanism.limits, now, saidAt)
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
				this.#update(
					now - motion.since > brakeMs ? { position, moving: true, fault: verdict } : { position, moving: true },
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
		if (this.#repeats > 2 && this.#repeats % 2 === 1) {
			this.#log.warn('the camera ignores its stop; it is stopped by other means')
			this.#mechanism.stopHarder()
		} else this.#mechanism.stop().catch(() => {})
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
		this.#mechanism.drive(this.#told, { panTilt: true, zoom: true }).catch(() => {})
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
		this.#watch.stop()
		this.#journey?.end(new DeviceError('lost', 'the connection is closed'))
		this.#mechanism.close()
		this.#lose(reason)
	}
}

const isStill = ({ pan, tilt, zoom }: Velocity) => pan === 0 && tilt === 0 && zoom === 0
const signsOf = ({ pan, tilt, zoom }: Velocity) => ({
	pan: Math.sign(pan),
	tilt: Math.sign(tilt),
	zoom: Math.sign(zoom),
})
const samePlace = (a: Position, b: Position) => a.pan === b.pan && a.tilt === b.tilt && a.zoom === b.zoom
const superseded = () => new DeviceError('rejected', 'something newer moves the camera')
