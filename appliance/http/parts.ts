import type { FastifyRequest } from 'fastify'
import type { Counsel } from '../counsel/counsel.ts'
import type { Documents } from '../documents/documents.ts'
import type { Hub } from '../hub/hub.ts'
import type { MeetingPrincipal } from '../hub/meeting-parts.ts'
import type { Accounts } from '../identity/accounts.ts'
import type { Identity } from '../identity/identity.ts'
import type { Panels } from '../identity/panels.ts'
import type { Pin } from '../identity/pin.ts'
import type { Writing } from '../minutes/blocks.ts'
import type { Issuing } from '../minutes/certificate.ts'
import type { Diagnosis } from '../ops/diagnosis.ts'
import type { CaptionCommand, CaptionerMessage } from '../protocol/captions.ts'
import type { ItemEntry, MeetingCommand, RollEntry } from '../protocol/meeting-commands.ts'
import type { Links, MeetingMessage, Result } from '../protocol/messages.ts'
import type { MachineView } from '../protocol/pairing.ts'
import type { MeetingRole, Principal, Role } from '../protocol/roles.ts'
import type { MeetingKind, MeetingView } from '../protocol/room-state.ts'
import type { Room } from '../room/room.ts'
import type { SsoPart } from './sso.ts'

/** What the server needs of the rest of the appliance. */
export interface Parts {
	hub: HubPart
	room: RoomPart
	documents: DocumentsPart
	/** Null: this house has no counter. */
	counsel: CounselPart | null
	identity: Identity
	/** People who sign in by name and password. */
	accounts: Omit<Accounts, 'attend'>
	/** Null: the city's people sign in by accounts of this appliance alone. */
	sso: SsoPart | null
	panels: PanelsPart
	/** Before the settings of a panel. */
	pin: Pin
	build: string
	/** What /trust gives out. Null: nobody has to install anything. */
	ca: { pem: string; fingerprint: string } | null
	/** Origins of our own pages: publicUrl, loopback, the names of this machine. */
	origins: () => readonly string[]
	/** A page of ours as PDF. */
	printPdf: (html: string) => Promise<Uint8Array>
	/** The language and clock of this house, for what is written. */
	writing: Writing
	/** Who gives certificates of a class (수료증). */
	issuing: Issuing
	/** This machine, for those who look after it. */
	machine: () => Pick<MachineView, 'addresses' | 'outside' | 'startedAt' | 'disk'>
	/** Facts for the health page. */
	health: () => object
	/** What is wrong with this machine, and the bundle for whoever helps. */
	diagnosis: Omit<Diagnosis, 'close'>
	metrics: { contentType: string; text(): Promise<string>; answered(command: string, seconds: number): void }
}

/** What panels and machines use of the room. */
export type RoomPart = Pick<
	Room,
	| 'dispatch'
	| 'seatMic'
	| 'moveFor'
	| 'watch'
	| 'watchLevels'
	| 'released'
	| 'state'
	| 'live'
	| 'snapshot'
	| 'thumbnail'
	| 'position'
	| 'latestRehearsal'
	| 'presetFile'
	| 'setPresets'
	| 'cameraHealth'
	| 'testCamera'
	| 'cameraSetups'
	| 'setUpCamera'
	| 'removeCamera'
	| 'aimSeat'
	| 'discover'
>

/** The counter of 민원 상담. */
export type CounselPart = Omit<Counsel, 'close'>

/** Panels and tablets that were let in by a code. */
type PanelsPart = Omit<Panels, 'close'>

/** What people do with the documents of a meeting. */
type DocumentsPart = Pick<Documents, 'add' | 'list' | 'get' | 'page' | 'file' | 'remove'>

/** The hub as its clients use it, whoever hosts it. */
export interface HubPart
	extends Pick<
		Hub,
		| 'act'
		| 'mayRead'
		| 'waitingSlides'
		| 'erase'
		| 'minutes'
		| 'captions'
		| 'correctCaption'
		| 'removeCaption'
		| 'whoSits'
		| 'importRoll'
		| 'personalLinks'
		| 'relay'
		| 'relayFile'
		| 'relaySegment'
		| 'relayRead'
		| 'viewers'
		| 'checkIns'
		| 'lesson'
		| 'certificate'
		| 'certificateOf'
		| 'recordings'
		| 'recordingFile'
		| 'recordingIndex'
		| 'removeRecording'
	> {
	create(
		request: { title: string; kind: MeetingKind; startsAt?: number; roll?: RollEntry[]; agenda?: ItemEntry[] },
		base?: string,
	): Promise<{ id: string; links: Links }>
	/** The shared links of a meeting, made anew. Rejects with a Refusal: 'no-meeting', 'meeting-closed'. */
	links(id: string, base?: string): Promise<Links>
	/** A link for one person. Rejects like `links`. */
	invite(
		id: string,
		guest: { role: Exclude<MeetingRole, 'room'>; name: string },
		base?: string,
	): Promise<{ person: string; link: string }>
	list(): MeetingView[]
	/** Throws a Refusal: 'no-meeting'. */
	get(id: string): MeetingView
	transition(id: string, to: 'open' | 'suspend' | 'resume' | 'close', by: Principal): MeetingView | Promise<MeetingView>
	journal(id: string): { events: object[] }
	connectCaptioner(
		principal: MeetingPrincipal,
		peer: { send(message: CaptionerMessage): void; close(): void },
	): { handle(command: CaptionCommand): Promise<Result>; gone(): void; readonly role: MeetingRole }
	connect(
		principal: Principal,
		peer: { send(message: MeetingMessage): void; close(): void; address?: string },
	): { handle(command: MeetingCommand): Promise<Result>; gone(): void; readonly role?: MeetingRole | undefined }
}

/** The one who asks, as `access.ts` found out. Throws where the route is open to all. */
export function principalOf(request: FastifyRequest): Principal {
	if (!request.principal) throw new Error(`${request.url} is open and knows nobody`)
	return request.principal
}

declare module 'fastify' {
	interface FastifyRequest {
		principal: Principal | null
	}
	interface FastifyContextConfig {
		/** From the table of routes; null: open. */
		roles?: readonly Role[] | null
		/** Its address may carry the token, as `?token=`. */
		tokenInQuery?: boolean
		/** Whose requests count against how many there may be: of everybody, of those without a token that we know, of none. */
		counted?: 'strangers' | 'nobody'
	}
}
