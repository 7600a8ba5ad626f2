import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage, Result } from '../../appliance/protocol/messages.ts'
import type { QuestionView } from '../../appliance/protocol/relay.ts'

/** What this viewer asked last, and what became of it. A page that was cut off or loaded anew asks the same again. */

export interface Question extends Pick<QuestionView, 'id' | 'text' | 'speaks' | 'name' | 'state' | 'answer'> {}

type News = Extract<MeetingMessage, { type: 'question' }>

export interface AskedAround {
	ask(command: MeetingCommand): Promise<Result>
	/** Remembers it for this tab. */
	keep: Pick<Storage, 'getItem' | 'setItem'>
	/** They are called in, by this token. */
	onCalled(token: string): void
	onAnswered(): void
}

const kept = 'maru.asked'

export class Asked {
	question = $state.raw<Question | null>(null)
	readonly #around: AskedAround
	#connected = false

	constructor(around: AskedAround) {
		this.#around = around
		this.question = read(around.keep.getItem(kept))
	}

	/** Something is still to be heard of it. */
	get open(): boolean {
		return this.question !== null && this.question.state !== 'answered'
	}

	/** Null: it was handed on; else why not, and it is to be sent again by hand. */
	async send(words: Pick<Question, 'text' | 'speaks' | 'name'>): Promise<ErrorCode | null> {
		const question: Question = { id: newId(), ...words, state: 'waiting', answer: null }
		const code = await this.#ask(question)
		if (code === null) this.#set(question)
		return code
	}

	/** Once for each look: a page that is connected anew says again what it waits for. */
	follow(connected: boolean) {
		const again = connected && !this.#connected
		this.#connected = connected
		if (again && this.question && this.open) void this.#ask(this.question)
	}

	hear({ id, state, answer, token }: News) {
		const { question } = this
		if (question?.id !== id) return
		const answered = state === 'answered' && question.state !== 'answered'
		this.#set({ ...question, state, answer })
		if (token !== null) this.#around.onCalled(token)
		if (answered) this.#around.onAnswered()
	}

	/** Whoever was called in is back. What they asked is answered as far as this page knows; the hub may know better. */
	back() {
		if (this.question) this.#set({ ...this.question, state: 'answered' })
	}

	forget() {
		this.#set(null)
	}

	#set(question: Question | null) {
		this.question = question
		this.#around.keep.setItem(kept, question === null ? '' : JSON.stringify(question))
	}

	async #ask({ id, text, speaks, name }: Question): Promise<ErrorCode | null> {
		const named = name === '' ? {} : { name }
		const result = await this.#around.ask({ type: 'relay.ask', question: id, text, speaks, ...named })
		return result.ok ? null : result.code
	}
}

/** Nobody else's, and made also where the page around is not secure: crypto.randomUUID is missing there. */
function newId(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function read(text: string | null): Question | null {
	return text ? (JSON.parse(text) as Question) : null
}
