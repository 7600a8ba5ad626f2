import type { Logger } from 'pino'
import type { MeetingCore, Result } from '../protocol/messages.ts'
import type { CameraView } from '../protocol/room-state.ts'
import type { Origin } from './leases.ts'
import type { SeatAim } from './seat-map.ts'

/**
 * The camera follows the floor (design.md §6). A seat that gets the floor is shown by its camera at its preset: at once
 * where the camera was aimed beforehand, else by another camera's picture until it stands. No travelling shot on air; the
 * next in line is aimed at while somebody else speaks, by a camera that is not on air. Whoever drives by hand goes first.
 */

export const directorOrigin: Origin = { id: 'director', label: 'director', role: 'room' }
/** Hands off a camera for so long after somebody drove it by hand. */
const handsOffMs = 10_000
/** A journey that failed is tried again after so long: a camera that was silent for a moment is there again by then. */
const againMs = 3_000

export interface DirectorReport {
	who: string
	grantedAt: number
	step: 'camera'
	state: 'done' | 'wide' | 'failed'
	reason: string | null
	/** Whose picture shows them now; null: their own webcam, or nobody's. */
	feed: string | null
}

export interface DirectorOptions {
	/** Where each seat is seen now. */
	seats: () => readonly SeatAim[]
	cameras: () => readonly CameraView[]
	/** The hub's id of a camera's picture; null while it sends none. */
	feedOf: (camera: string) => string | null
	/** Answers when it stands there, or why not. */
	recall: (camera: string, preset: number) => Promise<Result>
	report: (report: DirectorReport) => void
	now: () => number
	log: Logger
}

type Speech = MeetingCore['floor']['speaking'][number]

export class Director {
	readonly #options: DirectorOptions
	/** Where each camera was last sent by us, so that it is not sent twice. */
	readonly #sent = new Map<string, number>()
	/** What was last said of each grant. */
	#said = new Map<string, DirectorReport>()
	readonly #byHandAt = new Map<string, number>()
	/** By camera: its last journey for us that failed. */
	readonly #failedAt = new Map<string, number>()
	#again: NodeJS.Timeout | undefined
	#core: MeetingCore | null = null
	/** The camera that shows the one who got the floor last. */
	#onAir: string | null = null

	constructor(options: DirectorOptions) {
		this.#options = options
	}

