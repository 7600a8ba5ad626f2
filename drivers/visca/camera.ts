import type { Camera, CameraCapabilities, CameraState, Position, Velocity } from '../camera.ts'
import { DeviceError, type Log } from '../device.ts'
import type { UdpLink } from '../transport/udp.ts'
import { type Command, readPanTilt, readPower, readVersion, readZoom } from './codec.ts'
import { type Model, modelOf } from './models.ts'
import { beginMotion, isStop, type Motion, seePosition } from './motion.ts'
import { createSession, type Message } from './session.ts'

/** The thin device over the session: performs its outputs, asks for positions, and says honestly what it sees. */

const journeyMs = 20_000
const movingPollMs = 100
const idlePollMs = 1_000
/** Inquiries that may stay unanswered before the camera counts as lost; each was sent four times. */
const misses = 1
const still: Velocity = { pan: 0, tilt: 0, zoom: 0 }

export class ViscaCamera implements Camera {
	readonly lost: Promise<DeviceError | undefined>
	capabilities: CameraCapabilities = { panTilt: { speeds: 24 }, zoom: { speeds: 8 }, presets: { slots: 16 } }

	readonly #link: UdpLink
	readonly #log: Log
	readonly #session = createSession()
	readonly #listeners = new Set<(state: CameraState) => void>()
	readonly #waiting = new Map<number, (error: DeviceError | null, payload: Uint8Array | null) => void>()
	#state: CameraState = { moving: false, position: null, fault: null, firmware: null }
	#model: Model = modelOf(null)
	#lose: (error: DeviceError | undefined) => void = () => {}
	#lastId = 0
	#wake: NodeJS.Timeout | undefined
	#poll: NodeJS.Timeout | undefined
	#motion: Motion | null = null
	#retried = false
	/** What the camera was last told, so that a renewal that changes nothing costs no bytes. */
	#told = { pan: 0, tilt: 0, zoom: 0 }
	#closed = false
	#missed = 0

	constructor(link: UdpLink, log: Log) {
		this.#link = link
		this.#log = log
		this.lost = new Promise((resolve) => {
			this.#lose = resolve
		})
		link.onDatagram((bytes) => {
			log.trace({ rx: Buffer.from(bytes).toString('hex') })
			this.#perform(this.#session.receive(bytes, performance.now()))
		})
	}

	/** RESET, IF_Clear, and the first act: a stop. Rejects with 'unreachable' when nothing answers. */
	async start(): Promise<void> {
		try {
			// Cameras without a sequence ignore the RESET, and it may be lost: the stop does not wait for its answer.
			this.#send({ kind: 'reset' }).catch(() => {})
			await this.#stopBoth()
			await this.#send({ kind: 'act', command: { kind: 'clear' }, limitMs: 1_000 }).catch(() => {})
			const version = readVersion(await this.#ask('version'))
			this.#model = modelOf(version)
			this.capabilities = {
				panTilt: { speeds: this.#model.panSpeeds },
				zoom: { speeds: 8 },
				presets: { slots: 16 },
			}
			if (readPower(await this.#ask('power')) === 'standby') {
				this.#log.info('the camera is in standby and is switched on')
				await this.#act({ kind: 'power', on: true })
			}
			this.#update({
				firmware: version === null ? null : version.rom.toString(16).padStart(4, '0'),
				position: await this.#look(),
			})
		} catch (error) {
			if (error instanceof DeviceError && error.code === 'timeout') {
				throw new DeviceError('unreachable', 'the camera answers nothing', { cause: error })
			}
			throw error
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
			zoom: toSteps(velocity.zoom, 8),
		}
		if (steps.pan === 0 && steps.tilt === 0 && steps.zoom === 0) return this.stop()
		const sent: Promise<unknown>[] = []
		if (steps.pan !== this.#told.pan || steps.tilt !== this.#told.tilt) {
			const { pan, tilt } = steps
			sent.push(this.#send({ kind: 'drive', axis: 'pan-tilt', command: { kind: 'pan-tilt', pan, tilt } }))
		}
		if (steps.zoom !== this.#told.zoom) {
			sent.push(this.#send({ kind: 'drive', axis: 'zoom', command: { kind: 'zoom', speed: steps.zoom } }))
		}
		if (sent.length === 0) return
		this.#told = steps
		this.#expect(steps)
		await Promise.all(sent)
	}

	async stop(): Promise<void> {
		this.#told = still
		this.#expect(still)
		await this.#stopBoth()
	}

	async home(): Promise<void> {
		await this.#travel({ kind: 'home' })
	}

	async position(): Promise<Position | null> {
		const position = await this.#look()
		this.#update({ position })
		return position
	}

	async moveTo(position: Position, speed: number): Promise<void> {
		const { panPerDegree, tiltPerDegree, panSpeeds, tiltSpeeds, zoomTele } = this.#model
		await this.#travel(
			{
				kind: 'pan-tilt-to',
				pan: position.pan * panPerDegree,
				tilt: position.tilt * tiltPerDegree,
				panSpeed: Math.max(1, speed * panSpeeds),
				tiltSpeed: Math.max(1, speed * tiltSpeeds),
			},
			{ kind: 'zoom-to', zoom: position.zoom * zoomTele },
		)
	}

	async focus(mode: 'auto' | 'near' | 'far' | 'stop'): Promise<void> {
		// Near and far are refused (6y 41) while autofocus is on.
		if (mode === 'near' || mode === 'far') await this.#act({ kind: 'focus', mode: 'manual' })
		await this.#act({ kind: 'focus', mode })
	}

	async recallSlot(slot: number): Promise<void> {
		await this.#travel({ kind: 'preset', action: 'recall', slot })
	}

	async saveSlot(slot: number): Promise<void> {
		await this.#act({ kind: 'preset', action: 'set', slot })
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#end(undefined)
	}

	// --- conversation

	#send(message: Message): Promise<Uint8Array | null> {
		if (this.#closed) return Promise.reject(new DeviceError('lost', 'the connection is closed'))
		const id = ++this.#lastId
		const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | null>()
		this.#waiting.set(id, (error, payload) => (error ? reject(error) : resolve(payload)))
		this.#perform(this.#session.submit(id, message, performance.now()))
		return promise
	}

	#perform(outputs: ReturnType<ReturnType<typeof createSession>['tick']>) {
		for (const output of outputs) {
			if (output.type === 'write') {
				this.#log.trace({ tx: Buffer.from(output.bytes).toString('hex') })
				this.#link.send(output.bytes)
			} else {
				const settle = this.#waiting.get(output.id)
				this.#waiting.delete(output.id)
				settle?.(output.error, output.payload)
			}
		}
		clearTimeout(this.#wake)
		const at = this.#session.wakeAt()
		if (at === null || this.#closed) return
		this.#wake = setTimeout(
			() => this.#perform(this.#session.tick(performance.now())),
			Math.max(1, at - performance.now()),
		)
	}

	async #ask(inquiry: Extract<Message, { kind: 'inquiry' }>['inquiry']): Promise<Uint8Array> {
		return (await this.#send({ kind: 'inquiry', inquiry })) ?? new Uint8Array()
	}

	#act(command: Command, limitMs = journeyMs) {
		return this.#send({ kind: 'act', command, limitMs })
	}

	async #stopBoth() {
		await Promise.all([
			this.#send({ kind: 'stop', axis: 'pan-tilt', command: { kind: 'pan-tilt', pan: 0, tilt: 0 } }),
			this.#send({ kind: 'stop', axis: 'zoom', command: { kind: 'zoom', speed: 0 } }),
		])
	}

