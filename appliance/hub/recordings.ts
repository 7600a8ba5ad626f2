import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { decide } from '../meeting/decide.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import type { MeetingRequest } from '../meeting/requests.ts'
import { system } from '../meeting/who.ts'
import { Refusal } from '../protocol/errors.ts'
import type { NameStrip } from '../protocol/floor.ts'
import type { RecordingIndex, RecordingRemoval, RecordingView } from '../protocol/relay.ts'
import type { FileTexts } from '../relay/chapters.ts'
import { finish, partsIn, wholeName } from '../relay/finish.ts'
import type { Placed } from '../relay/media-time.ts'
import { type Journal, replay } from './journal.ts'
import type { LiveMeeting } from './live-meeting.ts'
import { chaptersOf, recordingEntries } from './recording-index.ts'

export interface RecordingsOptions {
	/** Null: nothing is recorded here. */
	dir: string | null
	/** How long a file is kept after its recording has ended; null: until somebody removes it. */
	keepDays: number | null
	/** Of what stands in the files. */
	language: 'ko' | 'en'
	journal: Journal
	live: (meeting: string) => LiveMeeting | undefined
	stripOf: (meeting: Meeting, who: string) => NameStrip
	now: () => number
	log: Logger
}

const dayMs = 24 * 3_600_000

/** What was recorded: put together when it has ended, told by the journal, found on the disk, and one day removed. */
export class Recordings {
	readonly #options: RecordingsOptions
	/** One at a time: it is work for the disk. */
	#last: Promise<void> = Promise.resolve()
	readonly #underWay = new Set<string>()
	#days: NodeJS.Timeout | undefined

	constructor(options: RecordingsOptions) {
		this.#options = options
	}

