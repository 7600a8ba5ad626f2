import type { VisitPhase } from '../protocol/counsel.ts'

/**
 * The counter of 민원 상담 as its events tell it. Pure. Nothing here is personal: a visit is a number, a department and
 * times; whose it is stands in the vault, under the visit's own key, and goes with it.
 */

export interface Visit {
	readonly id: string
	readonly number: number
	/** Where they stand among all who came: it never changes, so whoever is handed over or comes back loses nothing. */
	readonly order: number
	readonly topic: string
	readonly department: string
	/** The department that handed them over last. */
	readonly from: string | null
	readonly phase: VisitPhase
	readonly since: number
	readonly madeAt: number
	readonly arrivedAt: number | null
	readonly startsAt: number | null
	readonly official: string | null
	readonly interpreter: string | null
	readonly desk: string | null
	readonly calls: number
	/** When this session began, and its meeting. */
	readonly beganAt: number | null
	readonly meeting: string | null
	/** Since when their page is not in their session; null: it is, or there is none. */
	readonly emptySince: number | null
}

export interface Counter {
	/** The day of the numbers, by the clock on the wall. */
	readonly day: string
	readonly lastTicket: number
	readonly lastBooking: number
	readonly lastOrder: number
	readonly visits: ReadonlyMap<string, Visit>
	/** How long the latest sessions of each department took, the newest at the end. */
	readonly tookMs: ReadonlyMap<string, readonly number[]>
}

export interface CounterRules {
	/** A topic's department. */
	readonly departmentOf: ReadonlyMap<string, string>
	/** Whoever is called has so long; then they are called again, and after the last call they are no longer expected. */
	readonly callSeconds: number
	readonly calls: number
	/** Whoever stepped out is waited for so long. */
	readonly awaySeconds: number
	/** A session without its visitor's page ends after so long. */
	readonly emptySeconds: number
	/** What a session takes, before any has shown it. */
	readonly minutes: number
}

export type Outcome = 'served' | 'left' | 'no-show' | 'cancelled' | 'expired'

export type CounterEvent = { readonly at: number } & (
	| { type: 'visit.ticketed'; visit: string; number: number; topic: string; department: string; day: string }
	| {
			type: 'visit.booked'
			visit: string
			number: number
			topic: string
			department: string
			startsAt: number
			official: string
			interpreter: string | null
	  }
	| { type: 'visit.arrived'; visit: string }
	| { type: 'visit.called'; visit: string; desk: string }
	| { type: 'visit.away'; visit: string }
	| { type: 'visit.back'; visit: string }
	| { type: 'visit.began'; visit: string; meeting: string }
	| { type: 'visit.emptied'; visit: string }
	| { type: 'visit.filled'; visit: string }
	| { type: 'visit.handed-over'; visit: string; topic: string; department: string }
	| { type: 'visit.ended'; visit: string; outcome: Outcome }
)

export const emptyCounter: Counter = {
	day: '',
	lastTicket: 0,
	lastBooking: 0,
	lastOrder: 0,
	visits: new Map(),
	tookMs: new Map(),
}
