import { type Static, Type } from 'typebox'
import type { CaptionChange } from './captions.ts'
import type { ChatLine } from './chat.ts'
import type { ErrorCode } from './errors.ts'
import type {
	AgendaItemView,
	AskingView,
	DocumentView,
	LobbyView,
	ReadinessView,
	RollView,
	SeatPlace,
	SlideView,
	SpeechView,
	VoteView,
} from './floor.ts'
import type { AskedView, LessonView, OwnAsked, OwnCheck } from './lesson.ts'
import type { ConsumerOffer, FeedSrtp, Source, TransportOffer } from './media.ts'
import type { Reaction } from './reactions.ts'
import type { Broadcast, BroadcastFigures, QuestionView } from './relay.ts'
import type { MeetingRole } from './roles.ts'
import type { MeetingView, RoomState } from './room-state.ts'
import type { MeetingRules } from './rules.ts'

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

export type PanelMessage =
	| Common
	| { type: 'state'; revision: number; state: RoomState }
	/** Ten times a second to a panel that listens: the room's microphone, 0..1; null: there is none. */
	| { type: 'level'; level: number | null }

/** The links of a meeting, absolute. */
export type Links = Record<'chair' | 'clerk' | 'member' | 'observer' | 'viewer' | 'room', string>

/** The meeting itself, small, sent whole on each change. */
export interface MeetingCore {
	meeting: MeetingView
	rules: MeetingRules
	floor: {
		mode: MeetingRules['floor']['mode']
		/** Those who have the floor, the one who got it last at the end. */
		speaking: SpeechView[]
		/** How many wait in each list. */
		waiting: { speak: number; respond: number; order: number }
		/** Who is next in line, and the seat where they sit; null: nobody, or at home. */
		next: string | null
		nextSeat: string | null
	}
	/** The item that is on. */
	item: { id: string; limitMs: number | null; usedMs: number; runningSince: number | null } | null
	slide: SlideView | null
	/** Who is to be seen large by all; null: whoever speaks. */
	spotlight: string | null
	/** Members who were let move the room's cameras. */
	drivers: string[]
	/** The vote that is open, or the latest, until the next item or vote begins. */
	vote: VoteView | null
	quorum: { required: number; present: number } | null
	/** The hall: null while no room is in the meeting. `mutes`: how often it was muted from elsewhere. */
	hall: { person: string; muted: boolean; gated: boolean; mutes: number } | null
	broadcast: Broadcast
	/** Null: this is no class. */
	lesson: LessonView | null
	/** The hub's clock when this was made. */
	at: number
}

export interface Person {
	id: string
	name: string
	/** 직위 and 국, as the roll says them; empty without a roll. */
	title: string
	bureau: string
	/** Order of precedence, lowest first; those without a roll come last. */
	order: number
	role: MeetingRole
	/** False while their page is away and may come back. */
	here: boolean
	joinedAt: number
	sources: Source[]
	/** The group of a class that they are in; absent: with all. */
	group?: string
}

/** A keyed list: the whole at revision n, then patches, one revision each. A gap means: ask for all (join again). */
interface Whole<T> {
	revision: number
	set: T[]
}

/** What everybody in a meeting is told besides its core and people. */
export interface Lists {
	asking: Whole<AskingView>
	seats: Whole<SeatPlace>
	agenda: Whole<AgendaItemView & { place: number }>
	documents: Whole<DocumentView>
}

/** What only those who preside are told. */
export interface DeskLists {
	roll: Whole<RollView>
	lobby: Whole<LobbyView>
	readiness: Whole<ReadinessView>
	questions: Whole<QuestionView>
}

export interface DeskResult {
	core: MeetingCore
	people: Whole<Person>
	lists: Lists
	desk: DeskLists
	/** What it may read, oldest first. */
	chat: ChatLine[]
}

export interface JoinResult {
	person: string
	/** Bring it along after a cut, and the same person comes back. */
	resume: string
	role: MeetingRole
	name: string
	core: MeetingCore
	people: Whole<Person>
	lists: Lists
	/** For a chair and a clerk. */
	desk: DeskLists | null
	/** What this person may read, oldest first. */
	chat: ChatLine[]
	/** A token of one's own, where the link is shared and people are let in one by one: documents are given for it alone. */
	token: string | null
	/** One's own standing in the vote that is open: whom one may vote for, and for whom one has. */
	ballots: { vote: string; may: string[]; cast: string[] } | null
	/** The presence check that one is asked now. */
	check: OwnCheck
	/** What trainees of a class ask in writing, oldest first; null: this one is none. */
	asked: ({ list: AskedView[] } & OwnAsked) | null
	/** Null when asked for control only. */
	media: { routerRtpCapabilities: object; send: TransportOffer | null; receive: TransportOffer } | null
}

