import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { Answer } from '../../lib/ask.ts'
import type { Notices } from '../../lib/camera/notices.svelte.ts'
import type { FacilitiesWords } from './words.ts'

/** What became of a change, said to whoever made it, with the way back while there is one. */
export class Outcome {
	readonly #notices: Notices
	readonly #words: FacilitiesWords
	readonly #undoMs = 30_000

	constructor(notices: Notices, words: FacilitiesWords) {
		this.#notices = notices
		this.#words = words
	}

	failed(code: ErrorCode, title = this.#words.texts.failed) {
		this.problem(title, this.#words.error(code))
	}

	problem(title: string, text: string) {
		this.#notices.show({ tone: 'problem', title, text, action: null })
	}

	done(title: string, text = '') {
		this.#notices.show({ tone: 'info', title, text, action: null })
	}

	/** `back` brings it back; it says by itself what came of that where 'undone' does not say it all. */
	kept(title: string, back: () => Promise<Answer<unknown> | null>) {
		const { texts } = this.#words
		const run = async () => {
			const answer = await back()
			if (answer === null) return
			if (answer.ok) this.done(this.#words.texts.undone)
			else this.failed(answer.code)
		}
		const action = { label: texts.undo, run: () => void run() }
		this.#notices.show({ tone: 'info', title, text: '', action, lastsMs: this.#undoMs })
	}
}
