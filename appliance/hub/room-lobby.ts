import type { Logger } from 'pino'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { Links, Result } from '../protocol/messages.ts'
import type { Principal } from '../protocol/roles.ts'
import type { MeetingKind, MeetingView } from '../protocol/room-state.ts'
import type { Peer } from './peer.ts'
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
	log: Logger
	now: () => number
}

/** A room's standing connection to its hub, before any meeting. */
export class RoomLobby {
	readonly principal: HousePrincipal
	readonly #options: RoomLobbyOptions
	readonly #peer: Peer
	readonly #turns: Turns
	#listening = false

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
	}

	end(code: 'revoked') {
		this.#listening = false
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
			default:
				throw new Refusal('not-allowed', 'a link to a meeting is needed for this')
		}
	}

	#today(): MeetingView[] {
		return todays(this.#options.meetings(), this.#options.now())
	}
}

/** Today's, by this machine's calendar, soonest first: what goes on, and what is planned until midnight. */
export function todays(meetings: readonly MeetingView[], now: number): MeetingView[] {
	const midnight = new Date(now).setHours(24, 0, 0, 0)
	const when = ({ startsAt, openedAt }: MeetingView) => startsAt ?? openedAt ?? Number.POSITIVE_INFINITY
	return meetings
		.filter(({ phase }) => phase !== 'closed')
		.filter(({ phase, startsAt }) => phase !== 'planned' || startsAt === null || startsAt < midnight)
		.sort((a, b) => when(a) - when(b) || (a.id < b.id ? -1 : 1))
}