	/** The floor as the hub tells it. Null: the room is in no meeting. */
	follow(core: MeetingCore | null) {
		this.#core = core
		if (core === null) {
			this.#sent.clear()
			this.#said.clear()
			this.#failedAt.clear()
			this.#onAir = null
			clearTimeout(this.#again)
			return
		}
		this.#direct()
	}

	/** Cameras moved, arrived, failed or were taken by hand. */
	look() {
		for (const { id, lease } of this.#options.cameras()) {
			if (lease && lease.owner !== directorOrigin.id) this.#byHandAt.set(id, this.#options.now())
		}
		if (this.#core) this.#direct()
	}

	#direct() {
		const { speaking, nextSeat } = (this.#core as MeetingCore).floor
		const going = new Set(speaking.map(keyOf))
		this.#said = new Map([...this.#said].filter(([key]) => going.has(key)))
		const inHall = speaking.filter(({ seat }) => seat !== null)
		for (const speech of speaking) if (speech.seat === null) this.#say(speech, 'done', null, null)
		// Several may speak; the picture is of the one who got the floor last.
		const shown = inHall.at(-1)
		for (const speech of inHall) if (speech !== shown) this.#say(speech, 'wide', null, null)
		if (shown) this.#frame(shown)
		else this.#onAir = null
		if (nextSeat !== null) this.#aim(nextSeat, shown?.seat ?? null)
	}

	#frame(speech: Speech) {
		const aim = this.#aimOf(speech.seat)
		if (!aim) return this.#say(speech, 'failed', 'no-preset', null)
		const { camera, preset } = aim
		if (this.#stands(camera, preset)) {
			this.#onAir = camera
			return this.#say(speech, 'done', null, camera)
		}
		const key = keyOf(speech)
		const before = this.#said.get(key)
		if (before === undefined) {
			this.#say(speech, 'wide', null, this.#other(camera))
			this.#onAir = null
		}
		// Whoever took it by hand decides what it shows.
		if (before?.state === 'failed' && (before.reason === 'leased' || !this.#mayTryAgain(camera))) return
		if (this.#sent.get(camera) === preset) return
		this.#send(camera, preset, (reason) => this.#say(speech, 'failed', reason, this.#other(camera)))
	}

	/** The next in line, beforehand: not with the camera that is on air, or that the one who speaks now waits for. */
	#aim(seat: string, shownSeat: string | null) {
		const aim = this.#aimOf(seat)
		if (!aim || aim.camera === this.#onAir || aim.camera === this.#aimOf(shownSeat)?.camera) return
		if (this.#stands(aim.camera, aim.preset) || this.#sent.get(aim.camera) === aim.preset) return
		if (this.#failedAt.has(aim.camera) && !this.#mayTryAgain(aim.camera)) return
		this.#send(aim.camera, aim.preset, () => {})
	}

	#send(camera: string, preset: number, onFailure: (reason: string) => void) {
		const { now, recall, log } = this.#options
		const handsOffUntil = (this.#byHandAt.get(camera) ?? Number.NEGATIVE_INFINITY) + handsOffMs
		if (now() < handsOffUntil) {
			this.#lookAgainIn(handsOffUntil - now())
			return onFailure('leased')
		}
		this.#sent.set(camera, preset)
		recall(camera, preset).then((result) => {
			// We sent it elsewhere ourselves: what became of this journey is of no interest.
			if (this.#sent.get(camera) !== preset) return
			this.#sent.delete(camera)
			if (result.ok) {
				this.#failedAt.delete(camera)
				return this.look()
			}
			this.#failedAt.set(camera, now())
			this.#lookAgainIn(againMs)
			log.warn({ camera, preset, code: result.code }, 'a seat could not be framed')
			onFailure(result.code)
		})
	}

	/** Not at once, and not while it is known to be away. */
	#mayTryAgain(camera: string): boolean {
		const view = this.#options.cameras().find(({ id }) => id === camera)
		const failedAt = this.#failedAt.get(camera) ?? Number.NEGATIVE_INFINITY
		return view?.status === 'ready' && this.#options.now() - failedAt >= againMs
	}

	#lookAgainIn(ms: number) {
		clearTimeout(this.#again)
		this.#again = setTimeout(() => this.look(), ms).unref()
	}

	#stands(camera: string, preset: number): boolean {
		const view = this.#options.cameras().find(({ id }) => id === camera)
		return view?.status === 'ready' && view.preset === preset
	}

	/** Another camera that stands still: the wide shot, or the nearest thing to it. */
	#other(camera: string): string | null {
		const others = this.#options.cameras().filter(({ id, status }) => id !== camera && status === 'ready')
		return (others.find(({ id }) => this.#options.feedOf(id) !== null) ?? others[0])?.id ?? null
	}

	#aimOf(seat: string | null): { camera: string; preset: number } | null {
		const found = this.#options.seats().find(({ id }) => id === seat)
		if (!found || found.camera === null || found.preset === null) return null
		return { camera: found.camera, preset: found.preset }
	}

	/** Each thing once. */
	#say(speech: Speech, state: DirectorReport['state'], reason: string | null, camera: string | null) {
		const key = keyOf(speech)
		const feed = camera === null ? null : this.#options.feedOf(camera)
		const before = this.#said.get(key)
		if (before?.state === state && before.reason === reason && before.feed === feed) return
		const report = { who: speech.who, grantedAt: speech.grantedAt, step: 'camera', state, reason, feed } as const
		this.#said.set(key, report)
		this.#options.report(report)
	}
}

function keyOf({ who, grantedAt }: Speech): string {
	return `${who} ${grantedAt}`
}
