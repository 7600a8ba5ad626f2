import type { Logger } from 'pino'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { DeskResult, Links, MeetingMessage, Result } from '../protocol/messages.ts'
import type { Principal } from '../protocol/roles.ts'
import type { MeetingKind, MeetingView } from '../protocol/room-state.ts'
import { houseActor } from './admission.ts'
import { work } from './desk-work.ts'
import type { Listener } from './listeners.ts'
import type { LiveMeeting } from './live-meeting.ts'
import type { HubConnection, Peer } from './peer.ts'
import { Turns } from './turns.ts'

export type HousePrincipal = Extract<Principal, { kind: 'house' }>

/** What a room may ask of its hub outside any meeting. */
export interface RoomLobbyOptions {
	meetings: () => MeetingView[]
	create: (plan: {
		title: string
		kind: MeetingKind
		startsAt?: number
	}) => Promise<{ meeting: MeetingView; links: Links }>
	/** The room's link; the meeting is opened if it was not. */
	enter: (meeting: string, by: HousePrincipal) => Promise<string>
	close: (meeting: string, by: HousePrincipal) => void
	/** A meeting that goes on. Throws a Refusal: 'no-meeting', 'meeting-closed'. */
	find: (meeting: string) => LiveMeeting
	log: Logger
	now: () => number
}

/** A room's standing connection to its hub, before any meeting. */
class RoomLobby {
	readonly principal: HousePrincipal
	readonly #options: RoomLobbyOptions
	readonly #peer: Peer
	readonly #turns: Turns
	#listening = false
	/** The meeting that is run from here, as nobody in it. */
	#desk: { meeting: LiveMeeting; listener: Listener } | null = null

	constructor(principal: HousePrincipal, peer: Peer, options: RoomLobbyOptions) {
		this.principal = principal
		this.#peer = peer
		this.#options = options
		this.#turns = new Turns(options.log)
	}

	handle(command: MeetingCommand): Promise<Result> {
		return this.#turns.take(() => this.#do(command))
	}

	gone() {
		this.#listening = false
		this.#closeDesk()
	}

	end(code: 'revoked') {
		this.gone()
		this.#peer.send({ type: 'ended', code })
		this.#peer.close()
	}

	/** Meetings came, went or changed. */
	tell() {
		if (this.#listening) this.#peer.send({ type: 'meetings', meetings: this.#today() })
	}

	async #do(command: MeetingCommand): Promise<unknown> {
		switch (command.type) {
			case 'meetings.list':
				this.#listening = true
				return { meetings: this.#today() }
			case 'meetings.create': {
				const { title, kind, startsAt } = command
				return this.#options.create({ title, kind, ...(startsAt === undefined ? {} : { startsAt }) })
			}
			case 'meetings.enter':
				return { link: await this.#options.enter(command.meeting, this.principal) }
			case 'meetings.close':
				return this.#options.close(command.meeting, this.principal)
			case 'desk.open':
				return this.#openDesk(command.meeting)
			case 'desk.close':
				return this.#closeDesk()
			case 'roll.links':
				return { links: await this.#opened().personalLinks(true) }
			default: {
				const done = work(this.#opened(), command, houseActor(this.principal))
				if (done) return done
				throw new Refusal('not-allowed', 'a link to a meeting is needed for this')
			}
		}
	}

	#opened(): LiveMeeting {
		if (this.#desk) return this.#desk.meeting
		throw new Refusal('not-allowed', 'a link to a meeting or its desk is needed for this')
	}

	#openDesk(id: string | undefined): DeskResult {
		if (id === undefined) throw new Refusal('bad-message', 'which meeting?')
		const meeting = this.#options.find(id)
		this.#closeDesk()
		const listener: Listener = {
			person: null,
			reads: this.principal.jti,
			presides: true,
			hasMedia: false,
			sends: () => false,
			jti: this.principal.jti,
			hear: (message: MeetingMessage) => this.#peer.send(message),
			mediaLost: () => {},
			doorKept: () => {},
			roled: () => {},
			end: (code) => {
				// The meeting is over, not this connection.
				if (code === 'meeting-closed') this.#peer.send({ type: 'desk.ended', code })
				this.#closeDesk()
			},
		}
		meeting.arrived(listener, null)
		this.#desk = { meeting, listener }
		return meeting.desk(listener)
	}

	#closeDesk() {
		this.#desk?.meeting.departed(this.#desk.listener, null, false)
		this.#desk = null
	}

	#today(): MeetingView[] {
		return todays(this.#options.meetings(), this.#options.now())
	}
}

/** The standing connections of all rooms. */
export class RoomLobbies {
	readonly #options: RoomLobbyOptions
	readonly #all = new Set<RoomLobby>()

	constructor(options: RoomLobbyOptions) {
		this.#options = options
	}

	open(principal: HousePrincipal, peer: Peer): HubConnection {
		const lobby = new RoomLobby(principal, peer, this.#options)
		this.#all.add(lobby)
		return {
			handle: (command) => lobby.handle(command),
			gone: () => {
				this.#all.delete(lobby)
				lobby.gone()
			},
		}
	}

	/** Meetings came, went or changed. */
	tell() {
		for (const lobby of this.#all) lobby.tell()
	}

	/** A token was withdrawn. */
	endOf(jti: string) {
		for (const lobby of this.#all) if (lobby.principal.jti === jti) lobby.end('revoked')
	}

	/** The service ends: nobody is told any more. */
	clear() {
		this.#all.clear()
	}
}

/**
 * Today's, by this machine's calendar, soonest first: what goes on, and what is planned until midnight. Nobody gets into a
 * counselling session by one tap on what is on today: a room comes to it by its visitor's ring.
 */
export function todays(meetings: readonly MeetingView[], now: number): MeetingView[] {
	const midnight = new Date(now).setHours(24, 0, 0, 0)
	const when = ({ startsAt, openedAt }: MeetingView) => startsAt ?? openedAt ?? Number.POSITIVE_INFINITY
	return meetings
		.filter(({ phase, kind }) => phase !== 'closed' && kind !== 'counsel')
		.filter(({ phase, startsAt }) => phase !== 'planned' || startsAt === null || startsAt < midnight)
		.sort((a, b) => when(a) - when(b) || (a.id < b.id ? -1 : 1))
}
