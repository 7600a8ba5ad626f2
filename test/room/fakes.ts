import type { Devices, DevicesEvent } from '../../appliance/devices/client.ts'
import type { StageCommand, StageEvent } from '../../appliance/protocol/stage.ts'
import type { StageBrowser } from '../../appliance/room/stage.ts'
import type { CameraCapabilities, CameraStream, Position, Velocity } from '../../drivers/camera.ts'
import { DeviceError, type DeviceErrorCode } from '../../drivers/device.ts'

type Beat = Extract<StageEvent, { type: 'beat' }>

/** Browsers with a stage page in them, without a browser: each launch is one more. The page does what a good one does. */
export class FakeStage {
	readonly commands: StageCommand[] = []
	launches = 0
	/** What the next launches do. */
	broken = false
	/** Whether the page answers 'join' and 'leave'. */
	obedient = true
	beats = true
	beat: Beat = { type: 'beat', frames: 0, decoded: 0, expected: 0, energy: 0, ice: 'connected', muted: false }
	/** Whatever the page is told. */
	onCommand: (command: StageCommand) => void = () => {}
	/** What happens when the page is told to join. */
	onJoin: (command: Extract<StageCommand, { type: 'join' }>) => void = () => {}
	#say: (event: StageEvent) => void = () => {}
	#end: () => void = () => {}

	say(event: StageEvent) {
		this.#say(event)
	}

	/** As kill -9 does. */
	kill() {
		this.#end()
	}

	readonly launch = async (): Promise<StageBrowser> => {
		this.launches++
		if (this.broken) throw new Error('no browser')
		const { promise: gone, resolve } = Promise.withResolvers<void>()
		let timer: NodeJS.Timeout | undefined
		const end = () => {
			clearInterval(timer)
			resolve()
		}
		this.#end = end
		return {
			pid: 1000 + this.launches,
			gone,
			kill: end,
			close: async () => end(),
			openPage: async ({ bindings }) => {
				const say = (event: StageEvent) => bindings?.maruStage?.(JSON.stringify(event))
				this.#say = say
				timer = setInterval(() => {
					this.beat.frames++
					if (this.beats) say(this.beat)
				}, 50)
				say({ type: 'ready', build: 'test' })
				return {
					gone: new Promise<string>(() => {}),
					call: async (path, text) => {
						if (path !== 'maru.command') throw new Error(`no ${path}`)
						const command: StageCommand = JSON.parse(text)
						this.commands.push(command)
						this.onCommand(command)
						if (!this.obedient) return
						if (command.type === 'join') {
							this.onJoin(command)
							say({ type: 'joined' })
						}
						if (command.type === 'leave') say({ type: 'left' })
					},
				}
			},
		}
	}
}

type Configured = Parameters<Devices['configure']>[0]

/** A devices process without a process. */
export class FakeDevices implements Devices {
	readonly orders: { name: string; camera: string; detail?: unknown }[] = []
	readonly pid = 1
	/** This room has no microphone system. */
	readonly microphones: Devices['microphones'] = {
		set: () => Promise.reject(new DeviceError('unsupported', 'there is no microphone system')),
		hold() {},
		watch(listener) {
			listener({ type: 'status', status: 'off', reason: null, takesCommands: false })
			return () => {}
		},
	}
	/** This room has no speakerphone. */
	readonly speakerphone: Devices['speakerphone'] = {
		show() {},
		watch(listener) {
			const nothing = { reason: null, detail: null, model: null, capabilities: null, state: null }
			listener({ status: 'none', ...nothing })
			return () => {}
		},
		onEvent: () => () => {},
	}
	/** Every order fails so. */
	failing: DeviceErrorCode | null = null
	/** Where every camera stands; null: they can't tell. */
	where: Position | null = { pan: 0, tilt: 0, zoom: 0, unit: 'degrees', at: 1 }
	/** Journeys wait for this. */
	arrival: Promise<void> = Promise.resolve()
	/** What it was configured with, each time. */
	readonly configured: Configured[] = []
	/** What every camera can do. */
	capabilities: CameraCapabilities = {
		panTilt: { speeds: 24 },
		zoom: { speeds: 7 },
		presets: { slots: 16 },
		focus: { byHand: true },
		positions: 'degrees',
	}
	/** What every camera tells of its pictures. */
	offered: CameraStream[] | null = null
	found: Awaited<ReturnType<Devices['discover']>> = { cameras: [], lines: [], networks: [] }
	readonly #listeners = new Set<(event: DevicesEvent) => void>()

	tell(event: DevicesEvent) {
		for (const listener of this.#listeners) listener(event)
	}

	/** A camera that is well and stands somewhere. */
	ready(
		id: string,
		position: Position | null = this.where,
		status: 'ready' | 'moving' = 'ready',
		fault: string | null = null,
	) {
		const state = { moving: status === 'moving', position, fault, firmware: null }
		this.tell({ type: 'camera', id, status, reason: fault, state, capabilities: this.capabilities })
	}

	async #order(name: string, camera: string, detail?: unknown) {
		this.orders.push({ name, camera, ...(detail === undefined ? {} : { detail }) })
		if (this.failing) throw new DeviceError(this.failing, this.failing)
	}

	cameras = () => []
	move = (camera: string, velocity: Velocity, forMs?: number) => this.#order('move', camera, { ...velocity, forMs })
	stop = (camera: string) => this.#order('stop', camera)
	home = (camera: string) => this.#order('home', camera).then(() => this.arrival)
	position = async (camera: string) => {
		await this.#order('position', camera)
		return this.where
	}
	moveTo = (camera: string, position: Position) => this.#order('moveTo', camera, position).then(() => this.arrival)
	focus = (camera: string, mode: string) => this.#order('focus', camera, mode)
	recallSlot = (camera: string, slot: number) => this.#order('recallSlot', camera, slot).then(() => this.arrival)
	saveSlot = (camera: string, slot: number) => this.#order('saveSlot', camera, slot)
	configure = (cameras: Configured) => void this.configured.push(cameras)
	health = async (camera: string) => {
		await this.#order('health', camera)
		const connection = {
			openedAt: 5,
			firmware: '1.2',
			log: [{ at: 6, direction: 'tx' as const, text: '8109 0002 ff' }],
		}
		return { ...connection, reconnects: 1, ackMs: 12, timeouts: 0, clockOffsetMs: null, model: 'virtual' }
	}
	streams = async () => this.offered
	keyFrame = (camera: string, token: string) => this.#order('keyFrame', camera, token)
	setForBrowsers = () => Promise.reject(new DeviceError('unsupported', 'no'))
	discover = async () => this.found
	watch = (listener: (event: DevicesEvent) => void) => {
		this.#listeners.add(listener)
		listener({ type: 'process', status: 'ready' })
		return () => void this.#listeners.delete(listener)
	}
	close = async () => {}
}
