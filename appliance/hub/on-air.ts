import { join } from 'node:path'
import type { Logger } from 'pino'
import type { MeetingMedia } from '../media/meeting-media.ts'
import { RelayMedia } from '../media/relay-media.ts'
import type { Turn } from '../media/turn.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingMessage, Person } from '../protocol/messages.ts'
import type { RecordingEnd } from '../protocol/relay.ts'
import type { Caption } from '../relay/captions.ts'
import type { Chapter } from '../relay/playlist.ts'
import type { MeetingFiles, SegmentFiles } from '../relay/segment-files.ts'
import { Station } from '../relay/station.ts'
import type { Cards } from './cards.ts'
import { KeyedList } from './keyed-list.ts'
import { type Composing, ProgrammePage } from './programme-page.ts'
import type { RelayConnection } from './relay-connection.ts'
import { RunningRecording } from './running-recording.ts'
import { Uptake } from './uptake.ts'
import { type Viewer, type ViewingStore, Viewings } from './viewings.ts'

/** What composes the programme, and where what is recorded is kept. */
export interface Broadcasting extends Composing {
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

/** The relay and the recording of one meeting: what they need runs while one of them is wanted, and no longer. */
export class OnAir {
	readonly media: RelayMedia
	readonly people: KeyedList<Person>
	readonly viewers = new Set<RelayConnection>()
	readonly viewings: Viewings
	readonly #options: OnAirOptions
	/** Both null: this hub has nothing to compose a programme with. */
	readonly #page: ProgrammePage | null
	readonly #recording: RunningRecording | null
	readonly #files: MeetingFiles | null
	/** Since it was wanted for the first time. */
	#supplied: { station: Station; uptake: Uptake } | null = null
	#telling: NodeJS.Timeout | undefined
	#chapters: Chapter[] = []
	#onAir = false
	#closed = false

	constructor(options: OnAirOptions) {
		this.#options = options
		const { broadcasting, routers, turn, viewings, cards, now, log } = options
		this.#page = broadcasting && this.#openPage(broadcasting)
		this.#recording = broadcasting && this.#openRecording(broadcasting)
		this.#files = broadcasting?.segmentFiles?.of(options.meeting().id) ?? null
		this.viewings = new Viewings({
			...{ meeting: options.meeting().id, store: viewings, cards, now, log },
			onAir: () => this.#onAir,
		})
		this.media = new RelayMedia({
			...{ routers, turn },
			onSources: () => {
				this.people.touch(programmePerson)
				this.#supplied?.uptake.look()
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
		return this.#supplied?.station ?? null
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
		if (this.#closed || !this.#page || !this.#recording) return
		const { broadcast, phase } = this.#options.meeting()
		const onAir = phase !== 'closed' && broadcast.relay !== null
		const recorded = phase === 'closed' ? null : (broadcast.recording?.id ?? null)
		const wanted = onAir || recorded !== null
		if (wanted && !this.#page.on) this.#start(this.#page)
		this.#recording.follow(recorded)
		this.station?.air(onAir)
		this.#turn(onAir)
		this.#mark(broadcast.relay !== null)
		if (!wanted && this.#page.on) this.#stop()
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
		this.station?.captions.say(caption)
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
		return this.#page?.look() ?? null
	}

	#openPage(composing: Composing): ProgrammePage {
		const { token, now, log } = this.#options
		return new ProgrammePage({ composing, token, onStatus: () => this.#tell(), now, log })
	}

	#openRecording({ dir, reserveBytes }: Broadcasting): RunningRecording {
		const { meeting, stopRecording, onRecorded, now, log } = this.#options
		return new RunningRecording({
			...{ dir: join(dir, meeting().id), reserveBytes, now, log },
			init: () => this.station?.init ?? null,
			onFault: stopRecording,
			onLeft: (id) => {
				// Where the service ends, the meeting's recording does not.
				if (meeting().broadcast.recording?.id !== id) onRecorded(id)
			},
		})
	}

	#start(page: ProgrammePage) {
		this.#supplied ??= this.#supply(page)
		page.begin()
		this.#supplied.uptake.begin()
		this.#telling = setInterval(() => this.#tell(), figuresMs)
	}

	/** A station, and what it is supplied by. */
	#supply(page: ProgrammePage) {
		const { meeting, captioned, now, log } = this.#options
		const station = new Station({
			...{ window, now, log, since: meeting().broadcast.relay?.since ?? null, captioned, files: this.#files },
			onRead: (output, atMs) => {
				if (output.type === 'init') uptake.flows()
				this.#recording?.take(output, atMs)
			},
			onEnd: (reason) => {
				log.warn({ reason }, 'the relay has no picture, it is taken up again')
				uptake.over()
			},
		})
		const uptake = new Uptake({ station, tap: () => this.media.tap(), isSilent: () => page.isSilent, log })
		return { station, uptake }
	}

	#stop() {
		clearInterval(this.#telling)
		this.#supplied?.uptake.end()
		this.#recording?.follow(null)
		this.#page?.end()
		this.station?.end()
		this.#tell()
	}

	#tell() {
		const { station } = this
		if (this.#closed || !this.#page || !this.#recording) return
		this.#options.tellPresiding({
			...{ type: 'broadcast', ...this.#page.figures, recording: this.#recording.figures },
			viewers: { webrtc: this.media.viewers, http: this.viewings.readers, ever: this.viewings.size },
			delayMs: station?.delayMs ?? null,
			lostSegments: station?.lostSegments ?? 0,
		})
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
