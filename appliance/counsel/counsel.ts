import { createHash, randomBytes, randomInt, randomUUID, timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import type { Hub } from '../hub/hub.ts'
import type { Vault } from '../hub/vault.ts'
import { networkKey } from '../identity/lockout.ts'
import { TryLater } from '../identity/tries.ts'
import { createTriesMemory } from '../identity/tries-memory.ts'
import type {
	BoardView,
	Booking,
	BookingResult,
	Department,
	DeskView,
	Entry,
	EntryResult,
	OwnStep,
	TicketResult,
	Topic,
	VisitStep,
	VisitView,
} from '../protocol/counsel.ts'
import { codeDigits } from '../protocol/counsel-code.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Principal } from '../protocol/roles.ts'
import type { CounterRules, Outcome, Visit } from './counter.ts'
import { type CounterRequest, decide } from './decide.ts'
import { evolve } from './evolve.ts'
import type { SendSms } from './sms.ts'
import { type Around, boardView, deskView, placeOf, visitView } from './views.ts'
import { openVisitStore, type VisitCard } from './visit-store.ts'
import { type CounselWords, counselWords } from './words.ts'

/**
 * The counter at work: who comes is who has the code, whoever is called gets a private meeting of their own, and nothing
 * of them is left when they go. The meeting itself knows a number and nobody's name.
 */

export interface CounselOptions {
	db: DatabaseSync
	vault: Vault
	hub: Pick<Hub, 'create' | 'invite' | 'transition' | 'erase' | 'onEvent'>
	/** Everything that was given to this meeting goes. */
	removeDocuments: (meeting: string) => Promise<void>
	departments: readonly Department[]
	topics: readonly Topic[]
	rules: Omit<CounterRules, 'departmentOf'>
	/** How long number, department and times of a visit are kept; 0: not at all. */
	recordDays: number
	language: 'ko' | 'en'
	linkBase: () => string
	/** Null: codes are handed over by hand. */
	sms: SendSms | null
	/** A visitor is in, and nobody is there for them yet; and then somebody is, or they went. */
	onRing: (meeting: string, from: string) => void
	onQuiet: (meeting: string) => void
	now: () => number
	log: Logger
}

export interface Counsel {
	board(): BoardView
	/** `named`: with the names of those who told one. */
	desk(named: boolean): DeskView
	/** A number for whoever walked in. Throws the Refusal. */
	ticket(topic: string): TicketResult
	book(booking: Booking): Promise<BookingResult>
	/** Throws Refusal('bad-code'), or TryLater. `address`: of whoever tries. */
	enter(entry: Entry, address: string): EntryResult
	/** Throws Refusal('no-visit'): this pass opens nothing, or no longer. */
	visit(pass: string): VisitView
	step(pass: string, step: OwnStep): Promise<void>
	/** Answers the id of who was called. Throws Refusal('no-visit'): nobody waits. */
	callNext(department: string, desk: string): string
	work(visit: string, step: VisitStep, with_: { topic?: string; desk?: string }): void
	/** A link into the session that goes on. */
	seat(visit: string, seat: 'official' | 'interpreter'): Promise<string>
	close(): void
}

/** So long the page that used a code first may show it again (a reload, a tab that was closed); nobody else ever may. */
const codeMs = 10 * 60_000
const tickMs = 1_000
const dayMs = 24 * 3_600_000
const house: Principal = { kind: 'house', role: 'admin', jti: 'counsel' }

export function createCounsel(options: CounselOptions): Counsel {
	const { db, vault, hub, departments, topics, recordDays, linkBase, sms, now, log } = options
	const words: CounselWords = counselWords[options.language]
	const rules: CounterRules = {
		...options.rules,
		departmentOf: new Map(topics.map(({ id, department }) => [id, department])),
	}
	const store = openVisitStore(db, vault)
	const loaded = store.load()
	let { counter } = loaded
	const { cards } = loaded
	const tried = createTriesMemory(now)
	/** Visits whose code was right once, and made good what others at that address had mistyped. */
	const forgave = new Set<string>()
	/** Sessions that are being opened: a second press begins no second one. */
	const opening = new Map<string, Promise<void>>()
	const around = (): Around => ({ departments, topics, rules, now: now() })

	/** The one way to change the counter: decided, kept, and then followed. Throws the Refusal. */
	function ask(request: CounterRequest): string[] {
		const events = decide(counter, request, rules, now())
		if (events instanceof Refusal) throw events
		for (const event of events) {
			const before = counter.visits.get(event.visit)
			counter = evolve(counter, event)
			const visit = counter.visits.get(event.visit)
			if (visit) store.keep(counter, visit)
			if (event.type === 'visit.ended' && before) ended(before, event.outcome)
			if (event.type === 'visit.handed-over' && before) leaveMeeting(before)
			log.info({ visit: event.visit }, event.type)
		}
		return events.map(({ visit }) => visit)
	}

	function ended(visit: Visit, outcome: Outcome) {
		leaveMeeting(visit)
		cards.delete(visit.id)
		store.erase(counter, visit.id)
		forgave.delete(visit.id)
		if (recordDays > 0) store.record({ visit, outcome, at: now() })
	}

	/** The session is over, and nothing of it is left: no person in it, no file, no link. */
	function leaveMeeting({ id, meeting }: Visit) {
		if (meeting === null) return
		const card = cards.get(id)
		options.onQuiet(meeting)
		try {
			hub.transition(meeting, 'close', house)
		} catch (error) {
			if (!(error instanceof Refusal)) throw error // closed already
		}
		for (const person of card?.people ?? []) hub.erase(meeting, person)
		void options.removeDocuments(meeting).catch((error) => log.error({ err: error }, 'a file of a visit stays'))
		if (card) keepCard(id, { ...card, token: null, people: [] })
	}

	function keepCard(visit: string, card: VisitCard) {
		cards.set(visit, card)
		if (counter.visits.has(visit)) store.keepCard(visit, card)
	}

	function known(id: string): Visit {
		const visit = counter.visits.get(id)
		if (!visit) throw noVisit()
		return visit
	}

	function cardOf({ id }: Visit): VisitCard {
		const card = cards.get(id)
		if (!card) throw noVisit()
		return card
	}

	function byPass(pass: string): Visit {
		const shown = digest(pass)
		for (const [id, { used }] of cards) if (used && same(used.pass, shown)) return known(id)
		throw noVisit()
	}

	/** Whom this number or name may mean. */
	function meant(who: string): Visit[] {
		const name = plain(who)
		return [...counter.visits.values()].filter(
			(visit) => String(visit.number) === name || plain(cards.get(visit.id)?.name ?? '') === name,
		)
	}

	function open(visit: Visit): Promise<void> {
		const begun = opening.get(visit.id) ?? begin(visit).finally(() => opening.delete(visit.id))
		opening.set(visit.id, begun)
		return begun
	}

	async function begin({ id, number }: Visit): Promise<void> {
		const { id: meeting } = await hub.create({ title: words.title(number), kind: 'counsel' })
		hub.transition(meeting, 'open', house)
		const visitor = await hub.invite(meeting, { role: 'member', name: words.visitor(number) })
		const card = cards.get(id)
		// They may have gone meanwhile, or be called elsewhere.
		if (!card || counter.visits.get(id)?.phase !== 'called') {
			hub.transition(meeting, 'close', house)
			throw noVisit()
		}
		keepCard(id, { ...card, token: new URL(visitor.link).hash.slice(1), people: [visitor.person] })
		ask({ type: 'begin', visit: id, meeting })
		options.onRing(meeting, words.visitor(number))
	}

	const stopHearing = hub.onEvent((meeting, event) => {
		const visit = [...counter.visits.values()].find((one) => one.meeting === meeting)
		if (!visit) return
		const [visitor] = cards.get(visit.id)?.people ?? []
		const own = 'person' in event && event.person === visitor
		// Not within the change that is being told. Who was away before they are said to have left went without a word.
		const later = (act: () => void) => void setImmediate(() => whileIn(visit.id, meeting, act))
		if (event.type === 'meeting.closed' || (own && event.type === 'person.left' && visit.emptySince === null)) {
			later(() => ask({ type: 'end', visit: visit.id, outcome: 'served' }))
		}
		if (own && event.type === 'person.away') later(() => ask({ type: 'empty', visit: visit.id }))
		if (own && (event.type === 'person.returned' || event.type === 'person.joined')) {
			later(() => ask({ type: 'fill', visit: visit.id }))
		}
		// The visitor's own coming rings; whoever else comes in is there for them.
		if (event.type === 'person.joined' && event.person !== visitor) options.onQuiet(meeting)
	})

	function whileIn(visit: string, meeting: string, act: () => void) {
		if (counter.visits.get(visit)?.meeting === meeting) act()
	}

	const ticking = setInterval(() => {
		ask({ type: 'tick' })
		store.forgetRecordsBefore(now() - recordDays * dayMs)
	}, tickMs)
	ticking.unref()

	return {
		board: () => boardView(counter, around()),
		desk: (named) => deskView(counter, named ? cards : new Map(), around()),
		ticket(topic) {
			const id = randomUUID()
			ask({ type: 'ticket', visit: id, topic, day: dayOf(now()) })
			const visit = known(id)
			const code = newCode()
			keepCard(id, { ...fresh, name: null, code })
			return { number: visit.number, code, ...placeOf(counter, visit, around()) }
		},
		async book({ name, startsAt, topic, official, interpreter = null, phone }) {
			const id = randomUUID()
			ask({ type: 'book', visit: id, topic, startsAt, official, interpreter })
			const { number } = known(id)
			const code = newCode()
			keepCard(id, { ...fresh, name, code })
			const link = `${linkBase().replace(/\/+$/, '')}/visit`
			if (phone === undefined || sms === null) return { id, number, code, link, sms: 'none' }
			const sent = await sms(phone, words.sms({ startsAt, number, code, link }))
			return { id, number, code, link, sms: sent ? 'sent' : 'failed' }
		},
		enter({ who, code, pass }, address) {
			const visits = meant(who)
			const keys = [networkKey(address)]
			const waitMs = tried.waitOf(keys)
			if (waitMs > 0) throw new TryLater(waitMs)
			const visit = visits.find((one) => opens(cards.get(one.id), code, pass, now()))
			if (!visit) {
				tried.wrong(keys)
				throw new Refusal('bad-code', 'this is not the code of that name or number')
			}
			// Once for each visit: whoever looks at their own place again and again would come to new tries by it.
			if (!forgave.has(visit.id)) tried.forget(keys)
			forgave.add(visit.id)
			const card = cardOf(visit)
			if (card.used && pass !== undefined) {
				return { pass, number: visit.number, ...placeOf(counter, visit, around()) }
			}
			// Whoever walked in looks at their place as often as they like; the code is used when they go in.
			if (visit.startsAt === null && visit.phase === 'waiting') {
				return { pass: null, number: visit.number, ...placeOf(counter, visit, around()) }
			}
			const given = randomBytes(32).toString('base64url')
			keepCard(visit.id, { ...card, used: { at: now(), pass: digest(given) } })
			ask({ type: 'arrive', visit: visit.id })
			return { pass: given, number: visit.number, ...placeOf(counter, known(visit.id), around()) }
		},
		visit(pass) {
			const visit = byPass(pass)
			return visitView(counter, visit, cardOf(visit), around())
		},
		async step(pass, step) {
			const visit = byPass(pass)
			switch (step) {
				case 'enter':
					if (visit.phase !== 'serving') await open(visit)
					return
				case 'away':
				case 'back':
					ask({ type: step, visit: visit.id })
					return
				case 'leave':
					ask({ type: 'end', visit: visit.id, outcome: visit.phase === 'serving' ? 'served' : 'left' })
			}
		},
		callNext(department, desk) {
			return ask({ type: 'call', visit: null, department, desk })[0] ?? ''
		},
		work(visit, step, { topic, desk }) {
			switch (step) {
				case 'call':
					ask({ type: 'call', visit, department: known(visit).department, desk: desk ?? '' })
					return
				case 'again':
				case 'no-show':
				case 'wait':
					ask({ type: step, visit })
					return
				case 'hand-over':
					ask({ type: 'handOver', visit, topic: topic ?? '' })
					return
				case 'end': {
					const { phase } = known(visit)
					ask({ type: 'end', visit, outcome: phase === 'serving' ? 'served' : 'cancelled' })
				}
			}
		},
		async seat(visit, seat) {
			const { meeting, desk } = known(visit)
			if (meeting === null) throw new Refusal('meeting-not-open', 'the visitor has not come in yet')
			const name = seat === 'official' ? words.official(desk ?? '') : words.interpreter
			const { person, link } = await hub.invite(meeting, { role: seat === 'official' ? 'chair' : 'member', name })
			const card = cards.get(visit)
			if (card) keepCard(visit, { ...card, people: [...card.people, person] })
			return link
		},
		close() {
			clearInterval(ticking)
			stopHearing()
		},
	}
}

const fresh = { used: null, token: null, people: [] } as const
const noVisit = () => new Refusal('no-visit', 'there is no such visit, or it is over')

const newCode = () => String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0')
const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const same = (a: string, b: string) => timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b)))

/** As people write names: with spaces or without, and from one keyboard or another. */
const plain = (text: string) => text.normalize('NFC').replace(/\s+/g, '').toLowerCase()

/** The code, and where it was used before the pass that was given for it, for a while. */
function opens(card: VisitCard | undefined, code: string, pass: string | undefined, now: number): boolean {
	if (!card || !same(card.code, code)) return false
	if (card.used === null) return true
	return pass !== undefined && same(card.used.pass, digest(pass)) && now - card.used.at <= codeMs
}

/** The day by the clock on this wall: 2026-11-30. */
function dayOf(at: number): string {
	return new Intl.DateTimeFormat('sv-SE').format(at)
}
