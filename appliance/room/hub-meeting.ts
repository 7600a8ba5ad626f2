import type { LookupFunction } from 'node:net'
import type { Logger } from 'pino'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { JoinResult, MeetingCore, MeetingMessage } from '../protocol/messages.ts'
import { delayMs, type Steps } from './backoff.ts'
import { HubSocket } from './hub-socket.ts'
import { type People, patchPeople, wholePeople } from './people.ts'

const steps: Steps = [100, 250, 500, 1000, 2000, 5000]

export interface HubMeetingOptions {
	url: string
	token: string
	/** From an earlier join of this link, so that the hub knows us again. */
	resume: string | null
	name: string
	ca?: string | undefined
	/** Instead of the system's own. */
	lookup?: LookupFunction | undefined
	log: Logger
	/** Joined, for the first time or again; feeds opened before are gone. */
	onJoined: (joined: JoinResult) => void
	onAway: () => void
	/** `changed` names who is new or different. */
	onPeople: (people: People, changed: ReadonlySet<string>) => void
	onCore: (core: MeetingCore) => void
	/** The SFU that carried our feeds and the stage's media is gone. */
	onMediaLost: () => void
	onFeedLost: (feed: string) => void
	onFeedKeyframe: (feed: string, low: boolean) => void
	/** Somebody in the meeting moves the camera of one of our feeds, or lets go of it. */
	onFeedMove: (message: Extract<MeetingMessage, { type: 'feed.move' | 'feed.stop' }>) => void
	/** The last word: a refused link, a closed meeting, a revoked or taken-over link. */
	onEnded: (code: Refusal['code'] | 'taken-over') => void
}

/** The room's control connection to the meeting it is in: no media of its own, the same person as the stage's page. */
export class HubMeeting {
	readonly #options: HubMeetingOptions
	#socket: HubSocket | null = null
	#resume: string | null
	#people: People | null = null
	#failures = 0
	#retry: NodeJS.Timeout | undefined
	#closed = false

	constructor(options: HubMeetingOptions) {
		this.#options = options
		this.#resume = options.resume
		this.#connect()
	}

	/** Rejects with a Refusal: the hub's, or 'hub-away'. */
	async request(command: MeetingCommand): Promise<unknown> {
		if (!this.#socket) throw new Refusal('hub-away', 'the hub is away')
		return this.#socket.request(command)
	}

	/** Says goodbye, so that nobody waits for us, and closes. */
	async leave() {
		this.#closed = true
		clearTimeout(this.#retry)
		const socket = this.#socket
		if (!socket) return
		await socket.request({ type: 'meeting.leave' }).catch(() => {})
		socket.close()
	}

	/** Closes without a goodbye: we may come back. */
	close() {
		this.#closed = true
		clearTimeout(this.#retry)
		this.#socket?.close()
	}

	#connect() {
		const { url, token, ca, lookup, log } = this.#options
		const socket = new HubSocket({
			url,
			token,
			ca,
			lookup,
			log,
			onMessage: (message) => {
				if (socket === this.#socket && !this.#closed) this.#received(message)
			},
			onClosed: (refusal) => {
				if (socket === this.#socket) this.#lost(refusal)
			},
		})
		this.#socket = socket
		this.#people = null
		this.#join(socket)
	}

	/** Joins, or joins again after a gap; the answer brings everything anew. */
	async #join(socket: HubSocket) {
		try {
			const answer = await socket.request({
				type: 'meeting.join',
				name: this.#options.name,
				device: { media: false, ...(this.#resume === null ? {} : { resume: this.#resume }) },
			})
			if (socket !== this.#socket || this.#closed) return
			const joined = answer as JoinResult // the hub is of our protocol, or it would not have let us in
			this.#failures = 0
			this.#resume = joined.resume
			this.#people = wholePeople(joined.people.revision, joined.people.set)
			this.#options.onJoined(joined)
			this.#options.onCore(joined.core)
			this.#options.onPeople(this.#people, new Set(this.#people.byId.keys()))
		} catch (error) {
			if (socket !== this.#socket || this.#closed) return
			const code = error instanceof Refusal ? error.code : 'internal'
			if (code === 'hub-away') return // the socket has told
			if (code === 'timeout' || code === 'internal' || code === 'too-many' || code === 'busy') return socket.close()
			this.#end(code)
		}
	}

	#rejoin() {
		this.#people = null
		if (this.#socket) this.#join(this.#socket)
	}

	#received(message: MeetingMessage) {
		switch (message.type) {
			case 'people': {
				if (!this.#people) return // comes with the join
				const next = patchPeople(this.#people, message)
				if (next === null) return this.#rejoin()
				this.#people = next
				return this.#options.onPeople(next, new Set([...message.set.map(({ id }) => id), ...message.gone]))
			}
			case 'core':
				return this.#options.onCore(message.core)
			case 'media.lost':
				return this.#options.onMediaLost()
			case 'feed.lost':
				return this.#options.onFeedLost(message.feed)
			case 'feed.keyframe':
				return this.#options.onFeedKeyframe(message.feed, message.low)
			case 'feed.move':
			case 'feed.stop':
				return this.#options.onFeedMove(message)
			case 'ended':
				return this.#end(message.code)
		}
	}

	#lost(refusal: Refusal | null) {
		if (this.#closed) return
		this.#socket = null
		if (refusal) return this.#end(refusal.code)
		this.#options.onAway()
		this.#retry = setTimeout(() => this.#connect(), delayMs(steps, this.#failures++))
	}

	#end(code: Refusal['code'] | 'taken-over') {
		if (this.#closed) return
		this.close()
		this.#options.onEnded(code)
	}
}
