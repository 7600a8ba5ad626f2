import type { Meeting } from '../meeting/meeting.ts'
import type { DocumentView, Readiness, WaitingSlides } from '../protocol/floor.ts'
import { slidesOf } from '../protocol/slides.ts'

/** What a meeting needs of the documents that were given to it. */
export interface DocumentSource {
	list(meeting: string): DocumentView[]
	onChange(listener: (meeting: string, document: string) => void): () => void
}

/** The documents that were given to one meeting. */
export class MeetingDocuments {
	readonly #source: DocumentSource
	readonly #meeting: () => Meeting

	constructor(source: DocumentSource, meeting: () => Meeting) {
		this.#source = source
		this.#meeting = meeting
	}

	list(): DocumentView[] {
		return this.#source.list(this.#meeting().id)
	}

	/** Undefined: the meeting has none of this id. */
	find(id: string): DocumentView | undefined {
		return this.list().find((one) => one.id === id)
	}

	/** How many pages of this document can be shown; null: none. */
	pagesOf(id: string): number | null {
		const document = this.find(id)
		return document?.state === 'ready' ? document.pages : null
	}

	/** What is shown to those who wait. A document that was removed is shown no longer. */
	get waitingSlides(): WaitingSlides | null {
		const { waiting } = this.#meeting().rules
		const pages = waiting === null ? null : this.pagesOf(waiting)
		return waiting === null || pages === null ? null : { document: waiting, pages }
	}

	/** Whether what somebody is to present next can be shown; 'unknown' for those who present nothing. */
	readinessOf(person: string): Readiness {
		return slidesOf(person, this.#meeting().agenda, this.list())
	}

	/** Answers how to stop listening. */
	onChange(listener: (document: string) => void): () => void {
		const { id } = this.#meeting()
		return this.#source.onChange((of, document) => {
			if (of === id) listener(document)
		})
	}
}
