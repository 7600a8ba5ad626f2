import type { Logger } from 'pino'
import type { FeedOpened } from '../protocol/messages.ts'
import type { CameraView } from '../protocol/room-state.ts'
import { type FeedRequest, type Ingest, type IngestStatus, startIngest } from './ingest.ts'
import type { ExpectedMedia } from './people.ts'
import type { PictureSource, Pictures } from './pictures.ts'

export interface FeedsOptions {
	pictures: Pick<Pictures, 'sources' | 'watch' | 'keyFrame' | 'brokeOff'>
	open: (camera: { id: string; name: string; delayMs: number }, request: FeedRequest) => Promise<FeedOpened>
	close: (feed: string) => Promise<unknown>
	onVideo: (camera: string, video: CameraView['video']) => void
	onChange: () => void
	log: Logger
}

interface Entry {
	ingest: Ingest
	status: IngestStatus
	source: PictureSource
}

/** The pictures of the room's IP cameras while it is in a call. They follow the cameras that there are. */
export class Feeds {
	readonly #options: FeedsOptions
	readonly #ingests = new Map<string, Entry>()
	readonly #unwatch: () => void
	#started = false
	/** Key frames that the hub asked for. */
	keyframesAsked = 0

	constructor(options: FeedsOptions) {
		this.#options = options
		this.#unwatch = options.pictures.watch(() => this.#follow())
		this.#follow()
	}

	/** Begins what isn't running yet. */
	start() {
		this.#started = true
		this.#follow()
	}

	/** What the hub should be receiving of these now. */
	expected(): Pick<ExpectedMedia, 'feeds' | 'opening'> {
		const tried = [...this.#ingests.values()].filter(({ status }) => status !== 'failed')
		const feeds = tried.map(({ ingest }) => ingest.feed).filter((feed) => feed !== null)
		return { feeds, opening: tried.length - feeds.length }
	}

	/** The hub's id of a camera's picture; null while it has none. */
	feedOf(camera: string): string | null {
		return this.#ingests.get(camera)?.ingest.feed ?? null
	}

	/** The camera of a picture that the hub knows by this id; null: there is none now. */
	cameraOf(feed: string): string | null {
		for (const [camera, { ingest }] of this.#ingests) if (ingest.feed === feed) return camera
		return null
	}

	/** The hub has lost one feed, or all of them: others are opened. */
	lost(feed: string | null) {
		for (const { ingest } of this.#ingests.values()) if (feed === null || ingest.feed === feed) ingest.lost()
	}

	/** Somebody who watches this feed waits for a key frame. */
	keyFrame(feed: string, low: boolean) {
		this.keyframesAsked += 1
		const camera = this.cameraOf(feed)
		if (camera !== null) this.#options.pictures.keyFrame(camera, low)
	}

	/** Of this call. */
	async end() {
		this.#started = false
		await Promise.all([...this.#ingests.keys()].map((camera) => this.#end(camera)))
	}

	async close() {
		this.#unwatch()
		await this.end()
	}

	#follow() {
		const sources = new Map(this.#options.pictures.sources().map((source) => [source.id, source]))
		for (const [camera, entry] of this.#ingests) {
			const source = sources.get(camera)
			if (!source) {
				void this.#end(camera)
				continue
			}
			const another = differs(entry.source, source)
			entry.source = source
			if (another) entry.ingest.lost()
		}
		for (const source of sources.values()) {
			if (this.#ingests.has(source.id)) continue
			if (this.#started) this.#begin(source)
			else this.#options.onVideo(source.id, 'idle')
		}
	}

	#begin(source: PictureSource) {
		const { open, close, onVideo, onChange, pictures, log } = this.#options
		const { id } = source
		const entry: Entry = { status: 'opening', ingest: idle, source }
		this.#ingests.set(id, entry)
		entry.ingest = startIngest({
			source: () => entry.source,
			open: (request) => open(entry.source, request),
			close,
			onStatus: (status) => {
				entry.status = status
				if (status !== 'opening') onVideo(id, status)
				onChange()
			},
			onBreak: () => pictures.brokeOff(id),
			needKeyFrame: (low) => pictures.keyFrame(id, low),
			log: log.child({ camera: id }),
		})
	}

	async #end(camera: string) {
		const entry = this.#ingests.get(camera)
		this.#ingests.delete(camera)
		await entry?.ingest.end()
		const still = this.#options.pictures.sources().some(({ id }) => id === camera)
		if (still && !this.#ingests.has(camera)) this.#options.onVideo(camera, 'idle')
		this.#options.onChange()
	}
}

/** A feed carries its name; everything else is a matter of how it is sent. */
function differs(a: PictureSource, b: PictureSource): boolean {
	return JSON.stringify(a) !== JSON.stringify(b)
}

const idle: Ingest = { feed: null, lost() {}, async end() {} }
