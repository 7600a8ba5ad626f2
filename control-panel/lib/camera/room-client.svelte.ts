import { SvelteMap } from 'svelte/reactivity'
import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { PanelMessage, Result } from '../../../appliance/protocol/messages.ts'
import type { RoomCommand, RoomCommandType, SettingsCommand } from '../../../appliance/protocol/room-commands.ts'
import type { RoomState } from '../../../appliance/protocol/room-state.ts'
import type { Socket, SocketOptions, SocketStatus } from '../socket.ts'

/**
 * The room as this page knows it. It never predicts: what is asked is shown as asked, and the snapshot alone says what
 * is. A control that the room accepted but whose effect no snapshot shows within three seconds is reported as unconfirmed.
 */

export type Failure = { command: RoomCommandType; code: ErrorCode | 'unconfirmed' }

interface Asked {
	since: number
	/** Whether this snapshot shows what was asked; null: the answer alone settles it. */
	shown: ((state: RoomState) => boolean) | null
	answered: boolean
	timer: ReturnType<typeof setTimeout> | undefined
}

export interface RoomClientOptions {
	connect(
		options: Pick<SocketOptions<PanelMessage, RoomCommand>, 'onMessage' | 'onStatus'> & { probe: RoomCommand },
	): Socket<RoomCommand | SettingsCommand>
	onFailure(failure: Failure): void
	now?(): number
}

/** Of no camera, so it changes nothing; any answer proves that the room hears us. */
const probe: RoomCommand = { type: 'camera.lease', camera: '-', take: false }
const confirmMs = 3000
/** Preset and home answer on arrival, and a head may have a long way. */
const journeyMs = 30_000

const refusals: readonly ErrorCode[] = ['unauthorized', 'expired', 'forged', 'revoked', 'not-allowed']

export class RoomClient {
	/** The last snapshot; null before the first. */
	state = $state.raw<RoomState | null>(null)
	status = $state<SocketStatus>('connecting')
	/** Since when there is no connection; null while there is. */
	awaySince = $state<number | null>(null)
	/** Whether this connection has brought a snapshot: what an older one told may be over. */
	#fresh = $state(false)
	/** When the snapshot came. */
	heardAt = $state<number | null>(null)
	/** Of the room's microphone while this panel asks to listen, 0..1; null: there is none; undefined: not heard of yet. */
	level = $state<number | null | undefined>(undefined)
	/** Why the room does not let this panel in. */
	refused = $state<ErrorCode | null>(null)
	/** This panel's socket as leases name it. */
	origin = $state<string | null>(null)
	readonly #asked = new SvelteMap<string, Asked>()
	readonly #socket: Socket<RoomCommand | SettingsCommand>
	readonly #options: RoomClientOptions
	readonly #now: () => number

	constructor(options: RoomClientOptions) {
		this.#options = options
		this.#now = options.now ?? Date.now
		this.awaySince = this.#now()
		this.#socket = options.connect({
			onMessage: (message) => this.#receive(message),
			onStatus: (status) => this.#link(status),
			probe,
		})
	}

	get online(): boolean {
		return this.status === 'online' && this.#fresh
	}

	/** As it is, without a trace on the screen: for movements, which their own controls show. */
	send(command: RoomCommand | SettingsCommand): Promise<Result> {
		return this.#socket.send(command)
	}

	/**
	 * Asks for something that a control shows as requested, by `key`, until it is confirmed or failed. While a key is
	 * being asked, asking again does nothing. `shown` tells whether a snapshot shows the effect.
	 */
	async ask(key: string, command: RoomCommand, shown: ((state: RoomState) => boolean) | null = null): Promise<Result> {
		if (this.#asked.has(key)) return { ok: false, code: 'busy', message: 'asked already' }
		const asked: Asked = { since: this.#now(), shown, answered: false, timer: undefined }
		this.#asked.set(key, asked)
		const journey = command.type === 'preset.recall' || command.type === 'camera.home'
		const result = await this.#socket.send(command, journey ? journeyMs : undefined)
		if (!result.ok) {
			this.#asked.delete(key)
			this.#options.onFailure({ command: command.type, code: result.code })
		} else if (shown === null || (this.state && shown(this.state))) {
			this.#asked.delete(key)
		} else {
			asked.answered = true
			asked.timer = setTimeout(() => {
				this.#asked.delete(key)
				this.#options.onFailure({ command: command.type, code: 'unconfirmed' })
			}, confirmMs)
		}
		return result
	}

	asked(key: string): boolean {
		return this.#asked.has(key)
	}

	/** Reconnects now instead of at the next attempt. */
	retry() {
		this.#socket.retry()
	}

	close() {
		for (const { timer } of this.#asked.values()) clearTimeout(timer)
		this.#socket.close()
	}

	#receive(message: PanelMessage) {
		if (message.type === 'hello') this.origin = message.origin ?? null // told once the room knows who we are
		if (message.type === 'error' && refusals.includes(message.code)) this.refused = message.code
		if (message.type === 'level') this.level = message.level
		if (message.type !== 'state') return
		this.state = message.state
		this.#fresh = true
		this.awaySince = null
		this.heardAt = this.#now()
		this.refused = null
		for (const [key, { shown, answered, timer }] of this.#asked) {
			if (!answered || !shown?.(message.state)) continue
			clearTimeout(timer)
			this.#asked.delete(key)
		}
	}

	#link(status: SocketStatus) {
		this.status = status
		if (status === 'online') return // the snapshot says when the room is there again
		this.awaySince ??= this.#now()
		this.#fresh = false
	}
}
