import type { Logger } from 'pino'
import type { Sfu } from '../media/sfu.ts'
import type { Turn } from '../media/turn.ts'
import type { MeetingEvent } from '../meeting/meeting.ts'
import type { Principal } from '../protocol/roles.ts'
import type { Course } from './course.ts'
import type { MakeLink } from './links.ts'
import type { DocumentSource } from './meeting-documents.ts'
import type { Broadcasting } from './on-air.ts'
import type { Stores } from './stores.ts'

export type MeetingPrincipal = Extract<Principal, { kind: 'meeting' }>

/** What all meetings of a hub share. */
export interface MeetingParts extends Stores {
	documents: DocumentSource
	sfu: Sfu
	turn: Turn | null
	now: () => number
	/** How long somebody whose socket is gone is waited for. */
	awayMs: number
	log: Logger
	/** For one person of this meeting alone. */
	link: (course: Course, ...whose: Parameters<MakeLink>) => ReturnType<MakeLink>
	/** Null: this hub neither relays nor records. */
	broadcasting: Broadcasting | null
	/** For the page that composes this meeting's programme. */
	programmeToken: (meeting: string) => Promise<string>
	/** Nothing more comes to this recording. */
	onRecorded: (meeting: string, recording: string) => void
	/** This link opens nothing any more; those who are in by it are ended. */
	revoke: (jti: string) => void
	/** Everything that happens, once everybody in the meeting was told. */
	onEvent: (meeting: string, event: MeetingEvent) => void
	/** The meeting's own view changed: lists of meetings are told. */
	onView: () => void
}
