import type { types } from 'mediasoup'
import type { Logger } from 'pino'
import { Refusal } from '../protocol/errors.ts'
import type { ProducerSpec, Source } from '../protocol/media.ts'
import type { FeedOpened } from '../protocol/messages.ts'
import { Attendee, type AttendeeOptions } from './attendee.ts'
import { type Feed, type FeedRequest, openFeed } from './feed.ts'
import { Gate, type GateReport } from './gate.ts'
import { Loudest } from './loudest.ts'
import type { MeetingRouter, Sfu } from './sfu.ts'
import { LiveSource } from './source.ts'
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
	/** A worker died, and all of this meeting's media with it. The next to come get a new router. */
	onLost: () => void
}

/** A feed and who is told of it. */
interface OpenFeed {
	person: string
	feed: Feed
	onLost: () => void
}

/**
 * All media of one meeting: a router, those who are connected to it, and what they send. Router and workers come and go
 * beneath; whoever was connected joins again.
 */
export class MeetingMedia {
	readonly #options: MeetingMediaOptions
	readonly #sources = new Map<string, LiveSource>()
	readonly #gate = new Gate(this.#sources)
	readonly #loudest = new Loudest(this.#sources, () => this.#refresh())
	readonly #attendees = new Set<Attendee>()
	readonly #feeds = new Map<string, OpenFeed>()
	readonly #looking: NodeJS.Timeout
	#opening: Promise<MeetingRouter> | null = null
	#hold: MeetingRouter | null = null
	#refreshing = false
	#closed = false

	constructor(options: MeetingMediaOptions) {
		this.#options = options
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
		const hold = await this.#router()
		const attendee = await Attendee.open({ ...options, hold, sources: this.#sources, turn: this.#options.turn ?? null })
		if (hold !== this.#hold) {
			attendee.close()
			throw unavailable()
		}
		this.#attendees.add(attendee)
		return { attendee, capabilities: hold.capabilities }
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
			if (attendee.closed) throw unavailable()
		} catch (error) {
			for (const { producer } of made) producer.close()
			throw error
		}
		for (const { producer, spec, muted } of made) {
			this.#add(producer, { person: attendee.person, use: spec.use, label: spec.label, muted })
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
		const hold = await this.#router()
		const feed = await openFeed(hold, this.#options.sfu.feedListen, request, listeners.onKeyFrame)
		const id = feed.opened.feed
		if (hold !== this.#hold) {
			feed.close()
			throw unavailable()
		}
		this.#feeds.set(id, { person, feed, onLost: () => listeners.onLost(id) })
		const { layers } = feed
		const { name, delayMs = 0, movable = false } = request
		this.#add(feed.producer, { person, use: 'feed', label: name, muted: false, layers, delayMs, movable })
		return feed.opened
	}

	close() {
		this.#closed = true
		clearInterval(this.#looking)
		const hold = this.#hold
		this.#clear()
		hold?.close()
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
		this.#loudest.look(this.#hold?.router ?? null)
		this.#refresh()
	}

	#refresh() {
		// What several changes in a row ask for is looked at once.
		if (this.#refreshing) return
		this.#refreshing = true
		queueMicrotask(() => {
			this.#refreshing = false
			for (const attendee of this.#attendees) attendee.refresh()
		})
	}

	#router(): Promise<MeetingRouter> {
		if (this.#closed) return Promise.reject(unavailable())
		this.#opening ??= this.#open()
		return this.#opening
	}

	async #open(): Promise<MeetingRouter> {
		try {
			const hold = await this.#options.sfu.openRouter()
			if (this.#closed) {
				hold.close()
				throw unavailable()
			}
			this.#hold = hold
			hold.onLost(() => {
				if (this.#hold !== hold) return
				this.#options.log.warn('the media of the meeting are lost')
				this.#clear()
				this.#options.onLost()
			})
			return hold
		} catch (error) {
			this.#opening = null
			throw error
		}
	}

	/** Forgets all that lived in the router. */
	#clear() {
		this.#hold = null
		this.#opening = null
		this.#loudest.clear()
		for (const attendee of this.#attendees) attendee.close()
		this.#attendees.clear()
		const feeds = [...this.#feeds.values()]
		this.#feeds.clear()
		const persons = new Set([...this.#sources.values()].map(({ person }) => person))
		this.#sources.clear()
		for (const { feed, onLost } of feeds) {
			feed.close()
			if (!this.#closed) onLost()
		}
		for (const person of persons) this.#options.onSources(person)
	}
}

function unavailable(): Refusal {
	return new Refusal('media-unavailable', 'the media of this meeting were just lost; join again')
}
