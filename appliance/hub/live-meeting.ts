import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { MeetingMedia } from '../media/meeting-media.ts'
import type { Sfu } from '../media/sfu.ts'
import { decide } from '../meeting/decide.ts'
import { evolve } from '../meeting/evolve.ts'
import { type Meeting, type MeetingEvent, type Member, viewOf } from '../meeting/meeting.ts'
import type { MeetingRequest } from '../meeting/requests.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCore, MeetingMessage, Person } from '../protocol/messages.ts'
import type { Principal } from '../protocol/roles.ts'
import type { Journal } from './journal.ts'
import { roomPerson } from './links.ts'
import type { MeetingConnection } from './meeting-connection.ts'
import { People } from './people.ts'
import type { Returns } from './returns.ts'
import type { Vault } from './vault.ts'

export type MeetingPrincipal = Extract<Principal, { kind: 'meeting' }>

export interface MeetingParts {
	journal: Journal
	vault: Vault
	returns: Returns
	sfu: Sfu
	now: () => number
	/** How long somebody whose socket is gone is waited for. */
	awayMs: number
	log: Logger
	/** The meeting's own view changed: lists of meetings are told. */
	onView: () => void
}

/** A meeting that goes on: its state, the one way to change it, and everyone who is connected. */
export class LiveMeeting {
	readonly media: MeetingMedia
	readonly people: People
	readonly returns: Returns
	readonly log: Logger
	readonly #parts: MeetingParts
	readonly #connections = new Set<MeetingConnection>()
	/** Away people, until they are said to have left. */
	readonly #waiting = new Map<string, NodeJS.Timeout>()
	readonly #names = new Map<string, string | null>()
	#meeting: Meeting
	#seq: number
	#stopped = false

