import { type Static, Type } from 'typebox'
import type { ItemStatus, NameStrip } from './floor.ts'
import type { EndCode } from './messages.ts'
import { captioning, type Role } from './roles.ts'
import type { MeetingView } from './room-state.ts'
import { Id, oneOf } from './text.ts'

/** What is said, as text: from whoever writes it, by `/ws/captions`, to all who read it. Times are milliseconds since 1970, by the hub's clock. */

function shape<T extends Record<string, Type.TSchema>>(properties: T) {
	return Type.Object(properties, { additionalProperties: false })
}

const moment = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** A final word of a human outranks all that a machine says of the same caption. */
const source = oneOf(['machine', 'human'])
const CaptionText = Type.String({ minLength: 1, maxLength: 500 })
/** A person's id as the hub told it, or a name. Null: it is not known. */
const Speaker = Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 80 })])

export const captionCommands = {
	/** → { taken }: false where something newer or of a human is known. Absent `speaker`: whoever had the floor alone. Default source: machine. */
	caption: {
		roles: captioning,
		body: shape({
			/** Chosen by whoever writes. Two who write beside each other begin theirs differently. */
			id: Id,
			/** A higher one replaces a lower. */
			revision: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
			from: moment,
			/** Null: they still speak. */
			to: Type.Union([Type.Null(), moment]),
			text: CaptionText,
			speaker: Type.Optional(Speaker),
			/** False: it may still change; shown, and not kept. */
			final: Type.Boolean(),
			source: Type.Optional(source),
		}),
	},
	/** It was not said after all; its id is not to be used again. → { taken } */
	retract: { roles: captioning, body: shape({ id: Id, source: Type.Optional(source) }) },
	/** → { at }: the hub's clock. */
	clock: { roles: captioning, body: shape({}) },
} as const satisfies Record<string, { roles: readonly Role[]; body: Type.TSchema }>

export type CaptionCommand = {
	[T in keyof typeof captionCommands]: { type: T } & Static<(typeof captionCommands)[T]['body']>
}[keyof typeof captionCommands]
export type CaptionSource = 'machine' | 'human'

/** What is sent over HTTP to set a caption right, also after the meeting. Absent `speaker`: as it was. */
export const Correction = shape({ text: CaptionText, speaker: Type.Optional(Speaker) })
export type Correction = Static<typeof Correction>

/** As everybody reads it. */
export interface CaptionView {
	id: string
	from: number
	/** Null: they still speak. */
	to: number | null
	text: string
	/** Null: nobody knows. */
	speaker: string | null
	final: boolean
	/** When it was last changed. */
	at: number
}

/** As those who write and correct them are told. */
export interface CaptionRecord extends CaptionView {
	revision: number
	source: CaptionSource
	/** The speaker's id, where the meeting knows them. */
	person: string | null
}

/** Set and taken back since the last such message. */
export interface CaptionChange<T = CaptionView> {
	set: T[]
	gone: string[]
}

interface Named extends NameStrip {
	/** What to say as `speaker`. */
	id: string
}

/** Down `/ws/captions`, besides `hello`, `result` and `error`. */
export type CaptionerMessage =
	/** On coming, and when it changes: the meeting, and words that are likely to be said in it. */
	| {
			type: 'meeting'
			at: number
			meeting: MeetingView
			people: Named[]
			agenda: { id: string; title: string; bureau: string; status: ItemStatus }[]
			words: string[]
	  }
	/** Who has the floor from now on, the one who got it last at the end. */
	| { type: 'speaker'; at: number; speaking: (Named & { since: number })[] }
	| ({ type: 'captions' } & CaptionChange<CaptionRecord>)
	/** The last message. */
	| { type: 'ended'; code: EndCode }
