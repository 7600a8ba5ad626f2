import { type Static, Type } from 'typebox'
import { codeDigits } from './counsel-code.ts'
import { Id, Line, oneOf } from './text.ts'

/** 민원 상담: the counter where visitors take a number, wait and are called, as its screens see it. */

/** What a visitor may come for, and which department answers it. */
export interface Topic {
	id: string
	ko: string
	en: string
	department: string
}

export interface Department {
	id: string
	ko: string
	en: string
}

/**
 * booked: an appointment whose visitor has not come yet. away: stepped out, and keeps the place. done: over, however it
 * ended.
 */
export type VisitPhase = 'booked' | 'waiting' | 'away' | 'called' | 'serving' | 'done'

/** What the lobby display and the kiosk show: numbers, and nobody's name. */
export interface BoardView {
	departments: readonly Department[]
	topics: readonly Topic[]
	/** Called, the latest first, with the desk that waits. */
	called: { number: number; desk: string; department: string; at: number }[]
	waiting: { department: string; numbers: number[]; minutes: number }[]
	at: number
}

/** One visit, as the officials see it. */
export interface DeskVisit {
	id: string
	number: number
	topic: string
	department: string
	phase: VisitPhase
	/** Since when the phase is so. */
	since: number
	/** Since when they wait; of an appointment whose visitor has not come: null. */
	arrivedAt: number | null
	startsAt: number | null
	/** Who expects them. */
	official: string | null
	interpreter: string | null
	/** Null: a walk-up, who never told one; and on a panel, which everybody in the room sees. */
	name: string | null
	desk: string | null
	calls: number
	/** The department that handed them over; null: nobody did. */
	from: string | null
	/** Of the session that goes on. */
	meeting: string | null
	/** Their page has gone, and nobody comes back: the session ends by itself then, by the view's own clock. Null: they are there. */
	endsAt: number | null
}

export interface DeskView {
	departments: readonly Department[]
	topics: readonly Topic[]
	/** In the order in which they are called. */
	visits: DeskVisit[]
	at: number
}

/** What one visitor is told of their own visit. */
export interface VisitView {
	number: number
	phase: VisitPhase
	department: string
	/** How many come before, and about how long that takes. */
	before: number
	minutes: number
	desk: string | null
	/** While the session goes on: by it the page joins. */
	token: string | null
	departments: readonly Department[]
	topics: readonly Topic[]
}

/** The answer to a number or name with a code. `pass` null: the code is right and they have not been called yet. */
export interface EntryResult {
	pass: string | null
	number: number
	before: number
	minutes: number
}

export interface TicketResult {
	number: number
	code: string
	before: number
	minutes: number
}

export interface BookingResult {
	id: string
	number: number
	code: string
	/** Where the visitor enters. */
	link: string
	sms: 'sent' | 'failed' | 'none'
}

function body<T extends Record<string, Type.TSchema>>(properties: T) {
	return Type.Object(properties, { additionalProperties: false })
}

export const Entry = body({
	/** The name of the appointment, or the number. */
	who: Line,
	code: Type.String({ pattern: `^[0-9]{${codeDigits}}$` }),
	/** What this page was given for the same code before, so that a reload is no second use. */
	pass: Type.Optional(Type.String({ maxLength: 64 })),
})
export type Entry = Static<typeof Entry>

export const TicketRequest = body({ topic: Id })

export const Booking = body({
	name: Line,
	startsAt: Type.Integer({ minimum: 0 }),
	topic: Id,
	official: Line,
	/** In which language, or 'sign'. */
	interpreter: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
	/** Where the code is sent; kept nowhere. */
	phone: Type.Optional(Type.String({ pattern: '^[0-9+ -]{8,20}$' })),
})
export type Booking = Static<typeof Booking>

export const CallNext = body({ department: Id, desk: Line })

/** `wait`: longer, for a visitor whose page has gone from the session. */
export const visitSteps = ['call', 'again', 'hand-over', 'no-show', 'wait', 'end'] as const
export type VisitStep = (typeof visitSteps)[number]
export const VisitStepBody = body({
	/** Of `hand-over`. */
	topic: Type.Optional(Id),
	/** Of `call`. */
	desk: Type.Optional(Line),
})

export const ownSteps = ['enter', 'away', 'back', 'leave'] as const
export type OwnStep = (typeof ownSteps)[number]

const seats = ['official', 'interpreter'] as const
export const SeatRequest = body({ seat: oneOf(seats) })
