import { groupOf } from '../meeting/lesson.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { viewOf } from '../meeting/meeting.ts'
import { isIn } from '../meeting/people.ts'
import type { Whereabouts } from '../meeting/whereabouts.ts'
import type {
	CaptionChange,
	CaptionCommand,
	CaptionerMessage,
	CaptionRecord,
	CaptionView,
	Correction,
} from '../protocol/captions.ts'
import { Refusal } from '../protocol/errors.ts'
import type { NameStrip } from '../protocol/floor.ts'
import { seatIn } from '../protocol/who.ts'
import type { Caption as RelayedCaption } from '../relay/captions.ts'
import { type Caption, CaptionBook } from './caption-book.ts'
import type { CaptionStore } from './caption-store.ts'
import type { CaptionerConnection } from './captioner-connection.ts'
import { Spans } from './spans.ts'

/**
 * The captions of one meeting: taken from those who write them, told to those who read them, five times a second at most and
 * made once for all. Viewers of the relay are told what was said while it was on air and open, by the time at which it was
 * said: a recogniser is seconds late, and a part that is not for viewers may have begun or ended meanwhile. What somebody says in
 * a group of a class is for those who were there, and what is said to the class for those who are not in a group.
 */

export interface CaptioningSources {
	meeting: () => Meeting
	whereabouts: Whereabouts
	/** When it was closed, as far as it was before this was made. */
	closedAt: number | null
	store: CaptionStore
	strip: (who: string) => NameStrip
	now: () => number
	/** To those in the meeting and to desks (null), as far as `to` says. */
	tell: (message: { type: 'captions' } & CaptionChange, to: (person: string | null) => boolean) => void
	tellViewers: (message: { type: 'captions' } & CaptionChange) => void
	/** For the playlists of the relay. */
	relay: (caption: RelayedCaption) => void
}

/** So much of a meeting nobody says: six hours without a breath have about 10,000. */
const mostCaptions = 20_000
const everyMs = 200
const aboutMs = 1_000
/** Whoever comes is told these, so that the line that stands now is there, and that there are captions at all. */
const latestForReaders = 3
const latestForWriters = 200
/** A caption is no speech. */
const longestMs = 60_000
/** Clocks differ, and an end may be guessed. */
const aheadMs = 2_000
/** What was said can be set right for so long after the end. */
const correctableMs = 72 * 3_600_000
/** Words for a recogniser. */
const mostWords = 1_000
const mostFloors = 1_000

export class Captioning {
	readonly #sources: CaptioningSources
	readonly #book = new CaptionBook()
	readonly #writers = new Set<CaptionerConnection>()
	/** When words were for the meeting at all, and when for those who watch its relay. */
	readonly #open: Spans
	readonly #onAir: Spans
	/** Who had the floor alone from when on; null: nobody, or several. */
	readonly #floors: { atMs: number; who: string | null }[] = []
	readonly #public = new Set<string>()
	/** Of what was said in a group: which, and when. */
	readonly #apart = new Map<string, { group: string; at: number }>()
	readonly #toldViewers = new Set<string>()
	readonly #toldAll = new Set<string>()
	readonly #changed = new Set<string>()
	#relayed = 0
	#toldAt = Number.NEGATIVE_INFINITY
	#closedAt: number | null
	#timer: NodeJS.Timeout | undefined
	#aboutTimer: NodeJS.Timeout | undefined

