import type { Logger } from 'pino'
import type { FeedOpened } from '../protocol/messages.ts'
import type { CameraView } from '../protocol/room-state.ts'
import { type Ingest, type IngestStatus, startIngest } from './ingest.ts'
import type { ExpectedMedia } from './people.ts'

export interface FeedCamera {
	id: string
	name: string
	rtsp: string
}

export interface FeedsOptions {
	cameras: readonly FeedCamera[]
	open: (camera: FeedCamera, request: { ssrc: number; payloadType: number }) => Promise<FeedOpened>
	close: (feed: string) => Promise<unknown>
	onVideo: (camera: string, video: CameraView['video']) => void
	onChange: () => void
	log: Logger
}

/** The pictures of the room's IP cameras while it is in a call. */
export class Feeds {
	readonly #options: FeedsOptions
	readonly #ingests = new Map<string, { ingest: Ingest; status: IngestStatus }>()
	/**
	 * Key frames that the hub asked for. A VISCA camera has no way to be asked, so its stream must bring one each second;
	 * ONVIF's SetSynchronizationPoint will be called from here.
	 */
	keyframesAsked = 0

	constructor(options: FeedsOptions) {
		this.#options = options
	}

	/** Begins what isn't running yet. */
	start() {
		const { cameras, open, close, onVideo, onChange, log } = this.#options
		for (const camera of cameras) {
			if (this.#ingests.has(camera.id)) continue
			const entry: { ingest: Ingest; status: IngestStatus } = { status: 'opening', ingest: idle }
			this.#ingests.set(camera.id, entry)
			entry.ingest = startIngest({
				rtsp: camera.rtsp,
				open: (request) => open(camera, request),
				close,
				onStatus: (status) => {
					entry.status = status
					if (status !== 'opening') onVideo(camera.id, status)
					onChange()
				},
				log: log.child({ camera: camera.id }),
			})
		}
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

	/** The hub has lost one feed, or all of them: others are opened. */
	lost(feed: string | null) {
		for (const { ingest } of this.#ingests.values()) if (feed === null || ingest.feed === feed) ingest.lost()
	}

	async end() {
		const ending = [...this.#ingests]
		this.#ingests.clear()
		await Promise.all(
			ending.map(async ([camera, { ingest }]) => {
				await ingest.end()
				this.#options.onVideo(camera, 'idle')
			}),
		)
	}
}

const idle: Ingest = { feed: null, lost() {}, async end() {} }
