import type { types } from 'mediasoup'
import { Refusal } from '../protocol/errors.ts'
import type { ProducerSpec, Source } from '../protocol/media.ts'
import { Attendee, type AttendeeOptions } from './attendee.ts'
import type { MeetingMedia } from './meeting-media.ts'
import type { MeetingRouter } from './sfu.ts'
import { LiveSource } from './source.ts'
import { mediaLost } from './spread.ts'
import { openTap, type Tap } from './tap.ts'
import type { Turn } from './turn.ts'

/** One who watches takes two streams, one who takes part some six: so much of a worker. */
const shareOfPerson = 1 / 3
const lookMs = 500
/** A picture's layers are all there within this long, or will not be. */
const comingMs = 4_000
/** Whoever just came gets the next key frame within a second anyway: pictures begin anew once a second, by the tap or by us. */
const keyFrameMs = 300
/** Lines of the two layers that the programme's page sends. */
const programmeLayers = [360, 720] as const

export interface RelayMediaOptions {
	/** The meeting's own routers: of one meeting there is one in each worker. */
	routers: Pick<MeetingMedia, 'placeViewer' | 'has'>
	turn: Turn | null
	/** The programme's picture or sound came, went, or stands, or the picture came in another size as well. */
	onSources: () => void
	/** What these viewers were connected by is gone; they join again. */
	onLost: (viewers: ReadonlySet<string>) => void
}

/**
 * The programme's own picture and sound, and whoever watches them. They are no sources of the meeting: nobody in it is sent
 * what they said themselves.
 */
export class RelayMedia {
	readonly #options: RelayMediaOptions
	readonly #sources = new Map<string, LiveSource>()
	readonly #producers = new Map<string, types.Producer>()
	readonly #viewers = new Set<Attendee>()
	/** When the present page began to send, of a clock that only goes forward. */
	#beganAt = 0
	readonly #looking: NodeJS.Timeout

	constructor(options: RelayMediaOptions) {
		this.#options = options
		this.#looking = setInterval(() => {
			const now = performance.now()
			for (const source of this.#sources.values()) void source.look(now)
			for (const viewer of this.#viewers) void viewer.look(now)
		}, lookMs)
	}

	/** What is sent of it now. */
	get sources(): Source[] {
		return [...this.#sources.values()].map(({ view }) => view)
	}

	get viewers(): number {
		return this.#viewers.size
	}

	/** What they take of this router's worker, as so many people of a meeting. */
	viewersIn(hold: MeetingRouter): number {
		return [...this.#viewers].filter((viewer) => viewer.hold === hold).length * shareOfPerson
	}

	/** Its worker died. */
	lost(hold: MeetingRouter) {
		const lost = [...this.#viewers].filter((viewer) => viewer.hold === hold)
		for (const viewer of lost) this.leave(viewer)
		if (lost.length > 0) this.#options.onLost(new Set(lost.map(({ person }) => person)))
	}

	/** What the programme's page sends: one picture and one sound, or nothing of them. */
	async publish(page: Attendee, specs: readonly ProducerSpec[]): Promise<void> {
		const kinds = specs.map(({ kind }) => kind).sort()
		if (kinds.join() !== 'audio,video') throw new Refusal('bad-message', 'a programme is one picture and one sound')
		const made: types.Producer[] = []
		try {
			for (const spec of specs) made.push(await page.produce(spec, false, keyFrameMs))
			if (page.closed) throw mediaLost()
		} catch (error) {
			for (const producer of made) producer.close()
			throw error
		}
		for (const before of this.#producers.values()) before.close()
		this.#beganAt = performance.now()
		for (const [i, producer] of made.entries()) this.#add(page, producer, specs[i] as ProducerSpec)
	}

	/** Transports for one who watches. Nothing can be sent by them. Rejects with 'media-unavailable'. */
	async attend(
		options: Pick<AttendeeOptions, 'person' | 'onChange'>,
	): Promise<{ attendee: Attendee; capabilities: types.RtpCapabilities }> {
		const { routers, turn } = this.#options
		const hold = await routers.placeViewer()
		const attendee = await Attendee.open({ ...options, publishes: false, hold, sources: this.#sources, turn })
		if (!routers.has(hold)) {
			attendee.close()
			throw mediaLost()
		}
		this.#viewers.add(attendee)
		return { attendee, capabilities: hold.capabilities }
	}

	leave(viewer: Attendee) {
		this.#viewers.delete(viewer)
		viewer.close()
	}

	/**
	 * What it sends as RTP on this machine: the large picture, the sound, the small picture. Null: it does not send both now.
	 * Rejects with a Refusal.
	 */
	async tap(): Promise<Tap | null> {
		const live = [...this.#sources.values()].filter((source) => source.live)
		const [picture, sound] = (['video', 'audio'] as const).map((kind) => live.find((one) => one.kind === kind))
		const [pictures, sounds] = [picture, sound].map((source) => this.#producers.get(source?.id ?? ''))
		if (!picture || !pictures || !sounds) return null
		// The large one comes a moment later than the small one; where it does not come at all, the small one has to do.
		const coming = layersIn(pictures.score) < picture.layers.length
		if (coming && performance.now() - this.#beganAt < comingMs) return null
		return openTap(picture.home, [
			{ producer: pictures, layer: picture.layers.length > 1 ? 1 : null },
			{ producer: sounds, layer: null },
			...(picture.layers.length > 1 ? [{ producer: pictures, layer: 0 }] : []),
		])
	}

	close() {
		clearInterval(this.#looking)
		for (const viewer of this.#viewers) viewer.close()
		this.#viewers.clear()
		for (const producer of this.#producers.values()) producer.close()
	}

	#add(page: Attendee, producer: types.Producer, { use, label }: ProducerSpec) {
		// What comes in one size comes in the large one.
		const layers = programmeLayers.slice(-(producer.rtpParameters.encodings?.length ?? 1))
		const whose = { person: page.person, home: page.hold, use, label, muted: false, open: true, layers }
		const source = new LiveSource(producer, whose, () => this.#changed())
		this.#producers.set(producer.id, producer)
		this.#sources.set(producer.id, source)
		let here = 0
		producer.on('score', (scores) => {
			const before = here
			here = layersIn(scores)
			// Whoever waits for the large picture need not ask for it again and again.
			if (here > before) this.#options.onSources()
		})
		producer.observer.once('close', () => {
			this.#producers.delete(producer.id)
			this.#sources.delete(producer.id)
			this.#changed()
		})
		this.#changed()
	}

	#changed() {
		for (const viewer of this.#viewers) viewer.refresh()
		this.#options.onSources()
	}
}

/** How many layers of a picture come. */
const layersIn = (scores: readonly types.ProducerScore[]) => scores.filter(({ score }) => score > 0).length
