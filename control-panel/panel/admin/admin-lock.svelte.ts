import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { Result } from '../../../appliance/protocol/messages.ts'
import type { LockView, MachineView } from '../../../appliance/protocol/pairing.ts'
import type { SettingsCommand } from '../../../appliance/protocol/room-commands.ts'

/** The lock before this panel's settings, as the room has it: what is read here, the room gives only while it is open. */
export class AdminLock {
	/** Null until the room has said. */
	standing = $state.raw<LockView | null>(null)
	machine = $state.raw<MachineView | null>(null)
	/** What the last PIN was refused with. */
	refused = $state<ErrorCode | null>(null)
	busy = $state(false)
	/** When `standing` was told. */
	#at = $state(0)
	readonly #send: (command: SettingsCommand) => Promise<Result>
	readonly #now: () => number

	constructor(send: (command: SettingsCommand) => Promise<Result>, now: () => number = Date.now) {
		this.#send = send
		this.#now = now
	}

	leftMs(now: number): number {
		return this.#rest(this.standing?.leftMs ?? 0, now)
	}

	waitMs(now: number): number {
		return this.#rest(this.standing?.waitMs ?? 0, now)
	}

	async look() {
		this.#told(await this.#send({ type: 'settings.standing' }))
	}

	async enter(pin: string) {
		this.busy = true
		const result = await this.#send({ type: 'settings.unlock', pin })
		this.refused = result.ok ? null : result.code
		if (result.ok) {
			this.#told(result)
			const read = await this.#send({ type: 'settings.read' })
			if (read.ok) this.machine = read.data as MachineView
		} else {
			await this.look()
		}
		this.busy = false
	}

	/** Also where its time is over. */
	async lock() {
		this.machine = null
		this.refused = null
		await this.#send({ type: 'settings.lock' })
		await this.look()
	}

	async unpair() {
		await this.#send({ type: 'settings.unpair' })
	}

	#told(result: Result) {
		if (!result.ok) return
		this.standing = result.data as LockView
		this.#at = this.#now()
	}

	#rest(ms: number, now: number): number {
		return Math.max(0, ms - Math.max(0, now - this.#at))
	}
}
