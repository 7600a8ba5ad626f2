import type { Logger } from 'pino'
import type { Reach } from '../../drivers/reach.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { FeedOpened, JoinResult, MeetingCore, MeetingMessage } from '../protocol/messages.ts'
import type { Call, CallEvent } from './call.ts'
import type { CallMedia } from './call-media.ts'
import type { FarEnd } from './far-end.ts'
import { Feeds, type FeedsOptions } from './feeds.ts'
import { lookupWithin } from './hub-lookup.ts'
import { HubMeeting } from './hub-meeting.ts'
import type { FeedRequest } from './ingest.ts'
import type { RoomMemory } from './memory.ts'
import { nobody, type People, participants } from './people.ts'
import { refused } from './result.ts'
import type { Snapshot } from './snapshot.ts'
import { hubOf, leadsAstray, type OwnHub, reasonOf } from './targets.ts'

export interface CallControlOptions {
	room: {
		name: string
		/** How much later than the moment the room's sound is, in milliseconds: cameras are late by so much less. */
		soundDelayMs: number
	}
	/** Of the room's IP cameras; they may change during a call. */
	pictures: FeedsOptions['pictures']
	isMovable: (camera: string) => boolean
	/** Those in the meeting who move our cameras. */
	farEnd: Pick<FarEnd, 'move' | 'stop' | 'follow'>
	hub: () => OwnHub
	/** Certificate authority of hubs elsewhere (PEM). */
	ca: string | undefined
	/** Where hubs elsewhere may be; absent: anywhere. */
	allowsHub?: Reach['allowsHub'] | undefined
	media: CallMedia
	/** The call that it is the connection of. */
	call: () => Call
	/** What the call must hear of it. */
	onEvent: (event: CallEvent) => void
	/** The hub has let the room in, for the first time or again. */
	onJoined: () => void
	/** The meeting as the hub tells it; null: the room is in none. */
	onCore: (core: MeetingCore | null) => void
	/** The hub tells something else of our own sources. */
	onOwnSources: () => void
	/** A picture of ours has come to the hub, or no longer does. */
	onFeeds: () => void
	/** Why the hub has ended the call. */
	onRefused: (refusal: ReturnType<typeof refused>) => void
	snapshot: Snapshot
	memory: RoomMemory
	log: Logger
}

/** How the hub knows us again. */
export interface Joined {
	resume: string
	link: string
}

/** The control connection of the call: the meeting as the hub tells it, and the pictures of the room's cameras that go there. */
export class CallControl {
	readonly feeds: Feeds
	readonly #options: CallControlOptions
	#meeting: HubMeeting | null = null
	#joined: Joined | null = null
	#core: MeetingCore | null = null

	constructor(options: CallControlOptions) {
		this.#options = options
		this.feeds = new Feeds({
			pictures: options.pictures,
			open: (camera, request) => this.#openFeed(camera, request),
			close: async (feed) => this.#meeting?.request({ type: 'feed.close', feed }),
			onVideo: (camera, video) => options.snapshot.apply({ type: 'video', camera, video }),
			onChange: options.onFeeds,
			log: options.log.child({ module: 'ingest' }),
		})
	}

	/** Null before the first join of this call. */
	get joined(): Joined | null {
		return this.#joined
	}

	get core(): MeetingCore | null {
		return this.#core
	}

