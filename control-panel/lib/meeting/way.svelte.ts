import type { MeetingCommand } from '../../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage, Result } from '../../../appliance/protocol/messages.ts'
import type { MeetingSocket, Surroundings } from './stay.ts'

const answerMs = 8000

interface Around extends Pick<Surroundings, 'openSocket' | 'now'> {
	onMessage(message: MeetingMessage): void
	onOnline(): void
	onAway(): void
	/** It did not answer in time, although nobody has closed it. */
	onSilent(): void
}

/** The way of one page to the hub: one socket at a time, and a new one when it is opened anew. */
export class HubWay {
	/** Since when there is no way to the hub; null while there is one, or none is needed. */
	awaySince = $state<number | null>(null)
	readonly #around: Around
	#socket: MeetingSocket | null = null
	#status: 'connecting' | 'online' | 'away' = 'away'

	constructor(around: Around) {
		this.#around = around
	}

	/** 'away' also while none was opened. */
	get status() {
		return this.#status
	}

	open() {
		this.#socket?.close()
		this.#status = 'connecting'
		this.awaySince ??= this.#around.now()
		this.#socket = this.#around.openSocket({
			onMessage: (message) => this.#around.onMessage(message),
			onStatus: (status) => this.#take(status),
		})
	}

	async ask(command: MeetingCommand, withinMs = answerMs): Promise<Result> {
		const socket = this.#socket
		if (!socket || this.#status !== 'online') return { ok: false, code: 'hub-away', message: 'not connected' }
		const result = await socket.send(command, withinMs)
		if (!result.ok && result.code === 'timeout' && socket === this.#socket) this.#around.onSilent()
		return result
	}

	/** Whatever becomes of it. */
	say(command: MeetingCommand) {
		void this.#socket?.send(command, answerMs)
	}

	/** What was asked just now may not arrive. */
	doubt() {
		this.#socket?.doubt()
	}

	close() {
		this.#socket?.close()
		this.#socket = null
		this.#status = 'away'
		this.awaySince = null
	}

	#take(status: 'connecting' | 'online' | 'away') {
		if (status === this.#status) return
		this.#status = status
		const online = status === 'online'
		this.awaySince = online ? null : (this.awaySince ?? this.#around.now())
		if (online) this.#around.onOnline()
		else this.#around.onAway()
	}
}