	/** `seq`: of the last event in the journal that led to `meeting`. */
	constructor(meeting: Meeting, seq: number, parts: MeetingParts) {
		this.#meeting = meeting
		this.#seq = seq
		this.#parts = parts
		this.returns = parts.returns
		this.log = parts.log.child({ meeting: meeting.id })
		this.media = new MeetingMedia({
			sfu: parts.sfu,
			log: this.log,
			onSources: (person) => this.people.touch(person),
			onLost: () => {
				for (const connection of this.#connections) connection.mediaLost()
			},
		})
		this.people = new People({
			find: (id) => this.#person(id),
			all: () => [...this.#meeting.members.keys()],
			tell: (message) => this.#tell(message),
		})
		this.#afterRestart()
	}

	get state(): Meeting {
		return this.#meeting
	}

	get core(): MeetingCore {
		return { meeting: viewOf(this.#meeting), floor: this.#meeting.floor, at: this.#parts.now() }
	}

	get connections(): ReadonlySet<MeetingConnection> {
		return this.#connections
	}

	/**
	 * The one way to change a meeting: decided, journaled (with `also`, in one transaction), and only then told.
	 * Throws the Refusal.
	 */
	change(request: MeetingRequest, also?: () => void): MeetingEvent[] {
		const events = decide(this.#meeting, request, this.#parts.now())
		if (events instanceof Refusal) throw events
		this.#parts.journal.append(this.#meeting.id, this.#seq, events, also)
		this.#seq += events.length
		for (const event of events) this.#meeting = evolve(this.#meeting, event) ?? this.#meeting
		for (const event of events) this.#follow(event)
		return events
	}

	/** Who comes with this link: the one it names, the one whose secret is brought along, or somebody new. */
	whoIs(principal: MeetingPrincipal, resume: string | undefined): string {
		if (principal.person !== null) return principal.person
		const returning = resume === undefined ? null : this.returns.find(this.#meeting.id, resume)
		// A secret opens no other role than the one it was given for.
		if (returning !== null && this.#meeting.members.get(returning)?.role === principal.role) return returning
		return principal.role === 'room' ? roomPerson(principal.jti) : randomUUID()
	}

	/** Throws the Refusal that a join would meet now. */
	checkJoin(person: string, { role }: MeetingPrincipal) {
		const name = this.#meeting.members.get(person)?.name ?? ''
		const events = decide(this.#meeting, { type: 'join', person, role, name }, this.#parts.now())
		if (events instanceof Refusal) throw events
	}

	/** Joins, returns, or takes another name; the name itself goes into the vault. */
	enter(person: string, { role }: MeetingPrincipal, name: string) {
		const known = this.#meeting.members.get(person)
		const request = { type: 'join', person, role } as const
		if (known && this.nameOf(person) === name) {
			this.change({ ...request, name: known.name })
			return
		}
		const sealed = this.#parts.vault.seal({ kind: this.#meeting.kind, person }, name)
		this.change({ ...request, name: sealed.hash }, sealed.keep)
	}

	/** Null: nobody of this id was ever here, or they were erased. */
	nameOf(person: string): string | null {
		const hash = this.#meeting.members.get(person)?.name
		if (hash === undefined) return null
		const known = this.#names.get(hash)
		if (known !== undefined) return known
		const name = this.#parts.vault.open({ kind: this.#meeting.kind, person }, hash)
		this.#names.set(hash, name)
		return name
	}

	arrived(connection: MeetingConnection, person: string) {
		this.#connections.add(connection)
		clearTimeout(this.#waiting.get(person))
		this.#waiting.delete(person)
	}

	/** A person has one page with media: an older one gives way. */
	takeOver(connection: MeetingConnection, person: string) {
		for (const other of this.#connections) {
			if (other !== connection && other.person === person && other.hasMedia) other.end('taken-over')
		}
	}

	/** A connection is over. The person is away, or has left, when it was their last. */
	departed(connection: MeetingConnection, person: string, left: boolean) {
		this.#connections.delete(connection)
		// After a stop everyone is to be found where they were; the next start says who is away.
		if (this.#stopped) return
		if ([...this.#connections].some((other) => other.person === person)) return
		if (left) {
			this.change({ type: 'leave', person })
			// Whoever leaves and comes again chooses anew; whoever was cut off does not.
			this.returns.forgetMutes(this.#meeting.id, person)
			return
		}
		if (this.change({ type: 'goAway', person }).length > 0) this.#waitFor(person)
	}

	/** The service ends: sockets and media close, the meeting does not. */
	stop() {
		this.#stopped = true
		this.people.close()
		for (const timer of this.#waiting.values()) clearTimeout(timer)
		this.#waiting.clear()
		this.media.close()
	}

	/** Who was here when the service ended is away now. */
	#afterRestart() {
		for (const { id, presence } of this.#meeting.members.values()) {
			if (presence === 'left') continue
			this.change({ type: 'goAway', person: id })
			this.#waitFor(id)
		}
	}

	#waitFor(person: string) {
		clearTimeout(this.#waiting.get(person))
		const leave = () => {
			this.#waiting.delete(person)
			this.change({ type: 'leave', person })
		}
		this.#waiting.set(person, setTimeout(leave, this.#parts.awayMs))
	}

	/** What an event brings about. None of it decides anything. */
	#follow(event: MeetingEvent) {
		if ('person' in event && event.type !== 'link.issued') this.people.touch(event.person)
		if (!event.type.startsWith('meeting.')) return
		this.log.info({ phase: this.#meeting.phase }, event.type)
		if (event.type === 'meeting.closed') {
			this.stop()
			for (const connection of [...this.#connections]) connection.end('meeting-closed')
			this.returns.forget(this.#meeting.id)
		} else {
			// Not before who is just joining has an answer, which holds the state of that moment.
			setImmediate(() => this.#tell({ type: 'core', core: this.core }))
		}
		this.#parts.onView()
	}

	#tell(message: MeetingMessage) {
		for (const connection of this.#connections) connection.hear(message)
	}

	#person(id: string): Person | null {
		const member = this.#meeting.members.get(id)
		return member && member.presence !== 'left' ? this.#shown(member) : null
	}

	#shown({ id, role, presence, joinedAt }: Member): Person {
		const here = presence === 'here'
		return { id, name: this.nameOf(id) ?? '—', role, here, joinedAt, sources: this.media.sourcesOf(id) }
	}
}
