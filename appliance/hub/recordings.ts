import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { decide } from '../meeting/decide.ts'
import { evolve } from '../meeting/evolve.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import type { MeetingRequest } from '../meeting/requests.ts'
import { Refusal } from '../protocol/errors.ts'
import type { RecordingView } from '../protocol/relay.ts'
import { finish, wholeName } from '../relay/finish.ts'
import type { Journal } from './journal.ts'
import type { LiveMeeting } from './live-meeting.ts'

export interface RecordingsOptions {
	/** Null: nothing is recorded here. */
	dir: string | null
	journal: Journal
	live: (meeting: string) => LiveMeeting | undefined
	now: () => number
	log: Logger
}

/** What was recorded: put together when it has ended, told by the journal, and found on the disk. */
export class Recordings {
	readonly #options: RecordingsOptions
	/** One at a time: it is work for the disk. */
	#last: Promise<void> = Promise.resolve()
	readonly #underWay = new Set<string>()

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
				const done = await finish(join(dir, meeting, recording), log)
				if (!done) return
				const { bytes, durationMs, sha256 } = done
				this.#keep(meeting, { type: 'recording.keep', recording, bytes, durationMs, sha256 })
			})
			.catch((error: unknown) => log.error({ err: error, recording }, 'a recording could not be put together'))
			.finally(() => this.#underWay.delete(recording))
	}

	/** What an earlier run of ours recorded and did not put together. */
	resume() {
		const { dir, journal } = this.#options
		if (dir === null || !existsSync(dir)) return
		for (const meeting of readdirSync(dir)) {
			const known = recordingsOf(journal.read(meeting))
			for (const { id, state } of known) if (state === 'finishing') this.finish(meeting, id)
		}
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
		if (dir === null || !known || !existsSync(file)) throw new Refusal('no-recording', 'there is no such recording')
		return file
	}

	/** Resolves when what was begun is done. */
	idle(): Promise<void> {
		return this.#last
	}

	#keep(id: string, request: MeetingRequest) {
		const { journal, live, now } = this.#options
		const going = live(id)
		if (going) {
			going.change(request)
			return
		}
		const entries = journal.read(id)
		const meeting = (entries as MeetingEvent[]).reduce<Meeting | null>(evolve, null)
		const events = decide(meeting, request, now())
		if (events instanceof Refusal) throw events
		journal.append(id, entries.length, events)
	}
}

/** As the journal tells it. */
function recordingsOf(entries: readonly MeetingEvent[]): RecordingView[] {
	const found = new Map<string, RecordingView>()
	for (const event of entries) {
		if (event.type === 'recording.started') {
			const whole = { stoppedAt: null, cause: null, bytes: null, durationMs: null, sha256: null }
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
	}
	return [...found.values()]
}
