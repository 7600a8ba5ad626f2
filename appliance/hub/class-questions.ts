import { randomUUID } from 'node:crypto'
import { type Asked, type AskedEvent, seesAsked } from '../meeting/asked.ts'
import { groupOf, isTrainee } from '../meeting/lesson.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import type { Actor, AskedRequest } from '../meeting/requests.ts'
import { Refusal } from '../protocol/errors.ts'
import type { AskedView, OwnAsked } from '../protocol/lesson.ts'
import type { JoinResult, MeetingMessage } from '../protocol/messages.ts'
import type { QuestionView } from '../protocol/relay.ts'
import { Often } from './often.ts'
import type { Vault } from './vault.ts'

/** Votes of eighty are one message, not eighty. */
const togetherMs = 250

/** A page of somebody in the meeting. */
interface Page {
	readonly person: string | null
	hear(message: MeetingMessage): void
}

export interface ClassQuestionsSources {
	meeting: () => Meeting
	vault: Vault
	nameOf: (person: string) => string | null
	now: () => number
	/** Journals, with `keep` in the same transaction. */
	change: (request: AskedRequest, keep?: () => void) => void
	pages: () => Iterable<Page>
	/** Told to those who preside. */
	touch: (question: string) => void
}

/**
 * What trainees ask in writing, told to those who may see it: to them without names, to those who run the class with. What is
 * asked, voted for and answered stands in the journal, its words sealed.
 */
export class ClassQuestions {
	readonly #sources: ClassQuestionsSources
	readonly #asks = new Often(5, 60_000)
	readonly #votes = new Often(20, 10_000)
	/** What the vault has answered, by the hash. */
	readonly #words = new Map<string, string | null>()
	readonly #changed = new Set<string>()
	/** Removed ones, until that is told. */
	readonly #gone = new Set<string>()
	#timer: NodeJS.Timeout | undefined

	constructor(sources: ClassQuestionsSources) {
		this.#sources = sources
	}

