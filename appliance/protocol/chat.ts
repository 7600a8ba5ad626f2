import { type Static, Type } from 'typebox'
import { Id } from './text.ts'

/** What people write to each other in a meeting. */

/** To everybody, to those who preside, or to one person. */
export const ChatTo = Type.Union([
	Type.Literal('all'),
	Type.Literal('clerk'),
	Type.Object({ person: Id }, { additionalProperties: false }),
])
export type ChatTo = Static<typeof ChatTo>

/** Line breaks are let through, other control characters are not. */
export const ChatText = Type.String({
	minLength: 1,
	maxLength: 1000,
	pattern: '^[^\\u0000-\\u0009\\u000b-\\u001f\\u007f]+$',
})

/** One line, as those who may read it see it. */
export interface ChatLine {
	id: string
	/** A person of the meeting, or the id of a desk, which is nobody in it. */
	from: string
	/** As they were named when they wrote; empty: a desk of the house. */
	name: string
	title: string
	to: 'all' | 'clerk' | { person: string; name: string }
	/** What the group of a class is called that it was written to; absent: to all, or to one person. */
	group?: string
	text: string
	/** Milliseconds since the epoch, by the hub's clock. */
	at: number
}
