import { join } from 'node:path'
import type { Logger } from 'pino'
import { type KeptBrowser, type KeptPage, keepPage } from '../browser/kept-page.ts'
import type { MeetingMedia } from '../media/meeting-media.ts'
import { RelayMedia } from '../media/relay-media.ts'
import type { Tap } from '../media/tap.ts'
import type { Turn } from '../media/turn.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingMessage, Person } from '../protocol/messages.ts'
import type { BroadcastFigures, ProgrammeCommand, ProgrammeEvent, RecordingEnd } from '../protocol/relay.ts'
import type { Caption } from '../relay/captions.ts'
import type { Chapter } from '../relay/playlist.ts'
import { Recorder } from '../relay/recorder.ts'
import type { MeetingFiles, SegmentFiles } from '../relay/segment-files.ts'
import { Station } from '../relay/station.ts'
import type { Cards } from './cards.ts'
import { KeyedList } from './keyed-list.ts'
import { readProgrammeEvent } from './programme-event.ts'
import type { RelayConnection } from './relay-connection.ts'
import { type Viewer, type ViewingStore, Viewings } from './viewings.ts'

/** What composes the programme, and where what is recorded is kept. */
export interface Broadcasting {
	launch: () => Promise<KeptBrowser>
	/** Default: no. Whether a second browser stands by. */
	standBy?: boolean
	/** The page that composes it, on our own loopback listener. */
	url: string
	/** Our own `/ws/meeting`, for that page. */
	hubUrl: string
	language: 'ko' | 'en'
	/** The name of the house, in the picture's corner. */
	mark: string
	/** Recordings are kept here, by meeting. */
	dir: string
	/** Bytes of that disk that are left to others. */
	reserveBytes: number
	/** Where a web server takes segments from by itself. Absent: nowhere. */
	segmentFiles?: SegmentFiles | null
	/** How long a recording is kept after its end; absent: until somebody removes it. */
	keepDays?: number | null
}

export interface OnAirOptions {
	meeting: () => Meeting
	routers: Pick<MeetingMedia, 'placeViewer' | 'has'>
	turn: Turn | null
	now: () => number
	log: Logger
	/** Null: this hub neither relays nor records. */
	broadcasting: Broadcasting | null
	/** A token for the programme's page, for this meeting. */
	token: () => Promise<string>
	/** Whether captions are to be expected. */
	captioned: () => boolean
	tellPresiding: (message: MeetingMessage) => void
	/** The recording cannot go on. */
	stopRecording: (cause: RecordingEnd) => void
	/** Nothing more comes to this recording. */
	onRecorded: (recording: string) => void
	/** Where it is kept who watched. */
	viewings: ViewingStore
	cards: Cards
}

/** The one person that viewers see. */
export const programmePerson = 'programme'
/** A viewer may go back so far; of both sizes a second has about 0.4 MB. */
const window = { dvrS: 900, maxBytes: 400 * 1024 * 1024 }
const figuresMs = 2_000
const keyFrameMs = 1_000
/** A run that begins: until it is told of its streams it would hear none. */
const beginMs = 150
/**
 * Before the first picture of a run, and once after it: so the first segment is short, and viewers have it soon. Oftener, the
 * encoder has used up its bits and sends nothing at all for a second.
 */
const firstKeyFrameMs = 500
/** A run that went on for so long was not broken: the next one need not wait. */
const soundMs = 3_000
const againMs = 500
/** Beats come every 500 ms: a page that is silent for so long hangs perhaps, and what it sent is not taken up again. */
const silentMs = 1_500
/** What was seen before that is not what viewers see now. */
const lookMs = 5_000

/** The relay and the recording of one meeting: what they need runs while one of them is wanted, and no longer. */
export class OnAir {
	readonly media: RelayMedia
	readonly people: KeyedList<Person>
	readonly viewers = new Set<RelayConnection>()
	readonly viewings: Viewings
	readonly #options: OnAirOptions
	#page: KeptPage<ProgrammeCommand> | null = null
	#status: BroadcastFigures['programme'] = 'off'
	#beat: Extract<ProgrammeEvent, { type: 'beat' }> | null = null
	#drawn: { frames: number; at: number; fps: number } = { frames: 0, at: 0, fps: 0 }
	#station: Station | null = null
	readonly #files: MeetingFiles | null
	#tap: Tap | null = null
	#tapping = false
	/** When the latest run began. */
	#begunAt = 0
	/** When this page was heard last; null: not yet. */
	#beatAt: number | null = null
	#recorder: { id: string; recorder: Recorder } | null = null
	#keys: NodeJS.Timeout | undefined
	#figures: NodeJS.Timeout | undefined
	#again: NodeJS.Timeout | undefined
	#chapters: Chapter[] = []
	#onAir = false
	#lastLook: { jpeg: string; at: number } | null = null
	#closed = false