	/** → its id. Throws the Refusal: 'not-allowed', 'meeting-not-open', 'too-many', 'bad-message'. */
	ask(by: Actor, written: string): string {
		const { meeting, now, vault, change } = this.#sources
		const text = written.trim()
		if (text === '') throw new Refusal('bad-message', 'there is nothing in it')
		if (!this.#asks.take(by.id, now())) throw new Refusal('too-many', 'so many are read by nobody')
		const question = randomUUID()
		const sealed = vault.seal({ kind: meeting().sealedAs, person: by.id }, text)
		change({ type: 'question.ask', question, text: sealed.hash, by }, sealed.keep)
		return question
	}

	/** Throws the Refusal: 'not-allowed', 'no-line', 'already-so', 'too-many'. */
	vote(by: Actor, question: string, on: boolean) {
		if (!this.#votes.take(by.id, this.#sources.now()))
			throw new Refusal('too-many', 'so often nobody changes their mind')
		this.#sources.change({ type: 'question.vote', question, on, by })
	}

	/** An empty text: aloud. Throws the Refusal. */
	answer(by: Actor, question: string, written: string) {
		const { meeting, vault, change } = this.#sources
		const text = written.trim()
		if (text === '') return change({ type: 'question.answer', question, text: null, by })
		const sealed = vault.seal({ kind: meeting().sealedAs, person: by.id }, text)
		change({ type: 'question.answer', question, text: sealed.hash, by }, sealed.keep)
	}

	/** One's own, or any by those who run the class. Throws the Refusal. */
	remove(by: Actor, question: string) {
		this.#sources.change({ type: 'question.remove', question, by })
	}

	has(question: string): boolean {
		return this.#asked.has(question)
	}

	ids(): Iterable<string> {
		return this.#asked.keys()
	}

	/** For those who run the class. Null: there is none of this id, or who asked it was erased. */
	view(question: string): QuestionView | null {
		const asked = this.#asked.get(question)
		const text = asked ? this.#open(asked.by, asked.text) : null
		if (!asked || text === null) return null
		const { id, by, at, votes, answer } = asked
		const name = this.#sources.nameOf(by) ?? ''
		const here = this.#sources.meeting().members.get(by)?.presence === 'here'
		const state = answer ? 'answered' : 'waiting'
		const answered = answer && (answer.text === null ? '' : (this.#open(answer.by, answer.text) ?? ''))
		const base = { id, way: 'class', name, text, speaks: false, at, votes: votes.size } as const
		return { ...base, state, answer: answered, person: by, here }
	}

	/** All that this one sees; null: they learn nothing here. */
	seenBy(person: string): JoinResult['asked'] {
		const meeting = this.#sources.meeting()
		if (meeting.kind !== 'class' || !isTrainee(meeting, person)) return null
		return { list: this.#list(person), ...this.#own(person) }
	}

	/** What happened, once the meeting is after it. */
	follow(event: MeetingEvent) {
		switch (event.type) {
			case 'question.asked':
			case 'question.voted':
			case 'question.answered':
			case 'question.removed':
				return this.#followOne(event)
			case 'groups.opened':
			case 'groups.closed':
			case 'meeting.turned':
				for (const page of this.#sources.pages()) this.#tellAll(page)
				return
			case 'groups.moved':
			case 'person.roled':
				for (const page of this.#sources.pages()) if (page.person === event.person) this.#tellAll(page)
		}
	}

	/** Somebody was erased, and what they asked and answered with them. */
	forget(person: string) {
		this.#words.clear()
		for (const { id, by, answer } of this.#asked.values()) {
			if (by !== person && answer?.by !== person) continue
			this.#sources.touch(id)
			this.#soon(id)
		}
	}

	close() {
		clearTimeout(this.#timer)
		this.#timer = undefined
	}

	get #asked(): ReadonlyMap<string, Asked> {
		return this.#sources.meeting().lesson.asked
	}

	#followOne(event: AskedEvent) {
		const { question } = event
		this.#sources.touch(question)
		if (event.type === 'question.removed') this.#gone.add(question)
		this.#soon(question)
		if (!('person' in event)) return
		const { person } = event
		const own = { type: 'asked.own', ...this.#own(person) } as const
		for (const page of this.#sources.pages()) if (page.person === person) page.hear(own)
	}

	#soon(question: string) {
		this.#changed.add(question)
		this.#timer ??= setTimeout(() => this.#flush(), togetherMs)
	}

	/** One object for each group and for the class: it is serialised once for all who are there. */
	#flush() {
		this.#timer = undefined
		const meeting = this.#sources.meeting()
		const changed = [...this.#changed]
		const gone = [...this.#gone]
		this.#changed.clear()
		this.#gone.clear()
		const made = new Map<string | null, MeetingMessage | null>()
		for (const page of this.#sources.pages()) {
			const { person } = page
			if (person === null || meeting.kind !== 'class' || !isTrainee(meeting, person)) continue
			// Who has gone back from a group is the only one of the class who sees what they asked there.
			const own = changed.some((id) => this.#asked.get(id)?.by === person)
			const where = groupOf(meeting, person)
			const message = own ? this.#patch(person, changed, gone) : (made.get(where) ?? this.#patch(person, changed, gone))
			if (!own) made.set(where, message)
			if (message) page.hear(message)
		}
	}

	/** Null: there is nothing in it for this one. */
	#patch(person: string, changed: readonly string[], removed: readonly string[]): MeetingMessage | null {
		const meeting = this.#sources.meeting()
		const seen = changed.flatMap((id) => {
			const asked = this.#asked.get(id)
			return asked && seesAsked(meeting, asked, person) ? [asked] : []
		})
		const views = seen.map((asked) => this.#viewOf(asked))
		const set = views.filter((view) => view !== null)
		// The id of one that was removed tells nothing of it.
		const gone = [...removed, ...seen.filter((_, i) => views[i] === null).map(({ id }) => id)]
		return set.length + gone.length === 0 ? null : { type: 'asked', whole: false, set, gone }
	}

	#tellAll(page: Page) {
		const { person } = page
		const meeting = this.#sources.meeting()
		if (person === null || meeting.kind !== 'class' || !isTrainee(meeting, person)) return
		page.hear({ type: 'asked', whole: true, set: this.#list(person), gone: [] })
	}

	#list(person: string): AskedView[] {
		const meeting = this.#sources.meeting()
		return [...this.#asked.values()]
			.filter((asked) => seesAsked(meeting, asked, person))
			.map((asked) => this.#viewOf(asked))
			.filter((view) => view !== null)
	}

	#viewOf({ id, by, text: hash, at, votes, answer }: Asked): AskedView | null {
		const text = this.#open(by, hash)
		if (text === null) return null
		const said = answer && (answer.text === null ? '' : (this.#open(answer.by, answer.text) ?? ''))
		return { id, text, at, votes: votes.size, answer: said }
	}

	#own(person: string): OwnAsked {
		const all = [...this.#asked.values()]
		return {
			own: all.filter(({ by }) => by === person).map(({ id }) => id),
			voted: all.filter(({ votes }) => votes.has(person)).map(({ id }) => id),
		}
	}

	#open(person: string, hash: string): string | null {
		const known = this.#words.get(hash)
		if (known !== undefined) return known
		const { vault, meeting } = this.#sources
		const text = vault.open({ kind: meeting().sealedAs, person }, hash)
		this.#words.set(hash, text)
		return text
	}
}