	/** Asks the hub in the meeting that the room is in. Rejects with a Refusal. */
	async request(command: MeetingCommand): Promise<unknown> {
		if (!this.#meeting) throw new Refusal('not-in-call', 'the room is in no call')
		return this.#meeting.request(command)
	}

	/** The hub's own gates over these microphones of ours. */
	setGates(sources: readonly string[], muted: boolean) {
		for (const source of sources) {
			this.#meeting?.request({ type: 'media.mute', source, muted }).catch((error) => {
				this.#options.log.debug({ code: error.code }, 'the hub did not take the mute')
			})
		}
	}

	/** Goes where this link leads, and stays until it is told to disconnect. */
	connect(link: string) {
		const { room, ca, allowsHub, hub, log, memory, onEvent } = this.#options
		const own = hub()
		const address = hubOf(link, own)
		if (!address || leadsAstray(link, own, allowsHub)) return onEvent({ type: 'refused', reason: 'link-refused' })
		const elsewhere = address.url !== own.url
		// Our own address may be another one when the service comes back; the token still leads to our own hub.
		const kept = elsewhere ? link : address.token
		const remembered = memory.call
		this.#meeting = new HubMeeting({
			...address,
			resume: remembered?.link === kept ? remembered.resume : null,
			name: room.name,
			ca,
			lookup: elsewhere && allowsHub ? lookupWithin(allowsHub) : undefined,
			log: log.child({ module: 'hub-meeting' }),
			onJoined: (joined) => this.#isJoined(joined, kept),
			onAway: () => this.#isAway(),
			onPeople: (people, changed) => this.#takePeople(people, changed),
			onCore: (core) => this.#takeCore(core),
			onMediaLost: () => {
				this.#options.media.lost()
				onEvent({ type: 'mediaLost' })
			},
			// It may come in one breath with the answer that opened it, which is looked at first.
			onFeedLost: (feed) => setImmediate(() => this.feeds.lost(feed)),
			onFeedKeyframe: (feed, low) => this.feeds.keyFrame(feed, low),
			onFeedMove: (message) => this.#moveFeed(message),
			onEnded: (code) => {
				const known = code === 'taken-over' ? 'not-allowed' : code
				this.#options.onRefused(refused(known, `the hub ended the call: ${code}`))
				onEvent({ type: 'refused', reason: reasonOf(code) })
			},
		})
	}

	disconnect() {
		const { farEnd, media, onCore, snapshot } = this.#options
		const meeting = this.#meeting
		this.#joined = null
		this.#core = null
		onCore(null)
		farEnd.follow(() => false)
		media.people = nobody
		media.own = ''
		snapshot.apply({ type: 'participants', participants: [] })
		// Feeds are closed while there is still a connection to say so.
		this.feeds.end().then(() => {
			if (this.#meeting === meeting) this.#meeting = null
			return meeting?.leave()
		})
	}

	/** Without a goodbye to the meeting. The feeds are closed before, by themselves. */
	close() {
		this.#meeting?.close()
	}

	#isJoined({ person, resume }: JoinResult, link: string) {
		const { call, media, memory, onEvent, onJoined } = this.#options
		const { rehearsal, wasUp } = call()
		this.#joined = { resume, link }
		media.own = person
		if (wasUp && !rehearsal) memory.setCall({ link, resume })
		this.feeds.start()
		onJoined()
		onEvent({ type: 'controlJoined' })
	}

	#isAway() {
		this.feeds.lost(null)
		// Nobody would tell us of those who go meanwhile.
		this.#options.farEnd.follow(() => false)
		this.#options.onEvent({ type: 'controlAway' })
	}

	#takePeople(people: People, changed: ReadonlySet<string>) {
		const { call, farEnd, media, onOwnSources, snapshot } = this.#options
		media.people = people
		if (!call().rehearsal) snapshot.apply({ type: 'participants', participants: participants(people) })
		farEnd.follow((person) => people.byId.get(person)?.here === true)
		if (changed.has(media.own)) onOwnSources()
	}

	#takeCore(core: MeetingCore) {
		const { call, onCore, snapshot } = this.#options
		this.#core = core
		if (call().rehearsal) return
		onCore(core)
		snapshot.apply({ type: 'meeting', meeting: core.meeting })
	}

	#moveFeed(message: Extract<MeetingMessage, { type: 'feed.move' | 'feed.stop' }>) {
		const { farEnd } = this.#options
		if (message.type === 'feed.stop') return farEnd.stop(message.feed, message.by)
		const { feed, by, pan, tilt, zoom } = message
		farEnd.move(feed, by, { pan, tilt, zoom })
	}

	async #openFeed(
		{ id, name, delayMs }: Parameters<FeedsOptions['open']>[0],
		{ low, ...stream }: FeedRequest,
	): Promise<FeedOpened> {
		const { isMovable, room } = this.#options
		const lateMs = Math.max(0, delayMs - room.soundDelayMs)
		const movable = isMovable(id)
		const beside = { ...(low ? { low } : {}), ...(lateMs > 0 ? { delayMs: lateMs } : {}) }
		const request = { ...stream, srtp: null, codec: 'h264', camera: id, name, movable, ...beside } as const
		if (!this.#meeting) throw new Refusal('not-in-call', 'the call has ended')
		// The hub is of our protocol, or it would not have let us in.
		return (await this.#meeting.request({ type: 'feed.open', ...request })) as never
	}
}