	constructor(options: OnAirOptions) {
		this.#options = options
		const { routers, turn, viewings, cards, now, log } = options
		this.#files = options.broadcasting?.segmentFiles?.of(options.meeting().id) ?? null
		this.viewings = new Viewings({
			...{ meeting: options.meeting().id, store: viewings, cards, now, log },
			onAir: () => this.#onAir,
		})
		this.media = new RelayMedia({
			...{ routers, turn },
			onSources: () => {
				this.people.touch(programmePerson)
				this.#look()
			},
			onLost: (lost) => {
				for (const viewer of this.viewers) if (lost.has(viewer.id)) viewer.mediaLost()
			},
		})
		this.people = new KeyedList<Person>({
			find: () => this.#person(),
			all: () => [programmePerson],
			tell: (patch) => {
				const message = { type: 'people', ...patch } as const
				for (const viewer of this.viewers) viewer.tell(message)
			},
		})
	}

	/** Those whose pages watch now, of whom the house knows who they are. */
	get viewersNow(): Viewer[] {
		return [...this.viewers].flatMap(({ viewer }) => (viewer ? [viewer] : []))
	}

	/** The items of the agenda as they began, since it is on air. */
	get chapters(): readonly Chapter[] {
		return this.#chapters
	}

	/** Null: nothing has been on air. */
	get station(): Station | null {
		return this.#station
	}

	/** Throws where this hub has nothing to compose a programme with. */
	check() {
		if (!this.#options.broadcasting) throw new Refusal('unsupported', 'this hub neither relays nor records')
	}

	/** How long a recording is kept; null: until somebody removes it. */
	get keepDays(): number | null {
		return this.#options.broadcasting?.keepDays ?? null
	}

	/** What is wanted follows from the meeting. */
	follow() {
		if (this.#closed || !this.#options.broadcasting) return
		const { broadcast, phase } = this.#options.meeting()
		const { relay, recording } = broadcast
		const wanted = phase !== 'closed' && (relay !== null || recording !== null)
		if (wanted && !this.#page) this.#start(this.#options.broadcasting)
		this.#record(phase === 'closed' ? null : (recording?.id ?? null), this.#options.broadcasting)
		this.#station?.air(relay !== null && phase !== 'closed')
		this.#turn(relay !== null && phase !== 'closed')
		this.#mark(relay !== null)
		if (!wanted && this.#page) this.#stop()
		// A name is a right, and the files know of no end.
		if (phase === 'closed') this.#files?.clear()
		this.people.touch(programmePerson)
	}

	#turn(onAir: boolean) {
		if (this.#onAir === onAir) return
		this.#onAir = onAir
		this.viewings.turn()
	}

	/** Told when an item begins or ends. */
	#mark(onAir: boolean) {
		if (!onAir) {
			this.#chapters = []
			return
		}
		const item = this.#options.meeting().agenda.find(({ status }) => status === 'current')
		const last = this.#chapters.at(-1)
		if ((last?.title ?? null) === (item?.title ?? null)) return
		const startsAtMs = this.#options.now()
		this.#chapters.push({ id: `item-${startsAtMs}`, title: item?.title ?? null, startsAtMs })
	}

	/** What is said, for those who read playlists. */
	say(caption: Caption) {
		this.#station?.captions.say(caption)
	}

	get figures(): BroadcastFigures {
		const now = this.#options.now()
		const recorder = this.#recorder?.recorder ?? null
		return {
			programme: this.#status,
			fps: this.#drawn.fps,
			wantedFps: this.#beat?.fps ?? 0,
			height: 720,
			viewers: { webrtc: this.media.viewers, http: this.viewings.readers, ever: this.viewings.size },
			delayMs: this.#station?.delayMs ?? null,
			lostSegments: this.#station?.lostSegments ?? 0,
			recording: recorder && { bytes: recorder.bytes, leftS: recorder.leftS(now), failed: recorder.fault },
		}
	}

	close() {
		if (this.#closed) return
		this.#closed = true
		this.#stop()
		this.#files?.clear()
		this.viewings.close()
		this.people.close()
		this.media.close()
	}

	/** What viewers are shown now, as a small JPEG in base64; asks for the next. Null: nothing is, or it was not asked for lately. */
	look(): string | null {
		this.#page?.send({ type: 'look' })
		const look = this.#lastLook
		return look && this.#options.now() - look.at < lookMs ? look.jpeg : null
	}

	#start(broadcasting: Broadcasting) {
		const { log, now } = this.#options
		this.#station ??= new Station({
			...{ window, now, log, since: this.#options.meeting().broadcast.relay?.since ?? null },
			captioned: this.#options.captioned,
			files: this.#files,
			onRead: (output, atMs) => {
				if (output.type === 'init') this.#askKeyFramesIn(firstKeyFrameMs)
				this.#recorder?.recorder.take(output, atMs)
			},
			onEnd: (reason) => {
				log.warn({ reason }, 'the relay has no picture, it is taken up again')
				this.#drop()
				this.#soon(performance.now() - this.#begunAt > soundMs ? 0 : againMs)
			},
		})
		this.#page = keepPage<ProgrammeCommand, ProgrammeEvent>({
			...{ name: 'programme', launch: broadcasting.launch, url: broadcasting.url, grants: [], log },
			standBy: broadcasting.standBy ?? false,
			binding: 'maruProgramme',
			read: readProgrammeEvent,
			onStatus: (status) => {
				this.#status = status
				if (status === 'starting') this.#beatAt = null
				if (status === 'ready') void this.#enter(broadcasting)
				this.#tell()
			},
			onEvent: (event) => this.#heard(event),
		})
		this.#askKeyFrames()
		this.#figures = setInterval(() => this.#tell(), figuresMs)
	}

