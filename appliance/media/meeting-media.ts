import { setTimeout as sleep } from 'node:timers/promises'
import type { types } from 'mediasoup'
import type { Logger } from 'pino'
import { Refusal } from '../protocol/errors.ts'
import type { ProducerSpec, Source } from '../protocol/media.ts'
import type { FeedOpened } from '../protocol/messages.ts'
import { Attendee, type AttendeeOptions } from './attendee.ts'
import { audibleOf } from './choose.ts'
import { type Feed, type FeedRequest, openFeed } from './feed.ts'
import { Gate, type GateReport } from './gate.ts'
import { Loudest } from './loudest.ts'
import type { Received } from './received.ts'
import type { MeetingRouter, Sfu } from './sfu.ts'
import { LiveSource } from './source.ts'
import { mediaLost, Spread } from './spread.ts'
import type { Turn } from './turn.ts'

/** A person sends a microphone, a camera, a screen with sound; a room some cameras. */
const sourcesEach = 16
const lookMs = 500

export interface MeetingMediaOptions {
	sfu: Sfu
	/** Default: none. */
	turn?: Turn | null
	log: Logger
	/** What this person sends, or how, is different. */
	onSources: (person: string) => void
	/** A worker died, and with it what these were connected by. They join again. */
	onLost: (persons: ReadonlySet<string>) => void
	/** How much of a worker those who watch the relay take, as so many people. */
	viewersIn?: (hold: MeetingRouter) => number
	/** A worker died. */
	onHoldLost?: (hold: MeetingRouter) => void
	/** So many share a worker before the meeting takes another. Default: as spread.ts says. */
	peopleEach?: number
}

/** A feed and who is told of it. */
interface OpenFeed {
	hold: MeetingRouter
	feed: Feed
	onLost: () => void
}

/**
 * All media of one meeting: those who are connected, what they send, and the routers beneath. Workers come and go; whoever
 * was connected to one that died joins again.
 */
