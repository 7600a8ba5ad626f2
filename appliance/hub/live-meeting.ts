import type { Logger } from 'pino'
import { MeetingMedia } from '../media/meeting-media.ts'
import { nextDue } from '../meeting/due.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import { isIn } from '../meeting/people.ts'
import type { MeetingRequest } from '../meeting/requests.ts'
import { Whereabouts } from '../meeting/whereabouts.ts'
import type { DeskResult, MeetingCore, MeetingMessage, Person } from '../protocol/messages.ts'
import { Captioning } from './captioning.ts'
import { Cards } from './cards.ts'
import { Chat, type Reader } from './chat.ts'
import { ClassQuestions } from './class-questions.ts'
import { ClassWatchers } from './class-watchers.ts'
import { Clockwork } from './clockwork.ts'
import { CoreTeller, turnoutEveryMs } from './core-teller.ts'
import { type Change, Course, clock } from './course.ts'
import { Door } from './door.ts'
import { Driving } from './driving.ts'
import { Entrance } from './entrance.ts'
import { FloorGate } from './floor-gate.ts'
import { Grants } from './grants.ts'
import { Hall } from './hall.ts'
import { KeyedList } from './keyed-list.ts'
import { type MakeLink, type PersonalLink, personalLinks, tokenIn } from './links.ts'
import { type Listener, Listeners } from './listeners.ts'
import { MeetingDocuments } from './meeting-documents.ts'
import { MeetingLists } from './meeting-lists.ts'
import type { MeetingParts } from './meeting-parts.ts'
import { OnAir } from './on-air.ts'
import { tellOwnAnswers } from './own-answers.ts'
import { Pace } from './pace.ts'
import { lookDifferent, personView } from './person-view.ts'
import { Presence } from './presence.ts'
import { Questions } from './questions.ts'
import { Reactions } from './reactions.ts'
import type { Returns } from './returns.ts'
import { keepEveryFew } from './snapshots.ts'
import { cardOf, stripOf } from './strips.ts'
import { coreOf } from './views.ts'