	constructor(sources: CaptioningSources) {
		this.#sources = sources
		this.#closedAt = sources.closedAt
		const { store, now } = sources
		const meeting = sources.meeting()
		for (const caption of store.read(meeting.id)) this.#book.take(caption)
		for (const caption of this.#book.said()) this.#place(caption)
		// Of what was before a restart only this much is known: that it was opened, and nothing of what was not for viewers.
		this.#open = new Spans(meeting.openedAt)
		this.#open.set(meeting.phase === 'open', sources.closedAt ?? now())
		this.#onAir = new Spans(isPublic(meeting) ? now() : null)
		this.#noteFloor(meeting)
	}

	/** Whether anybody wrote any, or has a link to do so. */
	get expected(): boolean {
		const { links } = this.#sources.meeting()
		return this.#book.size > 0 || this.#writers.size > 0 || [...links.values()].some(({ role }) => role === 'captioner')
	}

	/** Whether there are any for those who watch the relay. */
	get anyPublic(): boolean {
		return this.#public.size > 0
	}

	get hasWriters(): boolean {
		return this.#writers.size > 0
	}

	/** Throws the Refusal: 'bad-message', 'full', 'meeting-not-open', 'suspended', 'meeting-closed'. */
	say(command: Extract<CaptionCommand, { type: 'caption' }>): { taken: boolean } {
		const { id, revision, from, to, final, source = 'machine' } = command
		this.#checkTimes(from, to)
		const text = cleaned(command.text)
		if (text === '') throw new Refusal('bad-message', 'there is nothing in it: retract it')
		this.#checkPlace(id, from)
		const said = { id, revision, source, final, retracted: false, fromMs: from, toMs: to, text }
		return { taken: this.#take({ ...said, ...this.#speaker(command.speaker, from), at: this.#sources.now() }) }
	}

	/** Also of one that is not known yet: it stays unsaid. Throws the Refusal: 'full', 'meeting-closed'. */
	retract({ id, source = 'machine' }: Omit<Extract<CaptionCommand, { type: 'retract' }>, 'type'>): { taken: boolean } {
		const known = this.#book.get(id)
		const at = this.#sources.now()
		this.#checkPlace(id, null)
		const { revision = 0, fromMs = at } = known ?? {}
		const nothing = { toMs: null, text: '', person: null, name: null }
		return { taken: this.#take({ id, revision, source, final: true, retracted: true, fromMs, ...nothing, at }) }
	}

	/** By those who run the meeting. Throws the Refusal: 'no-line', 'bad-message', 'meeting-closed'. */
	correct(id: string, { text, speaker }: Correction): CaptionRecord {
		const known = this.#book.get(id)
		if (!known || known.retracted) throw new Refusal('no-line', 'there is no such caption')
		this.#checkPlace(id, null)
		const words = cleaned(text)
		if (words === '') throw new Refusal('bad-message', 'there is nothing in it: remove it')
		const { revision, fromMs } = known
		const { person, name } = speaker === undefined ? known : this.#speaker(speaker, fromMs)
		const corrected: Caption = {
			...{ ...known, revision: revision + 1, source: 'human', final: true },
			...{ text: words, person, name, at: this.#sources.now() },
		}
		this.#take(corrected)
		return this.#record(corrected)
	}

	/** By those who run the meeting. Throws the Refusal: 'no-line', 'meeting-closed'. */
	remove(id: string) {
		if (this.#book.get(id)?.retracted !== false) throw new Refusal('no-line', 'there is no such caption')
		this.retract({ id, source: 'human' })
	}

	/** The latest captions, oldest first. */
	list(most = mostCaptions): CaptionRecord[] {
		return this.#book.latest(most).map((one) => this.#record(one))
	}

	/** What a reader is told to begin with; null: there are none for them. */
	beginning(person: string | null): ({ type: 'captions' } & CaptionChange) | null {
		const theirs = this.#book.latest(latestForReaders, ({ id }) => this.#isFor(person, this.#apart.get(id)))
		return messageOf(theirs.map((one) => this.#view(one)))
	}

	/** The same for those who watch the relay. */
	publicBeginning(): ({ type: 'captions' } & CaptionChange) | null {
		if (!this.#onAir.on) return null
		const latest = this.#book.latest(latestForWriters).filter(({ id }) => this.#public.has(id))
		return messageOf(latest.slice(-latestForReaders).map((one) => this.#view(one)))
	}

	/** The meeting has changed. */
	follow(before: Meeting, after: Meeting) {
		const now = this.#sources.now()
		if (after.phase === 'closed') this.#closedAt ??= now
		this.#open.set(after.phase === 'open', now)
		this.#onAir.set(isPublic(after), now)
		if (before.floor.speaking !== after.floor.speaking) {
			this.#noteFloor(after)
			this.#tellWriters(this.#speaking())
		}
		const about = ['phase', 'agenda', 'roll', 'members', 'title'] as const
		if (this.#writers.size === 0 || about.every((key) => before[key] === after[key])) return
		this.#aboutTimer ??= setTimeout(() => {
			this.#aboutTimer = undefined
			this.#tellWriters(this.#about())
		}, aboutMs).unref()
	}

	enter(writer: CaptionerConnection) {
		this.#writers.add(writer)
		writer.hear(this.#about())
		writer.hear(this.#speaking())
		writer.hear({ type: 'captions', set: this.list(latestForWriters), gone: [] })
	}

	leave(writer: CaptionerConnection) {
		this.#writers.delete(writer)
	}

	endOf(jti: string) {
		for (const writer of this.#writers) if (writer.jti === jti) writer.end('revoked')
	}

	/** Somebody was erased, and what they said with them. */
	forget(person: string) {
		for (const id of this.#book.forget(person)) this.#pass(id, null)
	}

	/** What is not told yet is told no more. */
	close() {
		clearTimeout(this.#timer)
		clearTimeout(this.#aboutTimer)
		this.#timer = this.#aboutTimer = undefined
	}

	get now(): number {
		return this.#sources.now()
	}

	#checkTimes(from: number, to: number | null) {
		const latest = this.#sources.now() + aheadMs
		if (from > latest) throw new Refusal('bad-message', "it begins ahead of the hub's clock: ask for that by 'clock'")
		if (to === null) return
		if (to <= from) throw new Refusal('bad-message', 'it ends before it begins')
		if (to > latest) throw new Refusal('bad-message', "it ends ahead of the hub's clock: null, while they still speak")
		if (to - from > longestMs) throw new Refusal('bad-message', `it takes longer than ${longestMs / 1_000} s: cut it`)
	}

	/** `from` null: it need not have been said. */
	#checkPlace(id: string, from: number | null) {
		const over = this.#closedAt !== null && this.#sources.now() - this.#closedAt > correctableMs
		if (over)
			throw new Refusal('meeting-closed', `the meeting was closed more than ${correctableMs / 3_600_000} hours ago`)
		if (this.#book.get(id)) return
		if (this.#book.size >= mostCaptions) throw new Refusal('full', `there are ${mostCaptions} captions already`)
		if (from === null || this.#open.cover(from, from)) return
		if (this.#closedAt !== null) throw new Refusal('meeting-closed', 'it was said after the meeting')
		throw this.#sources.meeting().phase === 'suspended'
			? new Refusal('suspended', 'it was said while the meeting was suspended')
			: new Refusal('meeting-not-open', 'it was said while the meeting was not open')
	}

	#speaker(speaker: string | null | undefined, fromMs: number): { person: string | null; name: string | null } {
		if (speaker === null) return { person: null, name: null }
		if (speaker === undefined) {
			return { person: this.#floors.findLast(({ atMs }) => atMs <= fromMs)?.who ?? null, name: null }
		}
		const { roll, members, seats } = this.#sources.meeting()
		const known = roll.has(speaker) || members.has(speaker) || seats.has(seatIn(speaker) ?? '')
		return known ? { person: speaker, name: null } : { person: null, name: cleaned(speaker) || null }
	}

	#noteFloor({ floor: { speaking } }: Meeting) {
		const [only] = speaking
		this.#floors.push({ atMs: this.#sources.now(), who: speaking.length === 1 && only ? only.who : null })
		if (this.#floors.length > mostFloors) this.#floors.shift()
	}

	#take(caption: Caption): boolean {
		const before = this.#book.get(caption.id)
		if (!this.#book.take(caption)) return false
		const { id: meeting, kind } = this.#sources.meeting()
		// Of a counselling session nothing remains.
		if (caption.final && kind !== 'counsel') this.#sources.store.keep({ meeting, kind }, caption)
		this.#pass(caption.id, before)
		return true
	}

	/** On to those who read it. */
	#pass(id: string, before: Caption | null) {
		const caption = this.#book.get(id)
		const wasPublic = this.#public.has(id)
		const apart = caption !== null && this.#place(caption)
		const isPublic =
			caption !== null &&
			!caption.retracted &&
			!apart &&
			(this.#isSameTime(caption, before) ? wasPublic : this.#wasOnAir(caption))
		if (isPublic) this.#public.add(id)
		else this.#public.delete(id)
		if (isPublic || wasPublic) this.#relay(id, isPublic ? caption : null)
		this.#changed.add(id)
		this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, this.#toldAt + everyMs - performance.now())).unref()
	}

	/** Whether it was said in a group. One that is taken back stays where it was. */
	#place({ id, retracted, person, fromMs, toMs }: Caption): boolean {
		const { whereabouts, now } = this.#sources
		const to = toMs ?? Math.max(fromMs, now())
		const group = retracted || person === null ? null : whereabouts.groupDuring(person, fromMs, to)
		if (group !== null) this.#apart.set(id, { group, at: whereabouts.groupAt(person ?? '', fromMs) ? fromMs : to })
		// Somebody of the class said it after all. Where nobody knows who, nobody else is told.
		else if (!retracted && person !== null) this.#apart.delete(id)
		return this.#apart.has(id)
	}

	#isFor(person: string | null, apart: { group: string; at: number } | undefined): boolean {
		const { meeting, whereabouts } = this.#sources
		if (apart) return person !== null && whereabouts.mayKnow(person, apart.group, apart.at)
		return person === null || groupOf(meeting(), person) === null
	}

	#isSameTime({ fromMs, toMs }: Caption, before: Caption | null): boolean {
		return before !== null && toMs !== null && before.fromMs === fromMs && before.toMs === toMs
	}

	#wasOnAir({ fromMs, toMs }: Caption): boolean {
		return this.#onAir.cover(fromMs, toMs ?? Math.max(fromMs, this.#sources.now()))
	}

	/** Null: it is not to be read any more. */
	#relay(id: string, caption: Caption | null) {
		const { fromMs = 0, toMs = null, final = true } = caption ?? {}
		const now = this.#sources.now()
		this.#sources.relay({
			...{ id, revision: ++this.#relayed, fromMs, partial: !final },
			// Until more of it is heard.
			toMs: toMs ?? Math.max(fromMs, now) + aboutMs,
			text: caption?.text ?? '',
			speaker: caption ? this.#speakerOf(caption) : null,
		})
	}

	#flush() {
		this.#timer = undefined
		this.#toldAt = performance.now()
		const ids = [...this.#changed]
		this.#changed.clear()
		const said = ids.flatMap((id) => {
			const caption = this.#book.get(id)
			return caption && !caption.retracted ? [caption] : []
		})
		const gone = ids.filter((id) => !said.some((one) => one.id === id))
		this.#tellReaders(said, gone)
		this.#tellWriters({ type: 'captions', set: said.map((one) => this.#record(one)), gone })
		this.#tellViewers(ids, said)
	}

	/** One message for the class, and one for each that was said in a group. */
	#tellReaders(said: readonly Caption[], gone: readonly string[]) {
		const { tell } = this.#sources
		const ids = [...said.map(({ id }) => id), ...gone]
		const apart = ids.filter((id) => this.#apart.has(id))
		const forAll = said.filter(({ id }) => !this.#apart.has(id))
		// What the class was told before it was known to be of a group is not theirs any more.
		const goneForAll = [...gone.filter((id) => !apart.includes(id)), ...apart.filter((id) => this.#toldAll.delete(id))]
		for (const { id } of forAll) this.#toldAll.add(id)
		if (forAll.length + goneForAll.length > 0) {
			const set = forAll.map((one) => this.#view(one))
			tell({ type: 'captions', set, gone: goneForAll }, (person) => this.#isFor(person, undefined))
		}
		for (const id of apart) {
			const one = said.find((caption) => caption.id === id)
			const change = { set: one ? [this.#view(one)] : [], gone: one ? [] : [id] }
			const place = this.#apart.get(id)
			tell({ type: 'captions', ...change }, (person) => this.#isFor(person, place))
		}
	}

	/** While nothing is for them, what they have may still be taken back. */
	#tellViewers(ids: readonly string[], said: readonly Caption[]) {
		const set = this.#onAir.on ? said.filter(({ id }) => this.#public.has(id)) : []
		const gone = ids.filter((id) => !this.#public.has(id) && this.#toldViewers.delete(id))
		for (const { id } of set) this.#toldViewers.add(id)
		if (set.length + gone.length === 0) return
		this.#sources.tellViewers({ type: 'captions', set: set.map((one) => this.#view(one)), gone })
	}

	#tellWriters(message: CaptionerMessage) {
		for (const writer of this.#writers) writer.hear(message)
	}

	#speaking(): CaptionerMessage {
		const { floor } = this.#sources.meeting()
		const speaking = floor.speaking.map(({ who, grantedAt }) => ({
			id: who,
			...this.#sources.strip(who),
			since: grantedAt,
		}))
		return { type: 'speaker', at: this.now, speaking }
	}

	#about(): CaptionerMessage {
		const meeting = this.#sources.meeting()
		const speak = [...meeting.members.values()].filter(
			({ id, role }) => role !== 'viewer' && role !== 'room' && isIn(meeting, id),
		)
		const ids = new Set([...meeting.roll.keys(), ...speak.map(({ id }) => id)])
		const people = [...ids].map((id) => ({ id, ...this.#sources.strip(id) }))
		const agenda = meeting.agenda.map(({ id, title, bureau, status }) => ({ id, title, bureau, status }))
		const words = [
			...people.flatMap(({ name, title, bureau }) => [name, title, bureau]),
			...[meeting.title, ...agenda.flatMap(({ title, bureau }) => [title, bureau])],
		]
		const likely = [...new Set(words.filter((word) => word !== '' && word !== '—'))].slice(0, mostWords)
		return { type: 'meeting', at: this.now, meeting: viewOf(meeting), people, agenda, words: likely }
	}

	#view(caption: Caption): CaptionView {
		const { id, fromMs, toMs, text, final, at } = caption
		return { id, from: fromMs, to: toMs, text, speaker: this.#speakerOf(caption), final, at }
	}

	#record(caption: Caption): CaptionRecord {
		const { revision, source, person } = caption
		return { ...this.#view(caption), revision, source, person }
	}

	#speakerOf({ person, name }: Caption): string | null {
		if (person === null) return name
		const strip = this.#sources.strip(person)
		return `${strip.name} ${strip.title}`.trim()
	}
}

function messageOf(set: CaptionView[]): ({ type: 'captions' } & CaptionChange) | null {
	return set.length === 0 ? null : { type: 'captions', set, gone: [] }
}

function isPublic({ phase, broadcast }: Meeting): boolean {
	return phase === 'open' && broadcast.relay !== null && !broadcast.programme.closed
}

/** One line of plain characters: no controls, and none that turn the direction of writing. */
function cleaned(text: string): string {
	return text
		.toWellFormed()
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
		.trim()
}
