import type { Logger } from 'pino'
import { type KeptBrowser, type KeptPage, keepPage } from '../browser/kept-page.ts'
import type { BroadcastFigures, ProgrammeCommand, ProgrammeEvent } from '../protocol/relay.ts'
import { readProgrammeEvent } from './programme-event.ts'

/** What composes the programme. */
export interface Composing {
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
}

export interface ProgrammePageOptions {
	composing: Composing
	/** For this meeting. */
	token: () => Promise<string>
	/** It is up, or gone, or starts. */
	onStatus: () => void
	now: () => number
	log: Logger
}

/** Beats come every 500 ms: a page that is silent for so long hangs perhaps. */
const silentMs = 1_500
/** A beat alone is too short to count by. */
const countMs = 2_000
/** What was seen before that is not what viewers see now. */
const lookMs = 5_000
/** The large picture. */
const height = 720
const fps = 25

/** The page that composes one meeting's programme, while that is wanted, and what it tells of itself. */
export class ProgrammePage {
	readonly #options: ProgrammePageOptions
	#page: KeptPage<ProgrammeCommand> | null = null
	#status: BroadcastFigures['programme'] = 'off'
	#beat: Extract<ProgrammeEvent, { type: 'beat' }> | null = null
	#drawn: { frames: number; at: number; fps: number } = { frames: 0, at: 0, fps: 0 }
	/** When this page was heard last; null: not yet. */
	#beatAt: number | null = null
	#lastLook: { jpeg: string; at: number } | null = null

	constructor(options: ProgrammePageOptions) {
		this.#options = options
	}

	get on(): boolean {
		return this.#page !== null
	}

	get figures(): Pick<BroadcastFigures, 'programme' | 'fps' | 'wantedFps' | 'height'> {
		return { programme: this.#status, fps: this.#drawn.fps, wantedFps: this.#beat?.fps ?? 0, height }
	}

	/** It was heard, and is not any more. */
	get isSilent(): boolean {
		return this.#beatAt !== null && performance.now() - this.#beatAt > silentMs
	}

	begin() {
		const { composing, onStatus, log } = this.#options
		this.#page = keepPage<ProgrammeCommand, ProgrammeEvent>({
			...{ name: 'programme', launch: composing.launch, url: composing.url, grants: [], log },
			standBy: composing.standBy ?? false,
			binding: 'maruProgramme',
			read: readProgrammeEvent,
			onStatus: (status) => {
				this.#status = status
				if (status === 'starting') this.#beatAt = null
				if (status === 'ready') void this.#enter()
				onStatus()
			},
			onEvent: (event) => this.#heard(event),
		})
	}

	end() {
		void this.#page?.close().catch(() => {})
		this.#page = null
		this.#status = 'off'
		this.#beat = null
	}

	/** What it draws now, as a small JPEG in base64; asks for the next. Null: nothing, or it was not asked for lately. */
	look(): string | null {
		this.#page?.send({ type: 'look' })
		const look = this.#lastLook
		return look && this.#options.now() - look.at < lookMs ? look.jpeg : null
	}

	async #enter(): Promise<void> {
		const { composing, token } = this.#options
		const { hubUrl, language, mark } = composing
		const page = this.#page
		const issued = await token()
		if (page === this.#page) page?.send({ type: 'join', hub: hubUrl, token: issued, language, mark, height, fps })
	}

	#heard(event: ProgrammeEvent) {
		if (event.type === 'failed') return this.#page?.restart(event.detail)
		if (event.type === 'look') this.#lastLook = { jpeg: event.jpeg, at: this.#options.now() }
		if (event.type === 'beat') this.#beats(event)
	}

	#beats(beat: Extract<ProgrammeEvent, { type: 'beat' }>) {
		const now = performance.now()
		this.#beatAt = now
		this.#beat = beat
		const { frames, at } = this.#drawn
		const anew = beat.frames < frames
		if (now - at <= countMs && !anew) return
		const drawn = at === 0 || anew ? 0 : Math.round(((beat.frames - frames) * 1_000) / (now - at))
		this.#drawn = { frames: beat.frames, at: now, fps: drawn }
	}
}
