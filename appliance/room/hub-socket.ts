import type { LookupFunction } from 'node:net'
import type { Logger } from 'pino'
import { WebSocket } from 'ws'
import { type ErrorCode, linkRefusals, Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { MeetingMessage } from '../protocol/messages.ts'

/** No word from the hub for so long, although it was pinged twice: the line is dead. */
const silenceMs = 6000
const pingMs = 2500
const answerMs = 10_000

/** Refusals of who we are, rather than of what we ask: the socket is of no more use. */
const refusing: ReadonlySet<ErrorCode> = new Set(linkRefusals)

export interface HubSocketOptions {
	/** The hub's `/ws/meeting`. */
	url: string
	token: string
	/** A certificate authority to trust besides the usual ones (PEM). */
	ca?: string | undefined
	/** Instead of the system's own. */
	lookup?: LookupFunction | undefined
	log: Logger
	onMessage: (message: MeetingMessage) => void
	/** Once. With the hub's refusal, if that was the reason. */
	onClosed: (refusal: Refusal | null) => void
}

/** One connection to a hub, authenticated. It never reconnects. */
export class HubSocket {
	readonly #socket: WebSocket
	readonly #options: HubSocketOptions
	readonly #pending = new Map<
		number,
		{ resolve: (data: unknown) => void; reject: (error: Refusal) => void; timer: NodeJS.Timeout }
	>()
	readonly #waiting: string[] = []
	#pinging: NodeJS.Timeout | undefined
	#heardAt = performance.now()
	#lastId = 0
	#refusal: Refusal | null = null
	#closed = false

	constructor(options: HubSocketOptions) {
		this.#options = options
		this.#socket = new WebSocket(options.url, {
			handshakeTimeout: 5000,
			maxPayload: 16 * 1024 * 1024,
			perMessageDeflate: false,
			...(options.ca === undefined ? {} : { ca: options.ca }),
			...(options.lookup === undefined ? {} : { lookup: options.lookup }),
		})
		this.#socket.on('open', () => this.#opened())
		this.#socket.on('message', (data) => this.#received(String(data)))
		this.#socket.on('pong', () => this.#heard())
		this.#socket.on('error', (error) => options.log.debug({ reason: error.message }, 'hub socket'))
		this.#socket.on('close', () => this.#ended())
	}

	/** Resolves with the result's data; rejects with a Refusal: the hub's own, or 'hub-away', or 'timeout' after 10 s. */
	request(command: MeetingCommand): Promise<unknown> {
		if (this.#closed) return Promise.reject(this.#refusal ?? new Refusal('hub-away', 'the hub is away'))
		const id = ++this.#lastId
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.#pending.delete(id)
				reject(new Refusal('timeout', `the hub did not answer ${command.type}`))
			}, answerMs)
			this.#pending.set(id, { resolve, reject, timer })
			const text = JSON.stringify({ type: 'command', id, command })
			if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text)
			else this.#waiting.push(text)
		})
	}

	close() {
		this.#socket.close()
		// A hub that doesn't answer the close is not waited for.
		setTimeout(() => this.#socket.terminate(), 500).unref()
	}

	#opened() {
		this.#socket.send(JSON.stringify({ type: 'auth', token: this.#options.token }))
		for (const text of this.#waiting.splice(0)) this.#socket.send(text)
		this.#heard()
		this.#pinging = setInterval(() => {
			if (performance.now() - this.#heardAt > silenceMs) this.#socket.terminate()
			else this.#socket.ping()
		}, pingMs)
	}

	#heard() {
		this.#heardAt = performance.now()
	}

	#received(text: string) {
		this.#heard()
		let message: MeetingMessage
		try {
			message = JSON.parse(text)
		} catch {
			return this.#options.log.debug('unreadable message from the hub')
		}
		if (this.#closed) return
		if (message.type === 'result') return this.#answered(message)
		if (message.type === 'error' && refusing.has(message.code)) {
			this.#refusal ??= new Refusal(message.code, message.message)
			this.#socket.close()
			return this.#ended()
		}
		this.#options.onMessage(message)
	}

	#answered(message: Extract<MeetingMessage, { type: 'result' }>) {
		const pending = this.#pending.get(message.id)
		if (!pending) return
		this.#pending.delete(message.id)
		clearTimeout(pending.timer)
		if (message.ok) pending.resolve(message.data)
		else pending.reject(new Refusal(message.code, message.message))
	}

	#ended() {
		if (this.#closed) return
		this.#closed = true
		clearInterval(this.#pinging)
		const error = this.#refusal ?? new Refusal('hub-away', 'the hub is away')
		for (const { reject, timer } of this.#pending.values()) {
			clearTimeout(timer)
			reject(error)
		}
		this.#pending.clear()
		this.#options.onClosed(this.#refusal)
	}
}
