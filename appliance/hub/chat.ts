import { randomUUID } from 'node:crypto'
import { chatRefusal, groupOfLine, isKept } from '../meeting/chat.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import type { Actor, ChatRequest } from '../meeting/requests.ts'
import type { Whereabouts } from '../meeting/whereabouts.ts'
import type { ChatLine, ChatTo } from '../protocol/chat.ts'
import { Refusal } from '../protocol/errors.ts'
import type { NameStrip } from '../protocol/floor.ts'
import type { MeetingMessage } from '../protocol/messages.ts'
import { Often } from './often.ts'
import type { Vault } from './vault.ts'

/** So many lines are remembered of a meeting; whoever comes later sees these. */
const mostLines = 1_000
/** One person writes at most so many lines in so long: more is a program, or a cat. */
const mostAtOnce = 8
const atOnceMs = 10_000

/** Who reads: a person of the meeting or a desk by the id it writes as, and whether they preside. */
export interface Reader {
	readonly reads: string
	readonly presides: boolean
}

interface Line {
	readonly id: string
	readonly from: string
	readonly strip: NameStrip
	readonly to: ChatTo
	readonly toName: string
	/** The group of a class that it was written to; null: none. */
	readonly group: string | null
	readonly text: string
	readonly at: number
	readonly kept: boolean
}

export interface ChatSources {
	meeting: () => Meeting
	whereabouts: Whereabouts
	vault: Vault
	strip: (who: string) => NameStrip
	now: () => number
	/** Journals, with `keep` in the same transaction. */
	change: (request: ChatRequest, keep?: () => void) => void
	tell: (message: MeetingMessage, to: (reader: Reader) => boolean) => void
	/** What the journal kept of it: a start has forgotten the rest. */
	kept: readonly MeetingEvent[]
}

/** The lines of one meeting, and who sees which. Beside the journal; those that the rules keep stand in it, sealed. */
export class Chat {
	readonly #sources: ChatSources
	readonly #lines = new Map<string, Line>()
	readonly #wrote = new Often(mostAtOnce, atOnceMs)

	constructor(sources: ChatSources) {
		this.#sources = sources
		for (const event of sources.kept) this.#remember(event)
	}

	/** → its id. Throws the Refusal: 'chat-off', 'not-allowed', 'no-person', 'too-many', 'bad-message'. */
	say(by: Actor, to: ChatTo, written: string): string {
		const { meeting, vault, strip, now, change } = this.#sources
		const refusal = chatRefusal(meeting(), by, to)
		if (refusal) throw refusal
		const text = written.trim()
		if (text === '') throw new Refusal('bad-message', 'there is nothing in it')
		if (!this.#wrote.take(by.id, now())) throw new Refusal('too-many', 'so fast nobody can read it')
		const id = randomUUID()
		const kept = isKept(meeting(), to)
		if (kept) {
			const sealed = vault.seal({ kind: meeting().sealedAs, person: by.id }, text)
			change({ type: 'chat.say', id, to, text: sealed.hash, by }, sealed.keep)
		}
		const toName = typeof to === 'string' ? '' : strip(to.person).name
		const group = groupOfLine(meeting(), by.id, to)
		const line = { id, from: by.id, strip: this.#stripOf(by.id), to, toName, group, text, at: now(), kept }
		this.#add(line)
		this.#tell(line, { set: [this.#viewOf(line)], gone: [] })
		return id
	}

	/** One's own line, or any by those who run the meeting. Throws the Refusal. */
	remove(by: Actor, id: string): void {
		const line = this.#lines.get(id)
		const mine = line?.from === by.id
		if (!line || !(mine || (by.runs && typeof line.to === 'string')))
			throw new Refusal('no-line', 'there is no such line')
		if (line.kept) this.#sources.change({ type: 'chat.remove', id, by })
		this.#lines.delete(id)
		this.#tell(line, { set: [], gone: [id] })
	}

	/** All that this one may read, oldest first. */
	seenBy(reader: Reader): ChatLine[] {
		return [...this.#lines.values()].filter((line) => this.#mayRead(line, reader)).map((line) => this.#viewOf(line))
	}

	/** Who comes into a group reads what was written there before. */
	entered(person: string, group: string): void {
		const set = [...this.#lines.values()].filter((line) => line.group === group).map((line) => this.#viewOf(line))
		if (set.length > 0) this.#sources.tell({ type: 'chat', set, gone: [] }, ({ reads }) => reads === person)
	}

	/** Somebody was erased, and what they wrote with them. */
	forget(person: string): void {
		for (const line of this.#lines.values()) {
			if (line.from !== person) continue
			this.#lines.delete(line.id)
			this.#tell(line, { set: [], gone: [line.id] })
		}
	}

	#tell(line: Line, change: { set: ChatLine[]; gone: string[] }): void {
		this.#sources.tell({ type: 'chat', ...change }, (reader) => this.#mayRead(line, reader))
	}

	#add(line: Line): void {
		this.#lines.set(line.id, line)
		const [oldest] = this.#lines.keys()
		if (this.#lines.size > mostLines && oldest !== undefined) this.#lines.delete(oldest)
	}

	#stripOf(who: string): NameStrip {
		const { meeting, strip } = this.#sources
		const known = meeting().members.has(who) || meeting().roll.has(who)
		return known ? strip(who) : { name: '', title: '', bureau: '' }
	}

	#remember(event: MeetingEvent): void {
		if (event.type === 'chat.removed') this.#lines.delete(event.id)
		if (event.type !== 'chat.said') return
		const { id, by: from, to, group = null, at } = event
		const text = this.#sources.vault.open({ kind: this.#sources.meeting().sealedAs, person: from }, event.text)
		// Erased since.
		if (text === null) return
		this.#add({ id, from, strip: this.#stripOf(from), to, toName: '', group, text, at, kept: true })
	}

	#mayRead({ from, to, group, at }: Line, { reads, presides }: Reader): boolean {
		if (from === reads) return true
		if (group !== null) return this.#sources.whereabouts.mayKnow(reads, group, at)
		if (to === 'all') return true
		return to === 'clerk' ? presides : to.person === reads
	}

	#viewOf({ id, from, strip: { name, title }, to, toName, group, text, at }: Line): ChatLine {
		const shown = typeof to === 'string' ? to : { ...to, name: toName }
		const called = group === null ? null : this.#sources.whereabouts.nameOf(group)
		return { id, from, name, title, to: shown, ...(called === null ? {} : { group: called }), text, at }
	}
}
