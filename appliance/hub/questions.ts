import { randomUUID } from 'node:crypto'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingMessage } from '../protocol/messages.ts'
import type { QuestionView } from '../protocol/relay.ts'
import { TokenBucket } from './token-bucket.ts'

/** The page of one who watches, for as long as it is there. */
export interface Asker {
	readonly id: string
	tell(message: MeetingMessage): void
}

/** Under an id that its page gave it: a page that was cut off asks again by the same, and is the same asker. */
export interface Asked {
	id: string
	/** Empty: nobody knows. */
	name: string
	text: string
	/** They would come in and say it themselves. */
	speaks: boolean
}

export interface QuestionsOptions {
	now: () => number
	/** Told to those who preside. */
	touch: (question: string) => void
	/** Whether this person is in the meeting now. */
	isIn: (person: string) => boolean
	/** A link of their own for somebody who is called in. */
	token: (person: string, name: string) => Promise<string>
	/** Those links open nothing any more. */
	revoke: (person: string) => void
	onFault: (error: unknown) => void
}

interface Question extends Asked {
	readonly at: number
	asker: Asker | null
	state: QuestionView['state']
	answer: string | null
	person: string | null
	token: string | null
}

/** So many are kept; the oldest that are answered go first, and then no more are taken. */
const most = 200
/** One who watches asks so many that nobody has answered yet. */
const mostWaiting = 3

/**
 * What those who watch ask of those who run the meeting. Beside the journal: what becomes of a question in the meeting
 * stands there. After a restart of the hub the askers' pages ask again.
 */
export class Questions {
	readonly #options: QuestionsOptions
	readonly #byId = new Map<string, Question>()
	/** Of all who watch together: more at once are read by nobody. */
	readonly #pace = new TokenBucket(20, 1)

	constructor(options: QuestionsOptions) {
		this.#options = options
	}

	ids(): Iterable<string> {
		return this.#byId.keys()
	}

	/** Null: there is none of this id. */
	view(id: string): QuestionView | null {
		const question = this.#byId.get(id)
		if (!question) return null
		const { name, text, speaks, at, state, answer, person } = question
		const base = { id, way: 'relay', name, text, speaks, votes: 0, at } as const
		return { ...base, state, answer, person, here: question.asker !== null }
	}

	/** Throws the Refusal: 'too-many', 'not-allowed' for the id of somebody else's. */
	ask(asker: Asker, { id, name, text, speaks }: Asked): QuestionView {
		const known = this.#byId.get(id)
		if (known) {
			if (known.text !== text) throw new Refusal('not-allowed', 'there is another question of this id')
			known.asker = asker
			this.#changed(known)
			return this.#viewOf(known)
		}
		const { now } = this.#options
		const theirs = [...this.#byId.values()].filter((one) => one.asker?.id === asker.id && one.state === 'waiting')
		if (theirs.length >= mostWaiting)
			throw new Refusal('too-many', `${mostWaiting} questions wait for an answer already`)
		if (!this.#pace.take(performance.now())) throw new Refusal('too-many', 'many ask at this moment: try again')
		this.#makeRoom()
		const asked = { id, name, text, speaks, asker, at: now() }
		const question: Question = { ...asked, state: 'waiting', answer: null, person: null, token: null }
		this.#byId.set(id, question)
		this.#changed(question)
		return this.#viewOf(question)
	}

	/** An empty text: it was answered aloud. */
	answer(id: string, text: string) {
		const question = this.#find(id)
		if (question.state === 'called' || question.state === 'in') {
			throw new Refusal('not-allowed', 'they are called in: let them go back first')
		}
		question.answer = text.trim()
		question.state = 'answered'
		this.#changed(question)
	}

	/** It is not to be answered. Its asker is not told. */
	drop(id: string) {
		const question = this.#find(id)
		if (question.person !== null) this.#options.revoke(question.person)
		this.#byId.delete(id)
		this.#options.touch(id)
	}

	/** Their page becomes one of the meeting, with a link of their own. → the person that they will be. */
	bring(id: string): string {
		const question = this.#find(id)
		if (!question.speaks) throw new Refusal('not-allowed', 'they asked in writing only')
		if (!question.asker) throw new Refusal('no-person', 'their page is not there any more')
		if (question.state === 'in' || question.state === 'called')
			throw new Refusal('already-so', 'they are called already')
		const person = `guest-${randomUUID()}`
		Object.assign(question, { person, state: 'called', token: null })
		this.#changed(question)
		this.#options.token(person, question.name).then(
			(token) => {
				// Let go again while it was made.
				if (question.person !== person || question.state !== 'called') return this.#options.revoke(person)
				question.token = token
				this.#changed(question)
			},
			(error: unknown) => {
				this.#options.onFault(error)
				if (question.person === person) this.#settle(question, 'waiting')
			},
		)
		return person
	}

	/** They have said it: back to watching. */
	sendBack(id: string) {
		const question = this.#find(id)
		const { person, state } = question
		if (person === null) throw new Refusal('already-so', 'they are not called')
		this.#settle(question, state === 'in' ? 'answered' : 'waiting')
		this.#options.revoke(person)
	}

	/** This one came in, left or was removed. */
	follow(person: string) {
		for (const question of this.#byId.values()) {
			if (question.person !== person) continue
			const isIn = this.#options.isIn(person)
			if (isIn && question.state === 'called') {
				question.state = 'in'
				this.#changed(question)
			} else if (!isIn && question.state === 'in') {
				this.#settle(question, 'answered')
				this.#options.revoke(person)
			}
		}
	}

	/** Their page does not watch any more; it may be in the meeting. */
	gone(asker: Asker) {
		for (const question of this.#byId.values()) {
			if (question.asker?.id !== asker.id) continue
			question.asker = null
			this.#options.touch(question.id)
		}
	}

	/** The person of this one is over, whatever becomes of the question. */
	#settle(question: Question, state: QuestionView['state']) {
		Object.assign(question, { state, person: null, token: null })
		this.#changed(question)
	}

	#changed(question: Question) {
		this.#options.touch(question.id)
		const { id, state, answer, token } = question
		question.asker?.tell({ type: 'question', id, state, answer, token: state === 'called' ? token : null })
	}

	#viewOf({ id }: Question): QuestionView {
		return this.view(id) as QuestionView // it is in the map
	}

	#makeRoom() {
		if (this.#byId.size < most) return
		const old = [...this.#byId.values()].find(({ state }) => state === 'answered')
		if (!old) throw new Refusal('too-many', `${most} questions wait for an answer already`)
		this.#byId.delete(old.id)
		this.#options.touch(old.id)
	}

	#find(id: string): Question {
		const question = this.#byId.get(id)
		if (!question) throw new Refusal('no-line', 'there is no such question')
		return question
	}
}
