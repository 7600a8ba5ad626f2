import type { Logger } from 'pino'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { MeetingView } from '../protocol/room-state.ts'
import { delayMs, type Steps } from './backoff.ts'
import { HubSocket } from './hub-socket.ts'

const steps: Steps = [100, 250, 500, 1000, 2000, 5000]

export interface HubClientOptions {
	url: string
	token: () => Promise<string>
	ca?: string | undefined
	log: Logger
	onStatus: (status: 'online' | 'away') => void
	onMeetings: (meetings: MeetingView[]) => void
}

/** The room's standing connection to its hub, outside any meeting. It comes back by itself until it is closed. */
export class HubClient {
	readonly #options: HubClientOptions
	#socket: HubSocket | null = null
	#online = false
	#failures = 0
	#retry: NodeJS.Timeout | undefined
	#closed = false

	constructor(options: HubClientOptions) {
		this.#options = options
		this.#connect()
	}

	/** Rejects with a Refusal: the hub's, or 'hub-away'. */
	async request(command: MeetingCommand): Promise<unknown> {
		if (!this.#socket || !this.#online) throw new Refusal('hub-away', 'the hub is away')
		return this.#socket.request(command)
	}

	close() {
		this.#closed = true
		clearTimeout(this.#retry)
		this.#socket?.close()
	}

	async #connect() {
		const { url, ca, log } = this.#options
		let token: string
		try {
			token = await this.#options.token()
		} catch (error) {
			return this.#lost(error instanceof Refusal ? error : null)
		}
		if (this.#closed) return
		const socket = new HubSocket({
			url,
			token,
			ca,
			log,
			onMessage: (message) => {
				if (message.type === 'meetings') this.#options.onMeetings(message.meetings)
			},
			// The one place that tells of a socket's end: told twice, each failure would go on as two connections.
			onClosed: (refusal) => this.#lost(refusal),
		})
		this.#socket = socket
		try {
			const answer = await socket.request({ type: 'meetings.list' })
			this.#failures = 0
			this.#online = true
			this.#options.onStatus('online')
			this.#options.onMeetings(meetingsOf(answer))
		} catch {
			// One that has closed is closed; one that is open and doesn't answer is of no use.
			socket.close()
		}
	}

	#lost(refusal: Refusal | null) {
		if (this.#online || this.#failures === 0) this.#options.onStatus('away')
		this.#online = false
		this.#socket = null
		if (this.#closed) return
		if (refusal) this.#options.log.warn({ code: refusal.code }, 'the hub refuses this room')
		this.#retry = setTimeout(() => this.#connect(), delayMs(steps, this.#failures++))
	}
}

function meetingsOf(answer: unknown): MeetingView[] {
	if (typeof answer === 'object' && answer !== null && 'meetings' in answer && Array.isArray(answer.meetings)) {
		return answer.meetings
	}
	return []
}