export class MeetingMedia {
	readonly #options: MeetingMediaOptions
	readonly #sources = new Map<string, LiveSource>()
	readonly #gate = new Gate(this.#sources)
	readonly #loudest = new Loudest(
		this.#sources,
		(person) => this.#roomOf(person),
		() => this.#refresh(),
	)
	readonly #attendees = new Set<Attendee>()
	readonly #feeds = new Map<string, OpenFeed>()
	readonly #looking: NodeJS.Timeout
	readonly #spread: Spread
	#refreshing = false
	/** While everybody looks anew: the same for all. */
	#audible: readonly LiveSource[] | null = null
	#roomOf: (person: string) => string | null = () => null

	constructor(options: MeetingMediaOptions) {
		this.#options = options
		const { sfu, peopleEach } = options
		this.#spread = new Spread({
			...{ sfu, peopleEach },
			peopleIn: (hold) =>
				[...this.#attendees].filter((attendee) => attendee.hold === hold).length + (options.viewersIn?.(hold) ?? 0),
			onLost: (hold) => this.#lost(hold),
		})
		this.#looking = setInterval(() => {
			const now = performance.now()
			for (const source of this.#sources.values()) void source.look(now)
			for (const attendee of this.#attendees) void attendee.look(now)
		}, lookMs)
	}

	/** Transports for one connection, and what clients are told of the router. Rejects with 'media-unavailable'. */
	async attend(
		options: Pick<AttendeeOptions, 'person' | 'publishes' | 'onChange'>,
	): Promise<{ attendee: Attendee; capabilities: types.RtpCapabilities }> {
		const hold = await this.#spread.place()
		const together = (one: string, other: string) => this.#roomOf(one) === this.#roomOf(other)
		const turn = this.#options.turn ?? null
		const audible = () => this.#audible ?? audibleOf(this.#sources.values())
		const attendee = await Attendee.open({ ...options, hold, sources: this.#sources, audible, together, turn })
		if (!this.#spread.has(hold)) {
			attendee.close()
			throw mediaLost()
		}
		this.#attendees.add(attendee)
		return { attendee, capabilities: hold.capabilities }
	}

	/** A router for one who watches the relay: not where those are who take part, while there is another worker. */
	async placeViewer(): Promise<MeetingRouter> {
		return this.#spread.place(true)
	}

	/** Whether it is still there. */
	has(hold: MeetingRouter): boolean {
		return this.#spread.has(hold)
	}

	/** Ends a connection's media; what it sent is gone. */
	leave(attendee: Attendee) {
		this.#attendees.delete(attendee)
		attendee.close()
	}

	/** Everything that one client sends, or nothing of it. `isMuted`: what the meeting remembers of this person's mute. */
	async publish(
		attendee: Attendee,
		specs: readonly ProducerSpec[],
		isMuted: (spec: ProducerSpec) => boolean,
	): Promise<void> {
		this.#checkNew(attendee.person, specs)
		const made: { producer: types.Producer; spec: ProducerSpec; muted: boolean }[] = []
		try {
			for (const spec of specs) {
				const muted = isMuted(spec)
				// Shut from its first packet on. Nobody is connected to it yet, and the rule is looked at again before.
				const paused = muted || !this.#gate.lets(attendee.person, spec.kind)
				made.push({ producer: await attendee.produce(spec, paused), spec, muted })
			}
			if (attendee.closed) throw mediaLost()
		} catch (error) {
			for (const { producer } of made) producer.close()
			throw error
		}
		for (const { producer, spec, muted } of made) {
			const { person, hold } = attendee
			this.#add(producer, { person, home: hold, use: spec.use, label: spec.label, muted })
		}
	}

	/**
	 * The floor's rule of the moment: whose sound is let through; everybody's, until the first call. Holds for what is there
	 * and for whatever comes, before its first packet. Resolves when the worker has confirmed it, with what was changed and
	 * what failed, and never rejects; a newer rule does not wait for an older one.
	 */
	setGate(isOpen: (person: string) => boolean): Promise<GateReport[]> {
		return this.#gate.set(isOpen)
	}

	/**
	 * Who is in which group of a class, null: with all. Nobody is sent anything of another group from now on, ordered of the
	 * worker before this returns; what is new to somebody follows. A gate that opens for a group is set after this.
	 */
	setRooms(roomOf: (person: string) => string | null) {
		this.#roomOf = roomOf
		for (const attendee of this.#attendees) attendee.part()
		this.#loudest.look()
		this.#refresh()
	}

	/**
	 * These may be heard any moment, the next one first: their microphones are connected to everybody beforehand, and stay
	 * shut. At most 16 of them are, so that a long line costs nothing.
	 */
	prepare(persons: ReadonlySet<string>) {
		if (this.#gate.prepare(persons)) this.#refresh()
	}

	/** A source of this person. Throws 'no-source' for anybody else's. */
	sourceOf(person: string, id: string): LiveSource {
		const source = this.#sources.get(id)
		if (source?.person !== person) throw new Refusal('no-source', 'you send no such thing')
		return source
	}

	/** Whether this is a feed of a camera that can be moved. */
	isMovable(id: string): boolean {
		return this.#sources.get(id)?.movable === true
	}

	/** Stops sources of this person; feeds among them are closed with their port. */
	closeSource(person: string, id: string) {
		this.sourceOf(person, id).close()
		this.#feeds.get(id)?.feed.close()
		this.#feeds.delete(id)
	}

	/** Everything that is sent. */
	get all(): Source[] {
		return [...this.#sources.values()].map(({ view }) => view)
	}

	/** How many streams are forwarded to somebody. */
	get consumers(): number {
		return [...this.#attendees].reduce((sum, { watching }) => sum + watching, 0)
	}

	/** What of each source reaches the SFU, for so long. Whatever goes meanwhile is not told. */
	async received(ms: number, signal: AbortSignal): Promise<Received[]> {
		const over = sleep(ms, undefined, { signal })
		const counted = [...this.#sources.values()].map((source) => source.received(over))
		const settled = await Promise.allSettled(counted)
		await over
		return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
	}

	sourcesOf(person: string): Source[] {
		return [...this.#sources.values()].filter((source) => source.person === person).map(({ view }) => view)
	}

	/** A port for one camera's picture. `onLost`: its worker is gone. */
	async openFeed(
		person: string,
		request: FeedRequest & { name: string; delayMs?: number; movable?: boolean },
		listeners: { onKeyFrame: (feed: string, low: boolean) => void; onLost: (feed: string) => void },
	): Promise<FeedOpened> {
		this.#checkRoom(person, 1)
		const hold = await this.#spread.place()
		const feed = await openFeed(hold, this.#options.sfu.feedListen, request, listeners.onKeyFrame)
		const id = feed.opened.feed
		if (!this.#spread.has(hold)) {
			feed.close()
			throw mediaLost()
		}
		this.#feeds.set(id, { hold, feed, onLost: () => listeners.onLost(id) })
		const { layers } = feed
		const { name, delayMs = 0, movable = false } = request
		const whose = { person, home: hold, label: name, layers, delayMs, movable }
		this.#add(feed.producer, { ...whose, use: 'feed', muted: false })
		return feed.opened
	}

	close() {
		clearInterval(this.#looking)
		for (const attendee of this.#attendees) attendee.close()
		this.#attendees.clear()
		for (const { feed } of this.#feeds.values()) feed.close()
		this.#feeds.clear()
		this.#sources.clear()
		this.#spread.close()
	}

	#add(producer: types.Producer, whose: Omit<ConstructorParameters<typeof LiveSource>[1], 'open'>) {
		const open = this.#gate.lets(whose.person, producer.kind)
		const source = new LiveSource(producer, { ...whose, open }, () => this.#changed(whose.person))
		this.#sources.set(source.id, source)
		this.#gate.makeReady()
		producer.observer.once('close', () => {
			if (this.#sources.get(source.id) !== source) return
			this.#sources.delete(source.id)
			this.#changed(whose.person)
		})
		this.#changed(whose.person)
	}

	#checkNew(person: string, specs: readonly ProducerSpec[]) {
		this.#checkRoom(person, specs.length)
		const ids = new Set(specs.map(({ id }) => id))
		if (ids.size < specs.length || specs.some(({ id }) => this.#sources.has(id))) {
			throw new Refusal('bad-message', 'a source of this id is there already')
		}
		const odd = specs.find(({ use, kind }) => use !== 'screen' && (use === 'microphone') !== (kind === 'audio'))
		if (odd) throw new Refusal('bad-message', `a ${odd.use} is no ${odd.kind}`)
	}

	#checkRoom(person: string, more: number) {
		if (this.sourcesOf(person).length + more > sourcesEach) {
			throw new Refusal('full', `one person sends at most ${sourcesEach} things`)
		}
	}

	#changed(person: string) {
		this.#options.onSources(person)
		this.#loudest.look()
		this.#refresh()
	}

	#refresh() {
		// What several changes in a row ask for is looked at once.
		if (this.#refreshing) return
		this.#refreshing = true
		queueMicrotask(() => {
			this.#refreshing = false
			this.#audible = audibleOf(this.#sources.values())
			for (const attendee of this.#attendees) attendee.refresh()
			this.#audible = null
		})
	}

	/** Forgets all that lived in a router, and tells those whose media did. */
	#lost(hold: MeetingRouter) {
		this.#options.log.warn({ port: hold.port }, 'the media of the meeting in this worker are lost')
		this.#loudest.forget(hold.router)
		this.#options.onHoldLost?.(hold)
		const attendees = [...this.#attendees].filter((attendee) => attendee.hold === hold)
		for (const attendee of attendees) this.leave(attendee)
		const sources = [...this.#sources.values()].filter(({ home }) => home === hold)
		for (const { id } of sources) this.#sources.delete(id)
		for (const [id, { hold: its, feed, onLost }] of this.#feeds) {
			if (its !== hold) continue
			this.#feeds.delete(id)
			feed.close()
			onLost()
		}
		for (const person of new Set(sources.map(({ person }) => person))) this.#changed(person)
		this.#options.onLost(new Set(attendees.map(({ person }) => person)))
	}
}
