import type { Logger } from 'pino'
import type { MeetingMedia } from '../media/meeting-media.ts'
import type { Meeting } from '../meeting/meeting.ts'
import type { Source } from '../protocol/media.ts'

export interface HallSources {
	meeting: () => Meeting
	media: Pick<MeetingMedia, 'sourceOf' | 'sourcesOf'>
	/** Remembers, as soon as the disk takes it, that this person's microphone is muted. */
	rememberMuted: (person: string) => void
	log: Logger
}

/** The microphones of the hall, as its room sends them. */
export class Hall {
	readonly #sources: HallSources

	constructor(sources: HallSources) {
		this.#sources = sources
	}

	/** Whether they are shut in the room itself. */
	get muted(): boolean {
		const microphones = this.#microphones
		return microphones.length > 0 && microphones.every(({ muted }) => muted)
	}

	/** Nothing of them is forwarded from now on, whether the room hears of it or not. */
	shut() {
		const { media, rememberMuted, log } = this.#sources
		const person = this.#person
		rememberMuted(person)
		for (const { id } of this.#microphones) {
			// Shut is what stays when the worker does not answer; see source.ts.
			const shut = media.sourceOf(person, id).setMuted(true)
			shut.catch((error) => log.warn({ err: error }, 'the hall could not be shut in the SFU'))
		}
	}

	get #person(): string {
		return this.#sources.meeting().hall?.person ?? ''
	}

	get #microphones(): Source[] {
		return this.#sources.media.sourcesOf(this.#person).filter(({ use }) => use === 'microphone')
	}
}
