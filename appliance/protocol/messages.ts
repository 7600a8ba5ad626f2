import { type Static, Type } from 'typebox'
import type { ErrorCode } from './errors.ts'
import type { ConsumerOffer, FeedSrtp, Source, TransportOffer } from './media.ts'
import type { MeetingRole } from './roles.ts'
import type { MeetingView, RoomState } from './room-state.ts'

/** What travels over the sockets. Up: first `auth` (unless a session cookie speaks), then commands. */

export const AuthMessage = Type.Object(
	{ type: Type.Literal('auth'), token: Type.String({ maxLength: 4096 }) },
	{ additionalProperties: false },
)

/** The envelope; the command inside is checked against its own schema in the table of its socket. */
export const CommandMessage = Type.Object(
	{
		type: Type.Literal('command'),
		id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
		command: Type.Object({ type: Type.String({ maxLength: 40 }) }),
	},
	{ additionalProperties: false },
)
export type CommandMessage = Static<typeof CommandMessage>

export type Result = { ok: true; data?: unknown } | { ok: false; code: ErrorCode; message: string }

type Common =
	/** On the panel socket `origin` is this socket's own name, as `lease.owner` says it. */
	| { type: 'hello'; build: string; origin?: string }
	| ({ type: 'result'; id: number } & Result)
	/** For what could not be read or is not allowed; the socket is closed after 20 in 10 s. */
	| { type: 'error'; code: ErrorCode; message: string }

export type PanelMessage = Common | { type: 'state'; revision: number; state: RoomState }

/** The links of a meeting, absolute. */
export type Links = Record<'chair' | 'clerk' | 'member' | 'observer' | 'viewer' | 'room', string>

/** The meeting itself, small, sent whole on each change. */
export interface MeetingCore {
	meeting: MeetingView
	/** 'open' until the floor is ruled. */
	floor: { mode: 'open' }
	/** The hub's clock when this was made. */
	at: number
}

export interface Person {
	id: string
	name: string
	role: MeetingRole
	/** False while their page is away and may come back. */
	here: boolean
	joinedAt: number
	sources: Source[]
}

export interface JoinResult {
	person: string
	/** Bring it along after a cut, and the same person comes back. */
	resume: string
	role: MeetingRole
	name: string
	core: MeetingCore
	people: { revision: number; set: Person[] }
	/** Null when asked for control only. */
	media: { routerRtpCapabilities: object; send: TransportOffer | null; receive: TransportOffer } | null
}

export interface FeedOpened {
	feed: string
	ip: string
	rtpPort: number
	rtcpPort: number
	/** What the sender encrypts with: its own key if it brought one, else the hub's. Null: in the clear, on loopback. */
	srtp: FeedSrtp
}

export type MeetingMessage =
	| Common
	| { type: 'core'; core: MeetingCore }
	| { type: 'people'; revision: number; set: Person[]; gone: string[] }
	/** Consumers that began (paused) and ended, by the hub's rules and what this client wants. */
	| { type: 'media'; offers: ConsumerOffer[]; closed: string[] }
	/** The media of this connection is gone (a worker died): join again with `resume`, keep the page. */
	| { type: 'media.lost' }
	| { type: 'feed.keyframe'; feed: string }
	| { type: 'feed.lost'; feed: string }
	/** To a room's standing connection. */
	| { type: 'meetings'; meetings: MeetingView[] }
	/** The last message: the meeting was closed, or this link was revoked or taken over. */
	| { type: 'ended'; code: 'meeting-closed' | 'revoked' | 'taken-over' }