	async #enter({ hubUrl, language, mark }: Broadcasting): Promise<void> {
		const page = this.#page
		const token = await this.#options.token()
		if (page !== this.#page) return
		page?.send({ type: 'join', hub: hubUrl, token, language, mark, height: 720, fps: 25 })
	}

	#heard(event: ProgrammeEvent) {
		if (event.type === 'failed') return this.#page?.restart(event.detail)
		if (event.type === 'look') this.#lastLook = { jpeg: event.jpeg, at: this.#options.now() }
		if (event.type !== 'beat') return
		const now = performance.now()
		this.#beatAt = now
		const { frames, at } = this.#drawn
		// Over two seconds: a beat alone is too short to count by.
		if (now - at > 2_000 || event.frames < frames) {
			const fps = at === 0 || event.frames < frames ? 0 : Math.round(((event.frames - frames) * 1_000) / (now - at))
			this.#drawn = { frames: event.frames, at: now, fps }
		}
		this.#beat = event
	}

	#stop() {
		clearTimeout(this.#keys)
		clearInterval(this.#figures)
		clearTimeout(this.#again)
		this.#drop()
		this.#record(null, null)
		void this.#page?.close().catch(() => {})
		this.#page = null
		this.#status = 'off'
		this.#beat = null
		this.#station?.end()
		this.#tell()
	}

	#record(id: string | null, broadcasting: Broadcasting | null) {
		const before = this.#recorder
		if (before?.id === id) return
		if (before) {
			this.#recorder = null
			before.recorder.end()
			// Where the service ends, the meeting's recording does not.
			if (this.#options.meeting().broadcast.recording?.id !== before.id) this.#options.onRecorded(before.id)
		}
		if (id === null || !broadcasting) return
		const recorder = new Recorder({
			dir: join(broadcasting.dir, this.#options.meeting().id, id),
			reserveBytes: broadcasting.reserveBytes,
			onFault: (fault) => {
				this.#options.log.error({ recording: id, fault }, 'a recording can not go on')
				this.#options.stopRecording(fault)
			},
		})
		this.#recorder = { id, recorder }
		// A file begins with what a run began with, and that has been already.
		const init = this.#station?.init
		if (init) recorder.take({ type: 'init', init }, this.#options.now())
	}

	/** Takes up what the page sends, when both its picture and its sound are there. */
	#look() {
		if (this.#closed || !this.#page || !this.#station || this.#station.runs || this.#tap || this.#tapping) return
		if (this.#beatAt !== null && performance.now() - this.#beatAt > silentMs) return this.#soon()
		this.#tapping = true
		const opening = this.media.tap().finally(() => {
			this.#tapping = false
		})
		opening.then(
			(tap) => (tap ? this.#take(tap) : this.#soon()),
			(error: unknown) => {
				this.#options.log.warn({ err: error }, 'the programme can not be taken up')
				this.#soon()
			},
		)
	}

	#take(tap: Tap) {
		const station = this.#station
		if (this.#closed || !this.#page || !station) return tap.close()
		this.#tap = tap
		this.#begunAt = performance.now()
		station.begin(tap.sdp, tap.pictures)
		void tap.start()
		this.#askKeyFramesIn(beginMs)
		void tap.ended.then((reason) => {
			if (tap !== this.#tap) return
			this.#options.log.debug({ reason }, 'what is relayed ended at its source')
			station.halt()
		})
	}

	#drop() {
		this.#tap?.close()
		this.#tap = null
	}

	#soon(ms = againMs) {
		clearTimeout(this.#again)
		this.#again = setTimeout(() => this.#look(), ms)
	}

	#askKeyFrames() {
		this.#tap?.askKeyFrames()
		const begins = this.#tap !== null && this.#station?.init === null
		this.#askKeyFramesIn(begins ? firstKeyFrameMs : keyFrameMs)
	}

	#askKeyFramesIn(ms: number) {
		clearTimeout(this.#keys)
		this.#keys = setTimeout(() => this.#askKeyFrames(), ms)
	}

	#tell() {
		if (!this.#closed) this.#options.tellPresiding({ type: 'broadcast', ...this.figures })
	}

	#person(): Person | null {
		const { broadcast, phase, openedAt } = this.#options.meeting()
		if (broadcast.relay === null || phase === 'closed' || this.media.sources.length === 0) return null
		return {
			...{ id: programmePerson, name: '', title: '', bureau: '', order: 0, role: 'programme', here: true },
			joinedAt: openedAt ?? 0,
			sources: this.media.sources,
		}
	}
}