/** The answer to a join that has to be let in first. `admitted` comes, or `ended` with 'refused'. */
export interface LobbyResult {
	lobby: true
	person: string
	resume: string
	meeting: MeetingView
	/** How many came before and wait still. */
	before: number
}

export interface FeedOpened {
	feed: string
	ip: string
	rtpPort: number
	rtcpPort: number
	/** What the sender encrypts with: its own key if it brought one, else the hub's. Null: in the clear, on loopback. */
	srtp: FeedSrtp
	/** Whether it takes the smaller stream as well; then RTCP comes to the port of RTP. */
	low: boolean
}

/** Somebody who moves a camera of the room from where they are. */
export interface FarDriver {
	id: string
	name: string
	/** Those who preside go before members. */
	presides: boolean
}

export type EndCode = 'meeting-closed' | 'revoked' | 'taken-over' | 'refused' | 'removed'

export type MeetingMessage =
	| Common
	| { type: 'core'; core: MeetingCore }
	| { type: 'people'; revision: number; set: Person[]; gone: string[] }
	| ListPatch
	/** Lines that this one may read, and such that were taken back. */
	| { type: 'chat'; set: ChatLine[]; gone: string[] }
	/** What was said, five times a second at most; to those who watch the relay what is for them. */
	| ({ type: 'captions' } & CaptionChange)
	/** Shown since the last such message. */
	| { type: 'reactions'; list: Reaction[] }
	/** To one person: what they may vote and have voted. */
	| { type: 'ballots'; ballots: JoinResult['ballots'] }
	/** To one person: the presence check that they are asked. */
	| { type: 'check'; check: OwnCheck }
	/** To trainees of a class: what is asked in writing. `whole`: what is not in it is not theirs to see any more. */
	| { type: 'asked'; whole: boolean; set: AskedView[]; gone: string[] }
	/** To one trainee. */
	| ({ type: 'asked.own' } & OwnAsked)
	/** To everybody in a group of a class. */
	| { type: 'groups.told'; text: string }
	/** To one person: what those who run the meeting did about their microphone or camera, or ask of them. */
	| { type: 'host'; act: 'muted' | 'stopped' | 'still' | 'ask-microphone' | 'ask-camera' }
	/** To one person: the role is another now. Where the right to send changed, the media are joined anew. */
	| { type: 'role'; role: MeetingRole }
	/** To one person: from now on what is read over HTTP is read by this, because others have their link as well. */
	| { type: 'token'; token: string }
	/** To somebody in the lobby: join again with `resume`. */
	| { type: 'admitted'; resume: string }
	| { type: 'lobby.place'; before: number }
	/** Consumers that began (paused) and ended, by the hub's rules and what this client wants. */
	| { type: 'media'; offers: ConsumerOffer[]; closed: string[] }
	/** The media of this connection is gone (a worker died): join again with `resume`, keep the page. */
	| { type: 'media.lost' }
	/** Somebody who watches waits for a key frame; `low`: of the smaller stream. */
	| { type: 'feed.keyframe'; feed: string; low: boolean }
	| { type: 'feed.lost'; feed: string }
	/** To the room: somebody moves the camera of this feed, -1..1; renewed while they do. */
	| { type: 'feed.move'; feed: string; by: FarDriver; pan: number; tilt: number; zoom: number }
	/** To the room: they have let go. `by`: their id. */
	| { type: 'feed.stop'; feed: string; by: string }
	/** To one who moves a camera: the room did not do it. */
	| { type: 'feed.refused'; feed: string; code: ErrorCode }
	/** To those who preside: somebody would like to move this camera. `feed` null: they were answered. */
	| { type: 'feed.asks'; person: string; feed: string | null }
	/** To one person: they may move the room's cameras from now on, or not. */
	| { type: 'feed.let'; on: boolean }
	/** To those who preside: how the relay and the recording go. */
	| ({ type: 'broadcast' } & BroadcastFigures)
	/** To somebody who watches, of what they asked. With a `token` they are called in: by it the page joins the meeting. */
	| ({ type: 'question'; token: string | null } & Pick<QuestionView, 'id' | 'state' | 'answer'>)
	/** To a room's standing connection. */
	| { type: 'meetings'; meetings: MeetingView[] }
	/** The meeting whose desk is open here is closed; the connection stays. */
	| { type: 'desk.ended'; code: 'meeting-closed' }
	/** The last message: the meeting was closed, this link was revoked or taken over, or its holder not let in or removed. */
	| { type: 'ended'; code: EndCode }

type AllLists = Lists & DeskLists
export type ListName = keyof AllLists
export type ListItem<N extends ListName> = AllLists[N]['set'][number]
/** A patch of one of the keyed lists. */
export type ListPatch = {
	[N in ListName]: { type: 'list'; list: N; revision: number; set: ListItem<N>[]; gone: string[] }
}[ListName]