	/** A journey with an end: told, then watched until the camera says it has arrived and stands. */
	async #travel(...commands: Command[]) {
		this.#told = still
		this.#motion = null
		this.#update({ moving: true, fault: null })
		try {
			await Promise.all(commands.map((command) => this.#act(command)))
		} finally {
			if (this.#motion === null)
				this.#update({ moving: false, position: await this.#look().catch(() => this.#state.position) })
		}
	}

	// --- proof of motion

	#expect(wanted: Velocity) {
		// A stop is expected to be seen as such even where nothing was known to move.
		this.#motion = beginMotion(wanted, this.#state.position, performance.now())
		this.#retried = false
		if (!isStop(this.#motion)) this.#update({ moving: true, fault: null })
		this.#schedule()
	}

	async #look(): Promise<Position | null> {
		const [panTilt, zoom] = await Promise.all([this.#ask('pan-tilt'), this.#ask('zoom')])
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

	#schedule() {
		clearTimeout(this.#poll)
		if (this.#closed) return
		this.#poll = setTimeout(() => void this.#pollOnce(), this.#motion || this.#state.moving ? movingPollMs : idlePollMs)
	}

	async #pollOnce() {
		try {
			const position = await this.#look()
			this.#missed = 0
			if (position) this.#judge(position)
		} catch (error) {
			if (error instanceof DeviceError && error.code === 'timeout') this.#missed += 1
			if (this.#missed >= misses) return this.#end(new DeviceError('lost', 'the camera stopped answering'))
		}
		this.#schedule()
	}

	#judge(position: Position) {
		const motion = this.#motion
		if (!motion) return this.#update({ position })
		const seen = seePosition(motion, position, this.#model, performance.now())
		this.#motion = seen.motion
		if (seen.fault) {
			this.#update({ position, fault: seen.fault })
			if (!this.#retried || isStop(motion)) this.#again(motion)
			return
		}
		const standing = isStop(motion) && seen.motion.proven
		if (standing) this.#motion = null
		const cured = seen.motion.proven ? { fault: null } : {}
		this.#update({ position, moving: !standing, ...cured })
	}

	/** Ignored once may be lost on the way; a stop is repeated until it is obeyed. */
	#again(motion: Motion) {
		this.#retried = true
		this.#log.warn({ fault: this.#state.fault }, 'the camera does not do what it was told; told again')
		if (isStop(motion)) this.#stopBoth().catch(() => {})
		else {
			const { pan, tilt, zoom } = this.#told
			if (pan || tilt)
				this.#send({ kind: 'drive', axis: 'pan-tilt', command: { kind: 'pan-tilt', pan, tilt } }).catch(() => {})
			if (zoom) this.#send({ kind: 'drive', axis: 'zoom', command: { kind: 'zoom', speed: zoom } }).catch(() => {})
			this.#motion = { ...motion, since: performance.now() }
		}
	}

	#update(change: Partial<CameraState>) {
		this.#state = { ...this.#state, ...change }
		for (const listener of this.#listeners) listener(this.#state)
	}

	#end(reason: DeviceError | undefined) {
		if (this.#closed) return
		this.#closed = true
		clearTimeout(this.#wake)
		clearTimeout(this.#poll)
		for (const settle of this.#waiting.values()) settle(new DeviceError('lost', 'the connection is closed'), null)
		this.#waiting.clear()
		this.#link.close()
		this.#lose(reason)
	}
}

/** Any movement that was asked for is at least the slowest step. */
function toSteps(fraction: number, speeds: number): number {
	if (fraction === 0) return 0
	return Math.sign(fraction) * Math.max(1, Math.round(Math.abs(Math.min(1, Math.max(-1, fraction))) * speeds))
}