/** A meeting that goes on: its course, what that brings about, and everyone who is connected. */
export class LiveMeeting {
	readonly course: Course
	readonly listeners = new Listeners()
	readonly entrance: Entrance
	readonly door: Door
	readonly presence: Presence
	readonly media: MeetingMedia
	readonly people: KeyedList<Person>
	readonly lists: MeetingLists
	readonly cards: Cards
	readonly documents: MeetingDocuments
	readonly captions: Captioning
	readonly chat: Chat
	readonly reactions: Reactions
	readonly pace = new Pace()
	readonly grants: Grants
	readonly hall: Hall
	readonly driving: Driving
	readonly air: OnAir
	readonly questions: Questions
	readonly asked: ClassQuestions
	readonly watching: ClassWatchers
	readonly returns: Returns
	readonly log: Logger
	readonly #parts: MeetingParts
	/** A link for one person alone, journaled. */
	readonly #link: MakeLink
	readonly #clockwork: Clockwork
	readonly #gate: FloorGate
	readonly #whereabouts: Whereabouts
	readonly #core = new CoreTeller(
		() => this.core,
		(core) => this.listeners.tell({ type: 'core', core }),
	)
	readonly #stopHearing: () => void
	readonly #keepSnapshot: (meeting: Meeting, seq: number) => void
	#stopped = false

	/** `seq`: of the last event in the journal that led to `meeting`. */
	constructor(meeting: Meeting, seq: number, parts: MeetingParts) {
		this.#parts = parts
		this.course = new Course(meeting, seq, {
			...{ journal: parts.journal, box: parts.box, now: parts.now, broadcasts: parts.broadcasting !== null },
			follow: (change) => this.#follow(change),
		})
		this.#link = (...whose) => parts.link(this.course, ...whose)
		this.returns = parts.returns
		this.log = parts.log.child({ meeting: meeting.id })
		this.cards = new Cards(parts.vault, meeting.sealedAs)
		this.#whereabouts = new Whereabouts(parts.journal.readGroups(meeting.id))
		this.documents = new MeetingDocuments(parts.documents, () => this.state)
		this.#clockwork = new Clockwork({
			...{ now: parts.now, log: this.log },
			due: () => (this.state.phase === 'closed' ? null : nextDue(this.state)),
			tick: () => this.course.tick() || this.#clockwork.wait(),
		})
		const byItself = (act: () => void) => this.#clockwork.byItself(act)
		/** What most pieces need; each takes of it what its own sources name, and what is its own stands after it. */
		const around = {
			...{ now: parts.now, log: this.log, vault: parts.vault, turn: parts.turn, cards: this.cards, byItself },
			...{ whereabouts: this.#whereabouts, isOver: () => this.#stopped },
			meeting: () => this.state,
			change: (request: MeetingRequest, keep?: () => void) => this.change(request, keep),
			isIn: (person: string) => isIn(this.state, person),
			nameOf: (person: string) => this.nameOf(person),
			strip: (who: string) => stripOf(this.state, who, this.cards),
			tellPresiding: (message: MeetingMessage) => this.listeners.tellPresiding(message),
		}
		this.#keepSnapshot = keepEveryFew(seq, {
			...{ snapshots: parts.snapshots, byItself },
			hashAt: (seq) => parts.journal.hashAt(meeting.id, seq),
		})
		this.entrance = new Entrance({
			...around,
			findReturning: (secret) => this.returns.find(meeting.id, secret),
			link: this.#link,
		})
		this.door = new Door({ ...around, secret: (person) => this.returns.give(meeting.id, person) })
		this.presence = new Presence({
			...{ ...around, awayMs: parts.awayMs },
			isConnected: (person) => this.listeners.has(person),
			forgetMutes: (person) => this.returns.forgetMutes(meeting.id, person),
		})
		this.media = new MeetingMedia({
			...{ sfu: parts.sfu, turn: parts.turn, log: this.log },
			viewersIn: (hold) => this.air.media.viewersIn(hold),
			onHoldLost: (hold) => this.air.media.lost(hold),
			onSources: (person) => {
				this.people.touch(person)
				// Whether the hall is muted stands in the core.
				if (person === this.state.hall?.person) this.#core.touch()
			},
			onLost: (persons) => this.listeners.mediaLost(persons),
		})
		this.hall = new Hall({
			...{ ...around, media: this.media },
			rememberMuted: (person) => byItself(() => this.returns.setMuted(meeting.id, person, 'microphone', true)),
		})
		const known = { strip: around.strip, sources: (person: string) => this.media.sourcesOf(person) }
		this.people = new KeyedList<Person>({
			find: (id) => personView(this.state, id, known),
			all: () => this.state.members.keys(),
			tell: (patch) => this.listeners.tell({ type: 'people', ...patch }),
		})
		this.questions = new Questions({
			...around,
			touch: (id) => this.lists.questionChanged(id),
			// One who may speak.
			token: async (person, name) => tokenIn(await this.#link('member', person, name)),
			revoke: (person) => this.#withdrawLinks(person),
			onFault: (error) => this.log.error({ err: error }, 'one who watches could not be called in'),
		})
		this.asked = new ClassQuestions({
			...around,
			pages: () => this.listeners,
			touch: (id) => this.lists.questionChanged(id),
		})
		this.lists = new MeetingLists({
			...{ ...around, questions: this.questions, asked: this.asked },
			documents: () => this.documents.list(),
			tell: (patch) => this.listeners.tell(patch),
		})
		this.chat = new Chat({
			...around,
			tell: (message, to) => this.listeners.tell(message, to),
			kept: parts.journal.readChat(meeting.id),
		})
		this.reactions = new Reactions({
			...around,
			tell: (list) => this.listeners.tell({ type: 'reactions', list }),
		})
		this.driving = new Driving({
			...around,
			nameOf: (person) => around.strip(person).name,
			isMovable: (feed) => this.media.isMovable(feed),
			tellRoom: (feed, message) => this.listeners.tell(message, (listener) => listener.sends(feed)),
			tellPerson: (person, message) => this.listeners.tellPerson(person, message),
		})
		this.captions = new Captioning({
			...{ ...around, closedAt: null, store: parts.captions },
			tell: (message, to) => this.listeners.tell(message, ({ person }) => to(person)),
			tellViewers: (message) => {
				for (const viewer of this.air.viewers) viewer.tell(message)
			},
			relay: (caption) => this.air.say(caption),
		})
		this.air = new OnAir({
			...{ ...around, routers: this.media, broadcasting: parts.broadcasting, viewings: parts.viewings },
			token: () => parts.programmeToken(meeting.id),
			captioned: () => this.captions.expected,
			stopRecording: (cause) => void this.change({ type: 'recording.stop', cause, by: clock }),
			onRecorded: (recording) => parts.onRecorded(meeting.id, recording),
		})
		this.watching = new ClassWatchers({ ...around, viewers: () => this.air.viewersNow })
		this.grants = new Grants(parts.times, meeting.id, () => this.#core.touch())
		this.#stopHearing = this.documents.onChange((document) => this.lists.documentChanged(document))
		this.#gate = new FloorGate({ ...around, media: this.media, grants: this.grants })
		this.#afterRestart()
		this.#clockwork.wait()
		this.air.follow()
	}

	get state(): Meeting {
		return this.course.state
	}

	get core(): MeetingCore {
		return coreOf(this.state, {
			strip: (who) => stripOf(this.state, who, this.cards),
			steps: (speech) => this.grants.stepsOf(speech),
			feed: (speech) => this.grants.feedOf(speech),
			hallMuted: this.hall.muted,
			pages: (id) => this.documents.find(id)?.pages ?? 1,
			at: this.#parts.now(),
		})
	}

	/** For one who is told of every change from now on. */
	coreToBegin(): MeetingCore {
		return this.#core.whole()
	}

	get now(): number {
		return this.#parts.now()
	}

	/** What a desk is told to begin with. */
	desk(reader: Reader): DeskResult {
		const { lists } = this
		const chat = this.chat.seenBy(reader)
		return { core: this.coreToBegin(), people: this.people.whole(), lists: lists.public, desk: lists.desk, chat }
	}

	/** The one way to change it. Throws the Refusal. */
	change(request: MeetingRequest, also?: () => void): MeetingEvent[] {
		return this.course.change(request, also)
	}

	/** Null: nobody of this id was ever here, or they were erased. */
	nameOf(person: string): string | null {
		return cardOf(this.state, person, this.cards)?.name ?? null
	}

	/** A token was withdrawn: whoever came by it goes, also from before the door. */
	endOf(jti: string) {
		for (const listener of [...this.listeners, ...this.door.listeners]) {
			if (listener.jti === jti) listener.end('revoked')
		}
		this.captions.endOf(jti)
	}

	/** Somebody was erased: nobody is told their name any more. */
	forget(person: string) {
		this.cards.forget()
		this.chat.forget(person)
		this.asked.forget(person)
		this.captions.forget(person)
		this.air.viewings.forget(person)
		this.people.touch(person)
		this.lists.touchRoll(person)
		this.#core.touch()
	}

	arrived(listener: Listener, person: string | null) {
		this.listeners.add(listener)
		// After the answer to whoever comes, which nothing may overtake.
		setImmediate(() => {
			const captions = this.captions.beginning(person)
			if (captions) listener.hear(captions)
		})
		if (person !== null) this.presence.isHere(person)
	}

	/** A connection is over. The person is away, or has left, when it was their last. */
	departed(listener: Listener, person: string | null, left: boolean) {
		this.listeners.delete(listener)
		// After a stop everyone is to be found where they were; the next start says who is away.
		if (this.#stopped || person === null) return
		this.driving.gone(person)
		if (this.listeners.has(person)) return
		this.lists.forgetReadiness(person)
		if (left) this.presence.leaves(person)
		else this.presence.goesAway(person)
	}

	/** Links made anew for everybody of the roll. A clerk gives nobody the chair. */
	personalLinks(chairs: boolean): Promise<PersonalLink[]> {
		return personalLinks(this.state, this.cards, chairs, this.#link)
	}

	/** The service ends: sockets and media close, the meeting does not. */
	stop() {
		this.#stopped = true
		this.#stopHearing()
		for (const part of [this.people, this.lists, this.grants, this.#clockwork, this.#core, this.captions]) part.close()
		for (const part of [this.asked, this.reactions, this.driving, this.air, this.presence, this.media]) part.close()
	}

	/** Who was here when the service ended is away now; who stood before the door knocks again. */
	#afterRestart() {
		if (this.state.phase === 'closed') return
		for (const person of this.state.lobby.keys()) this.door.leaves(person)
		this.#clockwork.byItself(() => this.watching.follow())
		for (const { id, presence } of this.state.members.values()) {
			if (presence !== 'left') this.presence.wasHere(id)
		}
	}

	/** What a change brings about. None of it decides anything. */
	#follow({ before, events, begun }: Change) {
		this.#gate.follow(before)
		for (const event of events) this.#followEvent(event, begun)
		this.grants.keepOnly(this.state.floor.speaking)
		this.lists.follow(before, this.state)
		if (before.rules.lobby === 'off' && this.state.rules.lobby !== 'off') {
			for (const listener of this.listeners) listener.doorKept()
		}
		this.driving.look()
		this.captions.follow(before, this.state)
		const { broadcast, phase, agenda } = this.state
		if (before.broadcast !== broadcast || before.phase !== phase || before.agenda !== agenda) this.air.follow()
		this.#core.touch(events.every(({ type }) => type === 'ballot.cast') ? turnoutEveryMs : undefined)
		this.#clockwork.wait()
		this.#keepSnapshot(this.state, this.course.seq)
		for (const event of events) this.#parts.onEvent(this.state.id, event)
	}

	#followEvent(event: MeetingEvent, begun: number) {
		this.#whereabouts.follow(event)
		this.asked.follow(event)
		this.door.follow(event)
		tellOwnAnswers(event, this.state, this.listeners)
		switch (event.type) {
			case 'floor.granted':
				this.#gate.granted(event.who, begun)
				break
			case 'person.removed':
				for (const page of this.listeners.of(event.person)) page.end('removed')
				break
			case 'person.roled':
				for (const page of this.listeners.of(event.person)) page.roled(event.role)
				break
			case 'groups.moved':
				if (event.group !== null) this.chat.entered(event.person, event.group)
				break
			case 'roll.removed':
				// Who is expected no longer does not come by the link that they were given as such.
				this.#withdrawLinks(event.person)
				break
		}
		for (const person of lookDifferent(event, this.state)) {
			this.people.touch(person)
			this.questions.follow(person)
		}
		if (event.type.startsWith('meeting.')) this.#followPhase(event)
	}

	/** Also from one kind to another. */
	#followPhase({ type }: MeetingEvent) {
		this.log.info({ phase: this.state.phase }, type)
		if (type === 'meeting.closed') this.#closed()
		// After everything that became otherwise with it.
		if (type === 'meeting.turned') setImmediate(() => this.watching.follow())
		this.#parts.onView()
	}

	#withdrawLinks(of: string) {
		for (const [jti, { person }] of this.state.links) if (person === of) this.#parts.revoke(jti)
	}

	#closed() {
		// Who was told last is told the end as well; then nobody is told any more.
		this.#stopped = true
		for (const listener of [...this.listeners, ...this.door.listeners]) listener.end('meeting-closed')
		this.door.clear()
		this.stop()
		this.returns.forget(this.state.id)
		this.#parts.snapshots.forget(this.state.id)
	}
}