	/** Makes one file of it and journals its hash. What fails stays as it is, and is tried again by the next start. */
	finish(meeting: string, recording: string) {
		const { dir, log } = this.#options
		if (dir === null || this.#underWay.has(recording)) return
		this.#underWay.add(recording)
		this.#last = this.#last
			.then(async () => {
				const done = await finish(join(dir, meeting, recording), log, (parts) => this.#textsOf(meeting, parts))
				if (!done) return this.#forget(meeting, recording, 'empty', system)
				const { bytes, durationMs, sha256 } = done
				this.#journal(meeting, { type: 'recording.keep', recording, bytes, durationMs, sha256 })
			})
			.catch((error: unknown) => log.error({ err: error, recording }, 'a recording could not be put together'))
			.finally(() => this.#underWay.delete(recording))
	}

	/** Goes on with what an earlier run of ours left: recordings to put together, and files to remove. Looks for old ones daily. */
	resume() {
		for (const { meeting, id, state } of this.#all()) {
			if (state === 'finishing') this.finish(meeting, id)
			if (state === 'removed') this.#clear(meeting, id)
		}
		this.#removeOld()
		this.#days = setInterval(() => this.#removeOld(), dayMs).unref()
	}

	/** The latest last. */
	list(meeting: string): RecordingView[] {
		return recordingsOf(this.#options.journal.read(meeting))
	}

	/** Where its file is. Throws Refusal('no-recording') while there is none. */
	file(meeting: string, recording: string): string {
		const { dir } = this.#options
		const known = this.list(meeting).some(({ id, state }) => id === recording && state === 'ready')
		const file = join(dir ?? '', meeting, recording, wholeName)
		if (dir === null || !known || !existsSync(file)) throw none()
		return file
	}

	/** What is where in it. Throws Refusal('no-recording'). */
	index(id: string, recording: string): RecordingIndex {
		const { dir, journal, stripOf } = this.#options
		const events = journal.read(id)
		const view = recordingsOf(events).find((one) => one.id === recording)
		const first = events[0]
		if (!view || first?.type !== 'meeting.planned') throw none()
		const whole = { startsAtMs: view.startedAt, durationMs: view.durationMs ?? 0, fromMs: 0 }
		const told = dir === null || view.state !== 'ready' ? [] : partsIn(join(dir, id, recording))
		const parts = told.length > 0 || view.state !== 'ready' ? told : [whole]
		return { title: first.title, recording: view, entries: recordingEntries(events, parts, stripOf) }
	}

	/** Its file goes; the journal keeps what it was. Throws a Refusal: 'no-recording', 'busy'. */
	remove(meeting: string, recording: string, by: string): RecordingView {
		const known = this.list(meeting).find(({ id }) => id === recording)
		if (!known || known.state === 'removed') throw none()
		if (known.state !== 'ready') throw new Refusal('busy', 'this recording is not put together yet')
		this.#forget(meeting, recording, 'asked', by)
		return this.list(meeting).find(({ id }) => id === recording) ?? known
	}

	/** Resolves when what was begun is done. */
	idle(): Promise<void> {
		return this.#last
	}

	/** What was begun goes on, see `idle`. */
	close() {
		clearInterval(this.#days)
	}

	#removeOld() {
		const { keepDays, now, log } = this.#options
		if (keepDays === null) return
		const before = now() - keepDays * dayMs
		for (const { meeting, id, state, stoppedAt } of this.#all()) {
			if (state !== 'ready' || stoppedAt === null || stoppedAt >= before) continue
			try {
				this.#forget(meeting, id, 'retention', system)
			} catch (error) {
				log.error({ err: error, recording: id }, 'a recording could not be removed')
			}
		}
	}

	/** Every recording that has something on the disk. */
	#all(): (RecordingView & { meeting: string })[] {
		const { dir } = this.#options
		if (dir === null || !existsSync(dir)) return []
		return readdirSync(dir).flatMap((meeting) =>
			this.list(meeting)
				.filter(({ id }) => existsSync(join(dir, meeting, id)))
				.map((view) => ({ meeting, ...view })),
		)
	}

	/** Journaled first: a crash between the two leaves files that the next start removes, never a word of one that is gone. */
	#forget(meeting: string, recording: string, cause: RecordingRemoval, by: string) {
		this.#journal(meeting, { type: 'recording.remove', recording, cause, by })
		this.#options.log.info({ meeting, recording, cause }, 'a recording was removed')
		this.#clear(meeting, recording)
	}

	#clear(meeting: string, recording: string) {
		const { dir } = this.#options
		if (dir !== null) rmSync(join(dir, meeting, recording), { recursive: true, force: true })
	}

	#textsOf(meeting: string, parts: readonly Placed[]): FileTexts {
		const { journal, language, stripOf } = this.#options
		const events = journal.read(meeting)
		const [first] = events
		const last = parts.at(-1)
		const entries = recordingEntries(events, parts, stripOf)
		return {
			title: first?.type === 'meeting.planned' ? first.title : '',
			chapters: chaptersOf(entries, last ? last.fromMs + last.durationMs : 0, language),
		}
	}

	#journal(id: string, request: MeetingRequest) {
		const { journal, live, now } = this.#options
		const going = live(id)
		if (going) {
			going.change(request)
			return
		}
		const entries = journal.read(id)
		const events = decide(replay(entries), request, now())
		if (events instanceof Refusal) throw events
		journal.append(id, entries.length, events)
	}
}

const none = () => new Refusal('no-recording', 'there is no such recording')

/** As the journal tells it. */
function recordingsOf(entries: readonly MeetingEvent[]): RecordingView[] {
	const found = new Map<string, RecordingView>()
	for (const event of entries) {
		if (event.type === 'recording.started') {
			const whole = { stoppedAt: null, cause: null, bytes: null, durationMs: null, sha256: null, removed: null }
			found.set(event.recording, { id: event.recording, startedAt: event.at, state: 'recording', ...whole })
		}
		const before = 'recording' in event ? found.get(event.recording) : undefined
		if (!before) continue
		if (event.type === 'recording.stopped') {
			found.set(before.id, { ...before, stoppedAt: event.at, cause: event.cause, state: 'finishing' })
		}
		if (event.type === 'recording.kept') {
			const { bytes, durationMs, sha256 } = event
			found.set(before.id, { ...before, bytes, durationMs, sha256, state: 'ready' })
		}
		if (event.type === 'recording.removed') {
			const { at, cause } = event
			found.set(before.id, { ...before, state: 'removed', removed: { at, cause } })
		}
	}
	return [...found.values()]
}
